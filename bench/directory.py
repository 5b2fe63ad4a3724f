"""The ranked list through the database: `python -m bench.directory [--mentors N ...] [--database KIND]`.

For each size: reading the directory for the first time, taking in one changed profile, and warm searches of
different mentees, with what the event loop could not do in the meantime; then pages of 20 over HTTP with
their reasons, in this process, client and application together.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from httpx import Response

from bench.databases import Databases, databases
from bench.figures import percentile
from bench.people import JOINED, Programme, Someone, add_people, add_programme, add_tokens
from models.matching.search import Criteria
from models.store.database import Database
from models.store.finding import Scope, find_mentors
from models.store.pool import MentorPools
from models.store.profiles import touch_people
from tests.api.world import world

SIZES = (278, 10_000, 100_000)
SEARCHES = 40
MENTEES = 50
PAGES = 200
WARMING = 5
PATIENCE = 120
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentors", type=int, nargs="+", default=SIZES)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    with databases(chosen.database) as fresh:
        for size in chosen.mentors:
            asyncio.run(_measure(fresh, size))


async def _measure(fresh: Databases, size: int) -> None:
    url = await fresh.new()
    database = Database(url)
    programme = await add_programme(database, "bench")
    mentees = await add_people(database, programme, "mentee", MENTEES)
    await add_tokens(database, mentees)
    mentors = await add_people(database, programme, "mentor", size)
    pools = MentorPools()
    print(f"{size:,} mentors, {database.reads.engine.dialect.name}")
    async with _watched("first search"):
        await _search(database, pools, programme, mentees[0], 1)
    async with _watched("search after one profile changed"):
        with database.writing() as session:
            touch_people(session, programme.id, [mentors[0].id])
        await _search(database, pools, programme, mentees[0], 2)
    times = [await _search(database, pools, programme, mentees[n % MENTEES], 2) for n in range(SEARCHES)]
    middle, tail = (percentile(times, share) * 1000 for share in (0.5, 0.95))
    print(f"  warm search: p50 {middle:.1f} ms, p95 {tail:.1f} ms")
    await pools.close()
    await database.close()
    del pools
    gc.collect()
    await _pages(url, programme, mentees)
    print(f"  peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


async def _pages(url: str, programme: Programme, mentees: list[Someone]) -> None:
    """On a machine that has other work, the processor time says more than the waiting time."""
    waited, used = list[float](), list[float]()
    async with world(url, clock=lambda: JOINED) as town:
        path = f"/api/v1/programmes/{programme.slug}/mentors?limit=20"

        async def page(place: int) -> Response:
            bearer = f"Bearer {mentees[place % MENTEES].token}"
            return await town.anybody.get(path, headers={"Authorization": bearer})

        # The first ones may be told to come again while the mentors are read.
        for _ in range(PATIENCE):
            if (await page(0)).is_success:
                break
            await asyncio.sleep(1)
        for place in range(-WARMING, PAGES):
            began, spent = time.perf_counter(), time.process_time()
            found = await page(place)
            if place >= 0:
                waited.append(time.perf_counter() - began)
                used.append(time.process_time() - spent)
            items = found.json()["items"]
            if len(items) != 20 or not all(one["reasons"] for one in items):
                raise RuntimeError(f"This is no page: {found.text[:200]}")
    for what, times in (("waiting", waited), ("processor", used)):
        middle, tail = (percentile(times, share) * 1000 for share in (0.5, 0.99))
        print(f"  page over HTTP, {what}: p50 {middle:.1f} ms, p99 {tail:.1f} ms")


async def _search(
    database: Database, pools: MentorPools, programme: Programme, who: Someone, version: int
) -> float:
    began = time.perf_counter()
    scope = Scope(programme.id, programme.settings, version)
    await find_mentors(database, pools, scope, who.id, Criteria(limit=20), NOW)
    return time.perf_counter() - began


@asynccontextmanager
async def _watched(what: str) -> AsyncIterator[None]:
    """Prints how long the block took, and for how long at most nothing else could run."""
    stalls: list[float] = []
    beating = asyncio.create_task(_beat(stalls))
    began, used = time.perf_counter(), time.process_time()
    yield
    taken, used = time.perf_counter() - began, time.process_time() - used
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating
    held = max(stalls, default=0.0) * 1000
    print(f"  {what}: {taken:.2f} s, {used:.2f} s on a processor, the loop held for {held:.0f} ms at most")


async def _beat(stalls: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        stalls.append(time.perf_counter() - began - 0.005)


if __name__ == "__main__":
    main()
