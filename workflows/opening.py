"""Begins requests for activities, which know no workflow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError

from models.process import errors, names
from models.process.request.state import Request
from workflows.messages import RequestInput
from workflows.request import RequestWorkflow, request_attributes

SECONDS = 15


def pair_opener(client: Client) -> Callable[[Request], Awaitable[str]]:
    """What begins the request of two who were paired; it goes on by itself until it is accepted.

    Its answer is the sentence of the rule that stands against it, or nothing.
    """

    async def open_pair(request: Request) -> str:
        start: Any = WithStartWorkflowOperation(
            RequestWorkflow.run,
            RequestInput(request=request, durable=True),
            id=names.request_workflow(request.programme_id, request.mentee_id, request.mentor_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=request_attributes(request),
        )
        try:
            async with asyncio.timeout(SECONDS):
                await client.execute_update_with_start_workflow(
                    RequestWorkflow.opened, request.id, start_workflow_operation=start
                )
        except WorkflowUpdateFailedError as error:
            return _refusal_in(error)
        return ""

    return open_pair


def _refusal_in(error: WorkflowUpdateFailedError) -> str:
    """The sentence of a rule. Raises what is none: that an earlier request of the two is ending, say."""
    cause = error.cause
    if isinstance(cause, ApplicationError):
        packed: Any = (*cause.details, None, None, None)[2]
        if known := errors.from_name(cause.type, cause.message, None, (), packed):
            return known.sentence
    raise error
