"""Takes a picture of every page and mail at four widths, light, dark and in forced colours; says what is too
wide, small or inaccessible.

    python bench/shots.py OUT [--only name,name] [--groups links,mails] [--widths 320,390,768,1440]
        [--schemes light,dark,forced] [--axe]
    make pictures    # those of the README, into docs/pictures

Needs a Chromium: that of CHROMIUM in the environment, else Debian's, which `make chromium` installs.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import structlog
from playwright.async_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent.parent))

from models.store.migrate import upgrade
from tests.browser import chromium
from tests.browser.looking import HEIGHT, burdens, misfits, opened, serving, violations
from tests.browser.scenes.programme import GROUPS, scenes_of
from tests.browser.scenes.stage import Scene
from tests.pages.village import a_village


async def look(browser: Browser, base: str, scene: Scene, args: argparse.Namespace) -> list[str]:
    """Takes the pictures of one scene; gives what is wrong with it."""
    problems: list[str] = []
    async with opened(browser, base, scene) as page:
        problems += [f"{scene.name}: {one}" for one in ([] if scene.sealed else await burdens(page))]
        for scheme in args.schemes:
            await emulate(page, scheme)
            for width in args.widths:
                await page.set_viewport_size({"width": width, "height": HEIGHT})
                picture = args.out / f"{scene.name}-{width}-{scheme}.png"
                await page.screenshot(path=picture, full_page=not args.first_screen)
                found = await misfits(page) + (
                    await violations(page, sealed=scene.sealed) if args.axe else []
                )
                problems += [f"{scene.name} {width} {scheme}: {problem}" for problem in found]
    return problems


async def look_at(browser: Browser, group: str, args: argparse.Namespace) -> list[str]:
    """The scenes of one group, in a village of their own: days pass in some, and sessions end."""
    url = f"sqlite+aiosqlite:///{tempfile.mkdtemp()}/village.db"
    await upgrade(url)
    async with a_village(url) as village, serving(village) as base:
        scenes = [one for one in await scenes_of(village, [group]) if wanted(one.name, args)]
        found = [await look(browser, base, scene, args) for scene in scenes]
    return [problem for problems in found for problem in problems]


async def emulate(page: Page, scheme: str) -> None:
    """Forced colours are the reader's own: here the dark ones that a high contrast theme has."""
    if scheme == "forced":
        await page.emulate_media(color_scheme="dark", forced_colors="active")
    else:
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", forced_colors="none")


async def run(args: argparse.Namespace) -> int:
    args.out.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    async with chromium.running() as browser:
        for group in args.groups:
            problems += await look_at(browser, group, args)
    print("\n".join(problems) or "Nothing is wrong.")
    return 1 if problems else 0


def wanted(name: str, args: argparse.Namespace) -> bool:
    if args.exact:
        return name in args.only
    return not args.only or any(name.startswith(one) for one in args.only)


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
    parser.add_argument("--groups", type=names, default=list(GROUPS))
    parser.add_argument("--widths", type=numbers, default=[320, 390, 768, 1440])
    parser.add_argument("--schemes", type=names, default=["light", "dark", "forced"])
    parser.add_argument("--axe", action="store_true")
    parser.add_argument("--exact", action="store_true", help="only scenes of exactly these names")
    parser.add_argument("--first-screen", action="store_true", help="what is seen without scrolling")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
