"""The browser itself, and that it runs no script of a page."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_runs_no_script(context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto("data:text/html,<title>still</title><script>document.title = 'ran'</script>")
    assert await page.title() == "still"
