"""The open requests and relationships that need a signal because one of their people has left (R10).

Nothing is noted where a person leaves: the signals follow from the memberships as they are, so no
way of leaving can forget it, and what was not told yet is found again after any outage. Every change of a
profile raises the programme's `people_version`, which says when to look and whom to look at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models.mails.frame import ReleaseCause
from models.process.actors import Role
from models.process.departures import Fate, Touched, fate, mentee_gone, mentor_gone
from models.process.programme import ProgrammeSettings
from models.store.asking import presence_of
from models.store.erasing import any_locked
from models.store.processes import PlaceRow, RequestRow
from models.store.tables import MemberRow, ProgrammeRow

AT_ONCE = 500
"""People in one query; SQLite takes a limited number of parameters."""


class Version(NamedTuple):
    """How far the people of a programme have come; `base`: everybody has to be looked at again since then."""

    programme_id: str
    version: int
    base: int


@dataclass(frozen=True, slots=True)
class Stranded:
    """An open request to signal. `cause` None: it was left to the admins, and its mentor is back."""

    process_id: str
    workflow_id: str
    cause: ReleaseCause | None
    fate: Fate


@dataclass(frozen=True, slots=True)
class Ending:
    """A relationship whose place is held and of which `side` has left the programme."""

    relationship_id: str
    side: Role


@dataclass(frozen=True, slots=True)
class Left:
    stranded: tuple[Stranded, ...]
    ending: tuple[Ending, ...]


def versions(session: Session) -> list[Version]:
    query = select(ProgrammeRow.id, ProgrammeRow.people_version, ProgrammeRow.people_base)
    return [Version(*row) for row in session.execute(query)]


def changed_since(session: Session, programme_id: str, version: int) -> list[str]:
    """The people whose profiles were changed after `version`."""
    query = select(MemberRow.person_id).where(
        MemberRow.programme_id == programme_id, MemberRow.changed_in > version
    )
    return list(session.scalars(query))


def left_by(session: Session, programme_id: str, people: Collection[str] | None, now: datetime) -> Left:
    """What these people have left behind (None: everybody of the programme), as things are at `now`."""
    settings = ProgrammeSettings.kept(session.get_one(ProgrammeRow, programme_id).settings)
    stranded: dict[str, Stranded] = {}
    ending: list[Ending] = []
    for some in _batches(people):
        for query, of_row in ((_of_mentees, _by_mentee), (_of_mentors, _by_mentor)):
            for row in session.execute(query(programme_id, some)):
                found = of_row(row, settings, now)
                if found is not None:
                    stranded.setdefault(found.process_id, found)
        for side in (Role.MENTEE, Role.MENTOR):
            rows = session.scalars(_held(programme_id, side, some))
            ending += (Ending(relationship_id, side) for relationship_id in rows)
    return Left(tuple(stranded.values()), tuple(ending))


def _batches(people: Collection[str] | None) -> Iterable[Sequence[str] | None]:
    if people is None:
        return (None,)
    ordered = sorted(people)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


_PRESENCE = tuple(
    getattr(MemberRow, name)
    for name in (
        *("is_mentee", "is_mentor", "left_at", "stepped_down"),
        *("available", "available_from", "time_zone"),
    )
)


def _requests(
    programme_id: str, person: Any, some: Sequence[str] | None, which: ColumnElement[bool]
) -> Select[Any]:
    """Open requests with one side's membership; an erasure ends those of its person by itself."""
    here = and_(MemberRow.programme_id == RequestRow.programme_id, MemberRow.person_id == person)
    query = (
        select(RequestRow.id, RequestRow.workflow_id, RequestRow.left_to_admins, *_PRESENCE)
        .join(MemberRow, here)
        .where(
            RequestRow.programme_id == programme_id,
            RequestRow.is_open == true(),
            which,
            ~any_locked(MemberRow.person_id),
        )
    )
    return query if some is None else query.where(person.in_(some))


def _of_mentees(programme_id: str, some: Sequence[str] | None) -> Select[Any]:
    gone = or_(MemberRow.left_at.is_not(None), MemberRow.is_mentee == false())
    return _requests(programme_id, RequestRow.mentee_id, some, gone)


def _of_mentors(programme_id: str, some: Sequence[str] | None) -> Select[Any]:
    gone = or_(
        MemberRow.left_at.is_not(None),
        MemberRow.is_mentor == false(),
        MemberRow.stepped_down == true(),
        MemberRow.available == false(),
        RequestRow.left_to_admins.is_not(None),
    )
    return _requests(programme_id, RequestRow.mentor_id, some, gone)


def _by_mentee(row: Any, settings: ProgrammeSettings, now: datetime) -> Stranded | None:
    cause = mentee_gone(presence_of(row))
    return Stranded(row.id, row.workflow_id, cause, Fate.RELEASE) if cause else None


def _by_mentor(row: Any, settings: ProgrammeSettings, now: datetime) -> Stranded | None:
    """None where the request knows already, or need not know."""
    cause = mentor_gone(presence_of(row), settings, now)
    if cause is None:
        return Stranded(row.id, row.workflow_id, None, Fate.KEEP) if row.left_to_admins else None
    wanted = fate(cause, settings)
    if wanted is Fate.KEEP or (wanted is Fate.ADMINS and row.left_to_admins):
        return None
    return Stranded(row.id, row.workflow_id, cause, wanted)


def _held(programme_id: str, side: Role, some: Sequence[str] | None) -> Select[str]:
    """By the place, which is there from the acceptance on; the relationship's own row may come later."""
    person = PlaceRow.mentee_id if side is Role.MENTEE else PlaceRow.mentor_id
    here = and_(MemberRow.programme_id == PlaceRow.programme_id, MemberRow.person_id == person)
    query = (
        select(PlaceRow.relationship_id)
        .join(MemberRow, here)
        .where(
            PlaceRow.programme_id == programme_id,
            PlaceRow.released_at.is_(None),
            MemberRow.left_at.is_not(None),
            ~any_locked(MemberRow.person_id),
        )
    )
    return query if some is None else query.where(person.in_(some))


def open_of(session: Session, programme_id: str, person_id: str, settings: ProgrammeSettings) -> Touched:
    """What of this person's is open."""
    asked = {
        side: select(func.count()).where(
            RequestRow.programme_id == programme_id, column == person_id, RequestRow.is_open == true()
        )
        for side, column in (("mentee", RequestRow.mentee_id), ("mentor", RequestRow.mentor_id))
    }
    held = select(func.count()).where(
        PlaceRow.programme_id == programme_id,
        or_(PlaceRow.mentee_id == person_id, PlaceRow.mentor_id == person_id),
        PlaceRow.released_at.is_(None),
    )
    return Touched(
        as_mentee=session.scalars(asked["mentee"]).one(),
        as_mentor=session.scalars(asked["mentor"]).one(),
        relationships=session.scalars(held).one(),
        fate=fate(ReleaseCause.MENTOR_LEFT, settings),
    )
