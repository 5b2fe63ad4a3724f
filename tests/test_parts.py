"""Parts that run side by side: what ends one, and what that does to the others."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack

import pytest

from installation.parts import PartEnded, Run, run_parts, until_signalled
from models.operator_error import OperatorError


class Diary:
    """Parts that write down what happens to them."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def part(self, name: str) -> Run:
        async def run(stop: asyncio.Event) -> None:
            self.lines.append(f"{name} starts")
            await stop.wait()
            self.lines.append(f"{name} ends")

        return run

    async def ready(self) -> None:
        await asyncio.sleep(0)
        self.lines.append("ready")

    def announce(self) -> None:
        self.lines.append("announced")


async def failing(stop: asyncio.Event) -> None:
    await asyncio.sleep(0.01)
    raise ExceptionGroup("of a task group", [ConnectionResetError()])


async def ending(stop: asyncio.Event) -> None:
    await asyncio.sleep(0.01)


async def never() -> None:
    await asyncio.Event().wait()


async def _all(diary: Diary, *more: Run) -> None:
    parts = {"engine": diary.part("engine"), "worker": diary.part("worker")}
    parts |= {f"other {number}": run for number, run in enumerate(more)}
    async with AsyncExitStack() as stack:
        await run_parts(stack, parts, diary.ready(), diary.announce)


async def test_a_cancelled_whole_ends_its_parts_the_last_one_first() -> None:
    diary = Diary()
    task = asyncio.create_task(_all(diary))
    while "announced" not in diary.lines:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert diary.lines == [
        "engine starts",
        "worker starts",
        "ready",
        "announced",
        "worker ends",
        "engine ends",
    ]


@pytest.mark.parametrize(
    ("part", "reason"), [(failing, "ConnectionResetError"), (ending, "without an error")]
)
async def test_a_part_that_ends_ends_all(part: Run, reason: str) -> None:
    diary = Diary()
    with pytest.raises(PartEnded, match=f"The other 0 has ended by itself \\({reason}\\)"):
        await _all(diary, part)
    assert diary.lines[-2:] == ["worker ends", "engine ends"]


async def test_a_part_that_can_say_why_is_heard() -> None:
    async def telling(stop: asyncio.Event) -> None:
        raise OperatorError("The oil is out: fill some in.")

    with pytest.raises(OperatorError, match="The oil is out"):
        await _all(Diary(), telling)


async def test_a_part_that_fails_before_all_are_ready_is_not_announced() -> None:
    diary = Diary()
    async with AsyncExitStack() as stack:
        with pytest.raises(PartEnded):
            await run_parts(stack, {"API": failing}, never(), diary.announce)
    assert diary.lines == []


async def test_what_does_not_become_ready_ends_all() -> None:
    async def unready() -> None:
        raise TimeoutError

    diary = Diary()
    async with AsyncExitStack() as stack:
        with pytest.raises(TimeoutError):
            await run_parts(stack, {"API": diary.part("API")}, unready(), diary.announce)
    assert diary.lines == ["API starts", "API ends"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_end_it_and_a_second_one_does_not_break_off_its_ending(number: signal.Signals) -> None:
    lines: list[str] = []

    async def main() -> None:
        try:
            os.kill(os.getpid(), number)
            await never()
        finally:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)
            lines.append("ended properly")

    await until_signalled(main())
    assert lines == ["ended properly"]


async def test_an_error_is_nobodys_signal() -> None:
    async def main() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await until_signalled(main())
