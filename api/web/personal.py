"""What the API asks of the engine about a person's own data: erasures and exports."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.process import names
from models.process.effects import ExportDiscarded
from workflows.erasure import ErasureWorkflow
from workflows.export import ExportWorkflow
from workflows.messages import ErasureInput, ErasureView, ExportInput, ExportView, KeepData

CALL = timedelta(seconds=10)

T = TypeVar("T")
Handle = WorkflowHandle[Any, Any]


class PersonalProcesses:
    """The part of the gateway that is about people; `_act` bounds a call and says what is true of it."""

    _client: Client

    async def _act(self, sent: Awaitable[T]) -> T:
        raise NotImplementedError

    async def begin_erasure(
        self, person_id: str, grace: timedelta, *, by_operator: bool = False
    ) -> ErasureView:
        """Starts it, once for each person; answers when they are signed out everywhere.

        Nothing comes of it where the database does not know that it is wanted (`erasing.ask`).
        """
        start: Any = WithStartWorkflowOperation(
            ErasureWorkflow.run,
            ErasureInput(person_id=person_id, grace=grace, by_operator=by_operator),
            id=names.erasure_workflow(person_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return await self._act(
            self._client.execute_update_with_start_workflow(
                ErasureWorkflow.begun, start_workflow_operation=start, rpc_timeout=CALL
            )
        )

    async def keep_data(self, person_id: str) -> ErasureView:
        """Calls an erasure off. Raises IllegalMove when it has begun or is over."""
        handle: Handle = self._client.get_workflow_handle(names.erasure_workflow(person_id))

        async def keep() -> ErasureView:
            view: ErasureView = await handle.query(ErasureWorkflow.view, rpc_timeout=CALL)
            which = KeepData(person_id=person_id, begins_at=view.begins_at)
            return await handle.execute_update(ErasureWorkflow.keep, which, rpc_timeout=CALL)

        return await self._act(keep())

    async def begin_export(self, person_id: str, export_id: str) -> ExportView:
        """Starts one that the database knows of (`exporting.ask`), or answers with the one that there is."""
        start: Any = WithStartWorkflowOperation(
            ExportWorkflow.run,
            ExportInput(person_id=person_id, export_id=export_id),
            id=names.export_workflow(person_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return await self._act(
            self._client.execute_update_with_start_workflow(
                ExportWorkflow.begun, start_workflow_operation=start, rpc_timeout=CALL
            )
        )

    async def delete_export(self, person_id: str) -> ExportView:
        """Deletes the copy before its time. Raises IllegalMove when there is none."""
        handle: Handle = self._client.get_workflow_handle(names.export_workflow(person_id))

        async def delete() -> ExportView:
            view: ExportView = await handle.query(ExportWorkflow.view, rpc_timeout=CALL)
            which = ExportDiscarded(export_id=view.export_id)
            return await handle.execute_update(ExportWorkflow.deleted, which, rpc_timeout=CALL)

        return await self._act(delete())
