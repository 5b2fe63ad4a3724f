"""Questions before a request and about one (M5): the rules, the answer, the end, what nobody else sees."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from activities.questions import LateQuestions
from models.process.programme import ProgrammeSettings
from models.store import erasing, questions
from models.store.delivery import MailRow
from models.store.exporting import collect
from models.store.question_tables import QuestionRow
from models.store.tables import MemberRow, ProgrammeRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, Someone, World, expect

P = f"/api/v1/programmes/{SLUG}"


async def _ask(who: Someone, to: Someone, status: int = 201, key: str = "", **more: Any) -> dict[str, Any]:
    body = {"to": to.id, "text": "How often could we talk?", **more}
    return await who.post(f"{P}/questions", body, status, key)


async def _answer(who: Someone, question: dict[str, Any], status: int = 200, text: str = "Often.") -> Any:
    return await who.post(f"/api/v1/questions/{question['id']}/answer", {"text": text}, status)


async def _close_due(town: World) -> int:
    return await LateQuestions(town.database, lambda: None, town.clock).close_due()


def _mails(town: World) -> list[tuple[str, str | None]]:
    with town.database.reading() as session:
        query = select(MailRow.kind, MailRow.to_person).where(MailRow.kind.startswith("question"))
        return [(kind, to) for kind, to in session.execute(query.order_by(MailRow.kind, MailRow.key))]


def _set(town: World, **settings: str) -> None:
    with town.database.writing() as session:
        row = session.get_one(ProgrammeRow, town.programmes[SLUG])
        row.settings = ProgrammeSettings.kept(row.settings).changed(settings).stored()


async def test_a_mentee_asks_and_the_mentor_answers(town: World, cast: Cast) -> None:
    asked = await _ask(cast.mentee, cast.mentor)
    assert asked["from"] == {"id": cast.mentee.id, "name": "Amara"}
    assert asked["to"] == {"id": cast.mentor.id, "name": "Jorgen"}
    assert (asked["request_id"], asked["answer"], asked["answered_at"]) == (None, None, None)
    assert (asked["allowed"], asked["state"]) == ([], "open")
    # The default of 14 days, at the end of a working day of the mentor in Berlin.
    assert asked["closes_at"].startswith("2026-03-16T15:")
    found = (await cast.mentor.get(f"{P}/questions"))["items"]
    assert [one["id"] for one in found] == [asked["id"]]
    assert found[0]["allowed"] == ["answer"]
    await _answer(cast.mentee, asked, 403)
    town.clock.forward(hours=3)
    answered = await _answer(cast.mentor, asked)
    assert (answered["answer"], answered["allowed"], answered["state"]) == ("Often.", [], "answered")
    assert answered["answered_at"] == "2026-03-02T12:30:00Z"
    assert (await _answer(cast.mentor, asked, 409, "Rarely."))["title"] == "Not possible now"
    assert (await cast.mentee.get(f"/api/v1/questions/{asked['id']}"))["answer"] == "Often."
    assert _mails(town) == [("question-answered", cast.mentee.id), ("question-asked", cast.mentor.id)]


async def test_it_is_of_the_two_alone(cast: Cast) -> None:
    asked = await _ask(cast.mentee, cast.mentor)
    for other in (cast.admin, cast.bystander, cast.foreign_admin):
        expect(await other.http.get(f"/api/v1/questions/{asked['id']}"), 404)
        await _answer(other, asked, 404)
    assert (await cast.admin.get(f"{P}/questions"))["items"] == []


async def test_who_cannot_be_asked_is_not_written_to(town: World, cast: Cast) -> None:
    away = await town.person("Away", "mentor", available=False)
    plain = await town.person("Plain", "mentee")
    boss = await town.person("Boss", "mentor")
    with town.database.writing() as session:
        session.get_one(MemberRow, (town.programmes[SLUG], cast.mentee.id)).manager_email = boss.email
    assert (await _ask(cast.mentee, cast.mentee, 409))["title"]
    assert (await _ask(cast.mentee, away, 409))["errors"][0]["field"] == "to"
    await _ask(cast.mentee, boss, 409)
    await _ask(cast.mentee, plain, 422)
    await _ask(cast.mentee, cast.foreign_admin, 422)
    await _ask(cast.mentor, cast.mentee, 422)
    await _ask(cast.mentor, cast.bystander, 409)
    for bad in ({"to": "x", "text": "y"}, {"to": cast.mentor.id}, {"to": cast.mentor.id, "text": " \u200b"}):
        await cast.mentee.post(f"{P}/questions", bad, 422)
    await town.leave(cast.mentor.id)
    await _ask(cast.mentee, cast.mentor, 422)


async def test_three_are_open_at_a_time_and_count_towards_no_other_limit(town: World, cast: Cast) -> None:
    mentors = [await town.person(f"Mentor{n}", "mentor") for n in range(3)]
    asked = [await _ask(cast.mentee, mentor) for mentor in mentors]
    assert (await _ask(cast.mentee, cast.mentor, 409))["title"] == "Limit reached"
    await _answer(mentors[0], asked[0])
    await _ask(cast.mentee, cast.mentor)
    await town.ask(cast.mentee, cast.mentor)
    _set(town, open_questions="off")
    await _ask(cast.mentee, mentors[0])
    _set(town, questions="false")
    await _ask(cast.mentee, mentors[0], 409)


async def test_at_once_they_cannot_pass_the_limit(town: World, cast: Cast) -> None:
    mentors = [await town.person(f"Mentor{n}", "mentor") for n in range(6)]
    bodies = ({"to": mentor.id, "text": "How?"} for mentor in mentors)
    sent = await asyncio.gather(*(cast.mentee.http.post(f"{P}/questions", json=body) for body in bodies))
    assert sorted(one.status_code for one in sent) == [201, 201, 201, 409, 409, 409]


@SQLITE
async def test_nobody_is_flooded(town: World, cast: Cast) -> None:
    for _ in range(10):
        await _answer(cast.mentor, await _ask(cast.mentee, cast.mentor))
    assert "tomorrow" in (await _ask(cast.mentee, cast.mentor, 409))["detail"]
    town.clock.forward(days=1, minutes=1)
    await _ask(cast.mentee, cast.mentor)


@SQLITE
async def test_a_key_is_one_question(town: World, cast: Cast) -> None:
    first = await _ask(cast.mentee, cast.mentor, key="k1")
    assert (await _ask(cast.mentee, cast.mentor, key="k1"))["id"] == first["id"]
    await _ask(cast.mentee, cast.mentor, 422, key="k1", text="Something else?")
    assert len((await cast.mentee.get(f"{P}/questions"))["items"]) == 1


async def test_a_question_about_a_request_is_on_its_timeline(town: World, cast: Cast) -> None:
    request = await town.ask(cast.mentee, cast.mentor)
    about = {"request_id": request["id"]}
    asked = await _ask(cast.mentor, cast.mentee, text="Which topic first?", **about)
    await _ask(cast.bystander, cast.mentee, 422, **about)
    await _ask(cast.mentor, cast.bystander, 422, **about)
    town.clock.forward(minutes=1)
    # Before a request there is only the way to those who can be asked, and a request is open between them.
    await _ask(cast.mentee, cast.mentor, 409)
    await _ask(cast.mentee, cast.mentor, **about)
    town.clock.forward(hours=1)
    await _answer(cast.mentee, asked, text="The first.")
    for reader in (cast.mentee, cast.mentor, cast.admin):
        entries = (await reader.get(f"/api/v1/requests/{request['id']}"))["timeline"]
        told = [(one["what"], one["by"]["name"], one["note"]) for one in entries if "Question" in one["what"]]
        assert told[0] == ("QuestionAsked", "Jorgen", "Which topic first?")
        assert told[-1] == ("QuestionAnswered", "Amara", "The first.")
    found = (await cast.mentee.get(f"{P}/questions", request_id=request["id"], state="answered"))["items"]
    assert [one["id"] for one in found] == [asked["id"]]


async def test_a_decision_settles_what_was_asked_about_the_request(town: World, cast: Cast) -> None:
    request = await town.ask(cast.mentee, cast.mentor)
    asked = await _ask(cast.mentor, cast.mentee, request_id=request["id"])
    await cast.mentor.post(f"/api/v1/requests/{request['id']}/accept", {"comment": "Gladly."})
    await _answer(cast.mentee, asked, 409)
    await _ask(cast.mentor, cast.mentee, 409, request_id=request["id"])
    assert await _close_due(town) == 1
    # Both have the mails of the acceptance: no further one tells of the question.
    assert _mails(town) == [("question-asked", cast.mentee.id)]


async def test_what_nobody_answers_closes_and_both_are_told_once(town: World, cast: Cast) -> None:
    asked = await _ask(cast.mentee, cast.mentor)
    town.clock.forward(days=14)
    assert await _close_due(town) == 0
    town.clock.forward(hours=8)
    closed = await asyncio.gather(_close_due(town), _close_due(town))
    assert sum(closed) == 1
    told = [mail for mail in _mails(town) if mail[0] == "question-closed"]
    assert sorted(told) == sorted([("question-closed", one.id) for one in (cast.mentee, cast.mentor)])
    found = await cast.mentee.get(f"/api/v1/questions/{asked['id']}")
    assert (found["state"], found["closes_at"], found["allowed"]) == ("closed", None, [])
    assert found["closed_at"] is not None
    await _answer(cast.mentor, asked, 409)


@SQLITE
async def test_without_a_period_it_waits(town: World, cast: Cast) -> None:
    _set(town, question_closes_after="off")
    assert (await _ask(cast.mentee, cast.mentor))["closes_at"] is None
    town.clock.forward(days=400)
    assert await _close_due(town) == 0


@SQLITE
async def test_an_exact_period_is_exact(town: World, cast: Cast) -> None:
    _set(town, question_closes_after="PT10S")
    assert (await _ask(cast.mentee, cast.mentor))["closes_at"] == "2026-03-02T09:30:10Z"


async def test_who_leaves_leaves_nobody_waiting(town: World, cast: Cast) -> None:
    await _ask(cast.mentee, cast.mentor)
    await _ask(cast.bystander, cast.mentor)
    await town.leave(cast.mentor.id)
    await town.leave(cast.bystander.id)
    assert await _close_due(town) == 2
    assert [mail for mail in _mails(town) if mail[0] == "question-closed"] == [
        ("question-closed", cast.mentee.id)
    ]


async def test_an_erasure_takes_the_words_and_tells_the_other(town: World, cast: Cast) -> None:
    asked = await _ask(cast.mentee, cast.mentor, text="I am Amara, may I?")
    told = await _ask(cast.bystander, cast.mentor)
    with town.database.writing() as session:
        copy = collect(session, cast.mentee.id, town.clock())
        assert copy is not None
        (mine,) = copy["programmes"][0]["questions"]
        assert (mine["text"], mine["with"], mine["asked_by"]) == ("I am Amara, may I?", "Jorgen", "you")
        gone = erasing.Asked(cast.mentor.id, town.clock(), town.clock(), by_operator=True)
        erasing.ask(session, gone)
        erasing.begin(session, gone)
        erasing.erase(session, cast.mentor.id, town.clock())
    assert await _close_due(town) == 2
    with town.database.reading() as session:
        rows = session.scalars(select(QuestionRow)).all()
        assert {one.id for one in rows} == {asked["id"], told["id"]}
        assert all("Amara" not in one.text and one.answer is None for one in rows)
        mails = session.scalars(select(MailRow).where(MailRow.kind == "question-asked"))
        assert all("Amara" not in str(one.props) for one in mails)
    found = await cast.mentee.get(f"/api/v1/questions/{asked['id']}")
    assert (found["to"]["name"], found["state"]) == ("A former member", "closed")
    assert ("question-closed", cast.mentee.id) in _mails(town)


@SQLITE
async def test_lists_have_pages(town: World, cast: Cast) -> None:
    _set(town, open_questions="off")
    for _ in range(5):
        town.clock.forward(minutes=1)
        await _ask(cast.mentee, cast.mentor)
    first = await cast.mentor.get(f"{P}/questions", limit=3)
    rest = await cast.mentor.get(f"{P}/questions", limit=3, cursor=first["next"])
    assert [len(one["items"]) for one in (first, rest)] == [3, 2]
    assert rest["next"] is None
    ids = [one["id"] for one in (*first["items"], *rest["items"])]
    assert len(set(ids)) == 5
    expect(await cast.mentor.http.get(f"{P}/questions", params={"cursor": "x"}), 422)
    expect(await cast.mentor.http.get(f"{P}/questions", params={"state": "new"}), 422)


@SQLITE
async def test_what_waits_is_found_oldest_first(town: World, cast: Cast) -> None:
    first = await _ask(cast.mentee, cast.mentor)
    town.clock.forward(days=3)
    second = await _ask(cast.bystander, cast.mentor)
    with town.database.reading() as session:
        waiting = questions.waiting_for(session, town.programmes[SLUG], cast.mentor.id)
        assert [one.id for one in waiting] == [first["id"], second["id"]]
        assert questions.waiting_for(session, town.programmes[SLUG], cast.mentee.id) == []
