"""Every page and mail, in every state that looks different: it fits a small phone, and axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from tests.browser.looking import (
    HEIGHT,
    NARROW,
    burdens,
    misfits,
    misfits_in_other_fonts,
    opened,
    serving,
    violations,
)
from tests.browser.scenes.programme import GROUPS, scenes_of
from tests.pages.village import a_village

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


PARTS = {"links": 3, "mails": 5, "search": 2}
"""Into how many tests a large group is cut."""


@pytest.mark.parametrize(("group", "part"), [(one, n) for one in GROUPS for n in range(PARTS.get(one, 1))])
async def test_fits_and_is_accessible(group: str, part: int, browser: Browser, migrated_url: str) -> None:
    problems = []
    async with a_village(migrated_url) as village, serving(village) as base:
        scenes = await scenes_of(village, [group])
        size = -(-len(scenes) // PARTS.get(group, 1))
        for scene in scenes[part * size :][:size]:
            async with opened(browser, base, scene) as page:
                problems += [
                    f"{scene.name}: {problem}" for problem in await _problems(page, sealed=scene.sealed)
                ]
    assert not problems, "\n".join(problems)


async def _problems(page: Page, *, sealed: bool) -> list[str]:
    """In light, on a small phone, all that axe knows; in dark, at a desk, what differs there."""
    await page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    found = [] if sealed else await burdens(page)
    found += await misfits(page) + await misfits_in_other_fonts(page) + await violations(page, sealed=sealed)
    await page.set_viewport_size({"width": 1440, "height": HEIGHT})
    await page.emulate_media(color_scheme="dark")
    return found + await misfits(page) + await violations(page, "color-contrast", "link-in-text-block")
