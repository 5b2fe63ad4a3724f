"""Reads and writes whole profiles of a programme's members, many at once.

Writing a profile is always followed by `touch_people`, so that every cached pool of mentors is renewed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from models.process.member import MemberProfile
from models.process.profile import missing, requirements
from models.process.programme import ProgrammeSettings
from models.store.skills import ensure_skills
from models.store.tables import (
    Base,
    MemberPreferenceRow,
    MemberRow,
    MemberSkillRow,
    ProgrammeRow,
    SkillRow,
    folded,
)

AT_ONCE = 500
"""Profiles in one query; SQLite takes a limited number of parameters."""

_OF_SKILLS = {"skills": "level", "targets": "target", "familiarity": "familiarity", "help": "help_since"}
"""The fields of a profile that hold something for each skill, with their columns."""
_BESIDE = frozenset({*_OF_SKILLS, "preferences"})
_COLUMNS = tuple(one.name for one in fields(MemberProfile) if one.name not in _BESIDE)
# Tables and not mapped classes: an import reads and writes many rows, and no object is wanted of them.
_tables = Base.metadata.tables
_members = _tables[MemberRow.__tablename__]
_skills = _tables[SkillRow.__tablename__]
_levels = _tables[MemberSkillRow.__tablename__]
_ticks = _tables[MemberPreferenceRow.__tablename__]


def is_complete(profile: MemberProfile, settings: ProgrammeSettings) -> bool:
    """Whether nothing is missing for the roles that the person has (P4)."""
    return not missing(profile.facts(), settings.preferences, requirements(settings.eligibility))


def attribute_names(session: Session, programme_id: str) -> frozenset[str]:
    """The names of the attributes that people of the programme have."""
    query = (
        select(_members.c.person_id, _members.c.attributes)
        .where(_members.c.programme_id == programme_id)
        .order_by(_members.c.person_id)
        .limit(AT_ONCE)
    )
    found: set[str] = set()
    last = ""
    while rows := session.execute(query.where(_members.c.person_id > last)).all():
        found.update(*(attributes for _, attributes in rows))
        last = rows[-1].person_id
    return frozenset(found)


def load_profiles(
    session: Session, programme_id: str, person_ids: Collection[str], for_update: bool = False
) -> dict[str, MemberProfile]:
    """Profiles by person id; people who are not members are left out. With `for_update` they are locked."""
    found: dict[str, MemberProfile] = {}
    ordered = sorted(set(person_ids))
    for start in range(0, len(ordered), AT_ONCE):
        found |= _load(session, programme_id, ordered[start : start + AT_ONCE], for_update)
    return found


def _load(
    session: Session, programme_id: str, person_ids: Sequence[str], for_update: bool
) -> dict[str, MemberProfile]:
    asked = {"programme_id": programme_id, "ids": person_ids}
    rows = session.execute(_LOCKED_MEMBERS if for_update else _MEMBERS, asked).mappings()
    found = {row["person_id"]: MemberProfile(**row) for row in rows}
    for person, skill, *said in session.execute(_LEVELS, asked):
        for name, value in zip(_OF_SKILLS, said, strict=True):
            if value is not None:
                getattr(found[person], name)[skill] = value
    for person, option in session.execute(_OPTIONS, asked):
        found[person].preferences |= {option}
    return found


def _those_in(table: Table) -> ColumnElement[bool]:
    these = table.c.person_id.in_(bindparam("ids", expanding=True))
    return (table.c.programme_id == bindparam("programme_id")) & these


_MEMBERS = (
    select(*(_members.c[name] for name in _COLUMNS)).where(_those_in(_members)).order_by(_members.c.person_id)
)
_LOCKED_MEMBERS = _MEMBERS.with_for_update()
_LEVELS = (
    select(_levels.c.person_id, _skills.c.name, *(_levels.c[column] for column in _OF_SKILLS.values()))
    .join(_skills, _skills.c.id == _levels.c.skill_id)
    .where(_those_in(_levels))
)
_OPTIONS = select(_ticks.c.person_id, _ticks.c.option).where(_those_in(_ticks))


def save_profiles(
    session: Session,
    programme_id: str,
    before: Mapping[str, MemberProfile],
    after: Iterable[MemberProfile],
) -> None:
    """Writes the profiles of `after` that differ from `before` (by person id); missing there, they are new.

    Skills that the programme does not have are created.
    """
    changed = [profile for profile in after if before.get(profile.person_id) != profile]
    _save_members(session, programme_id, before, changed)
    _save_skills(session, programme_id, before, changed)
    _save_options(session, programme_id, before, changed)


def _save_members(
    session: Session,
    programme_id: str,
    before: Mapping[str, MemberProfile],
    changed: Sequence[MemberProfile],
) -> None:
    new = [
        {"programme_id": programme_id} | _row(profile)
        for profile in changed
        if profile.person_id not in before
    ]
    old = [
        {f"new_{name}": value for name, value in _row(profile).items()}
        for profile in changed
        if profile.person_id in before and _row(profile) != _row(before[profile.person_id])
    ]
    if new:
        session.execute(insert(_members), new)
    if old:
        session.execute(_update_member(programme_id), old)


def _row(profile: MemberProfile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in _COLUMNS} | {"name_folded": folded(profile.name)}


def _update_member(programme_id: str) -> Update:
    names = [name for name in (*_COLUMNS, "name_folded") if name != "person_id"]
    return (
        update(_members)
        .where(_members.c.programme_id == programme_id, _members.c.person_id == bindparam("new_person_id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _save_skills(
    session: Session,
    programme_id: str,
    before: Mapping[str, MemberProfile],
    changed: Sequence[MemberProfile],
) -> None:
    differing = [
        profile
        for profile in changed
        if (old := before.get(profile.person_id)) is None
        or any(getattr(old, name) != getattr(profile, name) for name in _OF_SKILLS)
    ]
    ids = ensure_skills(session, programme_id, {name for one in differing for name in one.named})
    rows = [
        {
            "programme_id": programme_id,
            "person_id": profile.person_id,
            "skill_id": ids[name],
            **{column: getattr(profile, field).get(name) for field, column in _OF_SKILLS.items()},
        }
        for profile in differing
        for name in profile.named
    ]
    _replace(session, _levels, programme_id, _existing(differing, before), rows)


def _save_options(
    session: Session,
    programme_id: str,
    before: Mapping[str, MemberProfile],
    changed: Sequence[MemberProfile],
) -> None:
    differing = [
        profile
        for profile in changed
        if (old := before.get(profile.person_id)) is None or old.preferences != profile.preferences
    ]
    rows = [
        {"programme_id": programme_id, "person_id": profile.person_id, "option": option}
        for profile in differing
        for option in sorted(profile.preferences)
    ]
    _replace(session, _ticks, programme_id, _existing(differing, before), rows)


def _existing(profiles: Sequence[MemberProfile], before: Mapping[str, MemberProfile]) -> list[str]:
    return [profile.person_id for profile in profiles if profile.person_id in before]


def _replace(
    session: Session, table: Table, programme_id: str, owners: Sequence[str], rows: list[dict[str, Any]]
) -> None:
    """Takes away what the owners have in the table, then inserts the rows."""
    for start in range(0, len(owners), AT_ONCE):
        part = owners[start : start + AT_ONCE]
        session.execute(
            delete(table).where(table.c.programme_id == programme_id, table.c.person_id.in_(part))
        )
    if rows:
        session.execute(insert(table), rows)


def touch_people(session: Session, programme_id: str, person_ids: Collection[str] | None = None) -> None:
    """Tells every process that keeps a pool of this programme's mentors whose profiles to read again.

    None: everybody's. The row of the programme is locked from here on, so versions are committed in order.
    """
    here = ProgrammeRow.id == programme_id
    newer = ProgrammeRow.people_version + 1
    values = {"people_version": newer} | ({} if person_ids is not None else {"people_base": newer})
    raising = update(ProgrammeRow).where(here).values(values).returning(ProgrammeRow.people_version)
    version = session.execute(raising).scalar_one_or_none()
    ordered = sorted(set(person_ids or ()))
    for start in range(0, len(ordered), AT_ONCE):
        part = _members.c.person_id.in_(ordered[start : start + AT_ONCE])
        statement = update(_members).where(_members.c.programme_id == programme_id, part)
        session.execute(statement.values(changed_in=version))


def refresh_completeness(session: Session, programme_id: str, settings: ProgrammeSettings) -> int:
    """Computes `complete` anew for everybody, after the programme's options or its rule for mentors changed.

    Returns how many changed.
    """
    people = list(session.scalars(select(MemberRow.person_id).where(MemberRow.programme_id == programme_id)))
    changed: list[dict[str, Any]] = []
    for start in range(0, len(people), AT_ONCE):
        profiles = load_profiles(session, programme_id, people[start : start + AT_ONCE])
        changed.extend(
            {"who": profile.person_id, "now": not profile.complete}
            for profile in profiles.values()
            if is_complete(profile, settings) != profile.complete
        )
    if changed:
        here = (_members.c.programme_id == programme_id) & (_members.c.person_id == bindparam("who"))
        session.execute(update(_members).where(here).values(complete=bindparam("now")), changed)
        touch_people(session, programme_id, [one["who"] for one in changed])
    return len(changed)
