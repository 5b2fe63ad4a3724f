"""Deletes old rows, a portion at a time, so that locks are short."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, inspect, select, tuple_
from sqlalchemy.orm import Session

from models.store.tables import Base

PORTION = 2000


def delete_some(session: Session, table: type[Base], which: ColumnElement[bool]) -> int:
    """Deletes at most PORTION rows and says how many; fewer mean that none is left."""
    key = inspect(table).primary_key
    columns = key[0] if len(key) == 1 else tuple_(*key)
    chosen = select(*key).where(which).limit(PORTION)
    done: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(table).where(columns.in_(chosen)).execution_options(synchronize_session=False)
    )
    return done.rowcount
