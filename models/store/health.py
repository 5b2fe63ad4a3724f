"""How a programme does: what is counted on the coordinators' desk, each figure by a query of its own.

A cohort is the requests that were sent in a period, whatever became of them since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, null, or_, select, true
from sqlalchemy.orm import Session

from models.process.answering import Outcome, Wait
from models.process.profile import is_available, places
from models.process.programme import ProgrammeSettings
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.state import OPEN, RequestState
from models.process.surveys import SCALE, Question, QuestionKind
from models.store import desk, roster
from models.store.processes import GoalRow, PlaceRow, RelationshipRow, RequestRow, SurveyRow, TimelineRow
from models.store.tables import MemberRow

MOST_LOADED = 5
QUESTIONS = 3
"""So many scales of a survey are shown, the first ones."""

EVERY = sorted(state.value for state in RequestState)
DECIDED = (RequestState.ACCEPTED.value, RequestState.REJECTED.value)


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is at present. `free` and `full` are of mentors who take requests now."""

    open_requests: int
    together: int
    mentees: int
    mentors: int
    seeking: int
    free: int
    """Places."""
    full: int
    """Mentors."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A mentor, the mentees they have, and how many they take."""

    id: str
    name: str
    mentees: int
    places: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """The requests of a cohort, how far each came. `reasons`: the commonest for declining, with its count."""

    sent: int
    answered: int
    accepted: int
    goals: int
    completed: int
    declined: int
    open: int
    """Of those that are not accepted, so many still wait for one of the two."""
    reason: str
    reason_count: int


