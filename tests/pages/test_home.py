"""The home says whose turn it is, where things stand, what is new, what could be done; on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.process.programme import DEFAULT_SURVEY
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.request.commands import (
    AcceptRequest,
    EditRequest,
    RejectRequest,
    RequestAmendment,
    WithdrawRequest,
)
from models.store.tables import MemberRow
from tests.api.conftest import SQLITE
from tests.api.world import OTHER, SLUG
from tests.pages.reading import broken_rules, seen, words_of
from tests.pages.village import Village, Villager

REASON = "I have no time at the moment"


async def home(person: Villager) -> str:
    """The words of the home, whose markup keeps the rules."""
    response = await person.get("/")
    assert broken_rules(response) == []
    return words_of(response)


async def flags(person: Villager) -> list[str]:
    """What the flags say that hang from what waits for the reader."""
    page = await person.get("/")
    return [one.split("</p>")[0] for one in page.text.split('<p class="flag">')[1:]]


def order(text: str, *parts: str) -> None:
    places = [text.index(part) for part in parts]
    assert places == sorted(places), list(zip(parts, places, strict=True))


async def test_each_of_the_two_sees_whose_turn_it_is(village: Village) -> None:
    mentee, mentor = (
        await village.person("Mina Osei", "mentee"),
        await village.person("Jonas Weber", "mentor"),
    )
    asked = await mentee.ask(mentor, "May I learn how you cut systems?")
    assert await flags(mentor) == ["Your turn · 14 days left"]
    text = await home(mentor)
    assert "One thing waits for you." in text
    order(
        text,
        "Mina Osei asks you to be their mentor",
        "May I learn how you cut",
        "Answer",
        "Your places",
    )
    assert await flags(mentee) == []
    text = await home(mentee)
    assert "Nothing waits for you. Everything is under way." in text
    order(text, "Your request to Jonas Weber", "Asked2", "Answerby")
    await mentor.tell(asked, RequestAmendment(comment="Which of your systems?"))
    assert await flags(mentor) == []
    assert len(await flags(mentee)) == 1
    order(
        await home(mentee), "Jonas Weber asks for a change", "Which of your systems?", "Change your message"
    )


async def test_what_waits_longest_for_is_last_and_what_closes_first_is_first(village: Village) -> None:
    mentor = await village.person("Jonas Weber", "mentor")
    for name in ("First One", "Second One"):
        await (await village.person(name, "mentee")).ask(mentor)
        village.world.clock.forward(days=1)
    text = await home(mentor)
    assert "2 things wait for you." in text
    order(text, "First One asks", "Second One asks")


async def test_a_decline_is_remembered_with_its_words_and_the_next_best(village: Village) -> None:
    mentee, mentor = await village.person("Mina", "mentee"), await village.person("Jonas", "mentor")
    await village.person("Next Best", "mentor")
    asked = await mentee.ask(mentor)
    await mentor.tell(asked, RejectRequest(comment="Petra knows this better than I do.", reason=REASON))
    text = await home(mentee)
    order(
        text,
        "Your request to Jonas",
        "Declined",
        "Petra knows this better",
        "People you might ask",
        "Next Best",
    )
    assert text.count("Petra knows this better") == 1
    suggested = text[text.index("People you might ask") :]
    assert "Jonas" not in suggested
    village.world.clock.forward(days=31)
    assert "Petra knows this better" not in await home(mentee)


async def test_what_waits_is_shown_however_much_came_after_it(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.doors.home.LATEST", 1)
    mentor = await village.person("Jonas Weber", "mentor")
    first, early, late = [await village.person(name, "mentee") for name in ("Ada", "Mina", "Tom")]
    await first.mentored_by(mentor)
    await early.ask(mentor)
    await late.tell(await late.ask(mentor), WithdrawRequest())
    assert await flags(mentor) == ["Your turn · 14 days left"]
    text = await home(mentor)
    assert "Mina asks you to be their mentor" in text
    assert "You and Ada" in text


async def test_what_one_took_back_oneself_is_not_brought_up_again(village: Village) -> None:
    mentee, mentor = await village.person("Mina", "mentee"), await village.person("Jonas", "mentor")
    asked = await mentee.ask(mentor)
    await mentee.tell(asked, WithdrawRequest())
    assert "Your request to Jonas" not in await home(mentee)


async def test_a_mentoring_from_its_goals_to_its_survey(village: Village) -> None:
    mentee, mentor = await village.person("Mina", "mentee"), await village.person("Jonas", "mentor")
    found = await mentee.mentored_by(mentor)
    text = await home(mentee)
    order(text, "You and Jonas", "Since 2 March", "Working together", "Accepted2")
    assert "People you might ask" not in text
    parts = dict.fromkeys(("specific", "measurable", "attainable", "relevant"), "x")
    goal_id = "33333333-3333-4333-8333-333333333333"
    await mentee.say(found, SetGoal(goal_id=goal_id, title="Lead a review", due=date(2026, 9, 30), **parts))
    assert "Lead a review" in await home(mentee)
    await mentor.say(found, SignOff(comment="You are there."))
    assert await flags(mentee) == ["Your turn · 14 days left"]
    order(
        await home(mentee), "Jonas says that you are done", "You are there.", "Confirm or say what is missing"
    )
    await mentee.say(found, ConfirmCompletion(comment="Yes."))
    order(await home(mentor), "How was it with Mina?", "Answer the survey")
    answers = {one.key: "5" for one in DEFAULT_SURVEY if one.required}
    await mentee.say(found, AnswerSurvey(answers=answers))
    text = await home(mentee)
    order(text, "You and Jonas", "Completed today", "Survey")
    assert await flags(mentee) == []


async def test_what_is_new_counts_from_the_visit_before(village: Village) -> None:
    mentee, mentor = await village.person("Mina", "mentee"), await village.person("Jonas", "mentor")
    asked = await mentee.ask(mentor)
    assert "What is new" not in await home(mentee), "a card that says nothing"
    village.world.clock.forward(hours=1)
    assert "Nothing since you were here on 2 March" in await home(mentee)
    village.world.clock.forward(hours=1)
    await mentor.tell(asked, RequestAmendment(comment="Which systems?"))
    village.world.clock.forward(minutes=10)
    for _ in range(2):
        text = await home(mentee)
        order(text, "Which systems?", "What is new", "Jonas: a change was asked for.")
        assert text.count("Which systems?") == 1
        village.world.clock.forward(minutes=20)
    village.world.clock.forward(minutes=40)
    text = await home(mentee)
    assert "a change was asked for" not in text[text.index("What is new") :]
    assert "Nothing since" in text


async def test_what_one_did_oneself_is_no_news(village: Village) -> None:
    mentee, mentor = await village.person("Mina", "mentee"), await village.person("Jonas", "mentor")
    asked = await mentee.ask(mentor)
    assert "the request was sent" not in await home(mentee)
    await mentee.tell(asked, EditRequest(message="May I learn, please?"))
    assert "the message was changed" not in await home(mentee)
    assert "Mina: the message was changed" in await home(mentor)


async def test_only_a_page_that_is_shown_is_a_visit(village: Village) -> None:
    mentee = await village.person("Mina", "mentee")
    for browser in (village.browser(), mentee.browser):
        assert (await browser.head("/")).status_code == 200
    await village.browser().get("/")
    await mentee.browser.get("/", headers={"Sec-Purpose": "prefetch;prerender"})
    assert seen_of(village, mentee) == (None, None)
    await mentee.get("/")
    began = village.world.clock()
    assert seen_of(village, mentee) == (began, None)
    village.world.clock.forward(seconds=30)
    await mentee.get("/")
    assert seen_of(village, mentee) == (began, None)
    village.world.clock.forward(minutes=10)
    await mentee.get("/")
    assert seen_of(village, mentee) == (began + timedelta(minutes=10, seconds=30), None)
    village.world.clock.forward(days=2)
    await mentee.get("/")
    assert seen_of(village, mentee) == (village.world.clock(), began + timedelta(minutes=10, seconds=30))


def seen_of(village: Village, person: Villager) -> tuple[object, object]:
    with village.world.database.reading() as session:
        row = session.get_one(MemberRow, (village.programme_id, person.id))
        return row.seen_at, row.seen_before


async def test_new_mentors_are_counted_since_the_visit_before(village: Village) -> None:
    mentee = await village.person("Mina", "mentee")
    await mentee.get("/")
    village.world.clock.forward(days=3)
    for name in ("One", "Two"):
        await village.person(name, "mentor", joined_at=village.world.clock())
    village.world.clock.forward(days=1)
    order(await home(mentee), "What is new", "Since 2 March", "2 mentors have joined. See who fits")


async def test_who_is_both_sees_both(village: Village) -> None:
    both = await village.person("Bo Both", "mentee", "mentor", "admin")
    mentor, mentee = await village.person("Jonas", "mentor"), await village.person("Mina", "mentee")
    await mentee.mentored_by(both)
    await both.mentored_by(mentor)
    text = await home(both)
    assert "You and Mina" in text
    assert "You and Jonas" in text
    order(
        text,
        "You and",
        "As a coordinator",
        "Nothing is stalled.",
        "1 of your 3 places is taken",
    )


async def test_with_nothing_there_are_kind_words_and_one_next_step(village: Village) -> None:
    mentee = await village.person("Mina", "mentee")
    text = await home(mentee)
    assert "You have no mentor yet" in text
    page = seen(await mentee.get("/"))
    assert [one["href"] for one in page.all("a") if one.get("class") == "button"] == [f"/p/{SLUG}/mentors"]
    assert "No requests to answer" in await home(await village.person("Jonas", "mentor"))
    fresh = await village.person("Tom", "mentee", skills={}, targets={}, preferences=frozenset())
    order(
        await home(fresh),
        "Hello Tom",
        "Your profile is not complete yet",
        "Until then",
        "Complete your profile",
    )
    admin = await home(await village.person("Ada", "admin"))
    assert "What is new" not in admin
    assert "As a coordinator" in admin


async def test_several_programmes_each_have_their_part(village: Village) -> None:
    person = await village.person("Mina", "mentee")
    await village.world.join(person.id, "Mina", "admin", slug=OTHER)
    response = await person.get("/")
    assert broken_rules(response) == []
    assert f'href="/p/{OTHER}/admin"' in response.text
    assert f'href="/p/{SLUG}/mentors"' in response.text


async def test_a_mentee_who_can_ask_no_more_gets_no_suggestions(village: Village) -> None:
    mentee = await village.person("Mina", "mentee")
    for number in range(5):
        await mentee.ask(await village.person(f"Mentor {number}", "mentor"))
    await village.person("Sixth", "mentor")
    assert "People you might ask" not in await home(mentee)


@SQLITE
async def test_long_words_are_cut_between_two_of_them(village: Village) -> None:
    mentee, mentor = await village.person("Mina", "mentee"), await village.person("Jonas", "mentor")
    await mentee.ask(mentor, "learning " * 100)
    text = (await mentor.get("/")).text
    assert "learning …" in text
    assert text.count("learning") < 40


@SQLITE
@pytest.mark.parametrize("name", ["🦊 🦉", "\u202e\u2066evil\u2069", "<b>x</b>", "نور الهدى"])
async def test_odd_names_break_no_home(village: Village, name: str) -> None:
    mentee, mentor = await village.person(name, "mentee"), await village.person("Jonas", "mentor")
    await mentee.ask(mentor)
    await home(mentee)
    await home(mentor)


async def test_accepting_is_news_to_the_mentee_with_the_mentors_words(village: Village) -> None:
    mentee, mentor = await village.person("Mina", "mentee"), await village.person("Jonas", "mentor")
    asked = await mentee.ask(mentor)
    await mentor.tell(asked, AcceptRequest(comment="Gladly, next week."))
    order(await home(mentee), "What is new", "Jonas: the request was accepted.", "Gladly, next week.")
