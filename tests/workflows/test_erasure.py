"""A person goes: their processes end, the others are told, database and engine forget; on the real engine."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.messages import ErasureStart, Histories, LastWord, OfPerson
from activities.privacy import Erasing
from models.process import names
from models.process.actors import Actor, Role
from models.process.erasure import FORMER, GRACE, ErasureState
from models.process.errors import IllegalMove
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.request.commands import CloseRequest, EditRequest, RejectRequest, RequestAmendment
from models.store import access, erasing, mails
from models.store.delivery import MailRow, SessionRow
from models.store.erasing import Asked
from models.store.privacy import ErasureRow
from models.store.processes import GoalRow, PlaceRow, RelationshipRow, TimelineRow
from models.store.tables import MemberRow, PersonRow
from tests.infra.engine import VirtualEngine
from tests.infra.opened import opened
from tests.process.factories import GOAL
from tests.workflows.office import Office, eventually, office, request_id, working
from workflows import attributes

AT_ONCE = timedelta()
HOUR = timedelta(hours=1)
ANSWERS = {"useful": "5", "goals": "4", "recommend": "5", "remark": "Somebody was wonderful."}


async def settled(made: Office) -> None:
    """What the dispatcher would do: everything that is queued has left."""
    with made.database.writing() as session:
        rows = session.scalars(select(MailRow).where(MailRow.state == mails.QUEUED))
        mails.sent(session, [row.id for row in rows], datetime.now(UTC))


async def erased(made: Office, person_id: str) -> None:
    """Waits until the engine and the database say that it is done, with the mails leaving meanwhile."""

    async def look() -> bool:
        await asyncio.sleep(0.3)
        await settled(made)
        with made.database.reading() as session:
            row = session.get(ErasureRow, person_id)
        return row is not None and row.state == ErasureState.ERASED

    await eventually(look)


async def histories(made: Office, person_id: str) -> list[str]:
    """The workflow ids of the runs that the engine still lists."""
    query = f"{attributes.MENTEE.name} = '{person_id}' OR {attributes.MENTOR.name} = '{person_id}'"
    return [found.id async for found in made.engine.client.list_workflows(query)]


async def is_known(made: Office, workflow_id: str) -> bool:
    try:
        await made.handle(workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def goal(by: str) -> SetGoal:
    return SetGoal(**{**GOAL, "goal_id": f"0000000{by}-0000-4000-8000-000000000000", "due": date(2999, 1, 1)})


async def test_open_requests_are_released_and_the_other_side_is_told(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2) as made:
        asked, amending = await made.ask(0), await made.ask(1)
        await made.tell(amending, RequestAmendment(comment="Which one?"), made.mentor)
        leaving = made.people.mentors[0]
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        for view, mentee in ((asked, "mentee 0"), (amending, "mentee 1")):
            row = await made.request(view)
            assert (row.state, row.is_open) == ("released", False)
            assert ("request-released", mentee) in await made.mails(view.id)
        assert await histories(made, leaving) == []
        assert not await is_known(made, request_id(asked))


async def test_a_relationship_ends_gives_its_places_back_and_leaves_nothing_in_the_engine(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.paired()
        await made.say(pair, goal("1"), made.mentor)
        await made.saved(await made.say(pair, goal("2"), made.mentee))
        leaving = made.people.mentors[0]
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        with made.database.reading() as session:
            row = session.get_one(RelationshipRow, pair.id)
            assert row.state == "withdrawn"
            assert session.scalars(select(PlaceRow.released_at)).one() is not None
            goals = {each.set_by: each.title for each in session.scalars(select(GoalRow))}
            assert goals == {leaving: "(erased)", made.people.mentees[0]: "Speak at a conference"}
            noted = session.scalars(select(TimelineRow.note).where(TimelineRow.by.is_not(None)))
            assert set(noted) == {None}
        assert ("relationship-withdrawn", "mentee 0") in await made.mails(pair.id)
        assert await histories(made, leaving) == []
        assert not await is_known(made, names.relationship_workflow(pair.id))


async def test_the_other_sides_survey_stays_theirs(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.paired()
        for command, actor in (
            (SignOff(), made.mentee),
            (ConfirmCompletion(), made.mentor),
            (AnswerSurvey(answers=ANSWERS), made.mentee),
        ):
            await made.saved(await made.say(pair, command, actor))
            pair = await made.handle(names.relationship_workflow(pair.id)).query(
                "view", result_type=type(pair)
            )
        leaving = made.people.mentors[0]
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        surveys = await made.surveys(pair.id)
        assert surveys[made.people.mentees[0]].answers == {**ANSWERS, "remark": "… was wonderful."}
        assert surveys[leaving].state == "unanswered"
        assert await histories(made, leaving) == []


async def test_the_person_is_out_at_once_and_can_come_back_for_a_day(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked, leaving = await made.ask(), made.people.mentors[0]
        with made.database.writing() as session:
            token = access.create_api_token(session, leaving, datetime.now(UTC))
            access.create_session(session, leaving, datetime.now(UTC))
        begun = await made.gateway.begin_erasure(leaving, GRACE)
        assert begun.state == "waiting"
        with made.database.reading() as session:
            assert access.person_of_api_token(session, token, datetime.now(UTC)) is None
            assert session.scalars(select(SessionRow)).all() == []
            assert session.get_one(MemberRow, (made.people.programme_id, leaving)).left_at
        await made.engine.fast_forward(names.erasure_workflow(leaving), GRACE - HOUR)
        assert (await made.gateway.keep_data(leaving)).state == "kept"
        await made.ended(names.erasure_workflow(leaving))
        with made.database.reading() as session:
            member = session.get_one(MemberRow, (made.people.programme_id, leaving))
            assert member.left_at is None
            assert not erasing.is_locked(session, leaving)
        assert await made.is_running(request_id(asked))
        with pytest.raises(IllegalMove):
            await made.gateway.keep_data(leaving)


async def test_it_begins_by_itself_after_the_day_and_cannot_be_called_off_then(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        leaving = made.people.mentees[0]
        await made.gateway.begin_erasure(leaving, GRACE)
        await made.engine.fast_forward(names.erasure_workflow(leaving), GRACE + timedelta(seconds=1))
        await erased(made, leaving)
        with pytest.raises(IllegalMove):
            await made.gateway.keep_data(leaving)
        with made.database.reading() as session:
            assert session.get_one(PersonRow, leaving).name == FORMER


async def test_the_address_of_the_last_mail_is_forgotten_when_it_has_left(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        leaving = made.people.mentees[0]
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        mail_id = mails.mail_id(erasing.last_word(leaving))
        with made.database.reading() as session:
            assert session.get_one(MailRow, mail_id).to_address == f"{leaving}@example.org"
        await settled(made)
        await made.engine.fast_forward(names.erasure_workflow(leaving), timedelta(hours=7))
        await made.ended(names.erasure_workflow(leaving))
        with made.database.reading() as session:
            row = session.get_one(MailRow, mail_id)
            assert (row.state, row.to_address) == (mails.SENT, None)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_last_mail_that_never_leaves_is_given_up_with_its_address(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        leaving = made.people.mentees[0]
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        workflow_id, mail_id = names.erasure_workflow(leaving), mails.mail_id(erasing.last_word(leaving))
        with made.database.writing() as session:
            session.get_one(MailRow, mail_id).state = mails.QUEUED
        while await made.is_running(workflow_id):
            with suppress(RPCError):
                await made.engine.fast_forward(workflow_id, timedelta(hours=24))
        with made.database.reading() as session:
            row = session.get_one(MailRow, mail_id)
            assert (row.state, row.to_address) == (mails.DROPPED, None)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_earlier_requests_of_a_pair_and_earlier_runs_are_forgotten_too(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        for _ in range(2):
            asked = await made.ask()
            for number in range(4):
                await made.saved(
                    await made.tell(asked, EditRequest(message=f"Wording {number}"), made.mentee)
                )
            await made.tell(
                asked, RejectRequest(comment="No", reason="I have no time at the moment"), made.mentor
            )
            await made.ended(request_id(asked))
        leaving = made.people.mentees[0]

        async def listed() -> bool:
            return len(await histories(made, leaving)) >= 4

        await eventually(listed)
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        assert await histories(made, leaving) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_an_admin_wrote_in_others_processes_goes_and_their_own_words_stay(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2) as made:
        closed, other = await made.ask(0), await made.ask(1)
        admin = await _admin(made)
        await made.tell(closed, CloseRequest(comment="The admin's words"), admin)
        await made.ended(request_id(closed))
        leaving = admin.person_id or ""
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        row = await made.request(closed)
        assert (row.message, row.comment) == ("Would you help me?", "(erased)")
        assert [entry.note for entry in await made.timeline(closed.id)] == ["Would you help me?", None]
        assert not await is_known(made, request_id(closed))
        assert await made.is_running(request_id(other))


async def _admin(made: Office) -> Actor:
    person_id = "00000000-0000-4000-8000-00000000000a"
    now = datetime.now(UTC)
    with made.database.writing() as session:
        session.execute(
            insert(PersonRow).values(id=person_id, email="ada@example.org", name="Ada", created_at=now)
        )
    return Actor(role=Role.ADMIN, person_id=person_id)


async def test_a_worker_that_dies_half_way_is_followed_by_another(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    """Workers come and go while it is under way; what is left goes on with the next."""
    async with office(virtual_engine, migrated_url, works=False) as made:
        leaving = made.people.mentors[0]
        async with working(made):
            asked = await made.ask()
            await made.gateway.begin_erasure(leaving, AT_ONCE)
        for _ in range(5):
            async with working(made):
                await asyncio.sleep(0.3)
        async with working(made):
            await erased(made, leaving)
        assert (await made.request(asked)).state == "released"
        assert await histories(made, leaving) == []


async def test_asking_twice_is_one_erasure(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        leaving = made.people.mentees[0]
        views = await asyncio.gather(*(made.gateway.begin_erasure(leaving, GRACE) for _ in range(5)))
        assert len({view.begins_at for view in views}) == 1
        with made.database.reading() as session:
            sent = session.scalars(select(MailRow).where(MailRow.kind == "erasure-begun"))
            assert len(sent.all()) == 1


async def test_nobody_is_nobody(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        stranger = "00000000-0000-4000-8000-00000000000b"
        assert (await made.gateway.begin_erasure(stranger, GRACE)).state == "unknown"
        await made.ended(names.erasure_workflow(stranger))


async def test_its_own_history_holds_ids_and_dates_alone(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        await made.ask()
        leaving = made.people.mentors[0]
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await erased(made, leaving)
        described = await made.handle(names.erasure_workflow(leaving)).describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        history = await made.handle(names.erasure_workflow(leaving)).fetch_history()
        decoded = str(await opened(virtual_engine.client, history))
        for word in ("@", "Somebody", "Would you help me?"):
            assert word not in decoded
        assert leaving in decoded


async def test_every_step_can_run_twice(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    """A worker that dies after its work and before its answer: the next one does the step again."""
    async with office(virtual_engine, migrated_url) as made:
        asked, pair_mentor = await made.ask(), made.people.mentors[0]
        steps, now = Erasing(made.database, virtual_engine.client, lambda: None), datetime.now(UTC)
        who, twice = OfPerson(person_id=pair_mentor, now=now), ActivityEnvironment()
        start = ErasureStart(person_id=pair_mentor, now=now, begins_at=now + GRACE, by_operator=False)
        assert not await steps.begin_erasure(start)
        with made.database.writing() as session:
            erasing.ask(session, Asked(pair_mentor, now, now + GRACE, by_operator=False))
        assert [await steps.begin_erasure(start) for _ in range(2)] == [True, True]
        assert await steps.leave_processes(who) == 1
        await made.ended(request_id(asked))
        assert await steps.leave_processes(who) == 0
        assert [await steps.farewells_waiting(who) for _ in range(2)] == [1, 1]
        await settled(made)
        assert await steps.farewells_waiting(who) == 0

        async def listed() -> bool:
            return len((await steps.find_histories(who)).ended) == 1

        await eventually(listed)
        for _ in range(2):
            await steps.erase_person(who)
        found = await steps.find_histories(who)
        for _ in range(2):
            await twice.run(steps.delete_histories, found)
        assert await steps.find_histories(who) == Histories(ended=(), running=0)
        for _ in range(2):
            await steps.confirm_erasure(who)
        await settled(made)
        word = LastWord(person_id=pair_mentor, now=now)
        assert [await steps.forget_address(word) for _ in range(2)] == [True, True]
        with made.database.reading() as session:
            sent = session.scalars(select(MailRow.kind).where(MailRow.state == mails.SENT))
            assert sorted(sent) == [
                "erasure-begun",
                "erasure-confirmed",
                "request-received",
                "request-released",
            ]
