"""The search attributes of a process: what the engine can be asked about it. Ids and dates only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from models.process import names
from models.process.step import Lasting

PROGRAMME = SearchAttributeKey.for_keyword(names.PROGRAMME)
PROCESS = SearchAttributeKey.for_keyword(names.PROCESS)
MENTEE = SearchAttributeKey.for_keyword(names.MENTEE)
MENTOR = SearchAttributeKey.for_keyword(names.MENTOR)
STATE = SearchAttributeKey.for_keyword(names.STATE)
NEXT_WHAT = SearchAttributeKey.for_keyword(names.NEXT_WHAT)
LAST_EVENT = SearchAttributeKey.for_keyword(names.LAST_EVENT)
SINCE = SearchAttributeKey.for_datetime(names.SINCE)
NEXT_AT = SearchAttributeKey.for_datetime(names.NEXT_AT)


def attributes(
    process: Lasting,
    state: str,
    next_at: datetime | None,
    next_what: str | None,
    last_event: str | None = None,
) -> TypedSearchAttributes:
    """The search attributes of a process; what is None is left out."""
    values: list[tuple[SearchAttributeKey[Any], Any]] = [
        (PROGRAMME, process.programme_id),
        (PROCESS, process.id),
        (MENTEE, process.mentee_id),
        (MENTOR, getattr(process, "mentor_id", None)),
        (STATE, state),
        (SINCE, process.since),
        (NEXT_AT, next_at),
        (NEXT_WHAT, next_what),
        (LAST_EVENT, last_event),
    ]
    return TypedSearchAttributes([SearchAttributePair(k, v) for k, v in values if v is not None])


def changes(before: TypedSearchAttributes, after: TypedSearchAttributes) -> list[SearchAttributeUpdate[Any]]:
    """The updates that lead from one set of attributes to the other; empty when they are equal."""
    old = {pair.key: pair.value for pair in before.search_attributes}
    new = {pair.key: pair.value for pair in after.search_attributes}
    updates = [key.value_set(value) for key, value in new.items() if old.get(key) != value]
    return updates + [key.value_unset() for key in old if key not in new]
