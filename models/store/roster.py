"""The members of a programme by name, as its coordinators read and search them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.folding import words
from models.process.actors import Role
from models.store.processes import PlaceRow, RequestRow
from models.store.tables import MemberRow, PersonRow


class Standing(StrEnum):
    """What a list of people can be narrowed to besides a role."""

    SEEKING = "seeking"
    """Mentees without a mentor."""
    UNFINISHED = "unfinished"
    """Mentees and mentors whose profile is not complete."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose name or address contains every word of `text`; `after` is the id of the last one shown."""

    programme_id: str
    text: str = ""
    role: Role | None = None
    standing: Standing | None = None
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the list. The last three count what is held or open now."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    complete: bool
    capacity: int | None
    """Their own number, None for the programme's."""
    joined_at: datetime
    mentees: int
    mentors: int
    asked: int


ROLES = {Role.MENTEE: MemberRow.is_mentee, Role.MENTOR: MemberRow.is_mentor, Role.ADMIN: MemberRow.is_admin}


def page(session: Session, wanted: Wanted) -> list[Person]:
    last = session.get(MemberRow, (wanted.programme_id, wanted.after)) if wanted.after else None
    return [_person(row) for row in session.execute(page_query(wanted, last))]


def page_query(wanted: Wanted, last: MemberRow | None) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            MemberRow,
            PersonRow.email,
            _held(PlaceRow.mentor_id).label("mentees"),
            _held(PlaceRow.mentee_id).label("mentors"),
            _asked().label("asked"),
        )
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(MemberRow.programme_id == wanted.programme_id, MemberRow.left_at.is_(None), *_narrowed(wanted))
        .order_by(MemberRow.name_folded, MemberRow.person_id)
        .limit(wanted.limit)
    )
    for word in words(wanted.text):
        in_name, in_email = (
            column.contains(word, autoescape=True)
            for column in (MemberRow.name_folded, PersonRow.email_folded)
        )
        query = query.where(or_(in_name, in_email))
    if last is not None:
        # The first half is what an index can seek to.
        later = or_(MemberRow.name_folded > last.name_folded, MemberRow.person_id > last.person_id)
        query = query.where(MemberRow.name_folded >= last.name_folded, later)
    return query


def _narrowed(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    role = [] if wanted.role is None else [ROLES[wanted.role] == true()]
    standing = {None: (), Standing.SEEKING: (is_seeking(),), Standing.UNFINISHED: (is_unfinished(),)}
    return [*role, *standing[wanted.standing]]


def is_seeking() -> ColumnElement[bool]:
    """Of a member: a mentee without a mentor."""
    held = exists().where(
        PlaceRow.programme_id == MemberRow.programme_id,
        PlaceRow.mentee_id == MemberRow.person_id,
        PlaceRow.released_at.is_(None),
    )
    return (MemberRow.is_mentee == true()) & ~held.correlate(MemberRow)


def is_unfinished() -> ColumnElement[bool]:
    """Of a member: one who cannot take part before the profile is complete."""
    return (MemberRow.complete != true()) & or_(MemberRow.is_mentee == true(), MemberRow.is_mentor == true())


def _held(whose: InstrumentedAttribute[str]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(
            PlaceRow.programme_id == MemberRow.programme_id,
            whose == MemberRow.person_id,
            PlaceRow.released_at.is_(None),
        )
        .correlate(MemberRow)
        .scalar_subquery()
    )


def _asked() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(
            RequestRow.programme_id == MemberRow.programme_id,
            RequestRow.mentee_id == MemberRow.person_id,
            RequestRow.is_open == true(),
        )
        .correlate(MemberRow)
        .scalar_subquery()
    )


def _person(row: Any) -> Person:
    member: MemberRow = row[0]
    held = tuple(role.value for role in ROLES if getattr(member, f"is_{role.value}"))
    return Person(
        id=member.person_id,
        name=member.name,
        email=row.email,
        roles=held,
        complete=member.complete,
        capacity=member.capacity,
        joined_at=member.joined_at,
        mentees=row.mentees,
        mentors=row.mentors,
        asked=row.asked,
    )
