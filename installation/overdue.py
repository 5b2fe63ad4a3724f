"""Erasures that nothing carries out any more: their day is over, and the engine has no process for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from installation.erasing import engine_of
from installation.findings import Finding, wrong
from installation.operations import opened
from installation.probes import SECONDS
from models.operator_error import OperatorError
from models.process.names import erasure_workflow
from models.store import erasing
from settings import Settings

ENOUGH = 20
"""Erasures that are looked at, the oldest first: what to do about them is clear by then."""


async def erasures(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for each; none where a store cannot be asked, which has a finding of its own."""
    try:
        async with opened(settings) as database:
            due = await database.read(lambda session: erasing.overdue(session, datetime.now(UTC), ENOUGH))
        if not due:
            return
        client = await engine_of(settings, timedelta(seconds=SECONDS))
        for row in due:
            if not await _is_carried_out(client, row.person_id):
                yield _stands_still(row.person_id, row.begins_at)
    except (OperatorError, RPCError):
        return


async def _is_carried_out(client: Client, person_id: str) -> bool:
    handle = client.get_workflow_handle(erasure_workflow(person_id))
    try:
        described = await handle.describe(rpc_timeout=timedelta(seconds=SECONDS))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return described.status is WorkflowExecutionStatus.RUNNING


def _stands_still(person_id: str, begins_at: datetime) -> Finding:
    begins = f"{begins_at:%Y-%m-%d %H:%M} UTC"
    return wrong(
        "erasure",
        f"That of {person_id} was to begin at {begins}, is not done, and has no process any more: "
        f"run `steadfast erase {person_id} --now`, which does what is left.",
    )
