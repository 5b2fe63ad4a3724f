"""Counters of hits per caller and window, shared by all API processes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case
from sqlalchemy.orm import Session

from models.store.delivery import RateRow
from models.store.pruning import delete_some
from models.store.upsert import insert


def count(
    session: Session, key: str, now: datetime, window: timedelta, hits: int = 1
) -> tuple[int, datetime]:
    """Adds `hits` to the caller `key`; all hits of the window that is running, and when it ends (aware)."""
    is_over = RateRow.until <= now
    statement = (
        insert(session, RateRow)
        .values(key=key, until=now + window, hits=hits)
        .on_conflict_do_update(
            index_elements=[RateRow.key],
            set_={
                "hits": case((is_over, hits), else_=RateRow.hits + hits),
                "until": case((is_over, now + window), else_=RateRow.until),
            },
        )
        .returning(RateRow.hits, RateRow.until)
    )
    row = session.execute(statement).one()
    return row.hits, row.until


def prune(session: Session, now: datetime) -> int:
    return delete_some(session, RateRow, RateRow.until < now)
