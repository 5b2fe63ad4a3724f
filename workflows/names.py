"""Names that the engine knows: task queue, workflow ids, search attributes. Ids only, never personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from models.process.step import Process

TASK_QUEUE = "steadfast"

STILL_ENDING = "StillEnding"
"""The type of the failure with which a request that is over, but still being saved, turns away a new one."""

PROGRAMME = SearchAttributeKey.for_keyword("SteadfastProgramme")
PROCESS = SearchAttributeKey.for_keyword("SteadfastProcess")
MENTEE = SearchAttributeKey.for_keyword("SteadfastMentee")
MENTOR = SearchAttributeKey.for_keyword("SteadfastMentor")
STATE = SearchAttributeKey.for_keyword("SteadfastState")
NEXT_WHAT = SearchAttributeKey.for_keyword("SteadfastNextWhat")
LAST_EVENT = SearchAttributeKey.for_keyword("SteadfastLastEvent")
SINCE = SearchAttributeKey.for_datetime("SteadfastSince")
NEXT_AT = SearchAttributeKey.for_datetime("SteadfastNextAt")

SEARCH_ATTRIBUTES = {
    key.name: "Datetime" if key in (SINCE, NEXT_AT) else "Keyword"
    for key in (PROGRAMME, PROCESS, MENTEE, MENTOR, STATE, NEXT_WHAT, LAST_EVENT, SINCE, NEXT_AT)
}
"""Name -> type, as `--search-attribute Name=Type` takes it."""


def pair(one: str, other: str) -> str:
    """Both person ids in one fixed order, so that a pair is the same in both directions."""
    return "/".join(sorted((one, other)))


def request_workflow(programme_id: str, mentee_id: str, mentor_id: str) -> str:
    """One id per pair and programme: the engine then lets only one request of the two be open (R2)."""
    return f"request/{programme_id}/{pair(mentee_id, mentor_id)}"


def relationship_workflow(relationship_id: str) -> str:
    return f"relationship/{relationship_id}"


def erasure_workflow(person_id: str) -> str:
    return f"erasure/{person_id}"


def export_workflow(person_id: str) -> str:
    """One at a time for each person."""
    return f"export/{person_id}"


def attributes(
    process: Process,
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
        (MENTOR, process.mentor_id),
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
