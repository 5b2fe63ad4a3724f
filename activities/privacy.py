"""Activities that take a person out of the database and of the engine. Each can run twice with one effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.messages import ErasureStart, Histories, LastWord, OfPerson, Run
from models.mails.frame import ReleaseCause
from models.process import names
from models.process.actors import Role
from models.process.effects import ExportDiscarded, Overtaken
from models.process.relationship.commands import PartyLeft
from models.store import erasing
from models.store.database import Database
from models.store.erasing import Asked, Process

CALL = timedelta(seconds=10)
BATCH = 100
LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Erasing:
    """`client` reaches the engine; `wake_mail` is called after mails were queued."""

    database: Database
    client: Client
    wake_mail: Callable[[], None]

    @activity.defn(name="begin-erasure")
    async def begin_erasure(self, asked: ErasureStart) -> bool:
        """Signs the person out and hides them; False where no row asks for the erasure."""
        wanted = Asked(asked.person_id, asked.now, asked.begins_at, asked.by_operator)
        found = await self.database.write(lambda session: erasing.begin(session, wanted))
        self.wake_mail()
        return found is not None

    @activity.defn(name="keep-data")
    async def keep_data(self, who: OfPerson) -> None:
        """Calls the erasure off."""
        await self.database.write(lambda session: erasing.keep(session, who.person_id, who.now))

    @activity.defn(name="leave-processes")
    async def leave_processes(self, who: OfPerson) -> int:
        """Tells every process of the person that they are leaving; says how many took it."""
        left = await self.database.write(lambda session: _left(session, who))
        if left is None:
            return 0
        known, copies = left
        found = {one.workflow_id: one for one in known}
        async for one in self._running(who.person_id):
            found.setdefault(one.workflow_id, one)
        told = [await self._tell(one) for one in found.values()]
        for person_id, export_id in copies:
            await self._signal(
                names.export_workflow(person_id), names.DISCARD, ExportDiscarded(export_id=export_id)
            )
        self.wake_mail()
        return sum(told)

    @activity.defn(name="farewells-waiting")
    async def farewells_waiting(self, who: OfPerson) -> int:
        """How many mails that tell the other sides are still to leave; they speak of the person by name."""
        return await self.database.read(lambda session: erasing.farewells_waiting(session, who.person_id))

    @activity.defn(name="erase-person")
    async def erase_person(self, who: OfPerson) -> None:
        await self.database.write(lambda session: erasing.erase(session, who.person_id, who.now))
        await self.database.sweep()

    @activity.defn(name="find-histories")
    async def find_histories(self, who: OfPerson) -> Histories:
        """What the engine keeps of the person's processes, and of others' where they wrote and that ended."""
        ended, running = [], 0
        is_locked = await self.database.read(lambda session: erasing.is_locked(session, who.person_id))
        if not is_locked:
            return Histories(ended=(), running=0)
        own = f"{names.MENTEE} = '{who.person_id}' OR {names.MENTOR} = '{who.person_id}'"
        for query in (own, f"WorkflowId = 'export/{who.person_id}'"):
            async for found in self.client.list_workflows(query, limit=BATCH, rpc_timeout=CALL):
                run = Run(workflow_id=found.id, run_id=found.run_id)
                if found.status is WorkflowExecutionStatus.RUNNING:
                    running += 1
                else:
                    ended.append(run)
        if not ended:
            ended = await self._written_in(who.person_id)
        return Histories(ended=tuple(ended), running=running)

    @activity.defn(name="delete-histories")
    async def delete_histories(self, found: Histories) -> None:
        """Deletes these runs and returns when the engine does not know them any more."""
        for run in found.ended:
            await self._delete(run)
            activity.heartbeat()
        for run in found.ended:
            while await self._is_known(run):
                activity.heartbeat()
                await asyncio.sleep(LOOK_SECONDS)

    @activity.defn(name="confirm-erasure")
    async def confirm_erasure(self, who: OfPerson) -> None:
        await self.database.write(lambda session: erasing.confirm(session, who.person_id, who.now))
        self.wake_mail()

    @activity.defn(name="forget-address")
    async def forget_address(self, word: LastWord) -> bool:
        """Whether the last mail has left, and the address with it."""
        gone = await self.database.write(
            lambda session: erasing.forget_address(session, word.person_id, at_any_rate=word.at_any_rate)
        )
        if gone:
            await self.database.sweep()
        return gone

    async def _running(self, person_id: str) -> Any:
        """Processes that go on although the database does not say so: one that is being opened just now."""
        for side, name in ((Role.MENTEE, names.MENTEE), (Role.MENTOR, names.MENTOR)):
            query = f"{name} = '{person_id}' AND ExecutionStatus = 'Running'"
            async for found in self.client.list_workflows(query, rpc_timeout=CALL):
                attributes: dict[str, Any] = {
                    pair.key.name: pair.value for pair in found.typed_search_attributes
                }
                kind = found.workflow_type.lower()
                yield Process(kind, attributes[names.PROCESS], found.id, side)

    async def _tell(self, one: Process) -> bool:
        side = Role(one.side)
        if one.kind != "request":
            return await self._signal(
                one.workflow_id, names.PARTY_LEFT, PartyLeft(side=side, process_id=one.process_id)
            )
        cause = ReleaseCause.MENTEE_LEFT if side is Role.MENTEE else ReleaseCause.MENTOR_LEFT
        left = Overtaken(process_id=one.process_id, workflow_id=one.workflow_id, cause=cause)
        return await self._signal(one.workflow_id, names.OVERTAKEN, left)

    async def _signal(self, workflow_id: str, name: str, what: Any) -> bool:
        """False when the engine has no such process, or not any more."""
        handle = self.client.get_workflow_handle(workflow_id)
        try:
            await handle.signal(name, what, rpc_timeout=CALL)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True

    async def _written_in(self, person_id: str) -> list[Run]:
        processes = await self.database.read(lambda session: erasing.processes_written_in(session, person_id))
        for some in _batches(processes, 50):
            ids = ", ".join(f"'{one}'" for one in some)
            query = f"{names.PROCESS} IN ({ids}) AND ExecutionStatus != 'Running'"
            runs = self.client.list_workflows(query, limit=BATCH, rpc_timeout=CALL)
            if found := [Run(workflow_id=run.id, run_id=run.run_id) async for run in runs]:
                return found
        return []

    async def _delete(self, run: Run) -> None:
        request = DeleteWorkflowExecutionRequest(
            namespace=self.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=run.workflow_id, run_id=run.run_id),
        )
        try:
            await self.client.workflow_service.delete_workflow_execution(request, timeout=CALL)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _is_known(self, run: Run) -> bool:
        handle = self.client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
        try:
            await handle.describe(rpc_timeout=CALL)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True


def _left(session: Session, who: OfPerson) -> tuple[list[Process], list[tuple[str, str]]] | None:
    """The open processes and the copies that tell of the person; None for somebody who stays."""
    if not erasing.is_locked(session, who.person_id):
        return None
    erasing.leave(session, who.person_id, who.now)
    processes = erasing.open_processes(session, who.person_id)
    return processes, erasing.copies_about(session, who.person_id)


def _batches(all_of_them: list[str], size: int) -> Iterable[list[str]]:
    return (all_of_them[start : start + size] for start in range(0, len(all_of_them), size))
