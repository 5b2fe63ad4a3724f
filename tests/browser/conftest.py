"""One Chromium for all tests of this folder, and pages in it that run no script.

The browser lives on the event loop of the session. A test that uses it runs there too:
`pytestmark = pytest.mark.asyncio(loop_scope="session")` at the head of its file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.browser import chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium.running() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser of one's own (cookies, history) on a phone, without JavaScript."""
    made = await browser.new_context(**chromium.PHONE)
    yield made
    await made.close()
