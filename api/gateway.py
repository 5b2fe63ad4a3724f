"""The only part of the API that talks to the engine: starts requests, sends acts, asks what is stalled.

What comes back is a view, an error of `models.process.errors`, or one of two honest failures: `EngineDown`
(nothing was recorded) and `Unconfirmed` (it may have been; the same key sent again settles it).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecution,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.personal import PersonalProcesses
from models.process import errors
from models.process.actors import Actor
from models.process.commands import Command
from models.process.errors import AlreadyOpen, IllegalMove, Invalid, ProcessError
from models.process.request import Request
from models.process.views import RelationshipView, RequestView
from workflows import names
from workflows.messages import Act, RequestInput
from workflows.request import RequestWorkflow, request_attributes

ACT_SECONDS = 10.0
"""How long somebody who acts is kept waiting at the most."""
LANES = 4
"""Acts that may be on their way to one process at a time. A server takes ten and sends the others back, and a
process cannot end while acts stream in: forty decisions at once were all `Unconfirmed` without this."""
RESEND_AFTER = (0.05, 0.1, 0.2, 0.4, 0.8)
"""In seconds, where a process is about to end and has to be asked again in a moment."""
PROBE_SECONDS = 1.0
LIST_SECONDS = 5.0
SEAL_BYTES = 4

T = TypeVar("T")
V = TypeVar("V", RequestView, RelationshipView)


class EngineDown(Exception):
    """The engine cannot be reached; nothing was recorded."""


class Unconfirmed(Exception):
    """The engine took too long to confirm. Sending the same again with the same key cannot do it twice."""


class _StillEnding(Exception):
    """An earlier request of the same pair is over and not gone yet."""


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
        parts = [
            "WorkflowType = 'Request'",
            "ExecutionStatus = 'Running'",
            f"{names.PROGRAMME.name} = '{UUID(self.programme_id)}'",
            f"{names.SINCE.name} <= '{self.waiting_since.isoformat()}'",
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


class Gateway(PersonalProcesses):
    def __init__(self, client: Client) -> None:
        self._client = client
        self._suspect = False
        self._lanes: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def open_request(self, draft: Request) -> RequestView:
        """Starts the request's process, once per pair. Sending the same draft again answers the same.

        An earlier request of the pair that was decided a moment ago may still be saving that.
        """
        # The first attempt has the draft's id, so that a repetition is answered even after the request's end.
        # The further ones need others, or they would be answered with the failure of the first.
        ids = [f"opened-{draft.id}", *(f"opened-{draft.id}-{uuid4()}" for _ in RESEND_AFTER)]
        for update_id, pause in zip(ids, (*RESEND_AFTER, 0.0), strict=True):
            try:
                return await self._start(draft, update_id)
            except _StillEnding:
                await asyncio.sleep(pause)
        raise AlreadyOpen(
            "The last request between the two of you is still being closed; try again in a moment.",
            field="mentor_id",
        )

    async def _start(self, draft: Request, update_id: str) -> RequestView:
        start = WithStartWorkflowOperation(
            RequestWorkflow.run,
            RequestInput(request=draft, durable=True),
            id=names.request_workflow(draft.programme_id, draft.mentee_id, draft.mentor_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=request_attributes(draft),
        )
        return await self._act(
            self._client.execute_update_with_start_workflow(
                RequestWorkflow.opened,
                draft.id,
                start_workflow_operation=start,
                id=update_id,
                rpc_timeout=timedelta(seconds=ACT_SECONDS),
            )
        )

    async def act_on_request(
        self, view: RequestView, command: Command, actor: Actor, key: str
    ) -> RequestView:
        workflow_id = names.request_workflow(view.programme_id, view.mentee_id, view.mentor_id)
        act = Act(process_id=view.id, actor=actor, command=command, key=key)
        return await self._update(workflow_id, act, RequestView)

    async def act_on_relationship(
        self, relationship_id: str, command: Command, actor: Actor, key: str
    ) -> RelationshipView:
        act = Act(process_id=relationship_id, actor=actor, command=command, key=key)
        return await self._update(names.relationship_workflow(relationship_id), act, RelationshipView)

    async def stalled(self, wanted: StalledFilter, limit: int, cursor: str | None) -> StalledPage:
        """Open requests that wait, newest first, asked of the engine. Raises Invalid for a bad cursor."""
        pages = self._client.list_workflows(
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

    async def is_reachable(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return await self._client.service_client.check_health(
                    timeout=timedelta(seconds=PROBE_SECONDS)
                )
        except (RPCError, TimeoutError, RuntimeError):
            return False

    async def _update(self, workflow_id: str, act: Act[Command], view: type[V]) -> V:
        handle = self._client.get_workflow_handle(workflow_id)
        lane = self._lanes.setdefault(workflow_id, asyncio.Semaphore(LANES))

        async def send() -> V:
            answer: V = await handle.execute_update(
                act.command.name,
                act,
                id=act.key,
                result_type=view,
                rpc_timeout=timedelta(seconds=ACT_SECONDS),
            )
            return answer

        async def send_until_taken() -> V:
            async with lane:
                for pause in RESEND_AFTER:
                    try:
                        return await send()
                    except RPCError as error:
                        # The task that the act came with was thrown away: the process was about to end when
                        # something else arrived. The next task will say what became of it.
                        if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                            raise
                        await asyncio.sleep(pause)
                return await send()

        return await self._act(send_until_taken())

    async def _act(self, sent: Awaitable[T]) -> T:
        """Sends with a bound and turns every failure into one that says what is true."""
        if self._suspect and not await self.is_reachable():
            # Known to be down before anything was sent: only then is "not recorded" certain.
            _discard(sent)
            raise EngineDown
        try:
            async with asyncio.timeout(ACT_SECONDS):
                answer = await sent
        except WorkflowUpdateFailedError as error:
            raise _refused(error) from error
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            self._suspect = True
            raise Unconfirmed from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise IllegalMove("This has ended in the meantime, so it takes no more acts.") from error
            self._suspect = True
            raise Unconfirmed from error
        self._suspect = False
        return answer


def _refused(error: WorkflowUpdateFailedError) -> ProcessError | Unconfirmed | _StillEnding:
    cause = error.cause
    if isinstance(cause, ApplicationError):
        field = str(cause.details[0]) if cause.details and cause.details[0] else None
        known = errors.from_name(cause.type, cause.message, field)
        if known:
            return known
        if cause.type == names.STILL_ENDING:
            return _StillEnding()
        if cause.type == "AcceptedUpdateCompletedWorkflow":
            return IllegalMove("This ended at the same moment, so it takes no more acts.")
    return Unconfirmed()


def _discard(sent: Awaitable[T]) -> None:
    if asyncio.iscoroutine(sent):
        sent.close()


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
