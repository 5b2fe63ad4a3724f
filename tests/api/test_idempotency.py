"""The same key and body, the same answer; also when both come at once, and when something fails between."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import func, select

from api.web.keys import scoped
from models.store import idempotency
from models.store.delivery import IdempotencyRow, MailRow
from models.store.processes import RequestRow
from models.store.tables import InvitationRow
from tests.api.conftest import SQLITE, Cast
from tests.api.test_path import GOAL
from tests.api.world import SLUG, World
from tests.process.factories import REASON

HERE = f"/api/v1/programmes/{SLUG}"


def asking(cast: Cast, message: str = "Hello") -> dict[str, str]:
    return {"mentor_id": cast.mentor.id, "message": message}


async def test_the_answer_is_repeated(town: World, cast: Cast) -> None:
    key = {"Idempotency-Key": "one"}
    first = await cast.mentee.http.post(f"{HERE}/requests", json=asking(cast), headers=key)
    await cast.mentor.post(f"/api/v1/requests/{first.json()['id']}/accept", {"comment": "Yes."})
    again = await cast.mentee.http.post(f"{HERE}/requests", json=asking(cast), headers=key)
    now = await cast.mentee.get(f"/api/v1/requests/{first.json()['id']}")
    assert (again.status_code, again.json(), now["state"]) == (201, now, "accepted")
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == "application/json"


async def test_another_body_is_refused(town: World, cast: Cast) -> None:
    await cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one")
    refused = await cast.mentee.post(f"{HERE}/requests", asking(cast, "Other"), 422, key="one")
    assert refused["type"] == "/docs#key-reused"
    elsewhere = await cast.mentee.post(f"{HERE}/requests/x", asking(cast), 404, key="one")
    assert elsewhere["type"] == "/docs#not-found"
    moved = await cast.mentee.post(f"/api/v1/requests/{cast.mentor.id}/withdraw", None, 422, key="one")
    assert moved["type"] == "/docs#key-reused"


async def test_many_at_once_make_one_request(town: World, cast: Cast) -> None:
    sent = [cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one") for _ in range(12)]
    answers = await asyncio.gather(*sent)
    assert len({answer["id"] for answer in answers}) == 1
    assert town.gateway.acts == 1
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RequestRow)) == 1


async def test_many_decisions_at_once_are_one(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    path = f"/api/v1/requests/{asked['id']}/accept"
    sent = [cast.mentor.post(path, {"comment": "Yes."}, key="yes") for _ in range(12)]
    states = {answer["state"] for answer in await asyncio.gather(*sent)}
    assert states == {"accepted"}
    assert town.gateway.acts == 2


@SQLITE
async def test_a_refusal_is_an_answer_too(town: World, cast: Cast) -> None:
    first = await town.ask(cast.mentee, cast.mentor)
    body = {"mentor_id": cast.bystander.id, "message": "Hello"}
    await cast.admin.http.patch(f"{HERE}/settings", json={"open_requests": 1})
    refused = await cast.mentee.post(f"{HERE}/requests", body, 409, key="second")
    assert refused["type"] == "/docs#limit-reached"
    await cast.mentee.post(f"/api/v1/requests/{first['id']}/withdraw")
    again = await cast.mentee.http.post(f"{HERE}/requests", json=body, headers={"Idempotency-Key": "second"})
    assert again.json() == refused
    assert again.headers["content-type"] == "application/problem+json"
    await cast.mentee.post(f"{HERE}/requests", body, 201, key="third")


@SQLITE
async def test_a_failure_of_ours_is_not(town: World, cast: Cast) -> None:
    town.gateway.is_slow = True
    late = await cast.mentee.post(f"{HERE}/requests", asking(cast), 503, key="one")
    assert late["type"] == "/docs#unconfirmed"
    town.gateway.is_slow = False
    await cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one")


@SQLITE
async def test_a_request_that_was_recorded_unheard_is_the_answer(town: World, cast: Cast) -> None:
    """The first answer was lost after the engine had recorded it, and so was the row of the key."""
    first = await cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one")
    with town.database.writing() as session:
        session.delete(session.get_one(IdempotencyRow, (cast.mentee.id, "one")))
    again = await cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one")
    assert again["id"] == first["id"]
    assert town.gateway.acts == 1


@SQLITE
async def test_keys_belong_to_their_people(town: World, cast: Cast) -> None:
    await cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one")
    other = {"mentor_id": cast.mentor.id, "message": "I too"}
    await cast.bystander.post(f"{HERE}/requests", other, 201, key="one")


@SQLITE
async def test_an_invitation_is_made_once(town: World, cast: Cast) -> None:
    body = {"email": "new@example.org", "roles": ["mentee"]}
    sent = [cast.admin.post(f"{HERE}/invitations", body, 201, key="one") for _ in range(5)]
    assert len({answer["id"] for answer in await asyncio.gather(*sent)}) == 1
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InvitationRow)) == 1
        assert session.scalar(select(func.count()).select_from(MailRow)) == 1


@SQLITE
async def test_without_a_key_every_post_is_its_own(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    edit = f"/api/v1/requests/{asked['id']}/edit"
    first = await cast.mentee.post(edit, {"message": "Better"})
    second = await cast.mentee.post(edit, {"message": "Better"})
    assert (first["revision"], second["revision"]) == (2, 3)


@SQLITE
@pytest.mark.parametrize("key", ["x" * 201, "caf\u00e9", "a\tb"])
async def test_bad_keys(town: World, cast: Cast, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    response = await cast.mentee.http.post(
        f"{HERE}/requests",
        content=b"{}",
        headers=[(b"idempotency-key", headers["Idempotency-Key"]), (b"content-type", b"application/json")],
    )
    assert response.status_code == 422
    assert "printable" in response.text


@SQLITE
async def test_old_keys_are_forgotten(town: World, cast: Cast) -> None:
    await cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one")
    town.clock.forward(days=8)
    with town.database.writing() as session:
        idempotency.prune(session, town.clock())
        assert session.scalar(select(func.count()).select_from(IdempotencyRow)) == 0


async def test_a_repeat_tells_nothing_that_was_taken_away(town: World, cast: Cast) -> None:
    """How to reach each other is in the first answer, and after the end not in its repeat."""
    here = f"/api/v1/relationships/{await town.paired(cast.mentee, cast.mentor)}"
    signed = await cast.mentee.post(f"{here}/complete", key="one")
    assert cast.mentor.email in str(signed["contacts"])
    with town.database.reading() as session:
        saved = session.get_one(IdempotencyRow, (cast.mentee.id, scoped(cast.mentee.id, "one")))
    assert (saved.status, saved.body, saved.location) == (200, None, None)
    await cast.mentor.post(f"{here}/withdraw")
    again = await cast.mentee.post(f"{here}/complete", key="one")
    assert (again["contacts"], again["state"]) == (None, "withdrawn")
    with town.database.writing() as session:
        row = session.get_one(IdempotencyRow, (cast.mentee.id, saved.key))
        # As 0.2 has saved it.
        row.key, row.body = "one", json.dumps(signed)
    assert (await cast.mentee.post(f"{here}/complete", key="one"))["contacts"] is None
    with town.database.writing() as session:
        session.delete(session.get_one(IdempotencyRow, (cast.mentee.id, "one")))
    unkept = await cast.mentee.http.post(f"{here}/complete", headers={"Idempotency-Key": "one"})
    assert cast.mentor.email not in unkept.text


@SQLITE
async def test_a_repeat_of_somebody_who_has_left_shows_nothing(town: World, cast: Cast) -> None:
    body = {"email": "new@example.org", "roles": ["mentee"]}
    invited = await cast.admin.post(f"{HERE}/invitations", body, 201, key="one")
    await cast.admin.post(f"{HERE}/invitations/{invited['id']}/revoke")
    again = await cast.admin.post(f"{HERE}/invitations", body, 201, key="one")
    assert (again["id"], again["state"]) == (invited["id"], "revoked")
    await town.leave(cast.admin.id)
    await cast.admin.post(f"{HERE}/invitations", body, 404, key="one")


@SQLITE
async def test_a_repeat_before_anything_is_saved_is_the_same_act(town: World, cast: Cast) -> None:
    town.gateway.saves = False
    first = await cast.mentee.post(f"{HERE}/requests", asking(cast), 201, key="one")
    again = await cast.mentee.http.post(
        f"{HERE}/requests", json=asking(cast), headers={"Idempotency-Key": "one"}
    )
    assert (again.status_code, again.json(), town.gateway.acts) == (201, first, 1)
    assert again.headers["location"] == f"/api/v1/requests/{first['id']}"


@SQLITE
async def test_a_repeated_goal_before_anything_is_saved_is_the_same_goal(town: World, cast: Cast) -> None:
    goals = f"/api/v1/relationships/{await town.paired(cast.mentee, cast.mentor)}/goals"
    town.gateway.saves = False
    acts = town.gateway.acts
    first = await cast.mentee.post(goals, GOAL, 201, key="one")
    assert await cast.mentee.post(goals, GOAL, 201, key="one") == first
    changed = [
        await cast.mentee.http.patch(
            f"{goals}/{first['id']}", json={"progress": 40}, headers={"Idempotency-Key": "two"}
        )
        for _ in range(2)
    ]
    assert [(one.status_code, one.json()["progress"]) for one in changed] == [(200, 40)] * 2
    assert town.gateway.acts == acts + 2


@pytest.mark.parametrize("saves", [True, False])
async def test_another_body_for_a_process_is_refused(town: World, cast: Cast, saves: bool) -> None:
    """Saved or not yet: the process knows its keys, and the database soon does."""
    asked = await town.ask(cast.mentee, cast.mentor)
    town.gateway.saves = saves
    here = f"/api/v1/requests/{asked['id']}"
    await cast.mentee.post(f"{here}/edit", {"message": "Better"}, key="one")
    refused = await cast.mentee.post(f"{here}/edit", {"message": "Worse"}, 422, key="one")
    assert refused["type"] == "/docs#key-reused"
    await cast.mentee.post(f"{here}/withdraw", None, 422, key="one")
    again = await cast.mentee.post(f"{here}/edit", {"message": "Better"}, key="one")
    assert (again["revision"], again["state"]) == (2, "pending")


@SQLITE
async def test_a_key_of_one_request_is_no_key_of_another(town: World, cast: Cast) -> None:
    first, second = await town.ask(cast.mentee, cast.mentor), await town.ask(cast.mentee, cast.bystander)
    await cast.mentee.post(f"/api/v1/requests/{first['id']}/withdraw", key="one")
    await cast.mentee.post(f"/api/v1/requests/{second['id']}/withdraw", None, 422, key="one")
    refused = await cast.mentee.post(f"{HERE}/requests", asking(cast), 422, key="one")
    assert refused["type"] == "/docs#key-reused"


@SQLITE
async def test_a_repeat_shows_how_things_stand_and_not_how_they_stood(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    here = f"/api/v1/requests/{asked['id']}"
    await cast.mentee.post(f"{here}/edit", {"message": "Better"}, key="one")
    await cast.mentor.post(f"{here}/reject", {"comment": "No.", "reason": REASON})
    again = await cast.mentee.post(f"{here}/edit", {"message": "Better"}, key="one")
    assert again["state"] == "rejected"


@SQLITE
async def test_a_refused_act_is_asked_anew(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    here = f"/api/v1/requests/{asked['id']}"
    await cast.mentee.post(f"{here}/resubmit", {"message": "Better"}, 409, key="one")
    await cast.mentor.post(f"{here}/request-amendment", {"comment": "Which?"})
    again = await cast.mentee.post(f"{here}/resubmit", {"message": "Better"}, key="one")
    assert (again["state"], again["revision"]) == ("pending", 2)
