"""The main path over HTTP, from the search to both surveys, and the other ways a request can go."""

from __future__ import annotations

from datetime import timedelta

from tests.api.conftest import Cast
from tests.api.world import SLUG, World

HERE = f"/api/v1/programmes/{SLUG}"
GOAL = {
    "title": "Lead a review",
    "specific": "Lead the review of one project",
    "measurable": "The notes are published",
    "attainable": "There is a project in May",
    "relevant": "I want to lead a team",
    "due": "2026-06-01",
}


async def test_accepting_and_finishing(town: World, cast: Cast) -> None:
    found = await cast.mentee.get(f"{HERE}/mentors")
    assert sorted(one["mentor"]["name"] for one in found["items"]) == ["Bo", "Jorgen"]
    assert found["items"][0]["score"] == 100

    asked = await town.ask(cast.mentee, cast.mentor)
    assert asked["state"] == "pending"
    assert asked["mentor"] == {"id": cast.mentor.id, "name": "Jorgen"}
    assert asked["programme"] == SLUG
    assert asked["next"]["what"] == "reminder"
    assert asked["allowed"] == ["edit", "withdraw"]
    assert [entry["what"] for entry in asked["timeline"]] == ["RequestSubmitted"]
    assert asked["timeline"][0]["by"] == {"id": cast.mentee.id, "name": "Amara", "role": "mentee"}

    seen = await cast.mentor.get(f"/api/v1/requests/{asked['id']}")
    assert seen["allowed"] == ["accept", "request-amendment", "reject"]
    done = await cast.mentor.post(f"/api/v1/requests/{asked['id']}/accept", {"comment": "Gladly."})
    assert (done["state"], done["allowed"]) == ("accepted", [])

    where = f"/api/v1/relationships/{done['relationship_id']}"
    together = await cast.mentee.get(where)
    assert {one["email"] for one in together["contacts"]} == {"amara@example.org", "jorgen@example.org"}
    goal = await cast.mentee.post(f"{where}/goals", GOAL, 201)
    revised = await cast.mentor.http.patch(f"{where}/goals/{goal['id']}", json={"progress": 60})
    assert revised.json()["progress"] == 60

    signed = await cast.mentee.post(f"{where}/complete", {"comment": "We are there."})
    assert (signed["state"], signed["signed_by"]) == ("completing", "mentee")
    await cast.mentor.post(f"{where}/confirm-completion")
    answers = {"useful": 5, "goals": "4", "recommend": 5, "remark": "Keep it."}
    answered = await cast.mentee.post(f"{where}/survey", {"answers": answers})
    assert answered["survey"]["answers"] == answers | {"goals": 4}
    assert answered["surveys"] == []
    other = await cast.mentor.get(where)
    assert other["survey"]["answers"] == {}
    assert "SurveyAnswered" not in [entry["what"] for entry in other["timeline"]]
    shown = await cast.admin.get(where)
    assert (shown["contacts"], shown["survey"], len(shown["surveys"])) == (None, None, 2)


