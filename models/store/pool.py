"""Keeps the mentors of programmes in memory, as long as nothing about their people changes.

`MentorPools` belongs to one process. A change of any profile raises the programme's `people_version`, and the
next search builds the directory anew: 20 ms for 300 mentors, a few seconds for 100,000.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models.matching.directory import Directory, Listing
from models.process.profile import back_at
from models.store.processes import PlaceRow, RequestRow
from models.store.tables import MemberPreferenceRow, MemberRow, MemberSkillRow, SkillRow

KEPT = 16
"""Programmes whose mentors are kept at the same time; the one searched least recently goes first."""

BATCH = 1000
"""Rows handled between two chances for other tasks of the event loop."""


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """How many mentees each mentor has, and how many open requests; both of shape (mentors,).

    `seal` changes whenever they do.
    """

    mentees: NDArray[np.int64]
    asked: NDArray[np.int64]
    seal: tuple[Any, ...]


@dataclass(slots=True)
class _Kept:
    version: int
    directory: Directory
    load: Load | None = None


class MentorPools:
    """The directories of the programmes searched last. One per process; safe for concurrent tasks."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, session: AsyncSession, programme_id: str, version: int) -> tuple[Directory, Load]:
        """The directory as of `people_version`, and the load of its mentors now."""
        async with self._locks.setdefault(programme_id, asyncio.Lock()):
            kept = self._kept.get(programme_id)
            if kept is None or kept.version < version:
                kept = _Kept(version, await build_directory(session, programme_id))
                self._kept[programme_id] = kept
            seal = await _seal(session, programme_id)
            if kept.load is None or kept.load.seal != seal:
                kept.load = await _read_load(session, programme_id, kept.directory, seal)
            self._kept.move_to_end(programme_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return kept.directory, kept.load


async def build_directory(session: AsyncSession, programme_id: str) -> Directory:
    """Reads all mentors of a programme who are complete and have not left, whether available or not."""
    found: dict[str, Listing] = {}
    async for rows in _batches(session, _mentors(programme_id)):
        found.update((row.person_id, _listing(row)) for row in rows)
    async for rows in _batches(session, _skills(programme_id)):
        for person, skill, level in rows:
            if person in found:
                found[person].levels[skill] = level
    async for rows in _batches(session, _preferences(programme_id)):
        for person, option in rows:
            if person in found:
                found[person].preferences.append(option)
    return await asyncio.to_thread(Directory.of, list(found.values()))


async def _batches(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> AsyncIterator[Sequence[Any]]:
    result = await session.stream(query.execution_options(yield_per=BATCH))
    async for rows in result.partitions():
        yield rows


def _mentors(programme_id: str) -> Select[*tuple[Any, ...]]:
    return select(
        MemberRow.person_id,
        MemberRow.name,
        MemberRow.time_zone,
        MemberRow.headline,
        MemberRow.about,
        MemberRow.unit,
        MemberRow.location,
        MemberRow.country,
        MemberRow.languages,
        MemberRow.attributes,
        MemberRow.capacity,
        MemberRow.available,
        MemberRow.available_from,
    ).where(
        MemberRow.programme_id == programme_id,
        MemberRow.is_mentor == true(),
        MemberRow.complete == true(),
        MemberRow.left_at.is_(None),
    )


def _skills(programme_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(MemberSkillRow.person_id, SkillRow.name, MemberSkillRow.level)
        .join(SkillRow, SkillRow.id == MemberSkillRow.skill_id)
        .where(MemberSkillRow.programme_id == programme_id, MemberSkillRow.level.is_not(None))
    )


def _preferences(programme_id: str) -> Select[*tuple[Any, ...]]:
    return select(MemberPreferenceRow.person_id, MemberPreferenceRow.option).where(
        MemberPreferenceRow.programme_id == programme_id
    )


def _listing(row: Any) -> Listing:
    return Listing(
        id=row.person_id,
        facets=[
            ("country", row.country),
            ("unit", row.unit),
            ("location", row.location),
            *(("language", language) for language in row.languages),
            *((name, str(value)) for name, value in row.attributes.items()),
        ],
        texts=[row.name, row.headline, row.about],
        back_at=back_at(row.available, row.available_from, row.time_zone),
        capacity=row.capacity,
    )


async def _seal(session: AsyncSession, programme_id: str) -> tuple[Any, ...]:
    """Numbers that change with every change of the load, from indexes alone.

    Places and open requests only ever come and then go: how many there ever were (for requests: when the last
    came) together with how many are left tells two moments apart.
    """
    places = select(func.count(), func.count().filter(PlaceRow.released_at.is_(None))).where(
        PlaceRow.programme_id == programme_id
    )
    last = select(func.max(RequestRow.created_at)).where(RequestRow.programme_id == programme_id)
    left = select(func.count()).where(RequestRow.programme_id == programme_id, RequestRow.is_open == true())
    ever, held = (await session.execute(places)).one()
    return ever, held, await session.scalar(last), await session.scalar(left)


async def _read_load(
    session: AsyncSession, programme_id: str, directory: Directory, seal: tuple[Any, ...]
) -> Load:
    held = (
        select(PlaceRow.mentor_id, func.count())
        .where(PlaceRow.programme_id == programme_id, PlaceRow.released_at.is_(None))
        .group_by(PlaceRow.mentor_id)
    )
    asked = (
        select(RequestRow.mentor_id, func.count())
        .where(RequestRow.programme_id == programme_id, RequestRow.is_open == true())
        .group_by(RequestRow.mentor_id)
    )
    return Load(await _counted(session, held, directory), await _counted(session, asked, directory), seal)


async def _counted(session: AsyncSession, query: Select[str, int], directory: Directory) -> NDArray[np.int64]:
    counts = np.zeros(len(directory.pool), dtype=np.int64)
    for mentor, count in await session.execute(query):
        position = directory.pool.positions.get(mentor)
        if position is not None:
            counts[position] = count
    return counts
