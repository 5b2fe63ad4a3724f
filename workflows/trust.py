"""Whom a worker obeys: only who has the installation's keys.

Anybody who reaches the engine can start processes, send them anything, and answer in the place of a worker.
The codec marks each payload that is not bound to its place by one of our keys; here is decided what becomes
of it. What is refused fails by itself, and the process goes on:

* a start ends at once as failed; what is replayed waits for the operator instead, since a key may be missing
* an update is rejected, a query fails, a signal is as if it had never come
* an activity does nothing; where its result was forged it is done again, as every activity may be

Payloads of versions before 0.3 are sealed with a key and bound to nothing. They count where a history is
replayed, in starts and signals that name the process they are for, and as arguments of its activities.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, Self, TypeVar, cast

from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    SerializationContext,
    WithSerializationContext,
)
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    HandleQueryInput,
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

MARK = "steadfast-mark"
TOLERATED = "steadfast-tolerated"
"""Keys of a payload's metadata, between the codec and the converter of one worker. The codec sets both anew
on what it marks, and only what is not trusted is marked: to send them gets nobody anything."""

PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)

T = TypeVar("T")


class Mark(StrEnum):
    """Why a payload is not to be trusted."""

    PLAIN = "plain"
    """It is not encrypted."""
    FOREIGN = "foreign"
    """It was copied from another place, or damaged, or holds something else than belongs there."""
    UNKNOWN = "unknown"
    """It was encrypted with a key that is not here, or says so."""
    UNBOUND = "unbound"
    """It was encrypted by a version before 0.3."""


class NotSealed(ApplicationError):
    def __init__(self, *, for_good: bool = True) -> None:
        super().__init__(
            "This was not sealed with a key of this installation for this process, so it was not obeyed.",
            type="NotSealed",
            non_retryable=for_good,
        )


class WaitsForKey(Exception):
    """Fails a task, not the process: it goes on when it can be read again."""


@dataclass(frozen=True)
class Unsealed:
    """A value that is not trusted, in the place of the value. `tolerated`: the operator wants it obeyed.

    The value is there only where it may count. `error` is what stood against reading one that is sealed.
    """

    mark: Mark
    value: Any = None
    tolerated: bool = False
    error: Exception | None = None


class TrustingConverter(PydanticPayloadConverter, WithSerializationContext):
    """The pydantic converter; what the codec has marked comes out as `Unsealed`."""

    _of_activity = False

    def with_context(self, context: SerializationContext) -> Self:
        other = copy.copy(self)
        other.__dict__["_of_activity"] = isinstance(context, ActivitySerializationContext)
        return other

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        hints: Sequence[type | None] = type_hints or [None] * len(payloads)
        return [self._read(payload, hint) for payload, hint in zip(payloads, hints, strict=False)]

    def _read(self, payload: Payload, hint: type | None) -> Any:
        mark = payload.metadata.get(MARK)
        if mark is None:
            return self._read_sealed(payload, hint)
        return self._read_marked(payload, Mark(mark.decode()), hint)

    def _read_sealed(self, payload: Payload, hint: type | None) -> Any:
        try:
            return self._converted(payload, hint)
        except (ValueError, TypeError, KeyError, RuntimeError) as error:
            # An activity's result is in the history: a process that cannot read it would stand still.
            if self._of_activity:
                return Unsealed(Mark.FOREIGN, error=error)
            raise

    def _read_marked(self, payload: Payload, mark: Mark, hint: type | None) -> Unsealed:
        tolerated = bool(payload.metadata.get(TOLERATED))
        if mark is not Mark.UNBOUND and not tolerated:
            return Unsealed(mark)
        try:
            return Unsealed(mark, self._converted(payload, hint), tolerated)
        except (ValueError, TypeError, KeyError, RuntimeError):
            return Unsealed(Mark.FOREIGN)

    def _converted(self, payload: Payload, hint: type | None) -> Any:
        return super().from_payloads([payload], [hint] if hint else None)[0]


class Start(Protocol):
    def workflow_id(self) -> str: ...


S = TypeVar("S", bound=Start)


def trusted_start(start: S) -> S:
    """The first thing that a workflow does with its input; fails what was not started by us."""
    if not isinstance(start, Unsealed):
        return start
    if start.tolerated:
        return cast(S, start.value)
    if start.mark is Mark.UNBOUND:
        if start.value.workflow_id() == workflow.info().workflow_id:
            return cast(S, start.value)
        raise NotSealed
    if start.mark is Mark.UNKNOWN or workflow.unsafe.is_replaying():
        raise WaitsForKey(
            "The start of this process cannot be read: put the secret that it was encrypted with back at the "
            "end of STEADFAST_SECRET_KEYS, and keep the name of the namespace."
        )
    raise NotSealed


async def trusted_result(run: Callable[[], Awaitable[T]]) -> T:
    """What an activity has given, run again until it comes from one of our workers.

    Our activities are retried by the engine until they succeed, so a failure that arrives here is forged too.
    """
    pause = PAUSE
    while True:
        try:
            result = await run()
            if not isinstance(result, Unsealed):
                return result
            if not is_refused(result):
                return cast(T, result.value)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
        workflow.logger.warning("an activity was answered by somebody without our keys; it is done again")
        await workflow.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def is_refused(given: Unsealed) -> bool:
    """Of what is in the history and cannot be rejected: the same however often it is replayed.

    A refusal leaves a marker. A replay without one goes through what an earlier version obeyed.
    """
    desk = workflow.instance()
    number = desk.__dict__["_unsealed"] = desk.__dict__.get("_unsealed", 0) + 1
    if given.tolerated and not workflow.unsafe.is_replaying():
        return False
    was_refused = workflow.patched(f"unsealed-{number}")
    return was_refused or not (given.tolerated or given.mark is Mark.UNBOUND)


def values(given: Sequence[Any]) -> list[Any]:
    return [each.value if isinstance(each, Unsealed) else each for each in given]


def unsealed(given: Sequence[Any]) -> list[Unsealed]:
    return [each for each in given if isinstance(each, Unsealed)]


class Guard(Interceptor):
    """Stands before everything that a worker is asked to do."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _GuardedActivity(next)

    def workflow_interceptor_class(
        self, given: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _GuardedWorkflow


class _GuardedActivity(ActivityInboundInterceptor):
    async def execute_activity(self, given: ExecuteActivityInput) -> Any:
        info = activity.info()
        for each in unsealed(given.args):
            if each.error:
                raise RuntimeError("Failed decoding arguments") from each.error
            # One that no process has asked for is none of ours.
            if not each.tolerated and (each.mark is not Mark.UNBOUND or not info.workflow_id):
                raise NotSealed(for_good=each.mark is not Mark.UNKNOWN)
        given.args = values(given.args)
        return await self.next.execute_activity(given)


class _GuardedWorkflow(WorkflowInboundInterceptor):
    async def execute_workflow(self, given: ExecuteWorkflowInput) -> Any:
        given.args = values(given.args)  # `trusted_start` has looked at them
        return await self.next.execute_workflow(given)

    async def handle_signal(self, given: HandleSignalInput) -> None:
        doubtful = [each for each in unsealed(given.args) if not _names_its_process(each)]
        fits = _fits(workflow.get_signal_handler(given.signal), given.args)
        if not fits or any(is_refused(each) for each in doubtful):
            workflow.logger.warning("a signal was not sealed with our keys; it changes nothing")
            return
        given.args = values(given.args)
        await self.next.handle_signal(given)

    async def handle_query(self, given: HandleQueryInput) -> Any:
        if any(not each.tolerated for each in unsealed(given.args)):
            raise NotSealed
        given.args = values(given.args)
        return await self.next.handle_query(given)

    def handle_update_validator(self, given: HandleUpdateInput) -> None:
        if any(not each.tolerated for each in unsealed(given.args)):
            raise NotSealed
        given.args = values(given.args)
        self.next.handle_update_validator(given)

    async def handle_update_handler(self, given: HandleUpdateInput) -> Any:
        """The validator has seen it before, unless somebody else has put it into the history."""
        if any(not each.tolerated and each.mark is not Mark.UNBOUND for each in unsealed(given.args)):
            raise NotSealed
        given.args = values(given.args)
        return await self.next.handle_update_handler(given)


def _fits(handler: Callable[..., Any] | None, args: Sequence[Any]) -> bool:
    """Whether a handler takes so many arguments: one that fails would hold up the process for ever."""
    if handler is None:
        return False
    try:
        inspect.signature(handler).bind(*args)
    except TypeError:
        return False
    return True


def _names_its_process(given: Unsealed) -> bool:
    """Whether a signal of an earlier version says in itself which process it is for."""
    return given.mark is Mark.UNBOUND and bool(getattr(given.value, "process_id", ""))
