"""What in a programme waits for one of its coordinators, derived from the projections each time it is asked.

Every list closes by itself: whoever asks again finds nothing where the cause is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from models.process.erasure import ErasureState
from models.process.request.state import OPEN
from models.store import roster
from models.store.delivery import MailRow
from models.store.mails import BOUNCED, FAILED, SENT
from models.store.privacy import ErasureRow
from models.store.processes import PlaceRow, RequestRow
from models.store.tables import InvitationRow, MemberRow

SHOWN = 50
"""Of each kind so many are read; beyond, the number is said to be larger."""
UNFINISHED_AFTER = timedelta(days=14)
BOUNCED_WITHIN = timedelta(days=30)
OVERDUE_AFTER = timedelta(hours=1)
OPEN_STATES = sorted(state.value for state in OPEN)


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody about whom something is to be done, since when. `id` is empty for an address alone."""

    id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Each the longest wait first, and one more than `SHOWN` where there are more."""

    turned_down: list[Someone]
    bounced: list[Someone]
    unfinished: list[Someone]
    erasures: int


def waiting(session: Session, programme_id: str, now: datetime) -> Waiting:
    return Waiting(
        turned_down=_someone(session, turned_down(programme_id, now)),
        bounced=_someone(session, bounced(programme_id, now)),
        unfinished=_someone(session, unfinished(programme_id, now)),
        erasures=session.scalars(overdue_erasures(programme_id, now)).one(),
    )


def overlong(programme_id: str, before: datetime) -> Select[int]:
    """How many open requests wait since `before` or were left to the coordinators."""
    long = or_(RequestRow.since <= before, RequestRow.left_to_admins.is_not(None))
    return select(func.count()).where(is_open(programme_id), RequestRow.version > 0, long)


def _someone(session: Session, query: Select[str, str, datetime]) -> list[Someone]:
    return [Someone(*row) for row in session.execute(query.limit(SHOWN + 1))]


def turned_down(programme_id: str, now: datetime) -> Select[str, str, datetime]:
    """Mentees who were declined twice lately, and have neither a mentor nor an open request."""
    times = roster.declined(programme_id, now).subquery()
    return (
        select(MemberRow.person_id, MemberRow.name, times.c.at)
        .join(times, times.c.mentee_id == MemberRow.person_id)
        .where(_is_here(programme_id), roster.is_seeking(), roster.asks_nobody())
        .order_by(times.c.at, MemberRow.person_id)
    )


def bounced(programme_id: str, now: datetime) -> Select[str, str, datetime]:
    """Members, and people with an open invitation, whose last mail came back or was given up."""
    back = or_(*(MailRow.state == literal(state, literal_execute=True) for state in (BOUNCED, FAILED)))
    lately = and_(
        MailRow.programme_id == programme_id,
        # Names the condition of the index of mails that were not sent.
        MailRow.state != literal(SENT, literal_execute=True),
        back,
        MailRow.queued_at >= now - BOUNCED_WITHIN,
    )
    to_member = and_(MemberRow.programme_id == programme_id, MemberRow.person_id == MailRow.to_person)
    here = and_(MailRow.to_person.is_not(None), MemberRow.left_at.is_(None), MemberRow.person_id.is_not(None))
    invited = exists().where(
        InvitationRow.programme_id == programme_id,
        InvitationRow.email == MailRow.to_address,
        InvitationRow.accepted_at.is_(None),
        InvitationRow.revoked_at.is_(None),
        InvitationRow.expires_at > now,
    )
    who = func.coalesce(MailRow.to_person, "")
    name = func.coalesce(MemberRow.name, MailRow.to_address)
    at = func.max(func.coalesce(MailRow.settled_at, MailRow.queued_at)).label("at")
    return (
        select(who, name, at)
        .outerjoin(MemberRow, to_member)
        .where(lately, ~_sent_later(), or_(here, and_(MailRow.to_person.is_(None), invited)))
        .group_by(who, name)
        .order_by(at, name)
    )


def _sent_later() -> ColumnElement[bool]:
    later = aliased(MailRow)
    settled = func.coalesce(MailRow.settled_at, MailRow.queued_at)
    to_same = or_(
        and_(later.to_person == MailRow.to_person, later.settled_at > settled),
        and_(later.to_address == MailRow.to_address, later.queued_at > MailRow.queued_at),
    )
    return exists().where(to_same, later.state == SENT).correlate(MailRow)


def unfinished(programme_id: str, now: datetime) -> Select[str, str, datetime]:
    """Members who joined some time ago and cannot take part before they complete their profile."""
    long = MemberRow.joined_at < now - UNFINISHED_AFTER
    return (
        select(MemberRow.person_id, MemberRow.name, MemberRow.joined_at)
        .where(_is_here(programme_id), roster.is_unfinished(), long)
        .order_by(MemberRow.joined_at, MemberRow.person_id)
    )


def overdue_erasures(programme_id: str, now: datetime) -> Select[int]:
    """Erasures of people of the programme that should have begun and are not done."""
    undone = [one.value for one in (ErasureState.ASKED, ErasureState.WAITING, ErasureState.ERASING)]
    return (
        select(func.count())
        .select_from(ErasureRow)
        .join(MemberRow, MemberRow.person_id == ErasureRow.person_id)
        .where(
            MemberRow.programme_id == programme_id,
            ErasureRow.state.in_(undone),
            ErasureRow.begins_at < now - OVERDUE_AFTER,
        )
    )


def _is_here(programme_id: str) -> ColumnElement[bool]:
    return and_(MemberRow.programme_id == programme_id, MemberRow.left_at.is_(None))


def is_open(programme_id: str) -> ColumnElement[bool]:
    """By their states, since an index of all requests begins with them: SQLite may take it for `is_open`."""
    return and_(RequestRow.programme_id == programme_id, RequestRow.state.in_(OPEN_STATES))


def places_held(programme_id: str) -> ColumnElement[bool]:
    return and_(PlaceRow.programme_id == programme_id, PlaceRow.released_at.is_(None))
