"""Opens a scene in a browser, and says what is wrong with what is seen."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.scenes.stage import Scene
from tests.pages.village import Village, Villager

HEIGHT = 844
NARROW = 320
HEAVY = 60_000
BLOCKING = """() => [
  ...[...document.querySelectorAll('link[rel=stylesheet]')].slice(1),
  ...document.querySelectorAll('script:not([defer]):not([async]), style, [style]')]
  .map(e => e.outerHTML.slice(0, 80))"""
AXE_SECONDS = 120
OF_WHOLE_PAGES = ("landmark-one-main", "region")
SPACINGS = {"a wide font": "0.07em", "a narrow font": "-0.04em"}
"""Letters further apart or closer stand for fonts that this machine may lack. DejaVu Sans is about 0.07 em
a letter wider than what phones use."""
SPACED = """spacing => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { letter-spacing: ${spacing} !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter(e => e.type !== 'hidden' && !e.disabled && !e.matches('.skip, .hidden'))
  .filter(e => e.getClientRects().length)
  .map(e => [e, (e.closest('label.tick, label.pick, .scale label') || e).getBoundingClientRect(),
    getComputedStyle(e, '::after').position === 'absolute'])
  .filter(([e, r, cover]) => r.height < 43.5 && !cover
    && !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'))
  .map(([e, r]) => `${e.tagName} “${(e.textContent || e.name).trim().slice(0, 30)}” ${r.height} px`)"""


@asynccontextmanager
async def serving(village: Village) -> AsyncIterator[str]:
    """The village under an address of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(village.world.app, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://localhost:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def signed_in(context: BrowserContext, base: str, who: Villager) -> None:
    """Lets the browser go on as somebody who is signed in."""
    jar = who.browser.cookies.jar
    await context.add_cookies([{"name": one.name, "value": one.value or "", "url": base} for one in jar])


@asynccontextmanager
async def opened(browser: Browser, base: str, scene: Scene) -> AsyncIterator[Page]:
    """The scene after its steps, on a phone. Scripts may run, since axe is one."""
    context = await browser.new_context(
        base_url=base,
        viewport={"width": 390, "height": HEIGHT},
        reduced_motion="reduce",
        bypass_csp=scene.sealed,
    )
    try:
        if scene.who is not None:
            await signed_in(context, base, scene.who)
        page = await context.new_page()
        await page.goto(scene.path)
        if scene.steps is not None:
            await scene.steps(page)
            await page.evaluate("scrollTo(0, 0)")
        yield page
    finally:
        await context.close()


async def burdens(page: Page) -> list[str]:
    """What makes a page slow to be seen: its own weight, and what it waits for besides the sheet."""
    weight = await page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize")
    found = [f"weighs {weight} bytes"] if weight >= HEAVY else []
    return found + [f"waits for {one}" for one in await page.evaluate(BLOCKING)]


async def misfits_in_other_fonts(page: Page) -> list[str]:
    """The same in fonts that are wider and narrower than the one this machine has."""
    found = []
    for font, spacing in SPACINGS.items():
        await page.evaluate(SPACED, spacing)
        found += [f"in {font}: {one}" for one in await misfits(page)]
    await page.evaluate("document.adoptedStyleSheets = []")
    return found


async def misfits(page: Page) -> list[str]:
    """What does not fit into the width that the page has now, and what is too small for a finger."""
    width = await page.evaluate("window.innerWidth")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    found = [f"scrolls sideways, {wide} px"] if wide > width else []
    return found + [f"small target {one}" for one in await page.evaluate(SMALL_TARGETS)]


async def violations(page: Page, *rules: str, sealed: bool = False) -> list[str]:
    """What axe finds, by these rules of it or by all. A sealed scene is a part of another page."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    if sealed:
        options["rules"] = {rule: {"enabled": False} for rule in OF_WHOLE_PAGES}
    async with asyncio.timeout(AXE_SECONDS):
        results = await Axe().run(page, options=options)
    return [f"axe {one['id']}: {one['nodes'][0]['html'][:120]}" for one in results.response["violations"]]
