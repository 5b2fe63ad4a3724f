"""Mentee, mentor and admin go their whole ways in a real browser, on phones and at a desk, scripts off."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from models.sample.people import ADMIN_EMAIL, MENTEE_EMAIL, people
from tests.browser.chromium import DESK, PHONE
from tests.browser.tour import Arrive, Tourist

pytestmark = pytest.mark.asyncio(loop_scope="session")

EMAILS = {line["name"]: line["email"] for line in people()}
NAMES = {email: name for name, email in EMAILS.items()}
MESSAGE = "I would like to learn how you review a change. Could we talk once a month?"


async def test_an_accepted_request_becomes_a_completed_mentoring(arrive: Arrive) -> None:
    mentee = await arrive(MENTEE_EMAIL, PHONE)
    await mentee.sign_in()
    await mentee.reads("Hello Mina Osei")
    name = await mentee.ask_the_first(MESSAGE)
    mentor = await arrive(EMAILS[name], PHONE)
    await mentor.open_mail("Mina Osei asks you to be their mentor")
    await mentor.reads("Mina Osei asks you to be their mentor")
    await mentor.sees(MESSAGE)
    await mentor.write("Your words to Mina Osei", "Gladly. Bring a change of yours along.")
    await mentor.press("Accept")
    await mentor.reads("You are now Mina Osei’s mentor")
    # Whoever got hold of the link learns nothing more; the mail that follows goes to the mentor alone.
    assert MENTEE_EMAIL not in await mentor.page.content()
    assert MENTEE_EMAIL in await mentor.read_mail("You are now Mina Osei’s mentor")

    assert name in await mentee.read_mail(f"{name} is now your mentor")
    await mentee.page.goto("/")
    await mentee.follow(name)
    await mentee.sees("How to reach each other")
    await mentee.sees(EMAILS[name])
    await _set_a_goal(mentee)
    await mentee.unfold("Sign off as complete")
    await mentee.press("Sign off as complete")
    await mentee.sees("You signed off as complete; the other side is asked to confirm.")
    await _complete(mentor, "Mina Osei")
    for one, other in ((mentee, name), (mentor, "Mina Osei")):
        await _answer_survey(one, other)


async def _set_a_goal(mentee: Tourist) -> None:
    await mentee.follow("Set a goal")
    await mentee.press("Set the goal")
    await mentee.reads("Please correct this")
    for label in ("In a few words", "Specific", "Measurable", "Attainable", "Relevant"):
        await mentee.write(re.compile(label), f"{label}: review one change a week.")
    await mentee.write(re.compile("Time-based"), "2099-09-30")
    await mentee.press("Set the goal")
    await mentee.sees("Goal saved.")
    await mentee.write("Progress in %", "60")
    await mentee.press("Save")
    await mentee.sees("60%")


async def _complete(mentor: Tourist, mentee: str) -> None:
    await mentor.open_mail(f"{mentee} thinks your mentoring is complete")
    await mentor.reads(f"Is your mentoring with {mentee} complete?")
    await mentor.write(f"Your words to {mentee}", "Yes, and it was a pleasure.")
    await mentor.press("Yes, it is complete")


async def _answer_survey(one: Tourist, other: str) -> None:
    await one.open_mail(f"How was your mentoring with {other}?")
    for scale in await one.page.locator(".scale").all():
        await scale.get_by_role("radio", name="4").check()
    await one.page.get_by_label("We stay in touch").check()
    await one.press("Send my answers")
    await one.sees("Thank you")


@pytest.mark.parametrize("kind", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_change_is_asked_for_and_the_request_then_declined(
    arrive: Arrive, kind: dict[str, Any]
) -> None:
    email = "lena.winter@example.org" if kind is PHONE else "keith.fletcher@example.org"
    mentee = await arrive(email, kind)
    await mentee.sign_in()
    name = await mentee.ask_the_first(MESSAGE)
    mentor = await arrive(EMAILS[name], PHONE)
    who = NAMES[email]
    first = await mentor.open_mail(f"{who} asks you to be their mentor")
    await mentor.unfold("Ask for a change")
    await mentor.press("Ask for a change")
    await mentor.reads("Please correct this")
    await mentor.write(f"Your words to {who}", "What would you like to have reached by summer?")
    await mentor.press("Ask for a change")
    await mentor.reads("You asked for a change")

    await mentee.open_mail(f"{name} asks you to add to your request")
    await mentee.sees("What would you like to have reached by summer?")
    await mentee.write("Change it here, then send it again", "By summer I would like to review alone.")
    await mentee.press("Send it again")

    await mentor.open_mail(f"{who} has changed their request and asks again")
    await mentor.sees("By summer I would like to review alone.")
    await mentor.write(f"Your words to {who}", "I am away until summer, I am sorry.")
    await mentor.unfold("Decline")
    await mentor.page.get_by_label("Your reason").select_option(index=1)
    await mentor.press("Decline")
    await mentor.reads("You declined")
    await mentor.page.goto(first)
    await expect(mentor.page.get_by_role("button", name="Accept")).to_have_count(0)

    assert "I am away until summer" in await mentee.read_mail(f"{name} cannot be your mentor this time")
    await mentee.page.goto("/")
    await mentee.follow("Requests")
    await mentee.follow("All")
    await mentee.sees("Declined")
    await mentee.follow(name)
    await mentee.sees("I have no time at the moment")


async def test_an_admin_helps_what_is_stalled_along(arrive: Arrive) -> None:
    asking = []
    for email in ("maike.schroder@example.org", "rami.ghanem@example.org"):
        _, mentor = await _asked(arrive, email)
        asking.append((NAMES[email], mentor))
    admin = await arrive(ADMIN_EMAIL, DESK)
    await admin.sign_in()
    await admin.follow("Stalled")
    await admin.reads("Nothing is stalled")
    await admin.follow("Show all open requests")
    for act, title in (
        ("Remind now", "A reminder is on its way."),
        (re.compile("Extend by"), "both have been told"),
    ):
        await admin.press(act, within=await _opened(admin, asking[0]))
        await admin.sees(re.compile(title))
        await expect(admin.page).to_have_url(re.compile("older_than=P0D"))
    row = await _opened(admin, asking[1])
    await row.get_by_role("link", name="Close with a comment").click()
    await admin.write("Why it is closed", "The mentor is on leave; ask somebody else, please.")
    await admin.press("Close 1")
    await admin.follow("Back to the list")
    await expect(_row(admin, asking[1])).to_have_count(0)

    mentee, mentor = asking[0]
    reader = await arrive(EMAILS[mentor], PHONE)
    await reader.read_mail(f"{mentee} is waiting for your answer")
    await reader.read_mail(f"More time for the request from {mentee}")
    mentee, mentor = asking[1]
    told = await (await arrive(EMAILS[mentee], PHONE)).read_mail(f"Your request to {mentor} has been closed")
    assert "The mentor is on leave" in told


def _row(admin: Tourist, pair: tuple[str, str]) -> Locator:
    mentee, mentor = pair
    return admin.page.locator("tr", has=admin.page.get_by_role("link", name=f"{mentee} asked {mentor}"))


async def _opened(admin: Tourist, pair: tuple[str, str]) -> Locator:
    row = _row(admin, pair)
    await row.locator("details.opens > summary").click()
    return row


async def _asked(arrive: Arrive, email: str) -> tuple[Tourist, str]:
    """Somebody who has asked the first mentor of the list, and that mentor's name."""
    mentee = await arrive(email, DESK)
    await mentee.sign_in()
    return mentee, await mentee.ask_the_first(MESSAGE)


