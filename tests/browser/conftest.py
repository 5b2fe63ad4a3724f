"""One Chromium for all tests of this folder, and pages in it that run no script.

The browser lives on the event loop of the session. A test that uses it runs there too:
`pytestmark = pytest.mark.asyncio(loop_scope="session")` at the head of its file.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.browser import chromium
from tests.browser.tour import Arrive, Tourist
from tests.cli.running import Steadfast


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


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of what `steadfast up --sample` starts: the real thing, with its mailbox."""
    home = tmp_path_factory.mktemp("installation")
    foreign = [name for name in os.environ if name.startswith(("STEADFAST_", "TEMPORAL_"))]
    environ: dict[str, str | None] = {**dict.fromkeys(foreign), "STEADFAST_DATA_DIR": str(home / "data")}
    log = home / "log"
    with Steadfast("up", "--port", "0", "--sample", environ=environ, log=log) as running:
        yield running.url
        code, _ = running.end()
        assert code == 0
        assert "Traceback" not in log.read_text()


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(browser: Browser, installation: str) -> AsyncIterator[Arrive]:
    """Brings somebody with a browser of their own: `await arrive(email, PHONE)`."""
    tourists: list[Tourist] = []

    async def arriving(email: str, kind: dict[str, Any]) -> Tourist:
        tourists.append(await Tourist.arriving(browser, installation, email, kind))
        return tourists[-1]

    yield arriving
    for tourist in tourists:
        await tourist.context.close()
