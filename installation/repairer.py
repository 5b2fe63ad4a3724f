"""What is done about a process on which the engine and the database disagree. Each act can run twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.resaving import ProcessRecord, Resave
from installation.cases import Case
from installation.comparing import AnySnapshot, Known
from installation.list_repair import ListRepair
from installation.processes import Processes
from models.process import names
from models.process.relationship.state import Relationship
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.process.resuming import relationship_from, relationship_of, request_from
from models.store import stored_processes
from models.store.database import Database
from models.store.stored_processes import Kind, StoredProcess, StrayPlace
from workflows.messages import RelationshipInput, RelationshipSnapshot, RequestInput
from workflows.relationship import RelationshipWorkflow, relationship_attributes
from workflows.request import RequestWorkflow, request_attributes

START_SECONDS = 10.0
REASON = "steadfast doctor --repair: the database knows more of this process than the engine"


class Repairer:
    """`clock` is the wall clock. All acts raise IntegrityError, WorkflowAlreadyStartedError, NoResultFound or
    a ProcessError where something stands against them."""

    def __init__(
        self, client: Client, database: Database, processes: Processes, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._database = database
        self._processes = processes
        self._resave = Resave(database, clock)
        self._clock = clock

    async def save_again(
        self, kind: Kind, workflow_id: str, known: Known, kept: StoredProcess | None
    ) -> None:
        """Saves the state that the process answers with, and what is missing of its earlier runs."""
        last = known.snapshot
        if last is None:
            return
        first = min((entry.seq for entry in last.entries), default=last.process.entries + 1)
        told = kept.told if kept else {}
        parts: list[AnySnapshot] = []
        if any(seq not in told for seq in range(1, first)):
            parts = await self._processes.earlier(kind, last.process.id, known.run_id)
        parts.append(last)
        await self._resave.save_again(
            ProcessRecord(
                process=last.process,
                workflow_id=workflow_id,
                entries=[entry for part in parts for entry in part.entries],
                mails=[order for part in parts for order in part.mails],
                answers=[a for part in parts if isinstance(part, RelationshipSnapshot) for a in part.answers],
            )
        )

    async def take_up(self, kind: Kind, workflow_id: str, known: Known, kept: StoredProcess | None) -> None:
        """Starts a process again: from its last run, should that know as much as the database, else from the
        database."""
        if kept is None:
            return
        last = known.snapshot
        if last and last.process.version >= max(kept.version, 1):
            await self._start(last.process, last, workflow_id)
        else:
            await self._start(await self._state(kept), None, workflow_id)

    async def put_back(self, kind: Kind, workflow_id: str, known: Known, kept: StoredProcess | None) -> None:
        """Ends a process that has forgotten what the database knows; it starts from there if it goes on."""
        if kept is None:
            return
        if kept.needs_process:
            state = await self._state(kept)
            await self._start(state, known.snapshot, workflow_id, ends=True)
            return
        handle = self._client.get_workflow_handle(workflow_id, run_id=known.run_id)
        try:
            async with asyncio.timeout(START_SECONDS):
                await handle.terminate(reason=REASON, rpc_timeout=timedelta(seconds=START_SECONDS))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def begin(self, kept: StoredProcess, request: Known, known: Known) -> None:
        """Starts the relationship of `kept`, an accepted request."""
        if known.snapshot and isinstance(known.snapshot.process, Relationship):
            state = known.snapshot.process
        else:
            asked = request.snapshot.process if request.snapshot else await self._state(kept)
            view = kept.view
            if not isinstance(asked, Request) or not isinstance(view, RequestView):
                return
            started_at = view.decided_at or self._clock()
            state = relationship_of(asked, view.relationship_id or "", started_at)
        await self._start(state, None, names.relationship_workflow(state.id))

    def lists(self, *, mends: bool) -> AsyncIterator[Case]:
        """The shortlists that are open without a process."""
        return ListRepair(self._client, self._database).run(mends=mends)

    async def place(self, astray: StrayPlace) -> None:
        def work(session: Session) -> None:
            act = stored_processes.give_place_back if astray.is_held else stored_processes.hold_place
            act(session, astray)

        await self._database.write(work)

    async def _state(self, kept: StoredProcess) -> Request | Relationship:
        if found := kept.process:
            return found
        rules = await self._database.read(
            lambda session: stored_processes.rules_for(session, kept, self._clock())
        )
        if isinstance(kept.view, RequestView):
            return request_from(kept.view, rules)
        return relationship_from(kept.view, rules, kept.reminded)

    async def _start(
        self,
        state: Request | Relationship,
        last: AnySnapshot | None,
        workflow_id: str,
        *,
        ends: bool = False,
    ) -> None:
        """`last` knows the keys of acts. `ends`: in place of the process that runs under this id."""
        policy = WorkflowIDConflictPolicy.TERMINATE_EXISTING if ends else WorkflowIDConflictPolicy.FAIL
        keys: dict[str, Any] = last.model_dump(include={"handled", "hashes"}) if last else {}
        resumed = state.version > 0
        kind: Any
        if isinstance(state, Request):
            kind, attributes = RequestWorkflow, request_attributes(state)
            given: Any = RequestInput(request=state, resumed=resumed, durable=True, **keys)
        else:
            kind, attributes = RelationshipWorkflow, relationship_attributes(state)
            given = RelationshipInput(relationship=state, resumed=resumed, durable=True, **keys)
        async with asyncio.timeout(START_SECONDS):
            await self._client.start_workflow(
                kind.run,
                given,
                id=workflow_id,
                task_queue=names.TASK_QUEUE,
                id_conflict_policy=policy,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                search_attributes=attributes,
                rpc_timeout=timedelta(seconds=START_SECONDS),
            )
