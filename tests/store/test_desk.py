"""What waits for a coordinator stands on the desk as long as its cause is there, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bench.people import Programme, Someone, add_people, add_programme
from models.process.actors import Role
from models.process.erasure import ErasureState
from models.store import desk, roster
from models.store.database import Database
from models.store.delivery import MailRow
from models.store.privacy import ErasureRow
from models.store.processes import PlaceRow, RequestRow
from models.store.projections import pair_of
from models.store.tables import InvitationRow, MemberRow

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class World:
    database: Database
    programme: Programme
    mentees: list[Someone]
    mentors: list[Someone]

    def waiting(self) -> desk.Waiting:
        with self.database.reading() as session:
            return desk.waiting(session, self.programme.id, NOW)

    def add(self, *rows: Any) -> None:
        with self.database.writing() as session:
            session.add_all(rows)

    def change(self, person: Someone, **values: Any) -> None:
        with self.database.writing() as session:
            session.execute(update(MemberRow).where(MemberRow.person_id == person.id).values(**values))

    def request(self, mentee: Someone, mentor: Someone, state: str, days: int, **more: Any) -> RequestRow:
        at = NOW - days * DAY
        values: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "programme_id": self.programme.id,
            "mentee_id": mentee.id,
            "mentor_id": mentor.id,
            "pair": pair_of(mentee.id, mentor.id),
            "workflow_id": "request",
            "kind": "request",
            "state": state,
            "is_open": state == "pending",
            "version": 2,
            "basis": "gaps",
            "score": 50,
            "reasons": [],
            "message": "Hello",
            "revision": 1,
            "created_at": at,
            "since": at,
            "decided_at": None if state == "pending" else at + DAY,
        }
        return RequestRow(**{**values, **more})

    def place(self, mentee: Someone, mentor: Someone) -> PlaceRow:
        return PlaceRow(
            request_id=str(uuid.uuid4()),
            relationship_id=str(uuid.uuid4()),
            programme_id=self.programme.id,
            mentor_id=mentor.id,
            mentee_id=mentee.id,
            claimed_at=NOW,
        )

    def mail(self, state: str, days: float, to: Someone | str, **more: Any) -> MailRow:
        one, at = str(uuid.uuid4()), NOW - days * DAY
        whose = {"to_address": to} if isinstance(to, str) else {"to_person": to.id}
        values = {
            "id": one,
            "key": one,
            "kind": "request-received",
            "programme_id": self.programme.id,
            "props": {},
            "state": state,
            "queued_at": at,
            "next_attempt_at": at,
            "settled_at": None if state == "queued" else at,
            "message_id": one,
        }
        return MailRow(**{**values, **whose, **more})

    def invitation(self, email: str, **more: Any) -> InvitationRow:
        values = {
            "id": str(uuid.uuid4()),
            "programme_id": self.programme.id,
            "email": email,
            "roles": "mentee",
            "created_at": NOW - DAY,
            "expires_at": NOW + DAY,
        }
        return InvitationRow(**{**values, **more})


@pytest.fixture
async def world(migrated_url: str) -> AsyncIterator[World]:
    database = Database(migrated_url)
    programme = await add_programme(database, "desk")
    mentees = list(await add_people(database, programme, "mentee", 6))
    mentors = list(await add_people(database, programme, "mentor", 4))
    yield World(database, programme, mentees, mentors)
    await database.close()


def ids(found: list[desk.Someone]) -> set[str]:
    return {one.id for one in found}


async def test_nothing_waits_at_first(world: World) -> None:
    assert world.waiting() == desk.Waiting([], [], [], 0)


async def test_who_was_turned_down_twice_waits_until_something_comes_of_it(world: World) -> None:
    twice, once, long_ago, paired, asks, gone = world.mentees
    one, other = world.mentors[:2]
    for mentee in (twice, paired, asks, gone):
        world.add(*(world.request(mentee, mentor, "rejected", 9) for mentor in (one, other)))
    world.add(world.request(once, one, "rejected", 5), world.request(once, other, "expired", 5))
    world.add(*(world.request(long_ago, mentor, "rejected", 200) for mentor in (one, other)))
    world.add(world.place(paired, world.mentors[2]), world.request(asks, world.mentors[3], "pending", 1))
    world.change(gone, left_at=NOW)
    assert ids(world.waiting().turned_down) == {twice.id}
    wanted = roster.Wanted(world.programme.id, NOW, standing=roster.Standing.DECLINED)
    with world.database.reading() as session:
        assert [one.id for one in roster.page(session, wanted)] == [twice.id]
    assert world.waiting().turned_down[0].at == NOW - 8 * DAY
    world.add(world.request(twice, world.mentors[2], "pending", 0))
    assert world.waiting().turned_down == []


async def test_a_mail_that_came_back_waits_until_one_arrives(world: World) -> None:
    back, given_up, mended, queued, gone, old = world.mentees
    world.add(
        world.mail("bounced", 2, back),
        world.mail("bounced", 1, back),
        world.mail("failed", 3, given_up),
        world.mail("sent", 5, given_up),
        world.mail("bounced", 3, mended),
        world.mail("sent", 1, mended),
        world.mail("queued", 3, queued),
        world.mail("bounced", 3, gone),
        world.mail("bounced", 60, old),
    )
    world.change(gone, left_at=NOW)
    found = world.waiting().bounced
    assert [(one.id, one.at) for one in found] == [(given_up.id, NOW - 3 * DAY), (back.id, NOW - DAY)]
    world.add(world.mail("sent", 0.5, back))
    assert ids(world.waiting().bounced) == {given_up.id}


async def test_an_invitation_that_came_back_waits_until_it_is_taken_back(world: World) -> None:
    world.add(
        world.mail("bounced", 1, "open@example.org"),
        world.mail("bounced", 1, "revoked@example.org"),
        world.mail("bounced", 1, "nobody@example.org"),
        world.mail("bounced", 2, "again@example.org"),
        world.mail("sent", 1, "again@example.org"),
        world.invitation("open@example.org"),
        world.invitation("revoked@example.org", revoked_at=NOW),
        world.invitation("again@example.org"),
    )
    assert [(one.id, one.name) for one in world.waiting().bounced] == [("", "open@example.org")]


async def test_an_unfinished_profile_waits_after_two_weeks(world: World) -> None:
    long, soon, done, gone = world.mentees[:4]
    for person in (long, gone):
        world.change(person, complete=False, joined_at=NOW - 20 * DAY)
    world.change(soon, complete=False, joined_at=NOW - 3 * DAY)
    world.change(done, complete=True, joined_at=NOW - 20 * DAY)
    world.change(gone, left_at=NOW)
    world.change(world.mentors[0], complete=False, is_mentor=False, is_admin=True, joined_at=NOW - 20 * DAY)
    assert ids(world.waiting().unfinished) == {long.id}


async def test_an_erasure_waits_only_when_it_is_overdue(world: World) -> None:
    states = (ErasureState.WAITING, ErasureState.ERASING, ErasureState.KEPT, ErasureState.ERASED)
    late = [
        ErasureRow(
            person_id=person.id,
            state=state.value,
            asked_at=NOW - 3 * DAY,
            asked_by="person",
            begins_at=NOW - DAY,
        )
        for person, state in zip(world.mentees, states, strict=False)
    ]
    in_time = ErasureRow(
        person_id=world.mentors[0].id,
        state=ErasureState.WAITING.value,
        asked_at=NOW,
        asked_by="person",
        begins_at=NOW + DAY,
    )
    world.add(*late, in_time)
    assert world.waiting().erasures == 2


async def test_how_many_wait_too_long(world: World) -> None:
    mentor = world.mentors[0]
    first, second, third, fourth = world.mentees[:4]
    world.add(
        world.request(first, mentor, "pending", 8),
        world.request(second, mentor, "pending", 1),
        world.request(third, mentor, "pending", 1, left_to_admins="mentor_left"),
        world.request(fourth, mentor, "rejected", 30),
    )
    with world.database.reading() as session:
        assert session.scalars(desk.overlong(world.programme.id, NOW - 7 * DAY)).one() == 2


async def test_people_are_narrowed_by_what_they_are(world: World) -> None:
    world.change(world.mentees[0], complete=False)
    world.add(world.place(world.mentees[1], world.mentors[0]))
    world.add(world.request(world.mentees[2], world.mentors[0], "pending", 1))

    def found(**wanted: Any) -> list[roster.Person]:
        with world.database.reading() as session:
            return roster.page(session, roster.Wanted(world.programme.id, NOW, **wanted))

    assert len(found()) == 10
    assert {one.id for one in found(role=Role.MENTOR)} == {one.id for one in world.mentors}
    assert [one.id for one in found(standing=roster.Standing.UNFINISHED)] == [world.mentees[0].id]
    seeking = {one.id for one in found(standing=roster.Standing.SEEKING)}
    assert seeking == {one.id for one in world.mentees} - {world.mentees[1].id}
    counted = {one.id: (one.mentees, one.mentors, one.asked) for one in found()}
    assert counted[world.mentors[0].id] == (1, 0, 0)
    assert counted[world.mentees[1].id] == (0, 1, 0)
    assert counted[world.mentees[2].id] == (0, 0, 1)
