"""Whole lifecycles per second: N clients who ask, decide, set goals and finish, beside the same on the floor.

Steadfast is `steadfast up` in a process of its own and driven over HTTP; mails go to the mailbox.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from bench.calls import Caller, Refused
from bench.databases import Databases
from bench.figures import Figure, Report, percentile, timings
from bench.floor import floor
from bench.installation import installation
from bench.machine import cpu_seconds
from bench.people import Programme, Someone, add_people, add_programme, add_tokens
from models.store.database import Database
from models.store.delivery import MailRow

GOAL = {
    "title": "Write a service",
    "specific": "A small service in Python that a colleague of mine can run without asking me.",
    "measurable": "It runs in production for a month.",
    "attainable": "Two hours a week are agreed with my manager.",
    "relevant": "My next project needs it.",
    "due": "2030-06-30",
}
MESSAGE = "I have read what you wrote about testing and would like to learn how you go about it. " * 3
COMMENT = "Gladly. Shall we begin on Monday?"
AGAIN_SECONDS = 0.01
MAX_ROUNDS = 8
SLUG = "bench"

Taken = list[tuple[str, float]]
Live = Callable[[int], Awaitable[Taken]]


@dataclass(frozen=True, slots=True)
class Couple:
    mentee: Someone
    mentor: Someone


class Life:
    """Lives whole lifecycles over HTTP, each of a couple of its own."""

    def __init__(self, url: str, couples: Sequence[Couple]) -> None:
        self._url = url
        self._couples = couples
        self.not_there_yet = 0
        """How often an act on something of one's own was answered with 404, because lists were behind."""
        self.unconfirmed = 0
        """How often an act was answered with 503 and sent again with its key, which settles it."""

    async def live(self, number: int) -> Taken:
        """One lifecycle of couple `number`; what each act took, in seconds."""
        caller = Caller(self._url)
        try:
            return await self._lived(caller, self._couples[number], [])
        finally:
            await caller.close()

    async def _call(
        self, caller: Caller, method: str, path: str, who: Someone, body: dict[str, Any], key: str
    ) -> Any:
        while True:
            try:
                return await caller.call(method, path, who.token, body, key)
            except Refused as error:
                if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
                    self.unconfirmed += 1
                elif error.status == HTTPStatus.NOT_FOUND:
                    self.not_there_yet += 1
                    key += "+"
                else:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)

    async def _lived(self, caller: Caller, couple: Couple, taken: Taken) -> Taken:
        async def act(name: str, who: Someone, path: str, body: dict[str, Any], method: str = "POST") -> Any:
            began = time.perf_counter()
            answer = await self._call(caller, method, path, who, body, f"{name}-{path[-40:]}-{len(taken)}")
            taken.append((name, time.perf_counter() - began))
            return answer

        mentee, mentor = couple.mentee, couple.mentor
        asking = {"mentor_id": mentor.id, "message": MESSAGE, "basis": "gaps"}
        asked = await act("ask", mentee, f"/api/v1/programmes/{SLUG}/requests", asking)
        accepted = await act("accept", mentor, f"/api/v1/requests/{asked['id']}/accept", {"comment": COMMENT})
        place = f"/api/v1/relationships/{accepted['relationship_id']}"
        await _until_there(caller, place, mentee)
        for who in (mentee, mentor):
            goal = await act("goal", who, f"{place}/goals", GOAL)
            await act("progress", who, f"{place}/goals/{goal['id']}", {"progress": 100}, "PATCH")
        await act("complete", mentee, f"{place}/complete", {"comment": "We have reached what we wanted."})
        await act("confirm", mentor, f"{place}/confirm-completion", {"comment": "So we have."})
        answers = {"useful": "5", "goals": "4", "recommend": "5", "next": "We stay in touch"}
        for who in (mentee, mentor):
            await act("survey", who, f"{place}/survey", {"answers": answers})
        return taken


async def _until_there(caller: Caller, place: str, who: Someone) -> None:
    """The relationship starts right after the answer to the acceptance."""
    while True:
        try:
            await caller.get(place, who.token)
            return
        except Refused as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            await asyncio.sleep(AGAIN_SECONDS)


async def couples(database: Database, number: int, **settings: Any) -> tuple[Programme, list[Couple]]:
    programme = await add_programme(database, SLUG, **settings)
    mentees = await add_people(database, programme, "mentee", number)
    mentors = await add_people(database, programme, "mentor", number)
    await add_tokens(database, [*mentees, *mentors])
    return programme, [Couple(*pair) for pair in zip(mentees, mentors, strict=True)]


