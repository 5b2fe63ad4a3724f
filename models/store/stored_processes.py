"""What the database holds of the processes, for the comparison with what the engine knows of them.

Everything is read in pages by id, so that the memory it takes does not grow with the number of processes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session

from models.holidays import kept_holidays, own_days
from models.process.actors import Role
from models.process.calendar import WorkingDays
from models.process.programme import ProgrammeSettings
from models.process.relationship.base import RUNNING
from models.process.relationship.parts.surveys import SurveyState
from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request.state import Request, RequestState
from models.process.request.view import RequestView
from models.process.resuming import Rules
from models.process.whole import process_from
from models.store.asking import members_of
from models.store.processes import PlaceRow, RelationshipRow, RequestRow, SurveyRow, TimelineRow
from models.store.relationships import loaded
from models.store.requests import rest_in, view_of
from models.store.tables import ProgrammeRow

Kind = Literal["request", "relationship"]
ROWS: dict[Kind, type[RequestRow] | type[RelationshipRow]] = {
    "request": RequestRow,
    "relationship": RelationshipRow,
}

_UNSETTLED = exists().where(
    SurveyRow.relationship_id == RelationshipRow.id, SurveyRow.state == SurveyState.OPEN.value
)
_NEEDS: dict[Kind, ColumnElement[bool]] = {
    "request": RequestRow.is_open == true(),
    "relationship": or_(RelationshipRow.state.in_([state.value for state in RUNNING]), _UNSETTLED),
}
"""Whether something may still happen, so that a process has to be there for it."""


class Waiting(NamedTuple):
    """A row and the workflow that should stand behind it."""

    id: str
    workflow_id: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What the engine's lists show of a process as well. `is_whole`: no timeline entry is missing before the
    last one."""

    state: str
    since: datetime
    next_at: datetime | None
    last_event: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class StoredProcess:
    """All that the database holds of one process; `told`: what each timeline entry says, by its number."""

    view: RequestView | RelationshipView
    workflow_id: str
    needs_process: bool
    told: dict[int, str] = field(default_factory=dict)
    reminded: dict[Role, datetime] = field(default_factory=dict)
    """When the person was last reminded of their survey."""
    rest: dict[str, Any] = field(default_factory=dict)
    """Of `models.process.whole.rest_of`."""

    @property
    def version(self) -> int:
        return self.view.version

    @property
    def process(self) -> Request | Relationship | None:
        """The process as it was saved; None where it was last saved by a version before 0.3, or is over."""
        return process_from(self.view, self.rest)


def summaries(session: Session, kind: Kind, ids: Collection[str]) -> dict[str, Summary]:
    """By process id; a process without a row is missing."""
    counts = _counts(session, ids)
    if kind == "request":
        requests = session.scalars(select(RequestRow).where(RequestRow.id.in_(sorted(ids))))
        return {row.id: _glance(row, row.next_reminder_at or row.closes_at, counts) for row in requests}
    found = session.scalars(select(RelationshipRow).where(RelationshipRow.id.in_(sorted(ids))))
    return {row.id: _glance(row, row.next_at, counts) for row in found}


def _counts(session: Session, ids: Collection[str]) -> dict[str, tuple[int, int]]:
    query = (
        select(TimelineRow.process_id, func.count(), func.max(TimelineRow.seq))
        .where(TimelineRow.process_id.in_(sorted(ids)))
        .group_by(TimelineRow.process_id)
    )
    return {process_id: (count, last) for process_id, count, last in session.execute(query)}


def _glance(
    row: RequestRow | RelationshipRow, next_at: datetime | None, counts: Mapping[str, tuple[int, int]]
) -> Summary:
    count, last = counts.get(row.id, (0, 0))
    return Summary(row.state, row.since, next_at, row.last_event, is_whole=0 < count == last)


def waiting(session: Session, kind: Kind, after: str, limit: int) -> list[Waiting]:
    """A page of the rows that need a process, in the order of their ids, `after` the last one seen."""
    row = ROWS[kind]
    query = select(row.id, row.workflow_id).where(row.id > after, _NEEDS[kind]).order_by(row.id).limit(limit)
    return [Waiting(*found) for found in session.execute(query)]


def not_started(session: Session, after: str, limit: int) -> list[Waiting]:
    """A page of accepted requests without a relationship; the ids are theirs."""
    query = (
        select(RequestRow.id, RequestRow.workflow_id)
        .where(
            RequestRow.id > after,
            RequestRow.state == RequestState.ACCEPTED.value,
            ~exists().where(RelationshipRow.request_id == RequestRow.id),
        )
        .order_by(RequestRow.id)
        .limit(limit)
    )
    return [Waiting(*found) for found in session.execute(query)]


def kept(session: Session, kind: Kind, process_id: str) -> StoredProcess | None:
    row = _row(session, kind, process_id)
    if row is None:
        return None
    query = select(TimelineRow).where(TimelineRow.process_id == process_id).order_by(TimelineRow.seq)
    entries = session.scalars(query).all()
    view: RequestView | RelationshipView
    view = view_of(row) if isinstance(row, RequestRow) else loaded(session, [row])[0].view
    needs = session.scalar(select(ROWS[kind].id).where(ROWS[kind].id == process_id, _NEEDS[kind]))
    told = {one.seq: one.what for one in entries}
    return StoredProcess(view, row.workflow_id, needs is not None, told, _reminded(entries), rest_in(row))


