"""Bounces that come after a mail was sent: recorded in the log of mails, signalled by a worker.

Whoever hands one in (a command, a provider) needs the database alone. What a worker has still to tell its
process is due at `tell_at`, which is also its lease: a worker that was killed leaves it to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.bounces import NOT_OURS, Bounce, NoBounce
from models.store.delivery import MailRow
from models.store.mails import AT_ONCE, BOUNCED, DROPPED, QUEUED, SENT, UNKNOWN, short


class Outcome(StrEnum):
    RECORDED = "recorded"
    KNOWN = "known"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message that was handed in, with a sentence for the sender."""

    outcome: Outcome
    sentence: str


class StillBeingSent(Exception):
    """The mail has left, and its sending is not recorded yet: the bounce has to be handed in again."""

    sentence = "This mail is just being sent; hand its bounce in again in a minute."


def record(session: Session, found: Bounce | NoBounce, now: datetime) -> Answer:
    """Ends the mail as bounced, once. Raises StillBeingSent."""
    if isinstance(found, NoBounce):
        return Answer(Outcome.IGNORED, found.sentence)
    query = select(MailRow).where(MailRow.message_id == found.message_id).with_for_update()
    row = session.scalar(query)
    if row is None:
        return Answer(Outcome.IGNORED, NOT_OURS)
    if row.state in {SENT, UNKNOWN}:
        # The erasure of a person empties what a mail was made of, and no words come back to it.
        error = found.error if row.props else found.status
        row.state, row.settled_at, row.error = BOUNCED, now, short(error)
        row.tell_at = AT_ONCE if row.process_id else None
        return Answer(Outcome.RECORDED, _recorded(row, found))
    if row.state == QUEUED and row.attempts:
        raise StillBeingSent
    if row.state in {QUEUED, DROPPED}:
        return Answer(Outcome.IGNORED, "The mail that this names was never sent, so nothing was recorded.")
    return Answer(Outcome.KNOWN, "It was known already that this mail did not arrive; nothing was changed.")


def _recorded(row: MailRow, found: Bounce) -> str:
    told = " A worker notes it on the timeline." if row.process_id else ""
    return f"Recorded: the mail {row.kind} came back with status {found.status}.{told}"


def anything_to_tell(session: Session, now: datetime) -> bool:
    query = select(MailRow.id).where(MailRow.tell_at.is_not(None), MailRow.tell_at <= now).limit(1)
    return session.scalar(query) is not None


def take_untold(session: Session, now: datetime, until: datetime, limit: int) -> list[MailRow]:
    """Up to `limit` bounces whose processes do not know yet, leased until `until`."""
    query = (
        select(MailRow)
        .where(MailRow.tell_at.is_not(None), MailRow.tell_at <= now)
        .order_by(MailRow.tell_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(query).all())
    for row in rows:
        row.tell_at = until
    return rows


def told(session: Session, ids: Sequence[str]) -> None:
    session.execute(update(MailRow).where(MailRow.id.in_(ids)).values(tell_at=None))
