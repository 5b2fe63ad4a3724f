"""The mail log of a programme, as its admins read it: what was sent to whom, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from models.bounces import is_dead
from models.store.delivery import MailRow
from models.store.mails import BOUNCED, QUEUED, SENT
from models.store.tables import PersonRow


@dataclass(frozen=True, slots=True)
class LoggedMail:
    """One line of the log; `retries_at` only while a mail waits for another attempt."""

    id: str
    kind: str
    state: str
    process_id: str | None
    to_person: str | None
    to: str
    """Name of the person, or the address where there is none."""
    queued_at: datetime
    settled_at: datetime | None
    retries_at: datetime | None
    attempts: int
    error: str | None
    is_dead: bool
    """Whether the address will take no mail again."""


@dataclass(frozen=True, slots=True)
class LogPage:
    items: list[LoggedMail]
    more: bool
    """Whether another page follows."""


def page(
    session: Session,
    programme_id: str,
    *,
    limit: int = 50,
    after: tuple[datetime, str] | None = None,
    states: Collection[str] = (),
) -> LogPage:
    """Newest first, in any of the states (none: in all). `after`: when the last one shown was queued, id."""
    columns = (MailRow, PersonRow.name)
    statement = (
        select(*columns)
        .outerjoin(PersonRow, PersonRow.id == MailRow.to_person)
        .where(MailRow.programme_id == programme_id)
        .order_by(MailRow.queued_at.desc(), MailRow.id.desc())
        .limit(limit + 1)
    )
    if states:
        statement = statement.where(MailRow.state.in_(states))
    if states and SENT not in states:
        # Nearly all are sent: the others have an index of their own, which has to be named by its condition.
        statement = statement.where(MailRow.state != literal(SENT, literal_execute=True))
    if after is not None:
        statement = statement.where(tuple_(MailRow.queued_at, MailRow.id) < tuple_(*after))
    found = [(row, name) for row, name in session.execute(statement).all()]
    return LogPage([_line(row, name) for row, name in found[:limit]], len(found) > limit)


def _line(row: MailRow, name: str | None) -> LoggedMail:
    waits = row.state == QUEUED and row.attempts > 0
    return LoggedMail(
        id=row.id,
        kind=row.kind,
        state=row.state,
        process_id=row.process_id,
        to_person=row.to_person,
        to=name or row.to_address or "",
        queued_at=row.queued_at,
        settled_at=row.settled_at,
        retries_at=row.next_attempt_at if waits else None,
        attempts=row.attempts,
        error=row.error,
        is_dead=row.state == BOUNCED and is_dead(row.error or ""),
    )
