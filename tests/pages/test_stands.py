"""A mail link that is good for nothing more says what happened, by whom, when, and what can be done now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from models.links import Purpose
from models.process.relationship.commands import WithdrawRelationship
from models.process.relationship.parts.completion import ConfirmCompletion, DeclineCompletion, SignOff
from models.process.request.commands import (
    AcceptRequest,
    CloseRequest,
    EditRequest,
    RejectRequest,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from tests.api.conftest import SQLITE
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules, seen, words_of
from tests.pages.village import Village, Villager, send

REASON = "I have no time at the moment"
DAY = "Monday 2 March at"
pytestmark = SQLITE
Happens = Callable[[Village, Villager, Villager, str], Awaitable[object]]


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor")


async def accepted(village: Village, mentee: Villager, mentor: Villager, asked: str) -> None:
    await mentor.tell(asked, AcceptRequest(comment="Gladly."))


async def declined(village: Village, mentee: Villager, mentor: Villager, asked: str) -> None:
    await mentor.tell(asked, RejectRequest(comment="Sorry.", reason=REASON))


async def amended(village: Village, mentee: Villager, mentor: Villager, asked: str) -> None:
    await mentor.tell(asked, RequestAmendment(comment="What about?"))


async def changed(village: Village, mentee: Villager, mentor: Villager, asked: str) -> None:
    await mentee.tell(asked, EditRequest(message="Changed."))


async def withdrawn(village: Village, mentee: Villager, mentor: Villager, asked: str) -> None:
    await mentee.tell(asked, WithdrawRequest(comment="I found somebody."))


async def closed(village: Village, mentee: Villager, mentor: Villager, asked: str) -> None:
    admin = await village.person("Ines Office", "admin")
    await admin.tell(asked, CloseRequest(comment="We spoke with both of you."))


async def resubmitted(village: Village, mentee: Villager, mentor: Villager, asked: str) -> None:
    await amended(village, mentee, mentor, asked)
    await mentee.tell(asked, ResubmitRequest(message="About ships."))


DECIDE: list[tuple[Happens, str, str, str, str]] = [
    (accepted, "The request was accepted", "You", "Gladly.", "Open your shared area"),
    (declined, "The request was declined", "You", "Sorry.", "See the request"),
    (amended, "A change was asked for", "You", "What about?", "See the request"),
    (changed, "There is a newer mail about this", "Ada Asker", "", "Sign in and answer"),
    (withdrawn, "The request was withdrawn", "Ada Asker", "I found somebody.", "See the request"),
    (closed, "The request was closed", "Ines Office", "We spoke with both of you.", "See the request"),
]


@pytest.mark.parametrize(("happens", "title", "who", "words", "way_on"), DECIDE)
async def test_the_mentors_link_says_what_came_first(
    village: Village,
    mentee: Villager,
    mentor: Villager,
    happens: Happens,
    title: str,
    who: str,
    words: str,
    way_on: str,
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    browser = village.browser()
    form = Page.of(await browser.get(path), browser).form_with("decision", "accept")
    await happens(village, mentee, mentor, asked)
    for page in (await browser.get(path), await send(browser, form, decision="reject", reason=REASON)):
        assert broken_rules(page) == []
        text = words_of(page)
        assert (title in text, f"{who}" in text, DAY in text, words in text) == (True, True, True, True)
        assert way_on in text
        assert [at for at in seen(page).all("a") if "button" in (at.get("class") or "")]
        assert ("Your answer was not sent" in text) == (page.status_code == 409 and happens is not declined)


async def test_a_request_that_closed_by_itself_says_so(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    while village.world.gateway.requests[asked].is_open:
        village.world.clock.forward(days=15)
        await village.world.gateway.overdue(asked)
    text = words_of(await village.browser().get(path))
    assert "The request expired without an answer" in text
    assert "closed by itself, because no answer came in time" in text
    assert "Nothing more is needed from you." in text


@pytest.mark.parametrize(
    ("happens", "title", "way_on"),
    [
        (resubmitted, "The changed request was sent again", "See the request"),
        (withdrawn, "The request was withdrawn", "Find another mentor"),
    ],
)
async def test_the_mentees_link_says_what_came_first(
    village: Village, mentee: Villager, mentor: Villager, happens: Happens, title: str, way_on: str
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.AMEND, asked, mentee, 1)
    await happens(village, mentee, mentor, asked)
    page = await village.browser().get(path)
    assert broken_rules(page) == []
    assert (title in words_of(page), way_on in words_of(page)) == (True, True)


@pytest.mark.parametrize(
    ("answer", "pressed", "title", "lost"),
    [
        (ConfirmCompletion(comment="Yes."), "confirm", "The completion was confirmed", False),
        (ConfirmCompletion(comment="Yes."), "decline", "The completion was confirmed", True),
        (DeclineCompletion(comment="One more."), "decline", "Not complete yet", False),
        (DeclineCompletion(comment="One more."), "confirm", "Not complete yet", True),
        (WithdrawRelationship(comment="I leave."), "confirm", "ended", True),
    ],
)
async def test_a_completion_that_was_answered_says_so(
    village: Village,
    mentee: Villager,
    mentor: Villager,
    answer: ConfirmCompletion | DeclineCompletion | WithdrawRelationship,
    pressed: str,
    title: str,
    lost: bool,
) -> None:
    together = await mentee.mentored_by(mentor)
    await mentor.say(together, SignOff())
    path = await village.link(Purpose.CONFIRM, together, mentee, 1)
    browser = village.browser()
    form = Page.of(await browser.get(path), browser).form_with("decision", "confirm")
    await mentee.say(together, answer)
    for page in (await browser.get(path), await send(browser, form, decision=pressed)):
        assert broken_rules(page) == []
        text = words_of(page)
        assert (title in text, DAY in text, answer.comment in text) == (True, True, True)
        assert ("Your answer was not sent" in text) == (lost and page.status_code == 409)


async def test_an_erasure_that_was_called_off_or_begun_says_so(village: Village, mentee: Villager) -> None:
    page = await mentee.open("/your-data/erase")
    await page.submit(page.forms[1], confirm=mentee.email)
    path = await village.keep_link(mentee)
    browser = village.browser()
    await send(browser, Page.of(await browser.get(path), browser).forms[-1])
    again = await browser.get(path)
    assert broken_rules(again) == []
    assert "Your data stays" in words_of(again)
    assert "The erasure was called off on 2 March." in words_of(again)
