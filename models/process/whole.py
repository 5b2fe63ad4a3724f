"""A process as a view and the rest: what is shown of it, and beside that all that it knows besides.

Both together are the whole process; `rest_of` takes it apart, `process_from` puts it together again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request.state import Request
from models.process.request.view import RequestView

_NOT_IN_REST = {"mentee_rules", "mentor_rules"}
"""The rules of the time zones are two thirds of a process and nearly the same for all. A process that is
taken up again has a new history, and begins it with the present ones."""


def rest_of(process: Request | Relationship) -> dict[str, Any]:
    """All that a process knows and its view does not show, as JSON; of one that is over for good nothing."""
    if not process.may_lead_on:
        return {}
    shown = view_of(process).model_dump(mode="json")
    known = process.model_dump(mode="json", exclude=_NOT_IN_REST)
    return {name: value for name, value in known.items() if name not in shown or shown[name] != value}


def knows(process: Request | Relationship) -> dict[str, Any]:
    """All of a process that its view and the rest hold, to be compared."""
    return process.model_dump(exclude=_NOT_IN_REST)


def view_of(process: Request | Relationship) -> RequestView | RelationshipView:
    return RequestView.of(process) if isinstance(process, Request) else RelationshipView.of(process)


def process_from(
    view: RequestView | RelationshipView, rest: Mapping[str, Any]
) -> Request | Relationship | None:
    """The process that a view and its rest were taken from; None where the rest is not known."""
    if "policy" not in rest:
        return None
    kind = Request if isinstance(view, RequestView) else Relationship
    return kind.model_validate({**view.model_dump(), **rest})