async def test_amending_and_asking_again(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    where = f"/api/v1/requests/{asked['id']}"
    changed = await cast.mentor.post(f"{where}/request-amendment", {"comment": "What for?"})
    assert (changed["state"], changed["comment"]) == ("amendment_requested", "What for?")
    sent = await cast.mentee.post(f"{where}/resubmit", {"message": "For my first review."})
    assert (sent["state"], sent["revision"]) == ("pending", 2)
    stale = await cast.mentor.post(f"{where}/accept", {"comment": "Yes.", "revision": 1}, 409)
    assert stale["type"] == "/docs#superseded"
    await cast.mentor.post(f"{where}/reject", {"comment": "Not me.", "reason": "The topic is not mine"})
    again = await town.ask(cast.mentee, cast.mentor)
    assert again["id"] != asked["id"]


async def test_contacts_end_with_the_relationship(town: World, cast: Cast) -> None:
    where = f"/api/v1/relationships/{await town.paired(cast.mentee, cast.mentor)}"
    ended = await cast.mentee.post(f"{where}/withdraw", {"comment": "I am moving away."})
    assert (ended["state"], ended["contacts"]) == ("withdrawn", None)
    assert (await cast.mentor.get(where))["contacts"] is None


async def test_admin_sees_and_moves_what_is_stalled(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    town.clock.forward(days=8)
    page = await cast.admin.get(f"{HERE}/stalled")
    assert [one["request_id"] for one in page["items"]] == [asked["id"]]
    assert page["items"][0]["mentor"] == {"id": cast.mentor.id, "name": "Jorgen"}
    assert page["items"][0]["next"]["what"] == "reminder"
    assert (await cast.admin.get(f"{HERE}/stalled", older_than="P9D"))["items"] == []
    listed = await cast.admin.get(f"{HERE}/requests", **{"as": "admin", "older_than": "P7D"})
    assert [one["id"] for one in listed["items"]] == [asked["id"]]
    before = (await cast.admin.get(f"/api/v1/requests/{asked['id']}"))["closes_at"]
    extended = await cast.admin.post(f"/api/v1/requests/{asked['id']}/extend", {"days": 10})
    assert extended["closes_at"] > before
    await cast.admin.post(f"/api/v1/requests/{asked['id']}/remind")
    closed = await cast.admin.post(f"/api/v1/requests/{asked['id']}/close", {"comment": "No answer."})
    assert closed["state"] == "closed"


async def test_days_out_of_all_reason_are_refused(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    for days in (0, -1, 91, 10**9, 10**30):
        refused = await cast.admin.post(f"/api/v1/requests/{asked['id']}/extend", {"days": days}, 422)
        assert refused["errors"][0]["field"] == "days"
    await cast.mentor.post(f"/api/v1/requests/{asked['id']}/accept", {"comment": "Yes."})
    pair = (await cast.mentee.get(f"/api/v1/requests/{asked['id']}"))["relationship_id"]
    parts = dict.fromkeys(("title", "specific", "measurable", "attainable", "relevant"), "x")
    for due in ("0001-01-01", "2026-03-01", "10000-01-01"):
        refused = await cast.mentee.post(f"/api/v1/relationships/{pair}/goals", parts | {"due": due}, 422)
        assert refused["errors"][0]["field"] == "due"
    await cast.mentee.post(f"/api/v1/relationships/{pair}/goals", parts | {"due": "9999-12-31"}, 201)
    shown = await cast.mentor.get(f"/api/v1/relationships/{pair}")
    assert [goal["due"] for goal in shown["goals"]] == ["9999-12-31"]


async def test_silence_ends_a_request(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    town.clock.forward(days=20)
    await town.gateway.overdue(asked["id"])
    found = await cast.mentee.get(f"/api/v1/requests/{asked['id']}")
    assert (found["state"], found["next"]["what"]) == ("pending", "expiry"), (
        "reminded first, with a last wait"
    )
    town.clock.forward(days=5)
    await town.gateway.overdue(asked["id"])
    found = await cast.mentee.get(f"/api/v1/requests/{asked['id']}")
    assert (found["state"], found["next"], found["allowed"]) == ("expired", None, [])
    assert found["timeline"][-1]["by"] == {"id": None, "name": None, "role": "system"}


async def test_a_mentor_is_reminded_on_a_working_day_of_their_own_country(empty: World) -> None:
    """Four days after a Monday is a Friday, which is free in Saudi Arabia, as is the Saturday."""
    await empty.programme(remind_after=(timedelta(days=4),))
    mentee = await empty.person("Amara", "mentee")
    for country, day in (("SA", "2026-03-08"), ("", "2026-03-06"), ("DE", "2026-03-06")):
        mentor = await empty.person(f"Fahad{country}", "mentor", country=country)
        asked = await empty.ask(mentee, mentor)
        assert asked["next"]["at"].startswith(day)
