"""The parts that run side by side in one process, and how they end together."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog

from models.operator_error import OperatorError

PART_SECONDS = 30.0
"""How long one part may take to end; longer than any of them promises."""
SETTLING_SECONDS = 0.3
"""The engine's client may abort an interpreter that ends right after it."""

Run = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Runs until the event is set, then finishes what it has begun."""

_log = structlog.get_logger("steadfast")


class PartEnded(OperatorError):
    """A part that should run for ever has ended; one sentence for the operator."""

    def __init__(self, name: str, error: BaseException | None) -> None:
        reason = type(_innermost(error)).__name__ if error is not None else "without an error"
        super().__init__(
            f"The {name} has ended by itself ({reason}), and so everything was ended: "
            "what happened stands in the log above, and `steadfast doctor` says what is wrong."
        )


async def until_signalled(main: Coroutine[Any, Any, None]) -> None:
    """Runs `main`; SIGINT and SIGTERM cancel it, once, so that a second one does not break off its ending."""
    task = asyncio.create_task(main)
    signalled = asyncio.Event()

    def end() -> None:
        if not signalled.is_set():
            signalled.set()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    try:
        await task
    except asyncio.CancelledError:
        if not signalled.is_set():
            raise
    finally:
        await asyncio.sleep(SETTLING_SECONDS)


async def run_parts(
    stack: AsyncExitStack,
    parts: Mapping[str, Run],
    ready: Coroutine[Any, Any, None],
    announce: Callable[[], None],
) -> None:
    """Starts the parts in their order, announces when `ready` returns, and goes on until one of them ends.

    `stack` ends them, the last one first.
    """
    tasks = [await stack.enter_async_context(_running(name, run)) for name, run in parts.items()]
    goal = asyncio.create_task(ready)
    try:
        await asyncio.wait({goal, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        if goal.done():
            await goal
            announce()
            gc.freeze()  # what is there by now stays to the end, so the collector need not look at it again
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        goal.cancel()
    ended = next(task for task in tasks if task.done())
    error = ended.exception()
    if isinstance(error, OperatorError):
        raise error
    _log.error("A part has ended by itself", part=ended.get_name(), exc_info=error)
    raise PartEnded(ended.get_name(), error)


@asynccontextmanager
async def _running(name: str, run: Run) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    task = asyncio.create_task(run(stop), name=name)
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=PART_SECONDS)
        if not task.done():
            _log.warning("A part did not end in time and is cut off", part=name)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
