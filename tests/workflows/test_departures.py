"""Somebody takes part no longer: their open processes are told at once and once, on the real engine (R10)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from activities.departures import Departures
from models.process import names
from models.process.actors import Actor, Role
from models.process.errors import IllegalMove, Refused
from models.process.request.commands import AcceptRequest, RequestAmendment, WithdrawRequest
from models.process.request.view import RequestView
from models.store import membership
from models.store.delivery import MailRow
from models.store.processes import RequestRow
from models.store.profiles import load_profiles, save_profiles, touch_people
from models.store.programmes import change_settings
from models.store.tables import MemberRow, PersonRow, ProgrammeRow
from tests.infra.engine import VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import Office, eventually, office, request_id, working
from worker import build_departures

ACCEPT = AcceptRequest(comment="Gladly.")


def loop(made: Office) -> Departures:
    return build_departures(made.engine.client, made.database)


async def change(made: Office, person_id: str, **values: Any) -> None:
    """Writes a profile as an import, a page or the API does."""
    programme_id = made.people.programme_id
    with made.database.writing() as session:
        before = load_profiles(session, programme_id, [person_id], for_update=True)
        after = load_profiles(session, programme_id, [person_id])
        for name, value in values.items():
            setattr(after[person_id], name, value)
        save_profiles(session, programme_id, before, after.values())
        touch_people(session, programme_id, [person_id])


async def remove(made: Office, person_id: str) -> None:
    with made.database.writing() as session:
        membership.end(session, made.people.programme_id, person_id, datetime.now(UTC))


async def with_admin(made: Office) -> str:
    admin = new_id()
    now = datetime.now(UTC)
    with made.database.writing() as session:
        session.add(PersonRow(id=admin, email=f"{admin}@example.org", name="Ada", created_at=now))
        session.flush()
        session.add(
            MemberRow(
                programme_id=made.people.programme_id,
                person_id=admin,
                name="Ada",
                time_zone="UTC",
                is_admin=True,
                languages=[],
                attributes={},
                joined_at=now,
            )
        )
    return admin


async def told(made: Office, process_id: str) -> list[tuple[str, str]]:
    """(kind, to whom) of every mail of the process."""
    with made.database.reading() as session:
        rows = session.scalars(select(MailRow).where(MailRow.process_id == process_id))
        return sorted((row.kind, row.to_person or "") for row in rows)


async def stop_mentoring(made: Office) -> None:
    await change(made, made.people.mentors[0], is_mentor=False, is_mentee=True)


async def step_down(made: Office) -> None:
    await change(made, made.people.mentors[0], stepped_down=True)


async def remove_mentor(made: Office) -> None:
    await remove(made, made.people.mentors[0])


async def stop_seeking(made: Office) -> None:
    await change(made, made.people.mentees[0], is_mentee=False, is_mentor=True)


async def remove_mentee(made: Office) -> None:
    await remove(made, made.people.mentees[0])


async def go_away(made: Office) -> None:
    await change(made, made.people.mentors[0], available=False)


WAYS: dict[str, tuple[Callable[[Office], Awaitable[None]], str]] = {
    "role dropped": (stop_mentoring, "mentee"),
    "all unticked": (step_down, "mentee"),
    "mentor removed": (remove_mentor, "mentee"),
    "role of mentee dropped": (stop_seeking, "mentor"),
    "mentee removed": (remove_mentee, "mentor"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_open_requests_are_released_and_the_other_side_is_told_once(
    virtual_engine: VirtualEngine, migrated_url: str, way: str
) -> None:
    act, reader = WAYS[way]
    async with office(virtual_engine, migrated_url, mentors=2, preferences=("Career",)) as made:
        asked = await made.ask()
        other = await made.ask(mentor=1) if reader == "mentee" else None
        departures = loop(made)
        assert await departures.tell_due()
        await act(made)
        await departures.tell_due()
        await made.ended(request_id(asked))
        # Told again, by this loop and by one that begins anew, nothing more happens.
        await departures.tell_due()
        await loop(made).tell_due()
        assert (await made.request(asked)).state == "released"
        assert (await made.mails(asked.id)).count(("request-released", f"{reader} 0")) == 1
        assert len(await made.mails(asked.id)) == 2
        if other is not None:
            assert (await made.request(other)).state == "pending"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_change_that_waits_for_the_mentee_is_released_too(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await made.tell(asked, RequestAmendment(comment="Which one?"), made.mentor)
        await stop_mentoring(made)
        assert await loop(made).tell_due()
        await made.ended(request_id(asked))
        assert ("request-released", "mentee 0") in await made.mails(asked.id)


@pytest.mark.parametrize("way", ["role dropped", "mentor removed"])
async def test_nobody_accepts_who_is_no_mentor_any_more(
    virtual_engine: VirtualEngine, migrated_url: str, way: str
) -> None:
    """Before anybody has told the process: what counts is the membership."""
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await WAYS[way][0](made)
        with pytest.raises(Refused, match="not a mentor of this programme any more"):
            await made.tell(asked, ACCEPT, made.mentor)
        assert await made.people.held() == []
        assert (await made.request(asked)).state == "pending"
        await loop(made).tell_due()
        await made.ended(request_id(asked))
        assert (await made.request(asked)).state == "released"


@pytest.mark.parametrize("way", ["role of mentee dropped", "mentee removed"])
async def test_nobody_is_accepted_who_seeks_no_mentor_any_more(
    virtual_engine: VirtualEngine, migrated_url: str, way: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await WAYS[way][0](made)
        with pytest.raises(Refused, match="does not look for a mentor"):
            await made.tell(asked, ACCEPT, made.mentor)
        assert await made.people.held() == []


async def test_an_acceptance_that_races_with_the_removal_has_one_outcome(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    count = 6
    async with office(virtual_engine, migrated_url, mentees=count, mentors=count) as made:
        departures = loop(made)
        asked = [await made.ask(one, one) for one in range(count)]

        async def accept(view: RequestView) -> bool:
            actor = Actor(role=Role.MENTOR, person_id=view.mentor_id)
            try:
                await made.tell(view, ACCEPT, actor)
            except (Refused, IllegalMove):
                return False
            return True

        async def leave(view: RequestView) -> None:
            await change(made, view.mentor_id, is_mentor=False, is_mentee=True)
            await departures.tell_due()

        answers = await asyncio.gather(*(accept(view) for view in asked), *(leave(view) for view in asked))
        await departures.tell_due()
        held = {place.mentor_id for place in await made.people.held()}
        for view, accepted in zip(asked, answers[:count], strict=True):
            await made.ended(request_id(view))
            assert (await made.request(view)).state == ("accepted" if accepted else "released")
            assert (view.mentor_id in held) == accepted
            kinds = [kind for kind, _ in await made.mails(view.id)]
            assert kinds.count("request-released") == (0 if accepted else 1)


async def test_a_relationship_goes_on_when_a_role_is_dropped_and_ends_with_the_membership(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.paired()
        departures = loop(made)
        await stop_mentoring(made)
        await departures.tell_due()
        assert await made.is_running(names.relationship_workflow(pair.id))
        assert len(await made.people.held()) == 1
        await remove_mentor(made)
        await departures.tell_due()
        await made.ended(names.relationship_workflow(pair.id))
        assert await made.people.held() == []
        assert ("relationship-withdrawn", "mentee 0") in await made.mails(pair.id)
        assert "RelationshipWithdrawn" in await made.happened(pair.id)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_told_when_the_engine_was_away_meanwhile(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await remove_mentor(made)
        calls: list[str] = []

        async def away(workflow_id: str, _signal: str, _what: Any) -> bool:
            calls.append(workflow_id)
            raise TimeoutError

        down = Departures(made.database, away)
        for _ in range(2):
            assert not await down.tell_due()
        assert calls == [request_id(asked)] * 2
        assert (await made.request(asked)).state == "pending"
        for _ in range(2):
            await loop(made).tell_due()
        await made.ended(request_id(asked))
        assert (await made.mails(asked.id)).count(("request-released", "mentee 0")) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_programme_that_cannot_be_read_keeps_no_other_back(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        with made.database.writing() as session:
            now = datetime.now(UTC)
            session.add(
                ProgrammeRow(id=new_id(), slug="bad", name="Bad", settings=["unreadable"], created_at=now)
            )
        await remove_mentor(made)
        assert not await loop(made).tell_due()
        await made.ended(request_id(asked))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_told_by_the_loop_beside_the_worker(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url, works=False) as made:
        async with working(made):
            asked = await made.ask()
        departures = loop(made)
        running = asyncio.create_task(departures.run())
        await stop_mentoring(made)
        async with working(made):
            await made.ended(request_id(asked))
        departures.stop()
        await running
        assert (await made.request(asked)).state == "released"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_who_asked_for_an_erasure_may_still_stop_it(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await made.gateway.begin_erasure(made.people.mentors[0], timedelta(hours=24))
        assert await loop(made).tell_due()
        await made.gateway.keep_data(made.people.mentors[0])
        assert (await made.request(asked)).state == "pending"

        async def back() -> bool:
            with made.database.reading() as session:
                row = session.get(MemberRow, (made.people.programme_id, made.people.mentors[0]))
            return row is not None and row.left_at is None

        await eventually(back)
        assert (await made.tell(asked, ACCEPT, made.mentor)).state == "accepted"


@pytest.mark.parametrize(
    ("settings", "state"),
    [({}, "pending"), ({"when_unavailable": "release"}, "released")],
)
async def test_unavailable_releases_only_where_the_programme_says_so(
    virtual_engine: VirtualEngine, migrated_url: str, settings: dict[str, Any], state: str
) -> None:
    async with office(virtual_engine, migrated_url, **settings) as made:
        asked = await made.ask()
        departures = loop(made)
        await departures.tell_due()
        await go_away(made)
        await departures.tell_due()
        if state == "released":
            await made.ended(request_id(asked))
        assert (await made.request(asked)).state == state
        if state == "pending":
            # Not available for new ones, and free to take the one that was there before.
            assert (await made.tell(asked, ACCEPT, made.mentor)).state == "accepted"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_setting_that_is_changed_reaches_those_who_are_away_already(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        departures = loop(made)
        await change(made, made.people.mentors[0], available=False, available_from=date(2999, 1, 1))
        await departures.tell_due()
        assert (await made.request(asked)).state == "pending"
        with made.database.writing() as session:
            wanted = {"when_unavailable": "release"}
            change_settings(session, made.people.programme_id, wanted, datetime.now(UTC))
        await departures.tell_due()
        await made.ended(request_id(asked))


async def test_left_to_the_admins_it_stays_open_and_each_of_them_is_mailed_once(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, when_mentor_leaves="admins") as made:
        admins = [await with_admin(made), await with_admin(made)]
        asked = await made.ask()
        await remove_mentor(made)
        for _ in range(2):
            await loop(made).tell_due()

        async def saved() -> bool:
            row = await made.request(asked)
            return row.left_to_admins == "mentor-left"

        await eventually(saved)
        row: RequestRow = await made.request(asked)
        assert (row.state, row.next_reminder_at, row.closes_at) == ("pending", None, asked.closes_at)
        mails = await told(made, asked.id)
        assert [to for kind, to in mails if kind == "request-needs-admin"] == sorted(admins)
        assert [to for kind, to in mails if kind == "request-left-to-admins"] == [made.people.mentees[0]]
        with pytest.raises(IllegalMove, match="coordinator of the programme looks after it"):
            await made.tell(asked, ACCEPT, made.mentor)
        await made.tell(asked, WithdrawRequest(), made.mentee)
        await made.ended(request_id(asked))
        assert made.people.mentors[0] not in {
            to for kind, to in await told(made, asked.id) if kind == "request-withdrawn"
        }


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_mentor_who_is_one_again_answers_what_was_left_to_the_admins(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, when_mentor_leaves="admins") as made:
        asked = await made.ask()
        departures = loop(made)
        await stop_mentoring(made)
        await departures.tell_due()

        async def happened() -> bool:
            return "RequestLeftToAdmins" in await made.happened(asked.id)

        await eventually(happened)
        await change(made, made.people.mentors[0], is_mentor=True)
        await departures.tell_due()

        async def given_back() -> bool:
            return "RequestGivenBack" in await made.happened(asked.id)

        await eventually(given_back)
        assert (await made.tell(asked, ACCEPT, made.mentor)).state == "accepted"
