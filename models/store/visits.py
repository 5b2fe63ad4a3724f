"""When a member looked at their home: what is new since then is shown there.

Only a page for somebody who is signed in is a visit, so links that programs open count for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.orm import Session

from models.store.tables import MemberRow

APART = timedelta(minutes=30)
"""Pages opened within this time belong to one visit: what was new stays so when a page is reloaded."""
NOTED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """`before`: the end of the visit before this one, None on the first. `noted`: what is to be written."""

    before: datetime | None
    noted: dict[str, datetime | None] | None


def visit(session: Session, programme_id: str, person_id: str, now: datetime) -> Visit:
    """The visit that a page at `now` belongs to."""
    seen_at, before = session.execute(
        select(MemberRow.seen_at, MemberRow.seen_before).where(*_of(programme_id, person_id))
    ).one()
    if seen_at is not None and now - seen_at < NOTED_AFTER:
        return Visit(before, None)
    if seen_at is None or now - seen_at >= APART:
        return Visit(seen_at, {"seen_at": now, "seen_before": seen_at})
    return Visit(before, {"seen_at": now})


def note(session: Session, programme_id: str, person_id: str, seen: Visit) -> None:
    if seen.noted:
        session.execute(update(MemberRow).where(*_of(programme_id, person_id)).values(**seen.noted))


def joined_since(session: Session, programme_id: str, since: datetime) -> int:
    """How many have joined since who are mentors whom others see."""
    query = select(func.count()).where(
        MemberRow.programme_id == programme_id,
        MemberRow.joined_at > since,
        MemberRow.is_mentor == true(),
        MemberRow.complete == true(),
        MemberRow.left_at.is_(None),
    )
    return session.scalars(query).one()


def _of(programme_id: str, person_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return MemberRow.programme_id == programme_id, MemberRow.person_id == person_id
