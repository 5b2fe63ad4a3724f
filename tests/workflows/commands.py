"""What the workflows tell the engine to do, life by life: the record that a change of it is held against.

    python -m tests.workflows.commands

writes it for the version in `workflows/version.py`, whose file must not exist yet. A replay compares the kind
and order of commands along the histories that were recorded. This compares, along every life that the present
code lives, what was asked for as well: timeouts, retries, parent close policy, search attributes.

Each act waits until the one before is saved, and all periods are hours, so that the same code always gives
the same commands, whatever the day and however busy the machine.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import RetryPolicy
from temporalio.api.enums.v1 import EventType, ParentClosePolicy
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from models.process.actors import Actor
from models.process.commands import Command, MailBounced
from models.process.errors import MentorFull
from models.process.names import SEARCH_ATTRIBUTES, TASK_QUEUE, relationship_workflow
from models.process.relationship.commands import EndRelationship
from models.process.relationship.view import RelationshipView
from models.process.request.commands import CloseRequest, RemindNow, RequestAmendment, WithdrawRequest
from models.process.request.view import RequestView
from models.store.migrate import upgrade
from tests.infra.engine import VirtualEngine, running_server, virtual_engine_at
from tests.workflows import record
from tests.workflows.office import Office, eventually, office, request_id, working
from tests.workflows.record import LIVES, Life
from worker import WORKFLOWS
from workflows.messages import RelationshipSnapshot, RequestInput, RequestSnapshot
from workflows.request import RequestWorkflow
from workflows.version import COMMANDS

FOLDER = Path(__file__).parent / "commands"
HOUR = timedelta(hours=1)
HOURS: dict[str, Any] = {
    "remind_after": (HOUR, 100 * HOUR),
    "close_after": 300 * HOUR,
    "amendment_remind_after": (HOUR,),
    "amendment_close_after": 300 * HOUR,
    "confirm_after": HOUR,
    "survey_remind_after": (HOUR, 100 * HOUR),
    "survey_close_after": 300 * HOUR,
}
"""Further and further apart: a busy engine was seen to skip an hour twice."""


async def _saved(made: Office, asked: RequestView, version: int) -> None:
    """Waits until the process knows that this version is saved, not only the database."""

    async def look() -> bool:
        found: RequestSnapshot = await made.handle(request_id(asked)).query(
            "snapshot", result_type=RequestSnapshot
        )
        return found.saved_version == version

    await eventually(look)


async def request_withdrawn(made: Office) -> str:
    asked = await made.ask()
    await made.tell(asked, WithdrawRequest(comment="My plans have changed."), made.mentee)
    return request_id(asked)


async def request_closed_while_the_mentee_is_asked(made: Office) -> str:
    asked = await made.ask()
    await made.tell(asked, RequestAmendment(comment="Which talk?"), made.mentor)
    await made.tell(asked, CloseRequest(comment="Both have left."), made.admin)
    return request_id(asked)


async def request_handed_over(made: Office) -> str:
    asked = await made.ask()
    await made.tell(asked, made.handing_over(), made.admin)
    await made.ended(request_id(asked))
    return request_id(asked)


async def request_handed_over_in_vain(made: Office) -> str:
    asked = await made.ask()
    await made.paired(mentee=1, mentor=1)
    with suppress(MentorFull):
        await made.tell(asked, made.handing_over(), made.admin)
    await made.tell(asked, WithdrawRequest(comment="My plans have changed."), made.mentee)
    return request_id(asked)


async def request_whose_mail_bounced(made: Office) -> str:
    asked = await made.ask()
    report = MailBounced(process_id=asked.id, kind="request-received")
    await made.handle(request_id(asked)).signal("mail_bounced", report)
    await _saved(made, asked, asked.version + 1)
    await made.tell(asked, RemindNow(), made.admin)
    return request_id(asked)


async def request_taken_up_again(made: Office) -> str:
    asked = await made.ask()
    handle = made.handle(request_id(asked))
    last: RequestSnapshot = await handle.query("snapshot", result_type=RequestSnapshot)
    await handle.terminate()
    await made.engine.client.start_workflow(
        RequestWorkflow.run,
        RequestInput(request=last.process, resumed=True, durable=True),
        id=request_id(asked),
        task_queue=TASK_QUEUE,
    )
    await _saved(made, asked, asked.version + 1)
    await made.tell(asked, RemindNow(), made.admin)
    return request_id(asked)


async def relationship_ended(made: Office) -> str:
    pair = await made.paired()
    await made.say(pair, EndRelationship(comment="The programme is over."), made.admin)
    return relationship_workflow(pair.id)


MORE: tuple[Life, ...] = (
    request_withdrawn,
    request_closed_while_the_mentee_is_asked,
    request_handed_over,
    request_handed_over_in_vain,
    request_whose_mail_bounced,
    request_taken_up_again,
    relationship_ended,
)
UNSTEADY = record.request_continued
"""Its length depends on when the engine suggests to continue as new."""
LIVED = (
    *(
        each
        for each in LIVES
        if each.__name__.startswith(("request_", "relationship_")) and each is not UNSTEADY
    ),
    *MORE,
)
"""Of requests and relationships: the others wait for many things at once, in no order of their own."""


class PatientOffice(Office):
    """One where nobody acts before all is saved that the last act led to."""

    async def ask(self, mentee: int = 0, mentor: int = 0) -> RequestView:
        view = await super().ask(mentee, mentor)
        await self._at_rest(request_id(view), RequestSnapshot)
        return view

    async def tell(
        self, view: RequestView, command: Command, actor: Actor, key: str | None = None
    ) -> RequestView:
        after = await super().tell(view, command, actor, key)
        await self._at_rest(request_id(view), RequestSnapshot)
        return after

    async def say(
        self, view: RelationshipView, command: Command, actor: Actor, key: str | None = None
    ) -> RelationshipView:
        after = await super().say(view, command, actor, key)
        await self._at_rest(relationship_workflow(view.id), RelationshipSnapshot)
        return after

    async def relationship(self, accepted: RequestView) -> RelationshipView:
        view = await super().relationship(accepted)
        await self._at_rest(relationship_workflow(view.id), RelationshipSnapshot)
        return view

    async def _at_rest(
        self, workflow_id: str, kind: type[RequestSnapshot] | type[RelationshipSnapshot]
    ) -> None:
        async def look() -> bool:
            found: Any = await self.handle(workflow_id).query("snapshot", result_type=kind)
            return bool(found.saved_version == found.process.version)

        await eventually(look)


async def lived(life: Life, address: str, workflows: Sequence[type] = WORKFLOWS) -> list[str]:
    """The commands of the process that `life` is about, one line each."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/steadfast.db"
        await upgrade(url)
        async with virtual_engine_at(address, SEARCH_ATTRIBUTES) as encrypted:
            engine: VirtualEngine = await record.readable(encrypted)
            async with office(engine, url, mentees=2, mentors=2, capacity=1, works=False, **HOURS) as made:
                patient = PatientOffice(made.engine, made.people, made.gateway, made.rules)
                async with working(patient, workflows=workflows):
                    workflow_id = await life(patient)
                    history = await patient.handle(workflow_id).fetch_history()
    return list(commands(history))


