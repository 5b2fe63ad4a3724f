"""What the API asks of the engine about drafts."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.process import names
from models.process.draft.state import DraftAct
from workflows.draft import DraftWorkflow
from workflows.messages import DraftDone, DraftInput, DraftView

CALL = timedelta(seconds=10)

T = TypeVar("T")


class DraftProcesses:
    """The part of the gateway that is about drafts; `_act` bounds a call and says what is true of it."""

    _client: Client

    async def _act(self, sent: Awaitable[T]) -> T:
        raise NotImplementedError

    async def do_with_draft(self, draft_id: str, act: DraftAct | None, actor_id: str) -> DraftView:
        """Acts on a draft that the database knows. Its process is started where there is none, or none any
        more: it goes on from what is in the database. Raises IllegalMove."""
        start: Any = WithStartWorkflowOperation(
            DraftWorkflow.run,
            DraftInput(draft_id=draft_id),
            id=names.draft_workflow(draft_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return await self._act(
            self._client.execute_update_with_start_workflow(
                DraftWorkflow.done,
                DraftDone(draft_id=draft_id, what=act, actor_id=actor_id),
                start_workflow_operation=start,
                rpc_timeout=CALL,
            )
        )
