"""People who use an installation in a real browser: they press what they see, and read their mail there."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

PATIENCE_SECONDS = 30.0
BETWEEN_LOOKS_SECONDS = 0.15
expect.set_options(timeout=PATIENCE_SECONDS * 1000)
_LINK = re.compile(r"http://\S+/(?:links|sign-in)/\S+")


@dataclass
class Tourist:
    """Somebody with a browser of their own. `base` is the address of the installation."""

    base: str
    email: str
    context: BrowserContext
    page: Page

    @classmethod
    async def arriving(cls, browser: Browser, base: str, email: str, kind: dict[str, Any]) -> Tourist:
        context = await browser.new_context(base_url=base, **kind)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        return cls(base, email, context, await context.new_page())

    async def sign_in(self) -> None:
        await self.page.goto("/sign-in")
        await self.write("Your e-mail address", self.email)
        await self.press("Mail me a link")
        await self.open_mail("Your link to sign in")
        await self.press("Sign in")

    async def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Presses a button, and waits for the page that it leads to: a click alone does not."""
        async with self.page.expect_navigation():
            await (within or self.page).get_by_role("button", name=name, exact=True).click()

    async def follow(self, name: str | re.Pattern[str]) -> None:
        await self.page.get_by_role("link", name=name).first.click()

    async def unfold(self, name: str) -> None:
        await self.page.locator("summary", has_text=name).first.click()

    async def write(self, label: str | re.Pattern[str], text: str) -> None:
        await self.page.get_by_label(label).fill(text)

    async def sees(self, text: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def reads(self, heading: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_role("heading", name=heading).first).to_be_visible()

    async def open_mail(self, subject: str) -> str:
        """Follows the link in the newest mail with this subject, and gives it."""
        link = await self.link_of(subject)
        await self.page.locator(f'pre.plain a[href="{link}"]').click()
        await self.page.wait_for_url(link)
        return link

    async def link_of(self, subject: str) -> str:
        """The link of the newest mail to this person whose subject contains these words, once it is there."""
        found = await self.read_mail(subject)
        return str(_LINK.findall(found)[0])

    async def read_mail(self, subject: str) -> str:
        """The text of that mail."""
        until = time.monotonic() + PATIENCE_SECONDS
        line = self.page.get_by_role("link", name=subject)
        await self.page.goto(f"/mailbox?to={self.email}")
        while not await line.count():
            assert time.monotonic() < until, f"no mail with “{subject}” for {self.email}"
            await asyncio.sleep(BETWEEN_LOOKS_SECONDS)
            await self.page.reload()
        await line.first.click()
        return await self.page.locator("pre.plain").inner_text()

    async def ask_the_first(self, message: str) -> str:
        """From home by the list of mentors to a request that is on its way; gives the mentor's name."""
        await self.page.get_by_role("navigation").get_by_role("link", name="Mentors").first.click()
        button = self.page.get_by_role("link", name=re.compile("^Ask ")).first
        name = (await button.inner_text()).removeprefix("Ask ")
        await expect(self.page.locator("details.row.find").first).to_contain_text(re.compile(r"\d+%"))
        await button.click()
        await self.reads("Why you two might fit")
        await self.write(f"To {name}", message)
        await self.press("Check before sending")
        await self.reads("Check and send")
        await self.sees(message)
        await self.press(f"Send it to {name}")
        await self.sees("Your request is on its way.")
        await self.sees(f"A reminder goes to {name} by mail.")
        await self.sees("the request closes by itself")
        return name


Arrive = Callable[[str, dict[str, Any]], Awaitable[Tourist]]
