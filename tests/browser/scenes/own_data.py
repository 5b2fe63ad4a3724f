"""One's own data: the copy, the erasing, and the link that calls it off."""

from __future__ import annotations

from playwright.async_api import Page

from tests.api.world import OTHER
from tests.browser.scenes.stage import Stage, Step, press
from tests.pages.village import Villager

OURS = "/your-data"
ERASING = f"{OURS}/erase"


async def own_data(stage: Stage) -> None:
    v = stage.village
    stage.add("your-data", OURS, await v.person("Dana Novák", "mentee"))
    stage.add("your-data-copy", OURS, await v.person("Eino Laine", "mentee"), _copy)
    stage.add("your-data-erase", ERASING, await v.person("Fatou Diop", "mentee"))
    stage.add("your-data-erase-errors", ERASING, await v.person("Gustav Lind", "mentee"), _hurry)
    await v.person("Ilse Kern", "mentee", slug=OTHER)
    alone = await v.person("Hana Sato", "admin", slug=OTHER)
    stage.add("your-data-erase-alone", ERASING, alone)
    leaving = await v.person("Ivo Petrov", "mentee")
    stage.add("your-data-begun", ERASING, leaving, _erase(leaving))
    await _called_off(stage)


async def _copy(page: Page) -> None:
    await press(page, "Make a copy")


async def _hurry(page: Page) -> None:
    await press(page, "Erase my data")


def _erase(person: Villager) -> Step:
    async def steps(page: Page) -> None:
        await page.get_by_label("Type your e-mail address").fill(person.email)
        await press(page, "Erase my data")

    return steps


async def _called_off(stage: Stage) -> None:
    for name, steps in (("link-keep", None), ("link-kept", _keep)):
        doubting = await stage.village.person("Jana Doubt", "mentee")
        asked = await doubting.open(ERASING)
        await asked.submit(asked.forms[1], confirm=doubting.email)
        stage.add(name, await stage.village.keep_link(doubting), None, steps)


async def _keep(page: Page) -> None:
    await press(page, "Keep my data")
