"""What the API says about processes and people. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, WithJsonSchema

from models.process.request.state import INNER, WAITS_FOR, RequestState

T = TypeVar("T")

_STATES = [state.value for state in RequestState if state not in INNER]


def _public(state: RequestState) -> RequestState:
    """Inner states last for a moment and are `pending` for everybody outside."""
    if state in INNER:
        raise ValueError(f"This takes one of: {', '.join(_STATES)}")
    return state


PublicState = Annotated[
    RequestState, AfterValidator(_public), WithJsonSchema({"type": "string", "enum": _STATES})
]

_OPEN_STATES = [state.value for state in WAITS_FOR if state not in INNER]


def _open(state: RequestState) -> RequestState:
    if state.value not in _OPEN_STATES:
        raise ValueError(f"This takes one of: {', '.join(_OPEN_STATES)}")
    return state


OpenState = Annotated[
    RequestState, AfterValidator(_open), WithJsonSchema({"type": "string", "enum": _OPEN_STATES})
]


class Page(BaseModel, Generic[T]):
    """One page of a list; `next` is the cursor of the next page, null on the last one."""

    items: list[T]
    next: str | None = None


# The small parts of lists are plain dataclasses: a page has hundreds, and models cost ten times as much.
@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person and what they are called in the programme."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class By:
    """Who did something, as mentee, mentor, admin or system. The system has no id and no name."""

    id: str | None
    name: str | None
    role: str


@dataclass(frozen=True, slots=True)
class EntryOut:
    """Something that happened; `what` is past tense, such as `RequestAccepted`.

    `via` is `mail-link` where the actor need not have been signed in, else null.
    """

    at: datetime
    what: str
    by: By
    on_behalf_of: PersonRef | None
    note: str | None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class NextOut:
    """What happens by itself, and when: reminder, expiry, confirmation, survey-reminder or survey-closing."""

    at: datetime
    what: str
