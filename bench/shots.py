"""Takes a picture of every page at four widths, light and dark; says what is too wide, small or inaccessible.

    python bench/shots.py OUT [--only name,name] [--widths 320,390,768,1440] [--schemes light,dark] [--axe]
    make pictures    # those of the README, into docs/pictures

Needs a Chromium: that of CHROMIUM in the environment, else Debian's, which `make chromium` installs.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from axe_playwright_python.async_playwright import Axe

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.scenes import Scene, Stage
from models.store.migrate import upgrade
from tests.browser import chromium
from tests.pages.village import Village, a_village

HEIGHT = 844
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter(e => e.type !== 'hidden' && !e.disabled && !e.matches('.skip, .hidden'))
  .filter(e => e.getClientRects().length)
  .map(e => [e, (e.closest('label.tick, .scale label') || e).getBoundingClientRect(),
    getComputedStyle(e, '::after').position === 'absolute'])
  .filter(([e, r, cover]) => r.height < 43.5 && !cover
    && !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'))
  .map(([e, r]) => `${e.tagName} “${(e.textContent || e.name).trim().slice(0, 30)}” ${r.height} px`)"""


@asynccontextmanager
async def serving(village: Village) -> AsyncIterator[str]:
    """The village under an address of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(village.world.app, log_level="warning", access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://localhost:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def look(browser: Any, base: str, scene: Scene, width: int, scheme: str, args: Any) -> list[str]:
    """Takes one picture; gives what is wrong with the page."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, java_script_enabled=True
    )
    try:
        if scene.who is not None:
            cookies = [
                {"name": one.name, "value": one.value, "url": base} for one in scene.who.browser.cookies.jar
            ]
            await context.add_cookies(cookies)
        page = await context.new_page()
        await page.goto(base + scene.path)
        if scene.steps is not None:
            await scene.steps(page)
        picture = args.out / f"{scene.name}-{width}-{scheme}.png"
        await page.screenshot(path=picture, full_page=not args.first_screen)
        return [f"{scene.name} {width} {scheme}: {problem}" for problem in await wrong(page, width, args.axe)]
    finally:
        await context.close()


async def wrong(page: Any, width: int, axe: bool) -> list[str]:
    found = []
    wide = await page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        found.append(f"scrolls sideways, {wide} px")
    found += [f"small target {one}" for one in await page.evaluate(SMALL_TARGETS)]
    if axe:
        results = await Axe().run(page)
        found += [
            f"axe {one['id']}: {one['nodes'][0]['html'][:120]}" for one in results.response["violations"]
        ]
    return found


async def run(args: argparse.Namespace) -> int:
    args.out.mkdir(parents=True, exist_ok=True)
    url = f"sqlite+aiosqlite:///{tempfile.mkdtemp()}/village.db"
    await upgrade(url)
    problems: list[str] = []
    async with a_village(url) as village, chromium.running() as browser:
        scenes = wanted(await Stage(village).build(), args.only)
        if args.exact:
            scenes = [scene for scene in scenes if scene.name in args.only]
        async with serving(village) as base:
            for scene in scenes:
                # Steps that decide something can be done once: such a scene is looked at in one size only.
                for width, scheme in sizes(scene, args):
                    problems += await look(browser, base, scene, width, scheme, args)
    print("\n".join(problems) or "Nothing is wrong.")
    return 1 if problems else 0


def sizes(scene: Scene, args: argparse.Namespace) -> Sequence[tuple[int, str]]:
    every = [(width, scheme) for scheme in args.schemes for width in args.widths]
    once = scene.name in {"link-accepted", "link-rejected", "link-asked-change"}
    return every[:1] if once else every


def wanted(scenes: list[Scene], only: list[str]) -> list[Scene]:
    return [scene for scene in scenes if not only or any(scene.name.startswith(one) for one in only)]


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def names(text: str) -> list[str]:
    return text.split(",")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", type=names, default=[])
    parser.add_argument("--widths", type=numbers, default=[320, 390, 768, 1440])
    parser.add_argument("--schemes", type=names, default=["light", "dark"])
    parser.add_argument("--axe", action="store_true")
    parser.add_argument("--exact", action="store_true", help="only scenes of exactly these names")
    parser.add_argument("--first-screen", action="store_true", help="what is seen without scrolling")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
