"""The rules of a time zone change under processes that run: none is stopped by it or given other commands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from models.process.commands import MailBounced
from models.process.names import TASK_QUEUE, relationship_workflow, request_workflow
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.relationship.view import RelationshipView
from models.process.request.commands import EditRequest, ExtendRequest, RequestAmendment, ResubmitRequest
from models.process.request.view import RequestView
from tests.infra.engine import VirtualEngine
from tests.infra.zones import SHIFTS, shifted
from tests.process.factories import GOAL
from tests.workflows.commands import PatientOffice
from tests.workflows.office import office, request_id, working
from tests.workflows.record import ANSWERS
from tests.workflows.test_replay import FILES, history, replayer
from workflows.messages import RelationshipSnapshot, RequestInput, RequestSnapshot

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

SHORTLY = timedelta(minutes=30)
NEW_YORK = ZoneInfo("America/New_York")


class PatientTime(PatientOffice):
    """One where time, too, goes on only when all is saved that it has led to."""

    async def time(self, workflow_id: str, at: datetime | None) -> None:
        assert at
        await self.engine.fast_forward_to(workflow_id, at)
        await self.rest(workflow_id)

    async def rest(self, workflow_id: str) -> None:
        if await self.is_running(workflow_id):
            of_request = workflow_id.startswith("request/")
            await self._at_rest(workflow_id, RequestSnapshot if of_request else RelationshipSnapshot)

    async def bounce(self, workflow_id: str, process_id: str) -> None:
        report = MailBounced(process_id=process_id, kind="request-received")
        await self.handle(workflow_id).signal("mail_bounced", report)
        await self.rest(workflow_id)

    async def seen(self, view: RequestView) -> RequestView:
        found: RequestView = await self.handle(request_id(view)).query("view", result_type=RequestView)
        return found

    async def seen_pair(self, view: RelationshipView) -> RelationshipView:
        handle = self.handle(relationship_workflow(view.id))
        found: RelationshipView = await handle.query("view", result_type=RelationshipView)
        return found


Life = Callable[[PatientTime], AsyncIterator[str]]
"""Lives a process step by step, and names its workflow after each."""


async def edited_before_a_reminder(made: PatientTime) -> AsyncIterator[str]:
    asked = await made.ask()
    yield request_id(asked)
    assert asked.next_reminder_at
    await made.time(request_id(asked), asked.next_reminder_at - SHORTLY)
    yield request_id(asked)
    await made.tell(asked, EditRequest(message="Another wording"), made.mentee)
    yield request_id(asked)
    await made.time(request_id(asked), asked.next_reminder_at)
    yield request_id(asked)


async def bounced_before_every_date(made: PatientTime) -> AsyncIterator[str]:
    asked = await made.ask()
    yield request_id(asked)
    while True:
        view = await made.seen(asked)
        at = view.next_reminder_at or view.closes_at
        assert at
        await made.time(request_id(asked), at - SHORTLY)
        yield request_id(asked)
        await made.bounce(request_id(asked), asked.id)
        yield request_id(asked)
        await made.time(request_id(asked), at)
        yield request_id(asked)
        if view.next_reminder_at is None:
            return


async def extended_before_its_end(made: PatientTime) -> AsyncIterator[str]:
    asked = await made.ask()
    assert asked.next_reminder_at
    await made.time(request_id(asked), asked.next_reminder_at - SHORTLY)
    view = await made.tell(asked, ExtendRequest(days=3), made.admin)
    yield request_id(asked)
    assert view.closes_at
    await made.time(request_id(asked), view.closes_at - SHORTLY)
    yield request_id(asked)
    view = await made.tell(asked, ExtendRequest(days=1), made.admin)
    yield request_id(asked)
    await made.time(request_id(asked), view.closes_at)
    yield request_id(asked)


async def resubmitted_before_a_reminder(made: PatientTime) -> AsyncIterator[str]:
    asked = await made.ask()
    view = await made.tell(asked, RequestAmendment(comment="Which talk?"), made.mentor)
    yield request_id(asked)
    assert view.next_reminder_at
    await made.time(request_id(asked), view.next_reminder_at - SHORTLY)
    view = await made.tell(asked, ResubmitRequest(message="The one in June"), made.mentee)
    yield request_id(asked)
    await made.time(request_id(asked), view.next_reminder_at)
    yield request_id(asked)
    await made.time(request_id(asked), view.closes_at)
    yield request_id(asked)


async def confirmed_by_time_and_silent(made: PatientTime) -> AsyncIterator[str]:
    pair = await made.say(await made.paired(), SignOff(), made.mentee)
    workflow_id = relationship_workflow(pair.id)
    yield workflow_id
    while (view := await made.seen_pair(pair)).next_at:
        await made.time(workflow_id, view.next_at - SHORTLY)
        await made.bounce(workflow_id, pair.id)
        yield workflow_id
        await made.time(workflow_id, view.next_at)
        yield workflow_id


async def answered_before_a_reminder(made: PatientTime) -> AsyncIterator[str]:
    pair = await made.say(await made.paired(), SignOff(), made.mentee)
    workflow_id = relationship_workflow(pair.id)
    view = await made.say(pair, ConfirmCompletion(), made.mentor)
    yield workflow_id
    for side in (made.mentee, made.mentor):
        assert view.next_at
        await made.time(workflow_id, view.next_at - SHORTLY)
        view = await made.say(pair, AnswerSurvey(answers=ANSWERS), side)
        yield workflow_id


async def goals_that_are_due_today(made: PatientTime) -> AsyncIterator[str]:
    """Set and revised shortly before midnight where the mentee lives, which is tomorrow by other rules."""
    pair = await made.paired()
    workflow_id = relationship_workflow(pair.id)
    today = (await made.engine.now(workflow_id)).astimezone(NEW_YORK).date()
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), NEW_YORK)
    await made.time(workflow_id, (midnight - SHORTLY).astimezone(UTC))
    yield workflow_id
    goal = SetGoal(**{**GOAL, "due": today + timedelta(days=1)})
    await made.say(pair, goal, made.mentee)
    yield workflow_id
    await made.time(workflow_id, (midnight + timedelta(days=1) - SHORTLY).astimezone(UTC))
    await made.say(pair, ReviseGoal(goal_id=goal.goal_id, due=goal.due), made.mentee)
    yield workflow_id


LIVES: tuple[Life, ...] = (
    edited_before_a_reminder,
    bounced_before_every_date,
    extended_before_its_end,
    resubmitted_before_a_reminder,
    confirmed_by_time_and_silent,
    answered_before_a_reminder,
    goals_that_are_due_today,
)


@on_sqlite
@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
async def test_a_process_lives_on_under_rules_that_change_at_every_step(
    virtual_engine: VirtualEngine, migrated_url: str, tmp_path: Path, life: Life
) -> None:
    """Each step is taken by another worker with other rules, which replays all the steps before it."""
    found = await _lived(virtual_engine, migrated_url, life, tmp_path)
    for shift in (None, *SHIFTS):
        with shifted(shift, tmp_path):
            await _replay_every_part([found], virtual_engine.client)


async def _lived(engine: VirtualEngine, url: str, life: Life, folder: Path) -> WorkflowHistory:
    async with office(engine, url, works=False) as made:
        patient = PatientTime(made.engine, made.people, made.gateway, made.rules)
        steps, workflow_id = life(patient), ""
        for shift in cycle((None, *SHIFTS)):
            with shifted(shift, folder):
                async with working(patient):
                    try:
                        workflow_id = await anext(steps)
                    except StopAsyncIteration:
                        return await made.handle(workflow_id).fetch_history()
    raise AssertionError("a life ends")


@pytest.mark.parametrize("shift", SHIFTS, ids=("later", "earlier"))
async def test_every_part_of_every_recorded_life_is_replayed_under_other_rules(
    tmp_path: Path, shift: dict[str, str]
) -> None:
    with shifted(shift, tmp_path):
        await _replay_every_part([history(file) for file in FILES])


async def _replay_every_part(histories: list[WorkflowHistory], client: Client | None = None) -> None:
    """The whole of each, and every beginning of it that ends where a worker had done its task."""
    replays = replayer(converter=client.data_converter, namespace=client.namespace) if client else replayer()
    parts = [part for whole in histories for part in _parts(whole)]

    async def given() -> AsyncIterator[WorkflowHistory]:
        for part in parts:
            yield part

    failed = (await replays.replay_workflows(given(), raise_on_replay_failure=False)).replay_failures
    assert failed == {}


def _parts(whole: WorkflowHistory) -> Iterator[WorkflowHistory]:
    yield whole
    for number, event in enumerate(whole.events, start=1):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED and number < len(whole.events):
            yield WorkflowHistory(whole.workflow_id, whole.events[:number])


@on_sqlite
async def test_a_process_that_carries_no_rules_goes_on_in_a_run_that_does(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        draft = made.people.request(made.people.mentees[0], made.people.mentors[0])
        start = RequestInput(request=draft, durable=True).model_dump(mode="json")
        for name in ("mentee_rules", "mentor_rules"):
            del start["request"][name]
        workflow_id = request_workflow(draft.programme_id, draft.mentee_id, draft.mentor_id)
        first = await virtual_engine.client.start_workflow(
            "Request", start, id=workflow_id, task_queue=TASK_QUEUE
        )
        await first.execute_update("opened", draft.id)
        patient = PatientTime(made.engine, made.people, made.gateway, made.rules)
        await patient.rest(workflow_id)
        assert await made.run_id(workflow_id) != first.result_run_id
        carried = (await made.handle(workflow_id).query("snapshot", result_type=RequestSnapshot)).process
        assert carried.model_fields_set >= {"mentee_rules", "mentor_rules", "reminders", "closes_at"}
