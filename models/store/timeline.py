"""What happened to processes, read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.process.timeline import Entry
from models.store.processes import TimelineRow


class Told(NamedTuple):
    """An entry as it is read: the fields of `models.process.timeline.Entry`, unchecked.

    A page of a list has some hundreds of them, and checking each again would take longer than reading them.
    """

    process_id: str
    seq: int
    at: datetime
    what: str
    by: str | None
    by_role: str
    on_behalf_of: str | None
    note: str | None
    audience: str
    via: str | None


def told_of(session: Session, process_ids: Collection[str]) -> dict[str, list[Told]]:
    """Entries by process id, oldest first; a process without any has an empty list."""
    found: dict[str, list[Told]] = defaultdict(list)
    if not process_ids:
        return found
    for row in session.execute(_TOLD, {"ids": sorted(process_ids)}):
        found[row[0]].append(Told._make(row))
    return found


_TOLD = (
    select(*(getattr(TimelineRow, name) for name in Told._fields))
    .where(TimelineRow.process_id.in_(bindparam("ids", expanding=True)))
    .order_by(TimelineRow.process_id, TimelineRow.seq)
)


def entries_of(session: Session, process_ids: Collection[str]) -> dict[str, list[Entry]]:
    """Like `told_of`, checked: for callers who read few."""
    told = told_of(session, process_ids)
    found = {process_id: [_entry(one) for one in entries] for process_id, entries in told.items()}
    return defaultdict(list, found)


def _entry(told: Told) -> Entry:
    return Entry.model_validate({name: getattr(told, name) for name in Entry.model_fields})
