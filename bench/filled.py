"""Acts and lists with 100,000 requests in the database, beside the same with none.

Two installations run side by side with the same 10,000 people and take turns, call by call, so that whatever
else the machine does slows both alike. Three mentees have 10, 1,000 and 10,000 requests of their own.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from bench.calls import Caller
from bench.databases import Databases
from bench.figures import Figure, Report, percentile
from bench.filling import Filler, add_sessions, utc_now
from bench.installation import Installation, installation
from bench.lifecycle import COMMENT, MESSAGE, SLUG
from bench.machine import memory_mb
from bench.people import Programme, Someone, add_people, add_programme, add_tokens
from models.store.database import Database

REQUESTS = 100_000
MENTEES = 6000
MENTORS = 4000
OWN = (10, 1_000, 10_000)
FRESH = 240
"""Pairs without a past, for the acts that are measured."""
ACTS = 100
READS = 40
WARM_UP = 4
ACTED = frozenset({"a request made", "a decision"})


@dataclass(frozen=True, slots=True)
class Cast:
    programme: Programme
    fresh: list[tuple[Someone, Someone]]
    own: dict[int, Someone]
    busy: Someone
    """A mentor with a past, who has many requests."""
    admin: Someone
    usual: Someone
    """A mentee with a past of usual size."""


@dataclass(slots=True)
class Side:
    """One of the two installations, and what its calls took, in seconds."""

    at: Installation
    caller: Caller
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def get(self, name: str, path: str, who: Someone) -> Any:
        began = time.perf_counter()
        answer = await self.caller.get(f"/api/v1/programmes/{SLUG}/{path}", who.token)
        self.taken[name].append(time.perf_counter() - began)
        return answer

    async def post(self, name: str, path: str, who: Someone, body: dict[str, Any], key: str) -> Any:
        began = time.perf_counter()
        answer = await self.caller.post(path, who.token, body, key)
        self.taken[name].append(time.perf_counter() - began)
        return answer


async def measure(databases: Databases) -> Report:
    empty, filled, cast, seconds = await _databases(databases)
    async with AsyncExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="steadfast-bench-")))
        sides = []
        for name, url in (("empty", empty), ("filled", filled)):
            at = await stack.enter_async_context(installation(place / name, url))
            sides.append(Side(at, Caller(at.url)))
        await _acts(sides, cast)
        await _lists(sides, cast)
        memory = [memory_mb(side.at.pid) for side in sides]
        for side in sides:
            await side.caller.close()
    return _report(sides, memory, seconds)


async def _databases(databases: Databases) -> tuple[str, str, Cast, float]:
    """Without and with a past; the seconds that filling took."""
    empty = await databases.new()
    database = Database(empty)
    cast, mentees, mentors = await _people(database)
    await database.close()
    filled = await databases.copy(empty)
    database = Database(filled)
    began = time.perf_counter()
    filler = Filler(cast.programme, mentees, mentors, utc_now())
    await filler.fill(database, REQUESTS - sum(OWN))
    for count, someone in cast.own.items():
        await filler.fill_for(database, someone, count)
    await add_sessions(database, mentees, utc_now())
    if not database.is_sqlite:  # PostgreSQL does so by itself after a while, SQLite does not
        with database.writing() as session:
            session.execute(text("ANALYZE"))
    await database.close()
    return empty, filled, cast, time.perf_counter() - began


async def _people(database: Database) -> tuple[Cast, list[Someone], list[Someone]]:
    programme = await add_programme(database, SLUG)
    mentees = await add_people(database, programme, "mentee", MENTEES)
    mentors = await add_people(database, programme, "mentor", MENTORS)
    (admin,) = await add_people(database, programme, "admin", 1)
    fresh = list(zip(mentees[:FRESH], mentors[:FRESH], strict=True))
    own = dict(zip(OWN, mentees[FRESH : FRESH + len(OWN)], strict=True))
    others = mentees[FRESH + len(OWN) :]
    cast = Cast(programme, fresh, own, mentors[-1], admin, others[-1])
    asking = [*own.values(), cast.busy, admin, cast.usual]
    await add_tokens(database, [one for pair in fresh for one in pair] + asking)
    return cast, others, mentors[FRESH:]


async def _acts(sides: Sequence[Side], cast: Cast) -> None:
    """A request and its decision by each pair in turn."""
    for number, (mentee, mentor) in enumerate(cast.fresh[: ACTS + WARM_UP]):
        for side in sides[:: 1 if number % 2 else -1]:
            asking = {"mentor_id": mentor.id, "message": MESSAGE, "basis": "gaps"}
            path = f"/api/v1/programmes/{SLUG}/requests"
            asked = await side.post("a request made", path, mentee, asking, f"ask{number}")
            # Not by the same turns as the sides: what an acceptance leads to would slow the next act of one.
            accepts = number // 2 % 2
            command = "accept" if accepts else "reject"
            body = {"comment": COMMENT} | ({} if accepts else {"reason": "The topic is not mine"})
            await side.post("a decision", f"/api/v1/requests/{asked['id']}/{command}", mentor, body, command)


async def _lists(sides: Sequence[Side], cast: Cast) -> None:
    _, filled = sides
    for number in range(READS + WARM_UP):
        for side in sides[:: 1 if number % 2 else -1]:
            await side.get("a mentee’s own requests", "requests?as=mentee", cast.usual)
            await side.get("a mentor’s open requests", "requests?as=mentor&state=pending", cast.busy)
            await side.get("a mentor’s requests", "requests?as=mentor", cast.busy)
            await side.get("relationships of a mentor", "relationships?as=mentor", cast.busy)
            await side.get("all requests, admin", "requests?as=admin", cast.admin)
            for state in ("pending", "rejected", "closed"):
                await side.get(f"{state} requests, admin", f"requests?as=admin&state={state}", cast.admin)
            await side.get(
                "requests older than 7 days, admin", "requests?as=admin&older_than=P7D", cast.admin
            )
            await side.get("all relationships, admin", "relationships?as=admin", cast.admin)
            await side.get("stalled, admin", "stalled?older_than=P0D", cast.admin)
            await side.get("ranked list of mentors", "mentors", cast.usual)
    for count, someone in cast.own.items():
        await _own(filled, count, someone)


async def _own(side: Side, count: int, who: Someone) -> None:
    """The first page, one in the middle, and a filter that fits nothing."""
    cursor, pages = "", 0
    while pages < count // 100 and pages < 50:
        found = await side.caller.get(
            f"/api/v1/programmes/{SLUG}/requests?as=mentee&limit=100{cursor}", who.token
        )
        pages, cursor = pages + 1, f"&cursor={found['next']}" if found["next"] else ""
    for _ in range(READS + WARM_UP):
        await side.get(f"{count:,} of one’s own, first page", "requests?as=mentee", who)
        if cursor:
            await side.get(f"{count:,} of one’s own, a deep page", f"requests?as=mentee{cursor}", who)
        await side.get(f"{count:,} of one’s own, none fits", "requests?as=mentee&state=closed", who)


def _report(sides: Sequence[Side], memory: Sequence[float], seconds: float) -> Report:
    empty, filled = ({name: times[WARM_UP:] for name, times in side.taken.items()} for side in sides)
    figures = []
    for name, times in filled.items():
        figures.append(Figure(f"{name}, p50", percentile(times, 0.5) * 1000, "ms", _aim(name)))
        if name in empty:
            aim = "at most 1.1" if name in ACTED else ""
            figures.append(Figure("  against none", _ratio(times, empty[name]), "", aim))
    figures += [
        Figure("requests made per second, one client", 1 / statistics.mean(filled["a request made"])),
        Figure("the same with none", 1 / statistics.mean(empty["a request made"])),
        Figure("memory of worker and API", memory[1], "MB"),
        Figure("the same with none", memory[0], "MB"),
    ]
    notes = (
        f"{REQUESTS:,} requests of {MENTEES + MENTORS:,} people, filled in {seconds:.0f} s.",
        "Lists with none are empty: their ratio is a full page against no row.",
    )
    return Report("With 100,000 requests in the database", tuple(figures), notes)


def _ratio(times: Sequence[float], against: Sequence[float]) -> float:
    return percentile(times, 0.5) / percentile(against, 0.5)


def _aim(name: str) -> str:
    return "" if name in ACTED else "under 30"
