"""A whole tour by keyboard alone: what has the focus is seen, comes in the order of the page, and acts."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from models.sample.people import people
from tests.browser.chromium import DESK
from tests.browser.tour import Arrive, Tourist

pytestmark = pytest.mark.asyncio(loop_scope="session")

EMAILS = {line["name"]: line["email"] for line in people()}
MENTEE = "Daniela Jiménez"
STOPS = 60
"""More presses of Tab than it takes to reach anything that a tour looks for."""

FOCUSED = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const label = e.labels && e.labels.length ? e.labels[0].textContent : e.textContent;
  return {
    tag: e.tagName, name: (label || '').trim().replace(/\\s+/g, ' '),
    outlined: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
    inSight: r.width > 0 && r.bottom > 0 && r.top < innerHeight,
    top: r.top + scrollY,
  };
}"""


class Keyboard:
    """Presses keys on somebody's page, and looks at what has the focus after each."""

    def __init__(self, tourist: Tourist) -> None:
        self.page: Page = tourist.page

    async def to(self, name: str, tag: str) -> None:
        """Tabs until an element of this kind that begins with this name has the focus."""
        seen = []
        for _ in range(STOPS):
            await self.page.keyboard.press("Tab")
            focused = await self.page.evaluate(FOCUSED)
            assert focused["outlined"], focused
            assert focused["inSight"], focused
            seen.append(focused["name"][:40])
            if focused["tag"] == tag and focused["name"].startswith(name):
                return
        raise AssertionError(f"Tab never came to {name}: {seen}")

    async def skip(self) -> None:
        """By the skip link, which is the first stop of every page, to its content."""
        await self.follow("Skip to the content")
        await expect(self.page.locator("main")).to_be_focused()

    async def press(self, name: str, key: str = "Enter") -> None:
        await self.to(name, "BUTTON")
        await self.act(key)

    async def follow(self, name: str) -> None:
        await self.to(name, "A")
        await self.act()

    async def act(self, key: str = "Enter") -> None:
        """Presses a key that leads to another page, or to another place on this one."""
        async with self.page.expect_navigation():
            await self.page.keyboard.press(key)

    async def write(self, label: str, text: str, tag: str = "TEXTAREA") -> None:
        await self.to(label, tag)
        await self.page.keyboard.type(text)


async def test_asking_and_deciding_by_keyboard(arrive: Arrive) -> None:
    mentee = await arrive(EMAILS[MENTEE], DESK)
    keys = Keyboard(mentee)
    await mentee.page.goto("/sign-in")
    await keys.skip()
    await keys.write("Your e-mail address", mentee.email, "INPUT")
    await keys.act()
    await mentee.reads("Check your mail")
    await mentee.open_mail("Your link to sign in")
    await keys.press("Sign in", "Space")
    await mentee.reads(f"Hello {MENTEE}")
    await keys.skip()
    await keys.follow("Find a mentor")
    await keys.skip()
    await keys.to("Ask ", "A")
    name = (await mentee.page.evaluate(FOCUSED))["name"].removeprefix("Ask ")
    await keys.act()
    await keys.write(f"To {name}", "May I learn from you, once a month?")
    await keys.press("Check before sending")
    await mentee.reads("Check and send")
    await keys.press(f"Send it to {name}")
    await mentee.sees("Your request is on its way.")

    mentor = await arrive(EMAILS[name], DESK)
    keys = Keyboard(mentor)
    await mentor.open_mail(f"{MENTEE} asks you to be their mentor")
    await keys.write("Your words to", "I cannot take this on this summer.")
    await keys.to("Decline", "SUMMARY")
    await mentor.page.keyboard.press("Enter")
    await keys.to("Your reason", "SELECT")
    await mentor.page.keyboard.press("ArrowDown")
    await keys.to("And mark me unavailable", "INPUT")
    await mentor.page.keyboard.press("Space")
    await keys.press("Decline")
    await mentor.reads("You declined")
    await mentor.sees("Nobody new can ask you until you change that in your profile.")


async def test_enter_in_a_field_decides_nothing(arrive: Arrive) -> None:
    """Enter presses the first button of a form that can be pressed, and that must not be Accept."""
    mentee = await arrive(EMAILS["Radhika Nair"], DESK)
    await mentee.sign_in()
    name = await mentee.ask_the_first("May I learn from you?")
    mentor = await arrive(EMAILS[name], DESK)
    await mentor.open_mail("Radhika Nair asks you to be their mentor")
    await mentor.write("Your words to Radhika Nair", "Gladly.")
    await mentor.unfold("Decline")
    await mentor.page.get_by_label("And mark me unavailable").check()
    await mentor.page.get_by_label("Back on").press("Enter")
    await mentor.reads("Please correct this")
    await mentor.sees("Please accept, ask for a change, or decline.")
    await expect(mentor.page.get_by_label("Your words to Radhika Nair")).to_have_value("Gladly.")
    await mentee.page.reload()
    await mentee.sees("Waiting for an answer")


async def test_what_has_the_focus_follows_the_page(arrive: Arrive) -> None:
    reader = await arrive("nobody@example.org", DESK)
    await reader.page.goto("/")
    tops = []
    for _ in range(STOPS):
        await reader.page.keyboard.press("Tab")
        focused = await reader.page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":
            break
        tops.append(focused["top"])
    assert len(tops) > 3
    assert tops[1:] == sorted(tops[1:])
