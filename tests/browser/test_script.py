"""What the one script adds to pages, and that each of them does the same without it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from api.web.words import DONE
from models.links import Purpose
from tests.browser.looking import serving, signed_in
from tests.browser.scenes.stage import press
from tests.pages.village import Village, Villager, a_village

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
BASE = "/p/open-doors"
WORDS = "May I learn how you review a change?"
DRAFTS = "Object.keys(sessionStorage).length"


@asynccontextmanager
async def opened(browser: Browser, base: str, who: Villager, script: bool = True) -> AsyncIterator[Page]:
    """A tab in which somebody is signed in; nothing in it may go wrong, the policy of the page included."""
    context = await browser.new_context(base_url=base, java_script_enabled=script)
    await signed_in(context, base, who)
    page, wrong = await context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Security Policy" in said.text else None)
    try:
        yield page
        assert wrong == []
    finally:
        await context.close()


async def _mentee(village: Village) -> Villager:
    return await village.person("Ada", "mentee", skills={"python": 2}, targets={"python": 4})


async def _mentor(village: Village, name: str) -> Villager:
    return await village.person(name, "mentor", skills={"python": 5})


@pytest.mark.parametrize("script", [True, False])
async def test_another_row_for_a_skill(browser: Browser, migrated_url: str, script: bool) -> None:
    async with a_village(migrated_url) as village, serving(village) as base:
        ada = await _mentee(village)
        await _mentor(village, "Ben")
        async with opened(browser, base, ada, script) as page:
            await page.goto(f"{BASE}/profile")
            assert await page.locator("[name^=skill_]").count() == 2
            await page.locator("summary", has_text="Skills").click()
            await page.locator("[name=skill_1]").fill("Typed")
            add = page.get_by_role("button", name="Add another skill")
            for n in (2, 3):
                await add.click()
                await expect(page.locator(f"[name=skill_{n}]")).to_be_visible()
            await expect(page.locator("[name=skill_1]")).to_have_value("Typed")
            await expect(page.locator("[name=skill_3]")).to_have_value("")
            assert await page.locator("label[for=f-skill_3]").count() == 1
            await page.locator("[name=skill_1]").fill("Python")
            await page.locator("[name=skill_0]").fill("")
            await page.locator("[name=level_1]").select_option("3")
            await page.locator("[name=target_1]").select_option("5")
            await press(page, "Save my profile")
            await expect(page.get_by_text(DONE["profile"])).to_be_visible()
            await expect(page.locator("[name=target_0]")).to_have_value("5")


@pytest.mark.parametrize("script", [True, False])
async def test_the_list_follows_what_is_typed(browser: Browser, migrated_url: str, script: bool) -> None:
    async with a_village(migrated_url) as village, serving(village) as base:
        ada = await _mentee(village)
        for name in ("Ben", "Cleo"):
            await _mentor(village, name)
        async with opened(browser, base, ada, script) as page:
            await page.goto(f"{BASE}/mentors")
            await expect(page.locator(".row.find")).to_have_count(2)
            await page.get_by_label("Search for words").fill("cleo")
            if not script:
                await press(page, "Search")
            await expect(page.locator(".row.find")).to_have_count(1)
            await expect(page.locator(".row.find")).to_contain_text("Cleo")
            await expect(page.get_by_role("link", name="“cleo”")).to_be_visible()
            await expect(page.get_by_label("Search for words")).to_have_value("cleo")
            await expect(page).to_have_url(re.compile("q=cleo"))
            if script:
                await expect(page.locator("#live-said")).to_have_text("One mentor with your filters")
            await page.get_by_role("link", name="“cleo”").click()
            await expect(page.locator(".row.find")).to_have_count(2)


async def test_a_draft_comes_back_until_it_is_sent(browser: Browser, migrated_url: str) -> None:
    async with a_village(migrated_url) as village, serving(village) as base:
        ada, ben = await _mentee(village), await _mentor(village, "Ben")
        async with opened(browser, base, ada) as page:
            ask, field = f"{BASE}/mentors/{ben.id}/ask", page.get_by_label("To Ben")
            await page.goto(ask)
            await field.fill(WORDS)
            await page.goto(f"{BASE}/mentors")
            await page.goto(ask)
            await expect(field).to_have_value(WORDS)
            await expect(page.get_by_text("what you had written here before")).to_be_visible()
            await page.get_by_role("button", name="Take it away").click()
            await expect(field).to_have_value("")
            assert await page.evaluate(DRAFTS) == 0
            await field.fill(WORDS)
            await press(page, "Check before sending")
            assert await page.evaluate(DRAFTS) == 1, "it has not been sent yet"
            await page.goto(ask)
            await expect(field).to_have_value(WORDS)
            await press(page, "Check before sending")
            await press(page, "Send it to Ben")
            await expect(page.get_by_text(DONE["ask"])).to_be_visible()
            assert await page.evaluate(DRAFTS) == 0


async def test_a_draft_outlives_the_session_and_nobody_else_reads_it(
    browser: Browser, migrated_url: str
) -> None:
    async with a_village(migrated_url) as village, serving(village) as base:
        ada, ben = await _mentee(village), await _mentor(village, "Ben")
        eve = await village.person("Eve", "mentee", skills={"python": 1}, targets={"python": 4})
        async with opened(browser, base, ada) as page:
            ask, field = f"{BASE}/mentors/{ben.id}/ask", page.get_by_label("To Ben")
            await page.goto(ask)
            await field.fill(WORDS)
            await page.context.clear_cookies()
            await press(page, "Check before sending")
            await expect(page.get_by_text("Please sign in first")).to_be_visible()
            for who, shown in ((eve, ""), (ada, WORDS)):
                await signed_in(page.context, base, who)
                await page.goto(ask)
                await expect(field).to_have_value(shown)
            await press(page, "Sign out")
            assert await page.evaluate(DRAFTS) == 0


@pytest.mark.parametrize("path", ["/your-data", "/your-data/erase"])
async def test_drafts_go_with_every_way_to_leave(browser: Browser, migrated_url: str, path: str) -> None:
    async with a_village(migrated_url) as village, serving(village) as base:
        ada, ben = await _mentee(village), await _mentor(village, "Ben")
        async with opened(browser, base, ada) as page:
            await page.goto(f"{BASE}/mentors/{ben.id}/ask")
            await page.get_by_label("To Ben").fill(WORDS)
            await page.goto(path)
            assert await page.evaluate(DRAFTS) == 1
            if path == "/your-data":
                await press(page, "Sign out everywhere")
            else:
                await page.get_by_label("Type your e-mail address").fill(ada.viewer.email)
                await press(page, "Erase my data")
            assert await page.evaluate(DRAFTS) == 0


async def test_nothing_is_kept_on_the_page_of_a_mail_link(browser: Browser, migrated_url: str) -> None:
    async with a_village(migrated_url) as village, serving(village) as base:
        ada, ben = await _mentee(village), await _mentor(village, "Ben")
        link = await village.link(Purpose.DECIDE, await ada.ask(ben), ben, 1)
        async with opened(browser, base, ben) as page:
            await page.goto(link)
            await page.get_by_label("Your words to Ada").fill("Not for the next one at this computer.")
            assert await page.evaluate(DRAFTS) == 0
            assert await page.locator("script").count() == 0
