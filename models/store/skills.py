"""The skills of a programme as they are read, and created on demand while profiles are written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from threading import Lock
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.matching.names import name_key, tidy
from models.matching.skills import Skill, SkillBook
from models.process.match import spoken
from models.store.tables import ProgrammeRow, SkillRow, SkillsetRow
from models.store.upsert import insert_new

LOOKED_UP_AT_ONCE = 500
"""Names in one query; SQLite takes a limited number of parameters."""


def load_book(session: Session, programme_id: str) -> SkillBook:
    """All skills of a programme, with their names, aliases and skillsets."""
    query = (
        select(
            SkillRow.id,
            SkillRow.name,
            SkillRow.title,
            SkillRow.aliases,
            SkillRow.skillset_id,
            SkillsetRow.title,
        )
        .outerjoin(SkillsetRow, SkillsetRow.id == SkillRow.skillset_id)
        .where(SkillRow.programme_id == programme_id)
    )
    return SkillBook.of(
        Skill(row[0], row[1], row[2], tuple(row[3]), row[4], row[5] or "") for row in session.execute(query)
    )


class SkillBooks:
    """The books of the programmes that are searched in this process, as of their `skills_version`."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[int, SkillBook]] = OrderedDict()
        self._lock = Lock()  # transactions run in threads

    def get(self, session: Session, programme_id: str, version: int) -> SkillBook:
        """The book as of `version` or later."""
        kept = self._kept.get(programme_id)
        if kept is None or kept[0] < version:
            kept = version, load_book(session, programme_id)
        with self._lock:
            self._kept[programme_id] = kept
            self._kept.move_to_end(programme_id)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept[1]


def skill_keys(session: Session, programme_id: str) -> dict[str, str]:
    """The keys of all skills of a programme by id."""
    query = select(SkillRow.id, SkillRow.name).where(SkillRow.programme_id == programme_id)
    return dict(session.execute(query).all())


def skill_ids(session: Session, programme_id: str, keys: Collection[str]) -> dict[str, str]:
    """The ids of skills by key; keys that the programme does not have are left out."""
    ordered = sorted({name_key(key) for key in keys})
    found: dict[str, str] = {}
    for start in range(0, len(ordered), LOOKED_UP_AT_ONCE):
        part = SkillRow.name.in_(ordered[start : start + LOOKED_UP_AT_ONCE])
        query = select(SkillRow.name, SkillRow.id).where(SkillRow.programme_id == programme_id, part)
        found.update(session.execute(query).all())
    return found


def ensure_skills(session: Session, programme_id: str, names: Iterable[str]) -> dict[str, str]:
    """The ids of skills by key (`name_key` of the names); unknown ones are created as they are written.

    Safe under concurrent callers.
    """
    written: dict[str, str] = {}
    for name in names:
        written.setdefault(name_key(name), tidy(name))
    found = skill_ids(session, programme_id, written)
    new = sorted(written.keys() - found.keys() - {""})
    if not new:
        return found
    rows = [
        {"id": str(uuid4()), "programme_id": programme_id, "name": key, "title": spoken(written[key])}
        for key in new
    ]
    insert_new(session, SkillRow, rows)
    touch_skills(session, programme_id)
    return found | skill_ids(session, programme_id, new)


def touch_skills(session: Session, programme_id: str) -> None:
    """Tells every process that keeps the programme's skills to read them again."""
    here = update(ProgrammeRow).where(ProgrammeRow.id == programme_id)
    session.execute(here.values(skills_version=ProgrammeRow.skills_version + 1))
