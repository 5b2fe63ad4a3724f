"""A process that goes on in a new run: nothing of it is lost, nothing is done twice, its dates stay."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from api.web.errors import KeyReused
from api.web.stalled import StalledFilter, StalledRequest
from models.process.errors import IllegalMove
from models.process.names import relationship_workflow
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.completion import SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.view import RelationshipView
from models.process.request.commands import AcceptRequest, EditRequest, RemindNow, WithdrawRequest
from models.process.request.state import RequestState
from models.process.request.view import RequestView
from models.store import idempotency
from tests.infra.engine import VirtualEngine
from tests.process.factories import GOAL
from tests.store.population import new_id
from tests.workflows.office import MINUTE, Office, eventually, office, request_id

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def runs(made: Office, workflow_id: str) -> int:
    query = f"WorkflowId = '{workflow_id}'"
    return len([each async for each in made.engine.client.list_workflows(query)])


async def several_runs(made: Office, workflow_id: str) -> None:
    """Visibility follows in a moment."""

    async def look() -> bool:
        return await runs(made, workflow_id) > 1

    await eventually(look)


async def edited_often(made: Office, asked: RequestView) -> None:
    """Eight acts that leave the dates as they are: enough for a restless engine to start another run."""
    for number in range(8):
        await made.saved(await made.tell(asked, EditRequest(message=f"Wording {number}"), made.mentee))


async def test_a_request_keeps_its_wording_its_dates_and_its_keys(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        asked = await made.ask()
        for number in range(10):
            view = await made.tell(asked, EditRequest(message=f"Wording {number}"), made.mentee, f"k{number}")
            await made.saved(view)
        await several_runs(made, request_id(asked))
        for number in range(10):
            again = await made.tell(asked, EditRequest(message="Again"), made.mentee, f"k{number}")
            assert again.revision == 11, "a repeat shows how things stand"
            assert (again.closes_at, again.next_reminder_at) == (asked.closes_at, asked.next_reminder_at)
        assert (await made.request(asked)).message == "Wording 9"
        assert [entry.seq for entry in await made.timeline(asked.id)] == list(range(1, 12))
        await made.ended_by(request_id(asked), made.tell(asked, AcceptRequest(comment="Yes"), made.mentor))
        assert (await made.request(asked)).state == "accepted"


async def test_a_key_with_another_body_is_refused_in_a_later_run_as_well(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        asked = await made.ask()
        gateway, by = made.gateway, made.mentee
        edit = EditRequest(message="First")
        first = await gateway.act_on_request(asked, edit, by, "key", "one")
        await edited_often(made, asked)
        await several_runs(made, request_id(asked))
        again = await gateway.act_on_request(asked, edit, by, "key", "one")
        assert (first.revision, again.revision, again.message) == (2, 10, "Wording 7")
        with pytest.raises(KeyReused):
            await gateway.act_on_request(asked, EditRequest(message="Other"), by, "key", "two")
        assert (await gateway.act_on_request(asked, edit, by, "key")).revision == 10
        await made.saved(again)
        with made.database.reading() as session:
            known = idempotency.find(session, by.person_id or "", ["key"])
        assert [(one.request_hash, one.status) for one in known] == [("one", 200)]


async def test_its_reminders_and_its_end_come_on_their_dates(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        asked = await made.ask()
        await edited_often(made, asked)
        await several_runs(made, request_id(asked))
        first, last = asked.next_reminder_at, asked.closes_at
        assert first
        assert last
        await restless_engine.fast_forward_to(request_id(asked), first - MINUTE)
        assert len(await made.happened(asked.id)) == 9
        await restless_engine.fast_forward_to(request_id(asked), first)
        assert len(await made.happened(asked.id)) == 10
        await restless_engine.fast_forward_to(request_id(asked), last)
        await made.ended(request_id(asked))
        timeline = await made.timeline(asked.id)
        assert [entry.what for entry in timeline[9:]] == ["ReminderSent", "ReminderSent", "RequestExpired"]
        assert timedelta() <= timeline[9].at - first < MINUTE
        assert timedelta() <= timeline[11].at - last < MINUTE


async def test_the_stalled_list_still_knows_it(restless_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(restless_engine, migrated_url) as made:
        asked = await made.ask()
        await edited_often(made, asked)
        await several_runs(made, request_id(asked))
        wanted = StalledFilter(asked.programme_id, datetime.now(UTC) + timedelta(hours=1))
        found: list[StalledRequest] = []

        async def look() -> bool:
            found[:] = (await made.gateway.stalled(wanted, 10, None)).items
            return [each.last_event for each in found] == ["RequestEdited"]

        await eventually(look)
        assert [(each.request_id, each.state, each.next_at, each.next_what) for each in found] == [
            (asked.id, "pending", asked.next_reminder_at, "reminder")
        ]


async def test_acts_that_arrive_while_it_moves_on_are_all_answered_once(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        pair = await made.paired()
        today = datetime.now().date()  # noqa: DTZ005
        goal = SetGoal(**{**GOAL, "due": today + timedelta(days=90)})
        await made.say(pair, goal, made.mentee)
        versions: list[int] = []

        async def revise(lane: int) -> None:
            """One after another, as many lanes at the same time as the server lets in."""
            for number in range(8):
                command = ReviseGoal(goal_id=goal.goal_id, progress=number)
                versions.append((await made.say(pair, command, made.mentor, f"{lane}/{number}")).version)

        await asyncio.gather(*(revise(lane) for lane in range(6)))
        assert sorted(versions) == list(range(3, 51))
        view = await made.say(pair, SignOff(), made.mentee)
        assert (view.state, view.version) == (RelationshipState.COMPLETING, 51)
        await made.saved(view)
        assert [entry.seq for entry in await made.timeline(pair.id)] == list(range(1, 52))
        await several_runs(made, relationship_workflow(pair.id))


async def test_a_relationship_confirms_itself_in_a_later_run(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        pair = await made.say(await made.paired(), SignOff(comment="Done"), made.mentee, "signed")
        today = datetime.now().date()  # noqa: DTZ005
        for _ in range(8):
            goal = SetGoal(**{**GOAL, "goal_id": new_id(), "due": today + timedelta(days=90)})
            pair = await made.say(pair, goal, made.mentee)
            await made.saved(pair)
        await several_runs(made, relationship_workflow(pair.id))
        assert (await made.say(pair, SignOff(), made.mentee, "signed")).version == pair.version
        assert pair.confirms_at
        await restless_engine.fast_forward_to(relationship_workflow(pair.id), pair.confirms_at)
        handle = made.handle(relationship_workflow(pair.id))
        view = await handle.query("view", result_type=RelationshipView)
        assert view.state is RelationshipState.COMPLETED
        assert len(view.goals) == 8


async def test_an_old_request_is_over_in_every_later_run(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        asked = await made.ask()
        await edited_often(made, asked)
        await made.ended_by(request_id(asked), made.tell(asked, WithdrawRequest(), made.mentee))
        with pytest.raises(IllegalMove):
            await made.tell(asked, RemindNow(), made.admin)
        assert (await made.ask()).state is RequestState.PENDING