@dataclass(frozen=True, slots=True)
class Scale:
    """How one question of the survey was answered: the counts of 1 to 5."""

    text: str
    counts: tuple[int, ...]

    @property
    def answers(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float:
        return sum(n * count for n, count in enumerate(self.counts, 1)) / self.answers


@dataclass(frozen=True, slots=True)
class Survey:
    """`settled` of the surveys that were sent are answered or closed."""

    settled: int
    answered: int
    scales: tuple[Scale, ...]


def figures(session: Session, programme_id: str, settings: ProgrammeSettings, now: datetime) -> Figures:
    members = select(
        func.count().filter(MemberRow.is_mentee == true()),
        func.count().filter(MemberRow.is_mentor == true()),
        func.count().filter(roster.is_seeking()),
    ).where(MemberRow.programme_id == programme_id, MemberRow.left_at.is_(None))
    asked = select(func.count()).where(desk.is_open(programme_id))
    paired = select(func.count()).where(desk.places_held(programme_id))
    mentees, mentors, seeking = session.execute(members).one()
    free, full = _room(session, programme_id, settings, now)
    return Figures(
        open_requests=session.scalars(asked).one(),
        together=session.scalars(paired).one(),
        mentees=mentees,
        mentors=mentors,
        seeking=seeking,
        free=free,
        full=full,
    )


def _room(session: Session, programme_id: str, settings: ProgrammeSettings, now: datetime) -> tuple[int, int]:
    """Free places, and how many mentors have none, of those who take requests."""
    held = _held_by_mentor(programme_id).subquery()
    alike = (
        MemberRow.capacity,
        MemberRow.available,
        MemberRow.available_from,
        MemberRow.time_zone,
        func.coalesce(held.c.held, 0).label("held"),
    )
    query = (
        select(*alike, func.count().label("many"))
        .outerjoin(held, held.c.mentor_id == MemberRow.person_id)
        .where(
            MemberRow.programme_id == programme_id,
            MemberRow.left_at.is_(None),
            MemberRow.is_mentor == true(),
            MemberRow.complete == true(),
        )
        .group_by(*alike)
    )
    free = full = 0
    for row in session.execute(query):
        if is_available(row.available, row.available_from, row.time_zone, now):
            left = max(places(row.capacity, settings.max_capacity) - row.held, 0)
            free += left * row.many
            full += 0 if left else row.many
    return free, full


def _held_by_mentor(programme_id: str) -> Any:
    return (
        select(PlaceRow.mentor_id, func.count().label("held"))
        .where(desk.places_held(programme_id))
        .group_by(PlaceRow.mentor_id)
    )


def most_loaded(session: Session, programme_id: str, settings: ProgrammeSettings) -> list[Loaded]:
    """The mentors with the most mentees at present."""
    by_mentor = _held_by_mentor(programme_id)
    # A few more than are shown, for those who have left and still have a place to give back.
    held = by_mentor.order_by(func.count().desc(), PlaceRow.mentor_id).limit(4 * MOST_LOADED).subquery()
    query = (
        select(MemberRow.person_id, MemberRow.name, held.c.held, MemberRow.capacity)
        .join(held, held.c.mentor_id == MemberRow.person_id)
        .where(MemberRow.programme_id == programme_id, MemberRow.left_at.is_(None))
        .order_by(held.c.held.desc(), MemberRow.name_folded, MemberRow.person_id)
        .limit(MOST_LOADED)
    )
    return [
        Loaded(person, name, number, places(capacity, settings.max_capacity))
        for person, name, number, capacity in session.execute(query)
    ]


def funnel(session: Session, programme_id: str, since: datetime | None) -> Funnel:
    accepted = RequestRow.state == RequestState.ACCEPTED.value
    goals = exists().where(GoalRow.relationship_id == RequestRow.relationship_id).correlate(RequestRow)
    query = (
        select(
            func.count(),
            func.count().filter(_answered()),
            func.count().filter(accepted),
            func.count().filter(and_(accepted, goals)),
            func.count().filter(RelationshipRow.state == RelationshipState.COMPLETED.value),
            func.count().filter(RequestRow.state == RequestState.REJECTED.value),
            func.count().filter(RequestRow.state.in_(desk.OPEN_STATES)),
        )
        .outerjoin(RelationshipRow, RelationshipRow.id == RequestRow.relationship_id)
        .where(*_cohort(programme_id, since))
    )
    return Funnel(*session.execute(query).one(), *_commonest_reason(session, programme_id, since))


def _cohort(programme_id: str, since: datetime | None) -> Sequence[ColumnElement[bool]]:
    """All states are named, so that the index of each can be sought for the period."""
    lately = [] if since is None else [RequestRow.created_at >= since]
    return [RequestRow.programme_id == programme_id, RequestRow.state.in_(EVERY), *lately]


def _answered() -> ColumnElement[bool]:
    """The mentor decided, or asked for a change, whatever came of it."""
    at_once = RequestRow.state.in_((*DECIDED, RequestState.AMENDMENT_REQUESTED.value))
    return or_(at_once, _amendment().is_not(None))


def _amendment() -> ColumnElement[datetime | None]:
    """When the mentor first asked for a change. The timeline is only read where they can have done so."""
    asked = (
        select(func.min(TimelineRow.at))
        .where(TimelineRow.process_id == RequestRow.id, TimelineRow.what == "AmendmentRequested")
        .correlate(RequestRow)
        .scalar_subquery()
    )
    decided_at_once = and_(RequestRow.state.in_(DECIDED), RequestRow.revision == 1)
    return case((decided_at_once, null()), else_=asked)


def _commonest_reason(session: Session, programme_id: str, since: datetime | None) -> tuple[str, int]:
    many = func.count().label("many")
    query = (
        select(RequestRow.reason, many)
        .where(
            *_cohort(programme_id, since),
            RequestRow.state == RequestState.REJECTED.value,
            RequestRow.reason != "",
        )
        .group_by(RequestRow.reason)
        .order_by(many.desc(), RequestRow.reason)
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return (found[0], found[1]) if found else ("", 0)


def waits(session: Session, programme_id: str, since: datetime, now: datetime) -> list[tuple[datetime, Wait]]:
    """How long each request that was sent since then waited for its first answer, with when it was sent."""
    columns = (RequestRow.created_at, RequestRow.state, RequestRow.decided_at, _amendment().label("asked"))
    query = select(*columns).where(*_cohort(programme_id, since))
    return [(row.created_at, _wait(row, now)) for row in session.execute(query)]


def _wait(row: Any, now: datetime) -> Wait:
    answers = (row.asked, row.decided_at if row.state in DECIDED else None)
    answered = min((at for at in answers if at is not None), default=None)
    if answered is not None:
        return Wait(_days(row.created_at, answered), Outcome.ANSWERED)
    ended = now if row.state in OPEN else row.decided_at or now
    outcome = Outcome.NEVER if row.state == RequestState.EXPIRED else Outcome.UNKNOWN
    return Wait(_days(row.created_at, ended), outcome)


def _days(begin: datetime, end: datetime) -> float:
    return max((end - begin) / timedelta(days=1), 0.0)


def survey(
    session: Session, programme_id: str, questions: Iterable[Question], since: datetime | None
) -> Survey:
    """What those say whose relationship has ended since then."""
    of_programme = [RelationshipRow.programme_id == programme_id]
    if since is not None:
        of_programme.append(RelationshipRow.ended_at >= since)
    asked = [one for one in questions if one.kind is QuestionKind.SCALE and _is_plain(one.key)][:QUESTIONS]
    answers = [SurveyRow.answers[one.key].as_string() for one in asked]
    query = (
        select(SurveyRow.state, func.count(), *answers)
        .join(RelationshipRow, RelationshipRow.id == SurveyRow.relationship_id)
        .where(*of_programme, SurveyRow.state != SurveyState.OPEN.value)
        .group_by(SurveyRow.state, *answers)
    )
    rows = session.execute(query).all()
    counted = [_scale(one, n + 2, rows) for n, one in enumerate(asked)]
    return Survey(
        settled=sum(row[1] for row in rows),
        answered=sum(row[1] for row in rows if row[0] == SurveyState.ANSWERED),
        scales=tuple(counted),
    )


def _is_plain(key: str) -> bool:
    """Whether both databases find the key: a path of SQLite's JSON cannot name a quotation mark."""
    return '"' not in key and "\\" not in key


def _scale(question: Question, column: int, rows: Sequence[Any]) -> Scale:
    found: Counter[str] = Counter()
    for row in rows:
        if row[column] is not None:
            found[row[column]] += row[1]
    return Scale(question.text, tuple(found[value] for value in SCALE))
