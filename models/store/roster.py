"""The members of a programme by name, as its coordinators read and search them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.folding import words
from models.process.actors import Role
from models.process.request.state import RequestState
from models.store.processes import PlaceRow, RequestRow
from models.store.tables import MemberRow, PersonRow

TWICE = 2
DECLINED_WITHIN = timedelta(days=90)


class Standing(StrEnum):
    """What a list of people can be narrowed to besides a role."""

    SEEKING = "seeking"
    """Mentees without a mentor."""
    DECLINED = "declined"
    """Of those, who were turned down twice lately and ask nobody now."""
    UNFINISHED = "unfinished"
    """Mentees and mentors whose profile is not complete."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose name or address contains every word of `text`; `after` is the id of the last one shown."""

    programme_id: str
    now: datetime
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
    return [*role, *(made(wanted) for made in _STANDINGS.get(wanted.standing, ()))]


def is_seeking() -> ColumnElement[bool]:
    """Of a member: a mentee without a mentor."""
    held = exists().where(
        PlaceRow.programme_id == MemberRow.programme_id,
        PlaceRow.mentee_id == MemberRow.person_id,
        PlaceRow.released_at.is_(None),
    )
    return (MemberRow.is_mentee == true()) & ~held.correlate(MemberRow)


def declined(programme_id: str, now: datetime) -> Select[str, datetime | None]:
    """`mentee_id` of those who were declined twice lately, and `at`, when they last were."""
    return (
        select(RequestRow.mentee_id, func.max(RequestRow.decided_at).label("at"))
        .where(
            RequestRow.programme_id == programme_id,
            RequestRow.state == RequestState.REJECTED.value,
            RequestRow.created_at >= now - DECLINED_WITHIN,
        )
        .group_by(RequestRow.mentee_id)
        .having(func.count() >= TWICE)
    )


def asks_nobody() -> ColumnElement[bool]:
    """Of a member: one without an open request of their own."""
    other = aliased(RequestRow)
    asks = exists().where(
        other.programme_id == MemberRow.programme_id,
        other.mentee_id == MemberRow.person_id,
        other.is_open == true(),
    )
    return ~asks.correlate(MemberRow)


def _is_declined(wanted: Wanted) -> ColumnElement[bool]:
    twice = declined(wanted.programme_id, wanted.now).subquery()
    return and_(MemberRow.person_id.in_(select(twice.c.mentee_id)), is_seeking(), asks_nobody())


def is_unfinished() -> ColumnElement[bool]:
    """Of a member: one who cannot take part before the profile is complete."""
    return (MemberRow.complete != true()) & or_(MemberRow.is_mentee == true(), MemberRow.is_mentor == true())


_STANDINGS: dict[Standing | None, tuple[Callable[[Wanted], ColumnElement[bool]], ...]] = {
    Standing.SEEKING: (lambda _: is_seeking(),),
    Standing.DECLINED: (_is_declined,),
    Standing.UNFINISHED: (lambda _: is_unfinished(),),
}


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
