"""How many mails of a kind one person gets within a day, whatever it is that goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.store.delivery import MailRow
from models.store.mails import SENT

MOST_ALIKE = 50
MOST_ABOUT_ONE = 6
"""Mails of one kind that one person gets within a day: in all, and about one request or relationship."""


def crowded(session: Session, rows: Sequence[MailRow], now: datetime) -> dict[str, str]:
    """Which of `rows`, leased just now, are too many for their recipients, and why.

    A last net: each act that can flood a person has limits of its own. Mails outside programmes, such as
    those to sign in, have others.
    """
    ours = [row for row in rows if row.programme_id and row.to_person]
    counts = _sent_lately(session, ours, now) if ours else Counter()
    found = {}
    for row in ours:
        alike, about = (row.to_person, row.kind, None), (row.to_person, row.kind, row.process_id)
        if counts[alike] >= MOST_ALIKE:
            found[row.id] = f"the recipient got {MOST_ALIKE} mails of this kind within a day"
        elif row.process_id and counts[about] >= MOST_ABOUT_ONE:
            found[row.id] = (
                f"the recipient got {MOST_ABOUT_ONE} mails of this kind about the same within a day"
            )
        else:
            counts.update((alike, about) if row.process_id else (alike,))
    return found


def _sent_lately(
    session: Session, rows: Sequence[MailRow], now: datetime
) -> Counter[tuple[str | None, str, str | None]]:
    """How many mails each recipient got within a day: of a kind, and of a kind about one process."""
    asked = {
        "people": sorted({row.to_person for row in rows if row.to_person}),
        "kinds": sorted({row.kind for row in rows}),
        "since": now - timedelta(days=1),
    }
    counts: Counter[tuple[str | None, str, str | None]] = Counter()
    for to, kind, process_id, count in session.execute(_SENT_LATELY, asked).all():
        counts[to, kind, None] += count
        if process_id:
            counts[to, kind, process_id] += count
    return counts


_SENT_LATELY = (
    select(MailRow.to_person, MailRow.kind, MailRow.process_id, func.count())
    .where(
        MailRow.to_person.in_(bindparam("people", expanding=True)),
        MailRow.settled_at > bindparam("since"),
        MailRow.state == SENT,
        MailRow.kind.in_(bindparam("kinds", expanding=True)),
    )
    .group_by(MailRow.to_person, MailRow.kind, MailRow.process_id)
)
