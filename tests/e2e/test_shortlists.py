"""Shortlists from end to end: real engine, worker, mails and database, over HTTP, in virtual time (M7)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from bench.actions import actions
from models.process import names
from models.process.programme import ProgrammeSettings
from tests.e2e.town import SLUG, Json, Someone, Town, a_town
from tests.infra.engine import VirtualEngine
from tests.workflows.office import eventually

LISTS = f"/api/v1/programmes/{SLUG}/shortlists"


async def begin(mentee: Someone, *mentors: Someone, expect: int = 201, **more: Any) -> Json:
    body = {"mentors": [one.id for one in mentors], "message": "May I learn Python from you?", **more}
    return await mentee.post(LISTS, expect=expect, **body)


async def read(mentee: Someone, made: Json) -> Json:
    return await mentee.get(f"/api/v1/shortlists/{made['id']}")


def stands(made: Json) -> list[str]:
    return [ask["state"] for ask in made["asks"]]


async def until(mentee: Someone, made: Json, *states: str) -> Json:
    """The list, once its names stand so."""

    async def look() -> bool:
        return stands(await read(mentee, made)) == list(states)

    await eventually(look)
    return await read(mentee, made)


async def request_of(mentee: Someone, made: Json, number: int) -> Json:
    return await mentee.request(made["asks"][number]["request_id"])


REJECT: dict[str, Any] = {"comment": "Not this time.", "reason": "The topic is not mine"}


async def test_mentors_are_asked_one_after_the_other_until_one_accepts(town: Town) -> None:
    mina = await town.mentee()
    one, two, three = [await town.mentor(f"Momo {n}") for n in ("One", "Two", "Three")]
    made = await begin(mina, one, two, three)
    assert (made["state"], made["mode"], stands(made)) == (
        "running",
        "in_order",
        ["asked", "waiting", "waiting"],
    )
    assert made["allowed"] == ["reorder", "withdraw"]
    first = await request_of(mina, made, 0)
    assert first["shortlist_id"] == made["id"]
    assert (await one.request(first["id"]))["shortlist_id"] is None, "a mentor does not learn of the list"
    await one.decide(await one.mail("request-received"), "reject", **REJECT)
    made = await until(mina, made, "rejected", "asked", "waiting")
    # Silence: the second is reminded once, and closed after the shortlist's own period.
    second = await request_of(mina, made, 1)
    assert timedelta(days=2) < _span(second) < timedelta(days=6)
    await town.pass_until(second, second["next_reminder_at"])
    await two.mail("request-reminder")
    await town.pass_until(second, second["closes_at"])
    made = await until(mina, made, "rejected", "expired", "asked")
    await three.decide(await three.mail("request-received"), "accept", comment="Gladly.")
    made = await until(mina, made, "rejected", "expired", "accepted")
    assert made["state"] == "matched"
    assert (await mina.relationship(made["relationship_id"]))["mentor"]["id"] == three.id
    happened = [entry["what"] for entry in made["timeline"]]
    assert happened == [
        *("ShortlistStarted", "MentorAsked", "AskEnded", "MentorAsked"),
        *("AskEnded", "MentorAsked", "AskEnded"),
    ]
    assert len(one.mails("request-received")) == 1


def _span(request: Json) -> timedelta:
    return datetime.fromisoformat(request["closes_at"]) - datetime.fromisoformat(request["created_at"])


async def test_of_two_acceptances_at_once_one_wins_and_the_other_mentor_gets_a_kind_mail(town: Town) -> None:
    """The programme of the town allows two mentors, so only the list stands in the way of the second."""
    mina = await town.mentee()
    mentors = [await town.mentor(f"Momo {n}") for n in ("One", "Two", "Three")]
    made = await begin(mina, *mentors, mode="at_once")
    assert stands(made) == ["asked"] * 3
    requests = [await request_of(mina, made, n) for n in range(3)]

    async def accept(mentor: Someone, request: Json) -> int:
        path = f"/api/v1/requests/{request['id']}/accept"
        return (await mentor.http.post(path, json={"comment": "Gladly."})).status_code

    answers = await asyncio.gather(*(accept(*pair) for pair in zip(mentors[:2], requests, strict=False)))
    assert sorted(answers) == [200, 409]
    won = answers.index(200)
    wanted = ["released"] * 3
    wanted[won] = "accepted"
    made = await until(mina, made, *wanted)
    assert made["state"] == "matched"
    assert made["why"] is None
    for loser in (mentors[1 - won], mentors[2]):
        mail = await loser.mail("request-released")
        assert "has found a mentor" in mail.text
    page = await mina.get(f"/api/v1/programmes/{SLUG}/relationships")
    assert len(page["items"]) == 1


async def test_a_list_that_nobody_accepts_ends_with_the_best_others(town: Town) -> None:
    mina = await town.mentee()
    one, two = await town.mentor("Momo One"), await town.mentor("Momo Two")
    other = await town.mentor("Olga Other")
    made = await begin(mina, one, two, mode="at_once")
    for number, mentor in enumerate((one, two)):
        await mentor.tell(await request_of(mina, made, number), "reject", **REJECT)
    made = await until(mina, made, "rejected", "rejected")
    assert made["state"] == "exhausted"
    mail = await mina.mail("shortlist-exhausted")
    assert "Olga Other" in mail.text
    assert other.id not in mail.text


async def test_the_mentee_reorders_adds_drops_and_takes_it_back(town: Town) -> None:
    mina = await town.mentee()
    one, two, three, four = [await town.mentor(f"Momo {n}") for n in ("One", "Two", "Three", "Four")]
    made = await begin(mina, one, two, three)
    path = f"/api/v1/shortlists/{made['id']}"
    made = await mina.post(f"{path}/reorder", mentors=[four.id, two.id])
    assert [ask["mentor"]["id"] for ask in made["asks"]] == [one.id, four.id, two.id]
    for wrong in ([one.id], [mina.id], [two.id, two.id], ["nobody"], [mina.id[::-1]]):
        status = 409 if wrong == [one.id] else 422
        assert "detail" in await mina.post(f"{path}/reorder", expect=status, mentors=wrong)
    made = await mina.post(f"{path}/withdraw", comment="I have thought again.")
    assert (made["state"], stands(made)) == ("withdrawn", ["withdrawn", "passed_over", "passed_over"])
    assert (await request_of(mina, made, 0))["state"] == "withdrawn"
    assert "I have thought again." in (await one.mail("request-withdrawn")).text
    await mina.post(f"{path}/withdraw", expect=409)
    await mina.post(f"{path}/reorder", expect=409, mentors=[two.id])


async def test_whoever_cannot_be_asked_is_passed_over_with_the_reason(town: Town) -> None:
    mina = await town.mentee()
    away, asked, full, last = [
        await town.mentor(name, **more)
        for name, more in (
            ("Aron Away", {}),
            ("Asta Asked", {}),
            ("Fred Full", {"capacity": 0}),
            ("Lena Last", {}),
        )
    ]
    await mina.ask(asked)
    first = await town.mentor("Fia First")
    made = await begin(mina, first, away, asked, full, last)
    await away.http.put(
        f"/api/v1/programmes/{SLUG}/profile", json=(await _profile(away)) | {"available": False}
    )
    await first.tell(await request_of(mina, made, 0), "reject", **REJECT)
    made = await until(mina, made, "rejected", "passed_over", "passed_over", "passed_over", "asked")
    whys = [ask["why"] for ask in made["asks"]]
    assert all(whys[1:4])
    assert len(set(whys[1:4])) == 3
    notes = [one["note"] for one in made["timeline"] if one["what"] == "MentorPassedOver"]
    assert [note.partition(":")[0] for note in notes] == ["Aron Away", "Asta Asked", "Fred Full"]


async def _profile(someone: Someone) -> Json:
    return await someone.get(f"/api/v1/programmes/{SLUG}/profile")


async def test_an_acceptance_elsewhere_ends_the_list(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    rules = ProgrammeSettings().changed({"preferences": "by video", "mentors_per_mentee": "1"})
    async with a_town(virtual_engine, migrated_url, rules) as town:
        mina = await town.mentee()
        one, two, other = [await town.mentor(f"Momo {n}") for n in ("One", "Two", "Other")]
        asked = await mina.ask(other)
        made = await begin(mina, one, two)
        await other.tell(asked, "accept", comment="Gladly.")
        made = await until(mina, made, "released", "passed_over")
        assert made["state"] == "matched"
        assert made["relationship_id"] is None
        assert "Another request of yours" in made["why"]


async def test_an_amendment_has_its_own_period_and_the_list_waits(town: Town) -> None:
    mina = await town.mentee()
    one, two = await town.mentor("Momo One"), await town.mentor("Momo Two")
    made = await begin(mina, one, two)
    first = await request_of(mina, made, 0)
    amended = await one.tell(first, "request-amendment", comment="What for?")
    assert amended["closes_at"] > first["closes_at"]
    await town.pass_until(amended, first["closes_at"])
    assert stands(await read(mina, made)) == ["asked", "waiting"]
    await town.pass_until(amended, amended["closes_at"])
    await until(mina, made, "expired", "asked")


async def test_it_costs_twelve_actions_at_the_most_beside_its_requests(town: Town) -> None:
    mina = await town.mentee()
    mentors = [await town.mentor(f"Momo {n}") for n in range(5)]
    made = await begin(mina, *mentors)
    for number, mentor in enumerate(mentors):
        made = await until(mina, made, *["rejected"] * number, "asked", *["waiting"] * (4 - number))
        await mentor.tell(await request_of(mina, made, number), "reject", **REJECT)
    await until(mina, made, *["rejected"] * 5)
    handle = town.engine.client.get_workflow_handle(names.shortlist_workflow(made["id"]))
    await handle.result()
    history = [event async for event in handle.fetch_history_events()]
    assert actions(history).total() <= 12, actions(history)
