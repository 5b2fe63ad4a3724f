"""The ranked list through the database: `python -m bench.directory [--mentors N ...] [--database KIND]`.

For each size: reading the directory for the first time, taking in one changed profile, and warm searches of
different mentees, with what the event loop could not do in the meantime.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from bench.databases import Databases, databases
from bench.figures import percentile
from bench.people import Programme, Someone, add_people, add_programme
from models.matching.search import Criteria
from models.store.database import Database
from models.store.finding import Scope, find_mentors
from models.store.pool import MentorPools
from models.store.profiles import touch_people

SIZES = (278, 10_000, 100_000)
SEARCHES = 40
MENTEES = 50
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
    database = Database(await fresh.new())
    programme = await add_programme(database, "bench")
    mentees = await add_people(database, programme, "mentee", MENTEES)
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
    print(f"  peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    await pools.close()
    await database.close()


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