async def test_opening_a_mail_link_changes_nothing(arrive: Arrive) -> None:
    asker, mentor = await _asked(arrive, "tarek.daher@example.org")
    mentee = NAMES[asker.email]
    reader = await arrive(EMAILS[mentor], PHONE)
    link = await reader.link_of(f"{mentee} asks you to be their mentor")
    for _ in range(3):
        await reader.page.goto(link)
        await reader.page.reload()
        await reader.page.go_back()
        await reader.page.go_forward()
    await asker.page.reload()
    assert await asker.page.locator("[aria-labelledby=timeline] ol > li").count() == 1
    beside = await reader.context.new_page()
    await beside.goto(link)
    await reader.write(f"Your words to {mentee}", "Gladly.")
    await reader.press("Accept")
    await reader.reads(f"You are now {mentee}’s mentor")
    await reader.page.reload()
    await reader.page.go_back()
    await reader.sees("This link has done its work")
    await beside.locator("summary", has_text="Decline").click()
    await beside.get_by_role("button", name="Decline").click()
    await expect(beside.get_by_role("heading", name="Your answer was not sent")).to_be_visible()
    await asker.page.reload()
    await asker.sees(f"{mentor} accepted your request.")
    assert await asker.page.locator("[aria-labelledby=timeline] ol > li").count() == 2
