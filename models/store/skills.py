"""The skills of a programme: by name, created on demand."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.matching.names import name_key
from models.store.tables import SkillRow
from models.store.upsert import insert_new

LOOKED_UP_AT_ONCE = 500
"""Names in one query; SQLite takes a limited number of parameters."""


async def skill_names(session: AsyncSession, programme_id: str) -> dict[str, str]:
    """The names of all skills of a programme by id."""
    query = select(SkillRow.id, SkillRow.name).where(SkillRow.programme_id == programme_id)
    return dict((await session.execute(query)).all())


async def skill_ids(session: AsyncSession, programme_id: str, names: Collection[str]) -> dict[str, str]:
    """The ids of skills by key (`name_key`); names that the programme does not have are left out."""
    keys = sorted({name_key(name) for name in names})
    found: dict[str, str] = {}
    for start in range(0, len(keys), LOOKED_UP_AT_ONCE):
        query = select(SkillRow.name, SkillRow.id).where(
            SkillRow.programme_id == programme_id, SkillRow.name.in_(keys[start : start + LOOKED_UP_AT_ONCE])
        )
        found.update((await session.execute(query)).all())
    return found


async def ensure_skills(session: AsyncSession, programme_id: str, names: Collection[str]) -> dict[str, str]:
    """The ids of skills by key; unknown ones are created. Safe under concurrent callers."""
    found = await skill_ids(session, programme_id, names)
    new = sorted({name_key(name) for name in names} - found.keys() - {""})
    if not new:
        return found
    rows = [{"id": str(uuid4()), "programme_id": programme_id, "name": name, "group": ""} for name in new]
    await insert_new(session, SkillRow, rows)
    return found | await skill_ids(session, programme_id, new)
