"""The query of a list that begins with the newest, for requests and for relationships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

Seen = tuple[datetime, str]
"""Time and id of the last one of the page before."""


def newest(
    row: Any,
    time: InstrumentedAttribute[datetime],
    where: Sequence[ColumnElement[bool]],
    states: Sequence[str],
    after: Seen | None,
    limit: int,
    *,
    of_one: bool,
) -> Select[Any]:
    """The `limit` newest of the mapped class `row` in any of `states` (empty: in whichever).

    `of_one`: `where` names a person, whose own few are looked through. Otherwise the newest of each state are
    taken from the index of that state: whatever is rare is not looked for among all the others.
    """
    every = [*where, *_after(row, time, after)]
    order = (time.desc(), row.id.desc())
    if of_one or not states:
        in_states = [row.state.in_(states)] if states else []
        return select(row).where(*every, *in_states).order_by(*order).limit(limit)
    each = (select(row.id).where(*every, row.state == one).order_by(*order).limit(limit) for one in states)
    ids = union_all(*(select(part.subquery().c.id) for part in each))
    return select(row).where(row.id.in_(ids)).order_by(*order).limit(limit)


def _after(row: Any, time: Any, after: Seen | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    at, last = after
    # The first half is what an index can seek to; the second picks among those of the same instant.
    return [time <= at, or_(time < at, row.id < last)]
