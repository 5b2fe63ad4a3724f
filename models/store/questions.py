"""Questions between members: asking under the programme's rules, answering, closing what stays silent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from models.holidays import kept_holidays, own_days
from models.mails.frame import Props
from models.mails.order import MailOrder
from models.mails.question import QuestionAnswered, QuestionAsked, QuestionClosed
from models.process import calendar, questions
from models.process.actors import Role
from models.process.asking import A_WHILE
from models.process.errors import Invalid
from models.process.programme import ProgrammeSettings
from models.process.questions import Asked, QuestionState
from models.process.terms import Sentence
from models.process.timeline import Audience
from models.store import mails
from models.store.asking import Identified, load_facts, members_of
from models.store.processes import RequestRow
from models.store.question_tables import QuestionRow
from models.store.tables import MemberRow
from models.store.timeline import Told

OPEN = QuestionRow.state == QuestionState.OPEN.value


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question as it was sent; `id` follows from the key that it was sent with."""

    id: str
    by: str
    to: str
    text: str
    request_id: str | None


def ask(
    session: Session, programme: Identified, settings: ProgrammeSettings, wanted: Wanted, now: datetime
) -> QuestionRow:
    """Sends a question, once for its id: a row that is there is given back unchanged, the caller compares.

    The rows of both members are locked, so that of two questions at once the second one counts the first.
    Raises Invalid, Refused or one of its children.
    """
    if recorded := session.get(QuestionRow, wanted.id):
        return recorded
    questions.check_allowed(settings)
    mentee_id, mentor_id = _sides(session, programme, wanted)
    pair = (wanted.by, wanted.to)
    if wanted.request_id is None:
        questions.check_listed(load_facts(session, programme, settings, *pair, now, lock=True))
    members = members_of(session, programme.id, pair, lock=True)
    if recorded := session.get(QuestionRow, wanted.id):
        return recorded
    questions.check_patience(_asked(session, programme.id, wanted, mentee_id, now), settings.open_questions)
    row = QuestionRow(
        id=wanted.id,
        programme_id=programme.id,
        mentee_id=mentee_id,
        mentor_id=mentor_id,
        asked_by=wanted.by,
        request_id=wanted.request_id,
        state=QuestionState.OPEN.value,
        text=wanted.text,
        asked_at=now,
        closes_at=_closing(settings, members[wanted.to], wanted.id, now),
    )
    session.add(row)
    session.flush()
    about = row.request_id is not None
    asked = QuestionAsked(question_id=row.id, about_request=about, message=row.text, closes_at=row.closes_at)
    _tell(session, row, wanted.to, asked, now)
    return row


def _sides(session: Session, programme: Identified, wanted: Wanted) -> tuple[str, str]:
    """The mentee and the mentor. Raises Invalid for who is no member, and for a request of others."""
    members = members_of(session, programme.id, (wanted.by, wanted.to), lock=False)
    other = members.get(wanted.to)
    if other is None or other.left_at is not None:
        raise Invalid("There is no such person in this programme.", field="to")
    if wanted.request_id is None:
        if not other.is_mentor and wanted.by != wanted.to:
            raise Invalid(_NOT_BEFORE, field="to")
        return wanted.by, wanted.to
    request = session.get(RequestRow, wanted.request_id)
    sides = {request.mentee_id, request.mentor_id} if request else set()
    if request is None or request.programme_id != programme.id or wanted.by not in sides:
        raise Invalid(Sentence("There is no such {t.request} of yours."), field="request_id")
    if sides != {wanted.by, wanted.to}:
        raise Invalid(Sentence("This person has no part in the {t.request}."), field="to")
    if not request.is_open:
        raise questions.decided()
    return request.mentee_id, request.mentor_id


_NOT_BEFORE = Sentence(
    "Before {t.a_request}, only {t.mentors} can be written to. About {t.a_request}, name it in “request_id”."
)


def _asked(session: Session, programme_id: str, wanted: Wanted, mentee_id: str, now: datetime) -> Asked:
    """A mentee's open questions count together, a mentor's for each request."""
    mine = (QuestionRow.programme_id == programme_id, QuestionRow.asked_by == wanted.by)
    about: ColumnElement[bool] = QuestionRow.mentee_id == wanted.by
    if wanted.by != mentee_id:
        about = QuestionRow.request_id == wanted.request_id
    to = or_(QuestionRow.mentee_id == wanted.to, QuestionRow.mentor_id == wanted.to)
    open_ones = select(func.count()).where(*mine, OPEN, about)
    lately = select(func.count()).where(*mine, to, QuestionRow.asked_at > now - A_WHILE)
    return Asked(session.scalars(open_ones).one(), session.scalars(lately).one())


def _closing(
    settings: ProgrammeSettings, member: MemberRow, spread_key: str, now: datetime
) -> datetime | None:
    """At the end of a working day of the one who is to answer, as all dates."""
    if settings.question_closes_after is None:
        return None
    working = settings.policy(kept_holidays(settings.holiday_calendar, now)).request.working
    own = working.on(own_days(member.country, settings.holiday_calendar, now))
    return calendar.due(now, settings.question_closes_after, own, member.time_zone, spread_key)


def answer(session: Session, question_id: str, by: str, text: str, now: datetime) -> QuestionRow:
    """The answer of the one who was asked. The same answer once more changes nothing. Raises IllegalMove."""
    row = session.get_one(QuestionRow, question_id, with_for_update=True)
    if row.state == QuestionState.ANSWERED and row.answer == text:
        return row
    questions.check_answerable(row.state, is_request_open=_is_request_open(session, row))
    row.state, row.answer, row.settled_at = QuestionState.ANSWERED.value, text, now
    session.flush()
    answered = QuestionAnswered(
        question_id=row.id, about_request=row.request_id is not None, message=row.text, comment=text
    )
    _tell(session, row, row.asked_by, answered, now)
    return row


