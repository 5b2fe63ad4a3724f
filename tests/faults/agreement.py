"""Do engine and database say the same, and does every process go on? Each function returns what is wrong.

They ask the running parts, read only, and know nothing of how a divergence came about.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError

from models.process.relationship.base import RUNNING
from models.process.relationship.view import RelationshipView
from models.process.request.state import OPEN
from models.process.request.view import RequestView
from models.store import relationships, requests
from models.store.database import Database
from models.store.processes import PlaceRow, RelationshipRow, RequestRow, TimelineRow
from workflows import attributes

View = RequestView | RelationshipView
VIEWS: dict[str, type[View]] = {"Request": RequestView, "Relationship": RelationshipView}
ANSWER_SECONDS = 30
AT_ONCE = 8
"""How many processes are asked at the same time."""
LATE = timedelta(seconds=20)
"""How far a date may lie back on a machine that does much else."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the engine says of one process: its last run, and the view that it answers with, if it does.

    A request that is sent once more after its end begins a run that is refused and was never a process.
    """

    process_id: str
    workflow_id: str
    is_running: bool
    view: View | None
    next_at: datetime | None


Runs = dict[str, list[WorkflowExecution]]


async def runs_of(client: Client) -> Runs:
    """The runs of every process, open or closed, newest first, by process id."""
    found: Runs = defaultdict(list)
    async for run in client.list_workflows():
        found[run.typed_search_attributes.get(attributes.PROCESS) or run.id].append(run)
    return {key: sorted(runs, key=lambda run: run.start_time, reverse=True) for key, runs in found.items()}


async def told(client: Client, found: Runs) -> dict[str, Told]:
    """Asks every process how it stands."""
    free = asyncio.Semaphore(AT_ONCE)

    async def ask(process_id: str, runs: list[WorkflowExecution]) -> Told:
        async with free:
            answers = [_told(process_id, run, await _view(client, run)) for run in runs]
        return next((one for one in answers if one.view is None or one.view.version), answers[0])

    asked = await asyncio.gather(*(ask(process_id, runs) for process_id, runs in found.items()))
    return {one.process_id: one for one in asked}


def _told(process_id: str, run: WorkflowExecution, view: View | None) -> Told:
    running = run.status is WorkflowExecutionStatus.RUNNING
    return Told(process_id, run.id, running, view, run.typed_search_attributes.get(attributes.NEXT_AT))


async def _view(client: Client, run: WorkflowExecution) -> View | None:
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer: View = await handle.query("view", result_type=VIEWS[run.workflow_type])
            return answer
    except (RPCError, TimeoutError):
        return None


async def stuck(client: Client, found: dict[str, Told]) -> list[str]:
    """Processes that do not answer, or are open and fail, wait for nothing, or have missed their date."""
    wrong = [f"{one.process_id}: does not answer" for one in found.values() if one.view is None]
    for one in found.values():
        if one.is_running and one.view is not None:
            wrong += [f"{one.process_id}: {what}" async for what in _hindered(client, one, one.view)]
    return wrong


async def _hindered(client: Client, one: Told, view: View) -> AsyncIterator[str]:
    raw = (await client.get_workflow_handle(one.workflow_id).describe()).raw_description
    if raw.HasField("pending_workflow_task") and raw.pending_workflow_task.attempt > 1:
        yield f"its workflow task fails, attempt {raw.pending_workflow_task.attempt}"
    for activity in raw.pending_activities:
        yield f"{activity.activity_type.name} is not done, attempt {activity.attempt}"
    if view.version == 0:
        yield "is open and was never recorded"
    next_at = view.next_at if isinstance(view, RelationshipView) else _next_of(view)
    if next_at is None and not _may_wait_for_ever(view):
        yield f"waits in {view.state} without a date"
    elif next_at is not None and next_at < datetime.now(UTC) - LATE:
        yield f"its date {next_at} has passed"
    if next_at != one.next_at:
        yield f"the engine lists {one.next_at} as its next date, which is {next_at}"


def _next_of(view: RequestView) -> datetime | None:
    return view.next_reminder_at or view.closes_at


def _may_wait_for_ever(view: View) -> bool:
    return isinstance(view, RelationshipView) and view.state == "active"


async def disagreeing(database: Database, found: dict[str, Told]) -> list[str]:
    """Every process, open or closed, against its rows; and every row against the processes."""
    rows = await rows_of(database)
    views = {key: one.view for key, one in found.items() if one.view is not None and one.view.version > 0}
    wrong = [f"{key}: is in the database and not in the engine" for key in rows.keys() - views.keys()]
    wrong += [f"{key}: is in the engine and not in the database" for key in views.keys() - rows.keys()]
    for key in rows.keys() & views.keys():
        for field, (ours, theirs) in differences(rows[key], views[key]).items():
            wrong.append(f"{key}: {field} is {ours!r} in the database and {theirs!r} in the engine")
    wrong += [
        f"{key}: is open in the database, and its process has ended"
        for key in rows.keys() & found.keys()
        if not found[key].is_running and is_open(rows[key])
    ]
    return wrong


def is_open(view: View) -> bool:
    return view.state in OPEN if isinstance(view, RequestView) else view.state in RUNNING


def differences(ours: BaseModel, theirs: BaseModel) -> dict[str, tuple[Any, Any]]:
    """Field -> both values, where two views are not the same."""
    one, other = ours.model_dump(mode="json"), theirs.model_dump(mode="json")
    return {field: (one[field], other[field]) for field in one if one[field] != other[field]}


async def rows_of(database: Database) -> dict[str, View]:
    """Every projection as the view that it is of, by process id."""
    with database.reading() as session:
        found: dict[str, View] = {
            row.id: requests.view_of(row) for row in session.scalars(select(RequestRow))
        }
        rows = list(session.scalars(select(RelationshipRow)))
        for programme_id in {row.programme_id for row in rows}:
            wanted = relationships.Wanted(programme_id, limit=len(rows))
            found |= {one.view.id: one.view for one in relationships.page(session, wanted)}
    return found


async def misplaced(database: Database) -> list[str]:
    """Places that are held by nobody, or not held by somebody who works together."""
    with database.reading() as session:
        held = set(session.scalars(select(PlaceRow.relationship_id).where(PlaceRow.released_at.is_(None))))
        rows = list(session.scalars(select(RelationshipRow)))
    running = {row.id for row in rows if row.state in RUNNING}
    return [f"{key}: holds places and does not run" for key in held - running] + [
        f"{key}: runs and holds no places" for key in running - held
    ]


async def gappy(database: Database) -> list[str]:
    """Timelines that are not 1, 2, 3 ... up to the version that the projection shows."""
    rows = await rows_of(database)
    seqs: dict[str, list[int]] = {key: [] for key in rows}
    with database.reading() as session:
        query = select(TimelineRow.process_id, TimelineRow.seq).order_by(TimelineRow.seq)
        for process_id, seq in session.execute(query):
            seqs.setdefault(process_id, []).append(seq)
    versions = {key: row.version for key, row in rows.items()}
    return [
        f"{key}: its timeline has {found}, its projection has version {versions.get(key)}"
        for key, found in seqs.items()
        if found != list(range(1, versions.get(key, 0) + 1))
    ]
