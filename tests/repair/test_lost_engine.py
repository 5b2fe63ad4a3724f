"""The engine is lost, or an older backup of it is put back; the database knows what has happened since."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from api.web.failures import Unconfirmed
from installation.temporal_server import HOST, free_port
from models.process.names import SEARCH_ATTRIBUTES, relationship_workflow
from models.process.policy import days
from models.process.programme import ProgrammeSettings
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request.commands import AcceptRequest, EditRequest, ExtendRequest, RequestAmendment
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.store.processes import RelationshipRow, RequestRow, TimelineRow
from models.store.tables import MemberRow, ProgrammeRow
from tests.infra.engine import VirtualEngine, virtual_engine_at
from tests.repair.test_restored_database import ACCEPT, REJECT, at_rest, goal, mentee, mentor
from tests.repair.workshop import all_that_is_shown, reconcile, with_engine
from tests.workflows import test_shortlists as lists
from tests.workflows.office import Office, office, request_id, working
from tests.workflows.record import ANSWERS
from tests.workflows.test_crash import Server
from workflows.messages import RelationshipSnapshot, RequestSnapshot

RESUMED = ["RequestResumed"]


@pytest.fixture
async def new_engine(engine_address: str) -> AsyncIterator[VirtualEngine]:
    async with virtual_engine_at(engine_address, SEARCH_ATTRIBUTES) as engine:
        yield engine


async def view(made: Office, asked: RequestView) -> RequestView:
    found: RequestView = await made.handle(request_id(asked)).query("view", result_type=RequestView)
    return found


async def pair(made: Office, begun: RelationshipView) -> RelationshipView:
    handle = made.handle(relationship_workflow(begun.id))
    found: RelationshipView = await handle.query("view", result_type=RelationshipView)
    return found


async def test_requests_are_taken_up_where_they_stood(
    virtual_engine: VirtualEngine, new_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=4, works=False) as made:
        async with working(made):
            pending = await made.tell(await made.ask(0), EditRequest(message="In other words"), made.mentee)
            pending = await made.tell(pending, ExtendRequest(days=5), made.admin)
            amending = await made.tell(await made.ask(1), RequestAmendment(comment="Which?"), made.mentor)
            over = await made.ask(2)
            await made.ended_by(request_id(over), made.tell(over, REJECT, made.mentor))
            await at_rest(made)
        new = with_engine(made, new_engine)
        async with working(new):
            result = await reconcile(new)
            assert result.left == []
            assert result.mended == {("request", pending.id), ("request", amending.id)}
            for before in (pending, amending):
                after = await view(new, before)
                assert after == before.model_copy(
                    update={"version": before.version + 1, "last_event": "RequestResumed"}
                )
                await new.saved(after)
                assert (await new.happened(before.id))[-1:] == RESUMED
            assert (await reconcile(new)).cases == []
            await new.ended_by(request_id(pending), new.tell(pending, ACCEPT, mentor(pending)))
            started = await new.relationship(await view(new, pending))
            assert started.state == "active"
            assert ("relationship-started", "mentee 0") in await new.mails(started.id)


async def test_relationships_are_taken_up_where_they_stood(
    virtual_engine: VirtualEngine, new_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=3, works=False) as made:
        async with working(made):
            active = await made.say(await made.paired(0), goal(), made.mentee_of(0))
            completing = await made.say(await made.paired(1), SignOff(comment="Done."), made.mentee_of(1))
            surveyed = await made.say(await made.paired(2), SignOff(), made.mentee_of(2))
            surveyed = await made.say(surveyed, ConfirmCompletion(), made.mentor)
            surveyed = await made.say(surveyed, AnswerSurvey(answers=ANSWERS), made.mentor)
            await at_rest(made)
        new = with_engine(made, new_engine)
        async with working(new):
            assert (await reconcile(new)).mended == {
                ("relationship", each.id) for each in (active, completing, surveyed)
            }
            for before in (active, completing, surveyed):
                after = await pair(new, before)
                assert after == before.model_copy(
                    update={"version": before.version + 1, "last_event": "RelationshipResumed"}
                )
                await new.saved(after)
            assert (await reconcile(new)).cases == []
            await new.say(surveyed, AnswerSurvey(answers=ANSWERS), mentee(surveyed))
            await new.ended(relationship_workflow(surveyed.id))
            await new.saved(await new.say(completing, ConfirmCompletion(), mentor(completing)))
            assert len(await new.people.held()) == 1


async def test_what_fell_due_meanwhile_starts_anew(
    virtual_engine: VirtualEngine, new_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2, works=False) as made:
        async with working(made):
            asked = await made.ask(0)
            signed = await made.say(await made.paired(1), SignOff(), made.mentee_of(1))
            await at_rest(made)
        now = datetime.now(UTC)
        with made.database.writing() as session:
            dates = {"closes_at": now - timedelta(days=1), "next_reminder_at": None}
            session.execute(update(RequestRow).where(RequestRow.id == asked.id).values(dates))
            dates = {"confirms_at": now - timedelta(days=1), "next_at": now - timedelta(days=1)}
            session.execute(update(RelationshipRow).where(RelationshipRow.id == signed.id).values(dates))
        new = with_engine(made, new_engine)
        async with working(new):
            await reconcile(new)
            again, waits = await view(new, asked), await pair(new, signed)
            await new.saved(again)
            await new.saved(waits)
            assert again.state == "pending"
            assert again.closes_at
            assert again.closes_at > now + timedelta(days=10)
            assert waits.state == "completing"
            assert waits.confirms_at
            assert waits.confirms_at > now + timedelta(days=10)
            mails = await new.mails(asked.id)
            assert {mail for mail in mails if mail[0] == "request-extended"} == {
                ("request-extended", "mentee 0"),
                ("request-extended", "mentor 0"),
            }
            assert await new.mails(signed.id) == await made.mails(signed.id)
            assert [kind for kind, _ in await new.mails(signed.id)].count("completion-requested") == 2


async def test_what_had_hardly_begun(
    virtual_engine: VirtualEngine, new_engine: VirtualEngine, migrated_url: str
) -> None:
    """A request that was reserved and never opened; a relationship that its acceptance never started."""
    async with office(virtual_engine, migrated_url, mentees=2, works=False) as made:
        async with working(made):
            reserved, accepted = await made.ask(0), await made.paired(1)
            await at_rest(made)
        with made.database.writing() as session:
            values = {"version": 0, "last_event": "", "closes_at": None, "next_reminder_at": None}
            session.execute(update(RequestRow).where(RequestRow.id == reserved.id).values(values))
            session.execute(delete(RelationshipRow).where(RelationshipRow.id == accepted.id))
            ids = [reserved.id, accepted.id]
            session.execute(delete(TimelineRow).where(TimelineRow.process_id.in_(ids)))
        new = with_engine(made, new_engine)
        async with working(new):
            assert (await reconcile(new)).mended == {
                ("request", reserved.id),
                ("relationship", accepted.id),
            }
            await new.saved(await view(new, reserved))
            await new.saved(await pair(new, accepted))
            assert await new.happened(reserved.id) == ["RequestSubmitted"]
            assert await new.happened(accepted.id) == ["RelationshipStarted"]
            assert (await reconcile(new)).cases == []
            assert len(await new.people.held()) == 1


async def test_a_process_that_an_operator_has_terminated(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await at_rest(made)
        await made.tell(asked, EditRequest(message="New"), made.mentee, "key")
        await at_rest(made)
        await made.handle(request_id(asked)).terminate()
        assert (await reconcile(made, closely=False)).mended == {("request", asked.id)}
        after = await view(made, asked)
        assert (after.message, after.version) == ("New", 3)
        # Its last run knew the keys of its acts, which the database does not.
        assert (await made.tell(asked, EditRequest(message="New"), made.mentee, "key")).version == 3
        await made.saved(after)
        assert (await reconcile(made)).cases == []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "engine"
    folder.mkdir()
    found = Server(free_port(), folder)
    found.start()
    yield found
    found.kill()


async def test_an_older_engine_learns_what_it_has_forgotten(server: Server, migrated_url: str) -> None:
    backup = server.folder.with_name("backup")
    async with (
        virtual_engine_at(f"{HOST}:{server.port}", SEARCH_ATTRIBUTES) as engine,
        office(engine, migrated_url, mentees=5, works=False) as made,
    ):
        async with working(made):
            rejected, edited, accepted, _untouched = [await made.ask(n) for n in range(4)]
            signed = await made.paired(4)
            await at_rest(made)
        server.kill()
        shutil.copytree(server.folder, backup)
        server.start()
        async with working(made):
            await made.ended_by(request_id(rejected), made.tell(rejected, REJECT, made.mentor))
            edited = await made.tell(edited, EditRequest(message="New"), mentee(edited))
            await made.ended_by(request_id(accepted), made.tell(accepted, ACCEPT, made.mentor))
            begun = await made.relationship(await view(made, accepted))
            signed = await made.say(signed, SignOff(), mentee(signed))
            await at_rest(made)
        expected = states(await all_that_is_shown(made.database))
        server.kill()
        shutil.rmtree(server.folder)
        shutil.copytree(backup, server.folder)
        server.start()
        async with working(made):
            result = await reconcile(made)
            assert result.left == []
            assert result.mended == {
                ("request", rejected.id),
                ("request", edited.id),
                ("request", accepted.id),
                ("relationship", begun.id),
                ("relationship", signed.id),
            }
            assert not await made.is_running(request_id(rejected))
            assert not await made.is_running(request_id(accepted))
            assert (await view(made, edited)).message == "New"
            assert (await pair(made, signed)).state == "completing"
            assert (await reconcile(made)).cases == []
            assert states(await all_that_is_shown(made.database)) == expected


def states(shown: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    return {row["id"]: row["state"] for row in (*shown["requests"], *shown["relationships"])}


async def test_a_process_that_has_forgotten_its_end_says_nothing(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await at_rest(made)
        with made.database.writing() as session:
            ended = {"version": 2, "state": "rejected", "is_open": False, "last_event": "RequestRejected"}
            session.execute(update(RequestRow).where(RequestRow.id == asked.id).values(ended))
            session.add(
                TimelineRow(
                    process_id=asked.id,
                    seq=2,
                    programme_id=asked.programme_id,
                    at=datetime.now(UTC),
                    what="RequestRejected",
                    by_role="mentor",
                    audience="both",
                )
            )
        with pytest.raises(Unconfirmed):
            await made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor)
        assert (await reconcile(made)).mended >= {("request", asked.id)}
        assert not await made.is_running(request_id(asked))
        assert await made.happened(asked.id) == ["RequestSubmitted", "RequestRejected"]
        assert await made.mails(asked.id) == [("request-received", "mentor 0")]
        assert (await reconcile(made)).cases == []
        assert await made.people.held() == []


async def test_a_process_goes_on_under_the_rules_that_it_began_with(
    virtual_engine: VirtualEngine, new_engine: VirtualEngine, migrated_url: str
) -> None:
    """Settings and profiles have changed since; reminders are left that no column holds."""
    async with office(virtual_engine, migrated_url, mentees=2, works=False) as made:
        async with working(made):
            asked, paired = await made.ask(0), await made.paired(1)
            before = [await process(made, request_id(asked)), await process(made, pair_id(paired))]
            await at_rest(made)
        await everybody_moves(made)
        new = with_engine(made, new_engine)
        async with working(new):
            await reconcile(new)
            for was, workflow_id in zip(before, (request_id(asked), pair_id(paired)), strict=True):
                now = await process(new, workflow_id)
                assert now.last_event in {"RequestResumed", "RelationshipResumed"}
                resumed = {"version": was.version + 1, "entries": was.entries + 1}
                assert now == was.model_copy(update=resumed | {"last_event": now.last_event})


async def test_a_row_that_an_earlier_version_saved_is_filled(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2) as made:
        asked, paired = await made.ask(0), await made.paired(1)
        await at_rest(made)
        expected = await all_that_is_shown(made.database)
        with made.database.writing() as session:
            session.execute(update(RequestRow).where(RequestRow.is_open).values(rest=None))
            session.execute(update(RelationshipRow).values(rest=None))
        assert (await reconcile(made)).mended == {("request", asked.id), ("relationship", paired.id)}
        assert await all_that_is_shown(made.database) == expected


def pair_id(begun: RelationshipView) -> str:
    return relationship_workflow(begun.id)


async def process(made: Office, workflow_id: str) -> Request | Relationship:
    kind = RequestSnapshot if workflow_id.startswith("request") else RelationshipSnapshot
    found: Request | Relationship = (
        await made.handle(workflow_id).query("snapshot", result_type=kind)
    ).process
    return found


async def everybody_moves(made: Office) -> None:
    with made.database.writing() as session:
        session.execute(update(MemberRow).values(time_zone="Asia/Tokyo", country="JP"))
        changed = ProgrammeSettings(remind_after=days(1), comment_required=frozenset())
        session.execute(update(ProgrammeRow).values(settings=changed.stored()))


async def test_a_shortlist_goes_on_and_hears_what_it_missed(
    virtual_engine: VirtualEngine, new_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentors=4, works=False, decline_reasons=()) as made:
        async with working(made):
            goes_on = await lists.begin(made, 0, 1)
            first = await lists.asked(made, goes_on, 0)
            missed = await lists.begin(made, 2, 3)
            second = await lists.asked(made, missed, 0)
            await at_rest(made)
        with made.database.writing() as session:
            row = session.get_one(RequestRow, second.id)
            row.state, row.is_open, row.rest = "rejected", False, None
        new = with_engine(made, new_engine)
        async with working(new):
            result = await reconcile(new)
            assert result.mended >= {
                ("shortlist", goes_on.id),
                ("shortlist", missed.id),
                ("request", first.id),
            }
            await lists.until(new, missed, "rejected", "asked")
            await lists.reject(new, goes_on, 0)
            await lists.until(new, goes_on, "rejected", "asked")
            again = await reconcile(new)
            assert [case for case in again.cases if case.kind == "shortlist"] == []
