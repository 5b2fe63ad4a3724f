"""The Chromium in which pages are opened: which one, and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, async_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "java_script_enabled": False,
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "java_script_enabled": False}
"""Arguments of `Browser.new_context`; scripts that a test itself evaluates run all the same."""


def executable() -> str:
    """The path of the one that CHROMIUM in the environment names, else of Debian's. Raises LookupError."""
    named = os.environ.get("CHROMIUM", "chromium")
    found = shutil.which(named)
    if found is None:
        raise LookupError(f"{named} was not found; `make chromium` installs Debian's")
    return found


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