def commands(history: WorkflowHistory) -> Iterator[str]:
    for event in history.events:
        line = _line(event)
        if line:
            yield line


def _line(event: HistoryEvent) -> str | None:
    kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower().replace("_", "-")
    words = _WORDS.get(kind)
    return " ".join((kind, *words(event))).strip() if words else None


def _activity(event: HistoryEvent) -> Iterable[str]:
    found = event.activity_task_scheduled_event_attributes
    yield found.activity_type.name
    yield from _periods(found, "schedule_to_close_timeout", "start_to_close_timeout", "heartbeat_timeout")
    yield _retries(found.retry_policy)


def _marker(event: HistoryEvent) -> Iterable[str]:
    found = event.marker_recorded_event_attributes
    yield found.marker_name
    for payloads in (found.details["data"].payloads, found.details["patch-data"].payloads):
        for payload in payloads:
            data = json.loads(payload.data)
            yield str(data.get("activity_type") or data.get("id") or "")


def _child(event: HistoryEvent) -> Iterable[str]:
    found = event.start_child_workflow_execution_initiated_event_attributes
    yield found.workflow_type.name
    yield found.workflow_id.partition("/")[0]
    yield ParentClosePolicy.Name(found.parent_close_policy).removeprefix("PARENT_CLOSE_POLICY_").lower()
    yield from _periods(found, "workflow_execution_timeout", "workflow_run_timeout")
    yield from sorted(found.search_attributes.indexed_fields)


def _upsert(event: HistoryEvent) -> Iterable[str]:
    found = event.upsert_workflow_search_attributes_event_attributes
    return sorted(found.search_attributes.indexed_fields)


def _update(event: HistoryEvent) -> Iterable[str]:
    yield event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name


def _signal(event: HistoryEvent) -> Iterable[str]:
    yield event.signal_external_workflow_execution_initiated_event_attributes.signal_name


def _nothing(_event: HistoryEvent) -> Iterable[str]:
    return ()


_WORDS = {
    "activity-task-scheduled": _activity,
    "marker-recorded": _marker,
    "start-child-workflow-execution-initiated": _child,
    "upsert-workflow-search-attributes": _upsert,
    "workflow-execution-update-accepted": _update,
    "signal-external-workflow-execution-initiated": _signal,
    "timer-started": _nothing,
    "timer-canceled": _nothing,
    "workflow-execution-update-completed": _nothing,
    "workflow-execution-continued-as-new": _nothing,
    "workflow-execution-completed": _nothing,
    "workflow-execution-failed": _nothing,
}
"""Events that a command of the workflow has led to; the others are the world's."""


def _periods(found: Any, *names: str) -> Iterator[str]:
    for name in names:
        period: Duration = getattr(found, name)
        if period.ToTimedelta():
            yield f"{name}={period.ToTimedelta().total_seconds():g}"


def _retries(policy: RetryPolicy) -> str:
    longest = policy.maximum_interval.ToTimedelta().total_seconds()
    return f"attempts={policy.maximum_attempts} up-to={longest:g}"


def record_of(version: int) -> Path:
    return FOLDER / f"{version}.json"


def name_of(life: Life) -> str:
    return life.__name__.replace("_", "-")


async def _all(address: str) -> dict[str, list[str]]:
    return {name_of(life): await lived(life, address) for life in LIVED}


def main() -> None:
    file = record_of(COMMANDS)
    if file.exists():
        sys.exit(f"{file.name} has been recorded before; raise COMMANDS in workflows/version.py.")
    if len(sys.argv) != 2 or not (record.HISTORIES / sys.argv[1]).is_dir():
        sys.exit("Name the folder of tests/histories that was recorded with these commands.")
    with running_server() as address:
        found = asyncio.run(_all(address))
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"histories": sys.argv[1], "lives": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
