"""What the engine knows of the processes: its lists, page by page, and the word of each run.

Every question is bounded in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionCount,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from installation.comparing import AnySnapshot, Known, Run
from models.operator_error import OperatorError
from models.store.stored_processes import Kind, Summary
from workflows import attributes
from workflows.messages import RelationshipSnapshot, RequestSnapshot

PAGE = 200
ASK_SECONDS = 20.0
"""A process that is not in a worker's memory is first replayed."""
TYPES: dict[Kind, str] = {"request": "Request", "relationship": "Relationship"}
SNAPSHOTS: dict[Kind, type[RequestSnapshot] | type[RelationshipSnapshot]] = {
    "request": RequestSnapshot,
    "relationship": RelationshipSnapshot,
}

_SHOWN = "ExecutionStatus IN ('Running', 'Completed')"
_GONE = (RPCStatusCode.NOT_FOUND,)


class WorkersTooOld(OperatorError):
    def __init__(self) -> None:
        super().__init__(
            "A worker does not know the question that the comparison asks, so it runs an older version: "
            "restart all workers with this version, and try again."
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """One run as the engine's lists show it; `glance` is None for one that never became a process."""

    process_id: str
    workflow_id: str
    run_id: str
    is_running: bool
    glance: Summary | None


class Processes:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._timeout = timedelta(seconds=ASK_SECONDS)

    async def count(self) -> int:
        """Of all that `pages` gives, both kinds together."""
        found = 0
        for kind in TYPES:
            async with asyncio.timeout(ASK_SECONDS):
                counted: WorkflowExecutionCount = await self._client.count_workflows(
                    _query(kind, _SHOWN), rpc_timeout=self._timeout
                )
            found += counted.count
        return found

    async def pages(self, kind: Kind) -> AsyncIterator[list[Listed]]:
        """All processes that run or have ended by themselves, as long as the engine keeps them."""
        found = self._client.list_workflows(_query(kind, _SHOWN), page_size=PAGE, rpc_timeout=self._timeout)
        while True:
            async with asyncio.timeout(ASK_SECONDS):
                await found.fetch_next_page()
            yield [_listed(kind, execution) for execution in found.current_page or ()]
            if not found.next_page_token:
                return

    async def running(self, kind: Kind, process_ids: Collection[str]) -> set[str]:
        """Which of the processes have a run that goes on, as far as the lists know already."""
        if not process_ids:
            return set()
        ids = ", ".join(f"'{UUID(each)}'" for each in sorted(process_ids))
        condition = f"ExecutionStatus = 'Running' AND {attributes.PROCESS.name} IN ({ids})"
        return {one.process_id async for one in self._found(kind, condition)}

    async def known(self, kind: Kind, process_id: str, workflow_id: str) -> Known:
        """The last run of a process, with its word. Raises RPCError, TimeoutError, WorkersTooOld."""
        described = await self._described(workflow_id)
        if described is not None and described.typed_search_attributes.get(attributes.PROCESS) == process_id:
            working = described.raw_description.HasField("pending_workflow_task")
            return await self._asked(kind, described, working)
        runs = [run async for run in self._executions(kind, _of(process_id)) if not _is_followed(run)]
        if not runs:
            return Known(Run.NONE)
        return await self._asked(kind, max(runs, key=lambda run: run.start_time), is_working=False)

    async def earlier(self, kind: Kind, process_id: str, last_run: str) -> list[AnySnapshot]:
        """The word of the runs before the last one, oldest first, as far as the engine still has them."""
        runs = [run async for run in self._executions(kind, _of(process_id)) if run.run_id != last_run]
        found = [await self._snapshot(kind, run) for run in sorted(runs, key=lambda run: run.start_time)]
        return [snapshot for snapshot in found if snapshot]

    async def _asked(self, kind: Kind, run: WorkflowExecution, is_working: bool) -> Known:
        stands = _standing(run.status)
        return Known(stands, run.run_id, is_working, await self._snapshot(kind, run))

    async def _described(self, workflow_id: str) -> WorkflowExecutionDescription | None:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await handle.describe(rpc_timeout=self._timeout)
        except RPCError as error:
            if error.status in _GONE:
                return None
            raise

    async def _snapshot(self, kind: Kind, run: WorkflowExecution) -> AnySnapshot | None:
        handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
        try:
            async with asyncio.timeout(ASK_SECONDS):
                found: AnySnapshot = await handle.query(
                    "snapshot", result_type=SNAPSHOTS[kind], rpc_timeout=self._timeout
                )
                return found
        except WorkflowQueryFailedError as error:
            raise WorkersTooOld from error
        except RPCError as error:
            if error.status in _GONE:
                return None
            raise

    async def _found(self, kind: Kind, condition: str) -> AsyncIterator[Listed]:
        async for execution in self._executions(kind, condition):
            yield _listed(kind, execution)

    async def _executions(self, kind: Kind, condition: str) -> AsyncIterator[WorkflowExecution]:
        found = self._client.list_workflows(
            _query(kind, condition), page_size=PAGE, rpc_timeout=self._timeout
        )
        while True:
            async with asyncio.timeout(ASK_SECONDS):
                await found.fetch_next_page()
            for execution in found.current_page or ():
                yield execution
            if not found.next_page_token:
                return


def _of(process_id: str) -> str:
    return f"{attributes.PROCESS.name} = '{UUID(process_id)}'"


def _query(kind: Kind, condition: str) -> str:
    return f"WorkflowType = '{TYPES[kind]}' AND {condition}"


def _is_followed(run: WorkflowExecution) -> bool:
    return run.status is WorkflowExecutionStatus.CONTINUED_AS_NEW


def _standing(status: WorkflowExecutionStatus | None) -> Run:
    if status in {WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW}:
        return Run.OPEN
    return Run.ENDED if status is WorkflowExecutionStatus.COMPLETED else Run.BROKEN


def _listed(kind: Kind, run: WorkflowExecution) -> Listed:
    found = run.typed_search_attributes
    state = found[attributes.STATE]
    is_running = run.status is WorkflowExecutionStatus.RUNNING
    was_refused = kind == "request" and not is_running and state == "pending"
    shown = Summary(
        state=state,
        since=found[attributes.SINCE],
        next_at=found.get(attributes.NEXT_AT),
        last_event=found.get(attributes.LAST_EVENT) or "",
        is_whole=True,
    )
    return Listed(found[attributes.PROCESS], run.id, run.run_id, is_running, None if was_refused else shown)


def is_alike(kind: Kind, listed: Summary, kept: Summary | None) -> bool:
    """Whether a row can be that of this run; the lists name no last event of a relationship."""
    if kept is None or not kept.is_whole:
        return False
    same_event = kind == "relationship" or listed.last_event == kept.last_event
    return (
        same_event
        and listed.state == kept.state
        and _together(listed.since, kept.since)
        and _together(listed.next_at, kept.next_at)
    )


def _together(one: datetime | None, other: datetime | None) -> bool:
    """The engine's lists keep fewer digits of a second than the database."""
    if one is None or other is None:
        return one is other
    return abs(one - other) < timedelta(seconds=1)
