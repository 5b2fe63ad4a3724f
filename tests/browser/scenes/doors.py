"""The ways in, and the pages of errors."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Page

from api.web.context import Limits
from tests.browser.scenes import texts
from tests.browser.scenes.stage import BASE, Stage, press


async def doors(stage: Stage) -> None:
    stage.add("welcome", "/")
    stage.add("sign-in", "/sign-in?next=/p/open-doors/mentors")

    async def send(page: Page) -> None:
        await page.get_by_label("Your e-mail address").fill("ngozi@example.org")
        await press(page, "Mail me a link")

    async def mistype(page: Page) -> None:
        await page.get_by_label("Your e-mail address").fill("ngozi@example")
        await press(page, "Mail me a link")

    stage.add("sign-in-sent", "/sign-in", None, send)
    stage.add("sign-in-errors", "/sign-in", None, mistype)
    stage.add("sign-in-stale", "/sign-in/used")
    stage.add("docs", "/docs")
    stage.add("style", "/style")
    stage.add("style-violet", "/style?accent=%235b2a86")
    stage.add("style-refused", "/style?accent=violet")


async def errors(stage: Stage) -> None:
    world, cast = stage.village.world, stage.cast
    mentee, asked = await stage.newcomer("Dana Unlucky", cast.jonas)
    stage.add("error-404", "/nothing/here")
    stage.add("error-404-link", "/links/decide.0.0")
    stage.add("error-403", f"{BASE}/admin", cast.ngozi)
    stage.add("error-422", f"{BASE}/requests?cursor=nonsense", cast.ngozi)

    async def ask_often(page: Page) -> None:
        world.app.state.context = replace(world.ctx, limits=Limits(sign_in_per_client=1))
        for _ in range(2):
            await page.goto(page.url)
            await page.get_by_label("Your e-mail address").fill("ngozi@example.org")
            await press(page, "Mail me a link")
        world.app.state.context = world.ctx

    async def fail(page: Page) -> None:
        world.gateway.after_act = _broken
        await _edit(page)
        world.gateway.after_act = _whole

    async def find_it_down(page: Page) -> None:
        world.gateway.is_down = True
        await page.reload()
        world.gateway.is_down = False

    async def send_while_down(page: Page) -> None:
        world.gateway.is_down = True
        await _edit(page)
        world.gateway.is_down = False

    stage.add("error-429", "/sign-in", None, ask_often)
    stage.add("error-500", f"/requests/{asked}", mentee, fail)
    stage.add("error-503", f"{BASE}/admin/stalled", cast.ines, find_it_down)
    stage.add("error-503-form", f"/requests/{asked}", mentee, send_while_down)


async def _edit(page: Page) -> None:
    await page.locator("summary", has_text="Change the message").click()
    await page.locator("#edit-message").fill(texts.MESSAGE)
    await press(page, "Save the change")


def _broken() -> None:
    raise RuntimeError("This is a failure of the tests, and it is meant.")


def _whole() -> None:
    pass
