"""Whom a worker obeys: only who has the installation's keys.

Anybody who reaches the engine can start processes, send them anything, and answer in the place of a worker.
The codec marks each payload that is not bound to its place by one of our keys; here is decided what becomes
of it. What is refused fails by itself, and the process goes on:

* a start ends at once as failed
* an update is rejected, a query fails, a signal is as if it had never come
* an activity does nothing; where its result was forged it is done again, as every activity may be

Payloads of versions before 0.3 are sealed with a key and bound to nothing. They count where a history is
replayed, in starts and signals that name the process they are for, and as arguments of its activities.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    HandleQueryInput,
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from workflows.converter import SharedConverter

MARK = "steadfast-mark"
TOLERATED = "steadfast-tolerated"
"""Keys of a payload's metadata, between the codec and the converter of one worker. The codec sets both anew
on what it marks, and only what is not trusted is marked: sending such a mark gains nothing."""

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


class KeyMissing(Exception):
    def __init__(self) -> None:
        super().__init__(
            "The start of a process cannot be read, so the process waits: put the secret that it was "
            "encrypted with back at the end of STEADFAST_SECRET_KEYS."
        )


@dataclass(frozen=True)
class Unsealed:
    """A value that is not trusted, in the place of the value. `tolerated`: the operator wants it obeyed.

    The value is there only where it may count.
    """

    mark: Mark
    value: Any = None
    tolerated: bool = False


class Start(BaseModel):
    """The input of a workflow, which says in itself what it is the input of."""

    model_config = ConfigDict(frozen=True)

    def workflow_id(self) -> str:
        raise NotImplementedError


class TrustingConverter(SharedConverter, WithSerializationContext):
    """The pydantic converter; what the codec has marked comes out as `Unsealed`. What a workflow starts with
    comes out only if it counts."""

    _workflow_id: str | None = None

    def with_context(self, context: SerializationContext) -> Self:
        other = type(self)()
        if isinstance(context, WorkflowSerializationContext):
            other.__dict__["_workflow_id"] = context.workflow_id
        return other

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        hints: Sequence[type | None] = type_hints or [None] * len(payloads)
        return [self._read(payload, hint) for payload, hint in zip(payloads, hints, strict=False)]

    def _read(self, payload: Payload, hint: type | None) -> Any:
        if MARK not in payload.metadata:
            return self._converted(payload, hint)
        marked = self._marked(payload, hint)
        if isinstance(hint, type) and issubclass(hint, Start):
            return self._started(marked)
        return marked

    def _marked(self, payload: Payload, hint: type | None) -> Unsealed:
        mark, tolerated = Mark(payload.metadata[MARK].decode()), bool(payload.metadata.get(TOLERATED))
        if mark is not Mark.UNBOUND and not tolerated:
            return Unsealed(mark)
        try:
            return Unsealed(mark, self._converted(payload, hint), tolerated)
        except (ValueError, TypeError, KeyError, RuntimeError):
            return Unsealed(Mark.FOREIGN)

    def _converted(self, payload: Payload, hint: type | None) -> Any:
        return super().from_payloads([payload], [hint] if hint else None)[0]

    def _started(self, given: Unsealed) -> Any:
        """Fails the process at once, or its tasks for as long as a key may come back."""
        if given.mark is Mark.UNKNOWN:
            raise KeyMissing
        is_its_own = given.mark is Mark.UNBOUND and given.value.workflow_id() == self._workflow_id
        if not is_its_own and not given.tolerated:
            raise NotSealed
        return given.value


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
            # One that no process has asked for is none of ours.
            if not each.tolerated and (each.mark is not Mark.UNBOUND or not info.workflow_id):
                raise NotSealed(for_good=each.mark is not Mark.UNKNOWN)
        given.args = values(given.args)
        return await self.next.execute_activity(given)


class _GuardedWorkflow(WorkflowInboundInterceptor):
    async def handle_signal(self, given: HandleSignalInput) -> None:
        doubtful = [each for each in unsealed(given.args) if not _names_its_process(each)]
        fits = _fits(getattr(workflow.instance(), given.signal, None), given.args)
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
        """The validator has seen it before, unless another program has put it into the history."""
        if any(not each.tolerated and each.mark is not Mark.UNBOUND for each in unsealed(given.args)):
            raise NotSealed
        given.args = values(given.args)
        return await self.next.handle_update_handler(given)


def _fits(handler: Callable[..., Any] | None, args: Sequence[Any]) -> bool:
    """Whether a handler takes so many arguments: one that fails would hold up the process for ever.

    The SDK hands out handlers without their signatures, so our signals are called like their methods.
    """
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
