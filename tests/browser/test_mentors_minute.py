"""The mentor's minute: from the mail to an acceptance on a phone, without typing and without scripts."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from models.sample.people import people
from tests.browser.chromium import DESK, PHONE
from tests.browser.tour import Arrive, Tourist

pytestmark = pytest.mark.asyncio(loop_scope="session")

EMAILS = {line["name"]: line["email"] for line in people()}
MENTEE = "Camila Aguilar"
MESSAGE = "I would like to learn how you plan a release. Could we talk once a month?"
SENTENCE = "Gladly, let us talk this week."


async def in_sight(tourist: Tourist, what: Locator) -> bool:
    """Whether it is wholly on the screen, without scrolling."""
    box = await what.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= await height(tourist)


async def height(tourist: Tourist) -> int:
    return int(await tourist.page.evaluate("innerHeight"))


async def test_a_request_is_accepted_in_three_taps_after_the_mail(arrive: Arrive) -> None:
    mentee = await arrive(EMAILS[MENTEE], DESK)
    await mentee.sign_in()
    name = await mentee.ask_the_first(MESSAGE)
    mentor = await arrive(EMAILS[name], PHONE)
    await mentor.open_mail(f"{MENTEE} asks you to be their mentor")
    page = mentor.page
    assert await in_sight(mentor, page.get_by_role("heading", level=1))
    assert await in_sight(mentor, page.get_by_text(MESSAGE))
    answer = page.get_by_role("link", name="Answer", exact=True)
    assert await in_sight(mentor, answer)
    await answer.tap()
    sentence, accept = page.get_by_label(SENTENCE), page.get_by_role("button", name="Accept", exact=True)
    for what in (sentence, accept):
        assert await in_sight(mentor, what)
    await expect(sentence).not_to_be_checked()
    await sentence.tap()
    async with page.expect_navigation():
        await accept.tap()
    await mentor.reads(f"You are now {MENTEE}’s mentor")
    await mentor.sees(SENTENCE)
    assert SENTENCE in await mentee.read_mail(f"{name} is now your mentor")


async def test_at_a_desk_the_answer_stays_beside_what_is_read(arrive: Arrive) -> None:
    asker = await arrive(EMAILS["Aoife Byrne"], DESK)
    await asker.sign_in()
    name = await asker.ask_the_first("May I learn from you?\n\n" + "I have many questions. " * 150)
    mentor = await arrive(EMAILS[name], DESK)
    await mentor.open_mail("Aoife Byrne asks you to be their mentor")
    heading = mentor.page.get_by_role("heading", name="Your answer")
    assert await in_sight(mentor, heading)
    assert not await mentor.page.get_by_role("link", name="Answer", exact=True).is_visible()
    await mentor.page.mouse.wheel(0, 500)
    accept = mentor.page.get_by_role("button", name="Accept", exact=True)
    await expect(accept).to_be_in_viewport(ratio=1)
    assert await in_sight(mentor, heading)
