"""Keeps the mentors of programmes in memory and follows the changes of their profiles.

`MentorPools` belongs to one process. Every change of a profile raises the programme's `people_version` and
leaves it with the member (`touch_people`); the next search reads those who changed and waits for it. When
very many have changed at once, by an import say, searches go on with the directory as it was until the new
one is there: some seconds for tens of thousands.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.matching.directory import Directory, Listing
from models.store import loads
from models.store.database import Database
from models.store.listings import all_listings, changed_since, listings_of
from models.store.loads import Counted, Load
from models.store.skills import SkillBooks
from models.store.tables import ProgrammeRow

MOST_MENTORS = 250_000
"""Cached at the same time over all programmes, at 1 to 4 kB each; the programme searched least recently goes
first, and the last one searched always stays."""
AWAITED = 1000
"""Changed people for whom a search waits; more are read beside it."""
AT_ONCE = 20_000
"""Mentors taken into a directory in one go: what is read but not yet taken in is five times as large."""

log = structlog.get_logger("steadfast.mentors")


@dataclass(slots=True, eq=False)
class Pool:
    """The mentors of a programme as of `version`, its `people_version`."""

    version: int
    directory: Directory
    counted: Counted | None = None
    load: Load | None = None

    def load_now(self, session: Session, programme_id: str) -> Load:
        """What the mentors have to do; `loads.count` says how late that may be."""
        counted = loads.count(session, programme_id, self.counted)
        if self.load is None or counted is not self.counted:
            self.counted, self.load = counted, counted.of(self.directory)
        return self.load


class MentorPools:
    """The pools of the programmes searched last. One per process; safe for concurrent tasks."""

    def __init__(self, most_mentors: int = MOST_MENTORS) -> None:
        self._most_mentors = most_mentors
        self._kept: OrderedDict[str, Pool] = OrderedDict()
        self.books = SkillBooks()
        self._locks: dict[str, asyncio.Lock] = {}
        self._under_way: dict[str, asyncio.Task[Pool]] = {}

    async def get(self, database: Database, programme_id: str, version: int) -> Pool:
        """The pool as of `people_version`, or the last one while very many changes are being read.

        Not to be called within a session: those who wait would hold all connections.
        """
        pool = self._kept.get(programme_id)
        if pool is None or pool.version < version:
            async with self._locks.setdefault(programme_id, asyncio.Lock()):
                pool = await self._renewed(database, programme_id, version)
        if programme_id in self._kept:
            self._kept.move_to_end(programme_id)
        return pool

    async def close(self) -> None:
        """Ends what is being read."""
        tasks = tuple(self._under_way.values())
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _renewed(self, database: Database, programme_id: str, version: int) -> Pool:
        pool, running = self._kept.get(programme_id), self._under_way.get(programme_id)
        if pool is None:
            # A task of its own: one waiter may give up, and the next one goes on waiting.
            reading = running or self._start(programme_id, self._build(database, programme_id))
            return await asyncio.shield(reading)
        if pool.version < version and not running:
            return await self._follow(database, programme_id, pool)
        return pool

    async def _follow(self, database: Database, programme_id: str, pool: Pool) -> Pool:
        changed = await changed_since(database, programme_id, pool.version, AWAITED + 1)
        _, base = await _versions(database, programme_id)
        # The version rose without a marked member; rebuild all.
        is_anew = base > pool.version or not changed
        size = len(pool.directory.pool) if is_anew else len(changed)
        work = self._build(database, programme_id) if is_anew else self._update(database, programme_id, pool)
        if size <= AWAITED:
            return await work
        self._start(programme_id, work)
        return pool

    def _start(self, programme_id: str, work: Coroutine[None, None, Pool]) -> asyncio.Task[Pool]:
        task = self._under_way[programme_id] = asyncio.create_task(work)

        def done(ended: asyncio.Task[Pool]) -> None:
            self._under_way.pop(programme_id, None)
            if not ended.cancelled() and (error := ended.exception()) is not None:
                # The next search tries again.
                log.warning("could not read the mentors", error=type(error).__name__)

        task.add_done_callback(done)
        return task

    async def _build(self, database: Database, programme_id: str) -> Pool:
        # The version first: what changes while the mentors are read is read again by the next search.
        version, _ = await _versions(database, programme_id)
        directory = await _taken_in(Directory.of([]), all_listings(database, programme_id))
        return self._keep(programme_id, Pool(version, directory))

    async def _update(self, database: Database, programme_id: str, pool: Pool) -> Pool:
        version, _ = await _versions(database, programme_id)
        changed = await changed_since(database, programme_id, pool.version)
        found = listings_of(database, programme_id, changed)
        directory = await _taken_in(pool.directory, found, changed)
        return self._keep(programme_id, Pool(version, directory, pool.counted))

    def _keep(self, programme_id: str, pool: Pool) -> Pool:
        self._kept[programme_id] = pool
        self._kept.move_to_end(programme_id)
        sizes = {one: len(kept.directory.pool) for one, kept in self._kept.items()}
        while len(self._kept) > 1 and sum(sizes.values()) > self._most_mentors:
            oldest, _ = self._kept.popitem(last=False)
            del sizes[oldest]
        return pool


async def _versions(database: Database, programme_id: str) -> tuple[int, int]:
    """`people_version` and `people_base` of a programme."""
    query = select(ProgrammeRow.people_version, ProgrammeRow.people_base).where(
        ProgrammeRow.id == programme_id
    )
    version, base = await database.read(lambda session: session.execute(query).one())
    return version, base


async def _taken_in(
    directory: Directory, parts: AsyncIterator[list[Listing]], gone: Collection[str] = ()
) -> Directory:
    waiting: list[Listing] = []
    async for part in parts:
        waiting += part
        if len(waiting) >= AT_ONCE:
            directory = await asyncio.to_thread(directory.renewed, waiting, gone)
            waiting, gone = [], ()
    return await asyncio.to_thread(directory.renewed, waiting, gone)
