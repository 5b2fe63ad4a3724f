"""The only part of the API that talks to the engine: starts requests, sends acts, asks what is stalled.

What comes back is a view, an error of `models.process.errors`, or one of two honest failures: `EngineDown`
(nothing was recorded) and `Unconfirmed` (it may have been; the same key sent again settles it).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.web.draft_processes import DraftProcesses
from api.web.errors import KeyReused
from api.web.failures import EngineDown, Unconfirmed
from api.web.personal import PersonalProcesses
from api.web.stalled import StalledFilter, StalledPage, list_stalled
from models.process import errors, names
from models.process.actors import Actor
from models.process.commands import Command
from models.process.errors import AlreadyOpen, IllegalMove, ProcessError
from models.process.relationship.view import RelationshipView
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.process.shortlist.state import Shortlist, ShortlistView
from models.process.terms import Sentence
from workflows.messages import (
    Act,
    Answer,
    RelationshipAnswer,
    RequestAnswer,
    RequestInput,
    ShortlistAnswer,
    ShortlistInput,
)
from workflows.request import RequestWorkflow, request_attributes
from workflows.shortlist import ShortlistWorkflow, shortlist_attributes

ACT_SECONDS = 10.0
"""The longest wait for the answer to an act."""
LANES = 4
"""Acts that may be on their way to one process at a time. A server takes ten and sends the others back, and a
process cannot end while acts stream in: forty decisions at once were all `Unconfirmed` without this."""
RESEND_AFTER = (0.05, 0.1, 0.2, 0.4, 0.8)
"""In seconds, where a process is about to end and has to be asked again in a moment."""
PROBE_SECONDS = 1.0

T = TypeVar("T")
V = TypeVar("V", RequestView, RelationshipView, ShortlistView)


class _StillEnding(Exception):
    """An earlier request of the same pair is over and not gone yet."""


class Gateway(PersonalProcesses, DraftProcesses):
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
            Sentence(
                "The last {t.request} between the two of you is still being closed; try again in a moment."
            ),
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
        self, view: RequestView, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> RequestView:
        workflow_id = names.request_workflow(view.programme_id, view.mentee_id, view.mentor_id)
        act = _act(view.id, command, actor, key, request_hash)
        return await self._update(workflow_id, act, RequestView, RequestAnswer)

    async def act_on_relationship(
        self, relationship_id: str, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> RelationshipView:
        workflow_id = names.relationship_workflow(relationship_id)
        act = _act(relationship_id, command, actor, key, request_hash)
        return await self._update(workflow_id, act, RelationshipView, RelationshipAnswer)

    async def open_shortlist(self, draft: Shortlist, is_saved: Callable[[], Awaitable[bool]]) -> None:
        """Starts the list's process and returns when it has begun: `is_saved` waits for its row.

        It is told by no update: that would be a tenth of what a list costs. Raises the rule that stood
        against it, with which its process ends.
        """
        handle: WorkflowHandle[Any, Any] = await self._act(
            self._client.start_workflow(
                ShortlistWorkflow.run,
                ShortlistInput(shortlist=draft),
                id=names.shortlist_workflow(draft.id),
                task_queue=names.TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                search_attributes=shortlist_attributes(draft),
                rpc_timeout=timedelta(seconds=ACT_SECONDS),
            )
        )
        saved, ended = asyncio.ensure_future(is_saved()), asyncio.ensure_future(handle.result())
        try:
            await asyncio.wait({saved, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done() and (error := ended.exception()):
                raise _refused_by(error) from error
            if not (ended.done() or saved.result()):
                raise Unconfirmed
        finally:
            saved.cancel()
            ended.cancel()

    async def act_on_shortlist(
        self, view: ShortlistView, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> ShortlistView:
        act = _act(view.id, command, actor, key, request_hash)
        return await self._update(names.shortlist_workflow(view.id), act, ShortlistView, ShortlistAnswer)

    async def stalled(self, wanted: StalledFilter, limit: int, cursor: str | None) -> StalledPage:
        """Open requests that wait, the longest wait first. Raises Invalid for a bad cursor, EngineDown."""
        return await list_stalled(self._client, wanted, limit, cursor)

    async def is_reachable(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return await self._client.service_client.check_health(
                    timeout=timedelta(seconds=PROBE_SECONDS)
                )
        except (RPCError, TimeoutError, RuntimeError):
            return False

    async def _update(self, workflow_id: str, act: Act[Command], view: type[V], kind: type[Answer]) -> V:
        """The view after the act; of one that was sent before, as things stand now. Raises KeyReused."""
        handle = self._client.get_workflow_handle(workflow_id)
        lane = self._lanes.setdefault(workflow_id, asyncio.Semaphore(LANES))
        bound = timedelta(seconds=ACT_SECONDS)

        async def send() -> V:
            answer: Answer = await handle.execute_update(
                act.command.name, act, id=act.key, result_type=kind, rpc_timeout=bound
            )
            if act.request_hash and answer.request_hash not in ("", act.request_hash):
                raise KeyReused
            then = view.model_construct(**{name: getattr(answer, name) for name in view.model_fields})
            if answer.attempt == act.attempt:
                return then
            now: V = await handle.query("view", result_type=view, rpc_timeout=bound)
            return now if now.id == then.id else then

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


def _act(process_id: str, command: Command, actor: Actor, key: str, request_hash: str) -> Act[Command]:
    return Act(
        process_id=process_id,
        actor=actor,
        command=command,
        key=key,
        request_hash=request_hash,
        attempt=uuid4().hex,
    )


def _refused_by(error: BaseException) -> Exception:
    """What a process that ended at once says by its failure; a call that failed says nothing for certain."""
    return _refused(error) if isinstance(error, WorkflowFailureError) else Unconfirmed()


def _refused(
    error: WorkflowUpdateFailedError | WorkflowFailureError,
) -> ProcessError | Unconfirmed | _StillEnding:
    cause = error.cause
    if isinstance(cause, ApplicationError):
        # A worker of before 0.3 gives the first of them, or the first two.
        details: tuple[Any, ...] = (*cause.details, None, None, None)
        field, further, packed = details[:3]
        known = errors.from_name(
            cause.type,
            cause.message,
            str(field) if field else None,
            [(str(one), str(said)) for one, said in further or ()],
            packed,
        )
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
