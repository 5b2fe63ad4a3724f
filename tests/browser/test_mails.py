"""What a mail shows before anybody scrolls."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from activities.rendering import Renderer
from tests.mail.samples import BASE, SAMPLES

pytestmark = pytest.mark.asyncio(loop_scope="session")
FIRST_SCREEN = 650
"""Of a phone of 390 pixels, without the head of the mail program."""


async def test_the_button_is_on_the_first_screen_of_a_phone(browser: Browser) -> None:
    renderer = Renderer(BASE)
    page = await browser.new_page(viewport={"width": 390, "height": FIRST_SCREEN})
    late = []
    for sample in SAMPLES:
        rendered = renderer.render(sample.props, sample.facts, sample.action, sample.unsubscribe)
        await page.set_content(rendered.html)
        button = page.locator("a.button")
        box = await button.bounding_box() if await button.count() else None
        if box and box["y"] + box["height"] > FIRST_SCREEN:
            late.append((sample.name, box["y"]))
    await page.close()
    assert not late
