"""What happens to the town: faults in an order drawn from a seed, each kind once in every round.

Two tracks run side by side, one for the parts and one for the mail, so that faults also meet each other.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from tests.faults.mail_server import DIES, GREYLISTS, REFUSES, TAKES
from tests.faults.parts import Part
from tests.faults.town import Town

HASTE = 5

Fault = Callable[[float], Awaitable[None]]
"""Happens, lasts for so many seconds where it lasts, and is healed when it returns."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fault from `began` to `ended`, in seconds of the wall clock."""

    kind: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds: how long what is away stays away, and how long there is peace between two faults.

    Peace begins when everything is back; one fault in `HASTE` does not wait for that. After so many `rounds`
    it lasts; 0: never.
    """

    away: tuple[float, float]
    peace: tuple[float, float]
    rounds: int = 0


@dataclass
class Track:
    """Faults one after the other, for as long as it takes."""

    faults: dict[str, Fault]
    heals: Callable[[], Awaitable[None]]
    random: Random
    pace: Pace
    say: Callable[[str], None]
    events: list[Event] = field(default_factory=list)
    rounds: int = 0

    async def run(self, over: asyncio.Event) -> None:
        """Until `over` is set and the fault that is under way is healed."""
        while not over.is_set() and (not self.pace.rounds or self.rounds < self.pace.rounds):
            for kind in self.random.sample(sorted(self.faults), len(self.faults)):
                if self.random.randrange(HASTE):
                    await self.heals()
                await _peace(self.random.uniform(*self.pace.peace), over)
                if over.is_set():
                    return
                await self._happen(kind)
            self.rounds += 1

    async def _happen(self, kind: str) -> None:
        seconds = self.random.uniform(*self.pace.away)
        self.say(kind)
        began = time.time()
        await self.faults[kind](seconds)
        self.events.append(Event(kind, began, time.time()))


@dataclass
class Chaos:
    tracks: tuple[Track, ...]

    @property
    def is_round(self) -> bool:
        """Whether everything has happened at least once."""
        return all(track.rounds for track in self.tracks)

    @property
    def events(self) -> list[Event]:
        return [event for track in self.tracks for event in track.events]

    @property
    def kinds(self) -> Counter[str]:
        return Counter(event.kind for event in self.events)

    async def rage(self, over: asyncio.Event) -> None:
        """Until `over` is set; afterwards everything is let up again."""
        async with asyncio.TaskGroup() as tracks:
            for track in self.tracks:
                tracks.create_task(track.run(over))


NO_DATABASE = "database away"


def chaos(town: Town, seed: str, pace: Pace, say: Callable[[str], None]) -> Chaos:
    random = Random(f"{seed}/chaos")
    tracks: dict[str, dict[str, Fault]] = {
        "parts": {
            "kill -9 of an API": lambda _: _kill(random.choice(town.apis)),
            "kill -9 of a worker": lambda _: _kill(random.choice(town.workers)),
            "kill -9 of the engine": lambda _: _kill(town.engine),
            "kill -9 of all at once": lambda _: _kill(town.engine, *town.workers, *town.apis),
            "engine away": lambda seconds: _hold(seconds, town.engine),
            "workers away": lambda seconds: _hold(seconds, *town.workers),
            NO_DATABASE: lambda seconds: _without_database(town, seconds),
        },
        "mail": {
            "mail server away": lambda seconds: _hold(seconds, town.mail),
            "mail server greylists": lambda seconds: _mail(town, GREYLISTS, seconds),
            "mail server refuses": lambda seconds: _mail(town, REFUSES, seconds),
            "mail server dies after DATA": lambda seconds: _mail(town, DIES, seconds),
        },
    }
    return Chaos(
        (
            Track(tracks["parts"], town.until_ready, Random(f"{seed}/parts"), pace, say),
            Track(tracks["mail"], town.mail.until_ready, Random(f"{seed}/mail"), pace, say),
        )
    )


async def _kill(*parts: Part) -> None:
    for part in parts:
        part.kill()


async def _hold(seconds: float, *parts: Part) -> None:
    for part in parts:
        part.hold_down()
    try:
        await asyncio.sleep(seconds)
    finally:
        for part in parts:
            part.let_up()


async def _without_database(town: Town, seconds: float) -> None:
    async with town.store.away():
        await asyncio.sleep(seconds)


async def _mail(town: Town, mode: str, seconds: float) -> None:
    town.answer_mail_as(mode)
    try:
        await asyncio.sleep(seconds)
    finally:
        town.answer_mail_as(TAKES)


async def _peace(seconds: float, over: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
