"""Keys are forgotten after a week, what was made with them is not: nobody is told of what was not done."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.web.keys import made_id
from models.store import idempotency
from models.store.delivery import MailRow
from models.store.processes import RequestRow
from models.store.tables import InvitationRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, Json, Someone, World

HERE = f"/api/v1/programmes/{SLUG}"


async def forget_keys(town: World) -> None:
    town.clock.forward(days=8)
    with town.database.writing() as session:
        idempotency.prune(session, town.clock())


def asking(mentor: Someone, message: str = "Hello") -> Json:
    return {"mentor_id": mentor.id, "message": message}


async def ask_refused(town: World, cast: Cast, message: str) -> None:
    """A week later, with the same key: another message to the same mentor."""
    await forget_keys(town)
    refused = await cast.mentee.post(f"{HERE}/requests", asking(cast.mentor, message), 422, key="one")
    assert refused["type"] == "/docs#key-reused"


async def test_another_message_is_not_answered_with_the_old_request(town: World, cast: Cast) -> None:
    asked = await cast.mentee.post(f"{HERE}/requests", asking(cast.mentor), 201, key="one")
    await ask_refused(town, cast, "While the first is open")
    await cast.mentee.post(f"/api/v1/requests/{asked['id']}/withdraw")
    await ask_refused(town, cast, "After its end")
    await forget_keys(town)
    again = await cast.mentee.post(f"{HERE}/requests", asking(cast.mentor), 201, key="one")
    assert (again["id"], again["state"], again["message"]) == (asked["id"], "withdrawn", "Hello")
    assert town.gateway.acts == 2


@SQLITE
async def test_another_message_is_not_answered_with_what_only_the_engine_knows(
    town: World, cast: Cast
) -> None:
    town.gateway.saves = False
    await cast.mentee.post(f"{HERE}/requests", asking(cast.mentor), 201, key="one")
    await ask_refused(town, cast, "Before the first is saved")
    assert town.gateway.acts == 1


@SQLITE
async def test_a_request_that_was_edited_since_is_still_the_answer(town: World, cast: Cast) -> None:
    asked = await cast.mentee.post(f"{HERE}/requests", asking(cast.mentor), 201, key="one")
    await cast.mentee.post(f"/api/v1/requests/{asked['id']}/edit", {"message": "Hello again"})
    await forget_keys(town)
    again = await cast.mentee.post(f"{HERE}/requests", asking(cast.mentor), 201, key="one")
    assert (again["id"], again["message"]) == (asked["id"], "Hello again")


async def test_another_mentor_is_asked_and_the_first_request_stays(town: World, cast: Cast) -> None:
    first = await cast.mentee.post(f"{HERE}/requests", asking(cast.mentor), 201, key="one")
    await forget_keys(town)
    second = await cast.mentee.post(f"{HERE}/requests", asking(cast.bystander), 201, key="one")
    assert second["mentor"]["id"] == cast.bystander.id
    with town.database.reading() as session:
        rows = session.execute(select(RequestRow.id, RequestRow.mentor_id)).all()
    assert dict(rows) == {first["id"]: cast.mentor.id, second["id"]: cast.bystander.id}


@pytest.mark.parametrize(
    "other", [{"email": "else@example.org"}, {"roles": ["mentor"]}, {"name": "Somebody else"}]
)
async def test_another_invitation_is_not_answered_with_the_old_one(
    town: World, cast: Cast, other: Json
) -> None:
    body = {"email": "new@example.org", "roles": ["mentee"]}
    first = await cast.admin.post(f"{HERE}/invitations", body, 201, key="one")
    await forget_keys(town)
    refused = await cast.admin.post(f"{HERE}/invitations", {**body, **other}, 422, key="one")
    assert refused["type"] == "/docs#key-reused"
    await forget_keys(town)
    again = await cast.admin.post(f"{HERE}/invitations", {**body, "email": "New@Example.org"}, 201, key="one")
    assert again["id"] == first["id"]
    with town.database.reading() as session:
        assert session.scalars(select(InvitationRow.email)).all() == ["new@example.org"]
        assert session.scalars(select(MailRow.to_address)).all() == ["new@example.org"]


def test_an_id_follows_from_the_person_the_key_and_what_it_is_about() -> None:
    made = made_id("ada", "one", "programme", "ben")
    assert made == made_id("ada", "one", "programme", "ben")
    others = {
        made_id("ada", "one"),
        made_id("ada", "one", "programme"),
        made_id("ada", "one", "programme", "bo"),
        made_id("ada", "two", "programme", "ben"),
        made_id("bo", "one", "programme", "ben"),
    }
    assert len(others | {made}) == 6