def _row(session: Session, kind: Kind, process_id: str) -> RequestRow | RelationshipRow | None:
    if kind == "request":
        return session.get(RequestRow, process_id)
    return session.get(RelationshipRow, process_id)


def _reminded(entries: Sequence[TimelineRow]) -> dict[Role, datetime]:
    return {Role(one.audience): one.at for one in entries if one.what == "SurveyReminderSent"}


def rules_for(session: Session, known: StoredProcess, now: datetime) -> Rules:
    """What a process between the two would live under if it began `now`. Raises Invalid, NoResultFound."""
    view = known.view
    programme = session.get_one(ProgrammeRow, view.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    members = members_of(session, view.programme_id, (view.mentee_id, view.mentor_id), lock=False)

    def zone(person_id: str) -> str:
        member = members.get(person_id)
        return member.time_zone if member else settings.time_zone

    def days(person_id: str) -> WorkingDays | None:
        member = members.get(person_id)
        return own_days(member.country if member else "", settings.holiday_calendar, now)

    return Rules(
        policy=settings.policy(kept_holidays(settings.holiday_calendar, now)),
        mentee_zone=zone(view.mentee_id),
        mentor_zone=zone(view.mentor_id),
        mentee_days=days(view.mentee_id),
        mentor_days=days(view.mentor_id),
        entries=max(known.told, default=0),
    )


class StrayPlace(NamedTuple):
    """A place that is held though its relationship is over, or not held though it goes on."""

    request_id: str
    relationship_id: str
    is_held: bool


def stray_places(session: Session, after: str, limit: int) -> list[StrayPlace]:
    """A page in the order of the requests' ids. A place that is held for a request that is not accepted is
    astray as well: only its process knows whether it is just being accepted."""
    held = PlaceRow.released_at.is_(None) & PlaceRow.request_id.is_not(None)
    too_long = held & RelationshipRow.ended_at.is_not(None)
    missing = ~held & RelationshipRow.ended_at.is_(None)
    of_relationships = (
        select(RelationshipRow.request_id, RelationshipRow.id, RelationshipRow.ended_at.is_not(None))
        .outerjoin(PlaceRow, PlaceRow.relationship_id == RelationshipRow.id)
        .where(RelationshipRow.request_id > after, or_(too_long, missing))
        .order_by(RelationshipRow.request_id)
        .limit(limit)
    )
    without = (
        select(PlaceRow.request_id, PlaceRow.relationship_id)
        .outerjoin(RelationshipRow, RelationshipRow.id == PlaceRow.relationship_id)
        .outerjoin(RequestRow, RequestRow.id == PlaceRow.request_id)
        .where(
            PlaceRow.request_id > after,
            PlaceRow.released_at.is_(None),
            RelationshipRow.id.is_(None),
            or_(RequestRow.id.is_(None), RequestRow.state != RequestState.ACCEPTED.value),
        )
        .order_by(PlaceRow.request_id)
        .limit(limit)
    )
    found = [StrayPlace(*one) for one in session.execute(of_relationships)]
    found += [StrayPlace(*one, is_held=True) for one in session.execute(without)]
    return sorted(found)[:limit]


def is_needed(session: Session, astray: StrayPlace) -> bool:
    """Whether what a place is held for goes on. An acceptance is saved before its relationship is."""
    relationship = session.get(RelationshipRow, astray.relationship_id)
    if relationship is not None:
        return relationship.ended_at is None
    query = select(RequestRow.state).where(RequestRow.id == astray.request_id)
    return session.scalar(query) == RequestState.ACCEPTED.value


def give_place_back(session: Session, astray: StrayPlace) -> bool:
    """Ends a place whose relationship is over; takes away one whose request was never accepted.

    Under the locks of a claim, so that one that comes meanwhile does not count on a place that goes away.
    """
    seen = session.get(PlaceRow, astray.request_id)
    if seen is None:
        return False
    members_of(session, seen.programme_id, (seen.mentor_id, seen.mentee_id), lock=True)
    place = session.get(PlaceRow, astray.request_id, populate_existing=True, with_for_update=True)
    if place is None or place.released_at is not None or is_needed(session, astray):
        return False
    relationship = session.get(RelationshipRow, astray.relationship_id)
    if relationship is None:
        session.delete(place)
    else:
        place.released_at = relationship.ended_at
    return True


def hold_place(session: Session, astray: StrayPlace) -> bool:
    """Takes the place of a relationship that goes on, however many are taken. IntegrityError: the two hold
    another one."""
    relationship = session.get(RelationshipRow, astray.relationship_id, with_for_update=True)
    if relationship is None or relationship.ended_at is not None:
        return False
    place = session.get(PlaceRow, astray.request_id)
    if place is not None:
        place.released_at = None
    else:
        session.add(_place_of(relationship))
    session.flush()
    return True


def _place_of(relationship: RelationshipRow) -> PlaceRow:
    values: dict[str, Any] = {
        name: getattr(relationship, name) for name in ("request_id", "programme_id", "mentor_id", "mentee_id")
    }
    return PlaceRow(relationship_id=relationship.id, claimed_at=relationship.started_at, **values)