@dataclass(slots=True)
class Side:
    """The floor or Steadfast: who lives there, which processes pay for it, and what its rounds add up to."""

    live: Live
    pids: dict[str, int]
    numbers: count[int] = field(default_factory=count)
    rates: list[float] = field(default_factory=list)
    acts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    mails_after: list[float] = field(default_factory=list)

    @property
    def all(self) -> list[float]:
        return [taken for found in self.acts.values() for taken in found]

    async def round(self, clients: int, each: int, database: Database | None = None) -> None:
        """`clients` at once, each living `each` lives; with a database also until all mails have left."""
        used = {name: cpu_seconds(pid) for name, pid in self.pids.items()}
        began = time.perf_counter()
        lives = await asyncio.gather(*(self._client(each) for _ in range(clients)))
        self.rates.append(clients * each / (time.perf_counter() - began))
        for name, taken in (act for lived in lives for life in lived for act in life):
            self.acts[name].append(taken)
        if database is not None:
            self.mails_after.append(await until_sent(database))
        for name, pid in self.pids.items():
            self.cpu[name].append((cpu_seconds(pid) - used[name]) / (clients * each))

    async def _client(self, each: int) -> list[Taken]:
        return [await self.live(next(self.numbers)) for _ in range(each)]


async def until_sent(database: Database) -> float:
    """Waits until every queued mail has left; how long that took, in seconds."""
    began = time.perf_counter()
    query = select(func.count()).where(MailRow.state == "queued")
    while True:
        with database.reading() as session:
            if not session.scalar(query):
                return time.perf_counter() - began
        await asyncio.sleep(0.05)


async def measure(databases: Databases, clients: int = 16, each: int = 2, seconds: float = 60.0) -> Report:
    """Rounds of the floor and of Steadfast by turns, so that both meet the same load of the machine."""
    url = await databases.new()
    database = Database(url)
    _, pairs = await couples(database, clients * (each * MAX_ROUNDS + 1))
    with TemporaryDirectory(prefix="steadfast-bench-") as place:
        async with floor(Path(place, "floor")) as ground, installation(Path(place, "up"), url) as ours:
            life, began = Life(ours.url, pairs), time.perf_counter()
            sides = Side(ground.live, ground.pids), Side(life.live, ours.pids)
            await _warm_up(sides, clients, database)
            while len(sides[1].rates) < MAX_ROUNDS and (
                not sides[1].rates or time.perf_counter() - began < seconds
            ):
                await sides[0].round(clients, each)
                await sides[1].round(clients, each, database)
    await database.close()
    return _report(clients, *sides, life)


async def _warm_up(sides: tuple[Side, Side], clients: int, database: Database) -> None:
    for side in sides:
        await side.round(clients, 1)
        side.rates.clear()
        side.acts.clear()
        side.cpu.clear()
    await until_sent(database)


def _report(clients: int, ground: Side, ours: Side, life: Life) -> Report:
    rates = percentile(ground.rates, 0.5), percentile(ours.rates, 0.5)
    figures = [
        Figure("floor", rates[0], "lifecycles/s"),
        Figure("Steadfast", rates[1], "lifecycles/s"),
        Figure("ratio", rates[1] / rates[0], "", "0.7 of the floor or better"),
    ]
    for name, side in (("floor", ground), ("Steadfast", ours)):
        figures += timings(f"{name}, an act", side.all)
        figures += [
            Figure(f"{name}, processor per lifecycle, {part}", percentile(used, 0.5) * 1000, "ms")
            for part, used in side.cpu.items()
        ]
    figures.append(Figure("mails still on their way, sent after", percentile(ours.mails_after, 0.5), "s"))
    figures.append(Figure("acts on one's own that lists did not show yet (404)", life.not_there_yet))
    figures.append(Figure("acts not confirmed in time and sent again with their key (503)", life.unconfirmed))
    each = [f"{name} {percentile(taken, 0.5) * 1000:.0f}" for name, taken in ours.acts.items()]
    notes = f"{len(ours.rates)} rounds; Steadfast, p50 in ms: {', '.join(each)}"
    return Report(f"Whole lifecycles, {clients} clients at once", tuple(figures), (notes,))