def _is_request_open(session: Session, row: QuestionRow) -> bool:
    if row.request_id is None:
        return True
    request = session.get(RequestRow, row.request_id)
    return request is not None and request.is_open


def is_answerable(session: Session, row: QuestionRow) -> bool:
    return row.state == QuestionState.OPEN and _is_request_open(session, row)


def _tell(session: Session, row: QuestionRow, to: str, props: Props, now: datetime) -> None:
    order = MailOrder(key=f"{props.kind}/{row.id}/{to}", to=to, props=props)
    mails.queue(session, [order], programme_id=row.programme_id, process_id=row.id, now=now)


def find(session: Session, question_id: str, person_id: str) -> QuestionRow | None:
    """A question of the person, asked or to be answered; None for one of others."""
    row = session.get(QuestionRow, question_id)
    return row if row is not None and person_id in {row.mentee_id, row.mentor_id} else None


@dataclass(frozen=True, slots=True)
class Listed:
    """Which questions of a person: one state, about one request, after the (asked_at, id) of the last one."""

    person_id: str
    state: str | None
    request_id: str | None
    after: tuple[datetime, str] | None
    limit: int


def page(session: Session, programme_id: str, listed: Listed) -> Sequence[QuestionRow]:
    """Newest first."""
    mine = or_(QuestionRow.mentee_id == listed.person_id, QuestionRow.mentor_id == listed.person_id)
    query = select(QuestionRow).where(QuestionRow.programme_id == programme_id, mine)
    if listed.state is not None:
        query = query.where(QuestionRow.state == listed.state)
    if listed.request_id is not None:
        query = query.where(QuestionRow.request_id == listed.request_id)
    if listed.after is not None:
        at, last = listed.after
        query = query.where(QuestionRow.asked_at <= at, or_(QuestionRow.asked_at < at, QuestionRow.id < last))
    newest = query.order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc())
    return session.scalars(newest.limit(listed.limit)).all()


def waiting_for(session: Session, programme_id: str, person_id: str) -> Sequence[QuestionRow]:
    """The open questions that the person is to answer, the oldest first."""
    mine = or_(QuestionRow.mentee_id == person_id, QuestionRow.mentor_id == person_id)
    query = select(QuestionRow).where(
        QuestionRow.programme_id == programme_id, OPEN, mine, QuestionRow.asked_by != person_id
    )
    found = session.scalars(query.order_by(QuestionRow.asked_at, QuestionRow.id))
    return [row for row in found if _is_request_open(session, row)]


def told_of(session: Session, request_ids: Collection[str]) -> dict[str, list[Told]]:
    """Questions about requests and their answers as entries of a timeline, by the id of the request."""
    found: dict[str, list[Told]] = {}
    if not request_ids:
        return found
    query = select(QuestionRow).where(QuestionRow.request_id.in_(sorted(request_ids)))
    for row in session.scalars(query.order_by(QuestionRow.asked_at, QuestionRow.id)):
        entries = found.setdefault(row.request_id or "", [])
        entries.append(_entry(row, row.asked_at, "QuestionAsked", row.asked_by, row.text))
        if row.state == QuestionState.ANSWERED and row.settled_at is not None:
            entries.append(_entry(row, row.settled_at, "QuestionAnswered", row.asks, row.answer))
    return found


def _entry(row: QuestionRow, at: datetime, what: str, by: str, note: str | None) -> Told:
    role = Role.MENTEE if by == row.mentee_id else Role.MENTOR
    return Told(row.request_id or "", 0, at, what, by, role.value, None, note, Audience.BOTH.value, None)


def due(session: Session, now: datetime, limit: int) -> Sequence[str]:
    """Ids of open questions that nobody can or will answer any more: their time is over, one of the two has
    left, or the request that they were about is decided."""
    left = (
        select(MemberRow.person_id)
        .where(
            MemberRow.programme_id == QuestionRow.programme_id,
            MemberRow.person_id.in_((QuestionRow.mentee_id, QuestionRow.mentor_id)),
            MemberRow.left_at.is_not(None),
        )
        .exists()
    )
    decided = (
        select(RequestRow.id)
        .where(RequestRow.id == QuestionRow.request_id, RequestRow.is_open == false())
        .exists()
    )
    query = select(QuestionRow.id).where(OPEN, or_(QuestionRow.closes_at <= now, left, decided))
    return session.scalars(query.order_by(QuestionRow.id).limit(limit)).all()


def close(session: Session, question_id: str, now: datetime) -> bool:
    """Closes a question that is `due`, and tells who still waits; False when it was settled meanwhile."""
    row = session.get_one(QuestionRow, question_id, with_for_update=True)
    if row.state != QuestionState.OPEN:
        return False
    row.state, row.settled_at = QuestionState.CLOSED.value, now
    session.flush()
    # A request that was decided has told both already.
    if _is_request_open(session, row):
        _tell_closed(session, row, now)
    return True


def _tell_closed(session: Session, row: QuestionRow, now: datetime) -> None:
    members = members_of(session, row.programme_id, (row.mentee_id, row.mentor_id), lock=False)
    gone = {one.person_id for one in members.values() if one.left_at is not None}
    about = row.request_id is not None
    for person_id in {row.asked_by, row.asks} - gone:
        if gone and person_id != row.asked_by:
            # Who only was to answer misses nothing when the one who asked has left.
            continue
        closed = QuestionClosed(
            question_id=row.id, about_request=about, asked=person_id == row.asked_by, left=bool(gone)
        )
        _tell(session, row, person_id, closed, now)
