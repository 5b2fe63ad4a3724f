"""Reads mentors as the directory of a programme keeps them, some hundreds at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from models.matching.directory import Listing
from models.process.profile import back_at
from models.store.database import Database
from models.store.skills import skill_keys
from models.store.tables import MemberPreferenceRow, MemberRow, MemberSkillRow

BATCH = 500
"""People read at once: the event loop is held for the time that their rows take, some milliseconds."""


async def all_listings(database: Database, programme_id: str) -> AsyncIterator[list[Listing]]:
    """All mentors who are complete and have not left, whether available or not, by ascending id.

    Every part is read in a transaction of its own: a caller who needs one moment asks for what changed since.
    """
    last: str | None = ""
    names: dict[str, str] = {}
    while last is not None:
        query = _mentors(programme_id).where(MemberRow.person_id > last).limit(BATCH)
        found = await _part(database, programme_id, query, names)
        last = found[-1].id if len(found) == BATCH else None
        yield found


async def changed_since(
    database: Database, programme_id: str, version: int, limit: int | None = None
) -> list[str]:
    """Ids of members, whatever they are, whose profile changed after `people_version`."""
    query = (
        select(MemberRow.person_id)
        .where(MemberRow.programme_id == programme_id, MemberRow.changed_in > version)
        .limit(limit)
    )
    return await database.read(lambda session: list(session.scalars(query)))


async def listings_of(
    database: Database, programme_id: str, person_ids: Sequence[str]
) -> AsyncIterator[list[Listing]]:
    """Those of the people who are to be in the directory, in parts."""
    names: dict[str, str] = {}
    ordered = sorted(person_ids)
    for start in range(0, len(ordered), BATCH):
        query = _mentors(programme_id).where(MemberRow.person_id.in_(ordered[start : start + BATCH]))
        yield await _part(database, programme_id, query, names)


async def _part(
    database: Database, programme_id: str, query: Select[*tuple[Any, ...]], names: dict[str, str]
) -> list[Listing]:
    return await database.read(lambda session: _listings(session, programme_id, query, names))


def _listings(
    session: Session,
    programme_id: str,
    query: Select[*tuple[Any, ...]],
    names: dict[str, str],
) -> list[Listing]:
    rows = session.execute(query).all()
    ids = [row.person_id for row in rows]
    if not ids:
        return []
    levels = session.execute(_levels(programme_id, ids)).all()
    ticks = session.execute(_ticks(programme_id, ids)).all()
    if any(skill not in names for _, skill, _ in levels):
        # None are known yet, or one came since.
        names.update(skill_keys(session, programme_id))
    return _put_together(rows, levels, ticks, names)


def _put_together(
    rows: Sequence[Any], levels: Sequence[Any], ticks: Sequence[Any], names: dict[str, str]
) -> list[Listing]:
    found = {row.person_id: _listing(row) for row in rows}
    for person, skill, level in levels:
        found[person].levels[names[skill]] = level
    for person, option in ticks:
        found[person].preferences.append(option)
    return list(found.values())


def _mentors(programme_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
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
        )
        .where(
            MemberRow.programme_id == programme_id,
            MemberRow.is_mentor == true(),
            MemberRow.complete == true(),
            MemberRow.left_at.is_(None),
        )
        .order_by(MemberRow.person_id)
    )


def _levels(programme_id: str, ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return select(MemberSkillRow.person_id, MemberSkillRow.skill_id, MemberSkillRow.level).where(
        MemberSkillRow.programme_id == programme_id,
        MemberSkillRow.person_id.in_(ids),
        MemberSkillRow.level.is_not(None),
    )


def _ticks(programme_id: str, ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return select(MemberPreferenceRow.person_id, MemberPreferenceRow.option).where(
        MemberPreferenceRow.programme_id == programme_id, MemberPreferenceRow.person_id.in_(ids)
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
        time_zone=row.time_zone,
    )
