"""Which open requests wait too long: asked of the engine, page by page."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from api.failures import EngineDown
from models.process.errors import Invalid
from workflows import names

LIST_SECONDS = 5.0
SEAL_BYTES = 4


@dataclass(frozen=True, slots=True)
class StalledRequest:
    """One open request as the engine knows it. `next_what`: reminder, expiry, or None for neither."""

    request_id: str
    mentee_id: str
    mentor_id: str
    state: str
    since: datetime
    next_at: datetime | None
    next_what: str | None
    last_event: str


@dataclass(frozen=True, slots=True)
class StalledPage:
    items: list[StalledRequest]
    next: str | None


@dataclass(frozen=True, slots=True)
class StalledFilter:
    """`waiting_since`: only those whose present wait began at or before. Ids are UUIDs."""

    programme_id: str
    waiting_since: datetime
    state: str | None = None
    mentor_id: str | None = None
    mentee_id: str | None = None

    def query(self) -> str:
        """The visibility query. All that comes from outside is checked to be an id or a known state."""
        old = f"{names.SINCE.name} <= '{self.waiting_since.isoformat()}'"
        parts = [
            "WorkflowType = 'Request'",
            "ExecutionStatus = 'Running'",
            f"{names.PROGRAMME.name} = '{UUID(self.programme_id)}'",
            # What was left to the admins waits for nobody else, so it need not wait for long first.
            f"({old} OR {names.LAST_EVENT.name} = 'RequestLeftToAdmins')",
        ]
        if self.state:
            if self.state not in {"pending", "amendment_requested"}:
                raise Invalid("An open request is pending or amendment_requested.", field="state")
            parts.append(f"{names.STATE.name} = '{self.state}'")
        for key, field, value in (
            (names.MENTOR, "mentor", self.mentor_id),
            (names.MENTEE, "mentee", self.mentee_id),
        ):
            if value:
                parts.append(f"{key.name} = '{_checked_id(value, field)}'")
        return " AND ".join(parts)


async def list_stalled(client: Client, wanted: StalledFilter, limit: int, cursor: str | None) -> StalledPage:
    """Open requests that wait, newest first. Raises Invalid for a bad cursor, EngineDown."""
    pages = client.list_workflows(
        wanted.query(),
        page_size=limit,
        next_page_token=_decoded(cursor),
        rpc_timeout=timedelta(seconds=LIST_SECONDS),
    )
    try:
        async with asyncio.timeout(LIST_SECONDS):
            await pages.fetch_next_page(page_size=limit)
    except RPCError as error:
        if error.status is RPCStatusCode.INVALID_ARGUMENT and cursor:
            raise _bad_cursor() from error
        raise EngineDown from error
    except TimeoutError as error:
        raise EngineDown from error
    token = pages.next_page_token
    return StalledPage(
        items=[_stalled(execution) for execution in pages.current_page or ()],
        next=_encoded(token) if token else None,
    )


def _stalled(execution: WorkflowExecution) -> StalledRequest:
    found = execution.typed_search_attributes
    return StalledRequest(
        request_id=found[names.PROCESS],
        mentee_id=found[names.MENTEE],
        mentor_id=found[names.MENTOR],
        state=found[names.STATE],
        since=found[names.SINCE],
        next_at=found.get(names.NEXT_AT),
        next_what=found.get(names.NEXT_WHAT),
        last_event=found.get(names.LAST_EVENT) or "",
    )


def _checked_id(value: str, field: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Invalid("This is not the id of a person.", field=field) from None


def _encoded(token: bytes) -> str:
    return base64.urlsafe_b64encode(_seal(token) + token).decode()


def _decoded(cursor: str | None) -> bytes | None:
    if not cursor:
        return None
    try:
        sealed = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _bad_cursor() from None
    token = sealed[SEAL_BYTES:]
    if not token or _seal(token) != sealed[:SEAL_BYTES]:
        raise _bad_cursor()
    return token


def _seal(token: bytes) -> bytes:
    """Tells a cursor of ours from a typing error, which the engine takes seconds to refuse, as "unknown"."""
    return hashlib.sha256(token).digest()[:SEAL_BYTES]


def _bad_cursor() -> Invalid:
    return Invalid(
        "This cursor is not one that was given out; start the list again without it.", field="cursor"
    )
