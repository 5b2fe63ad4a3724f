"""A shortlist of mentors whom a mentee asks: its states, the table of moves, and what it carries.

It only says who is asked when. Each ask is a request of its own, with its own process and its own end.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.process.match import Basis
from models.process.shortlist.reasons import Why
from models.process.step import Lasting


class ShortlistState(StrEnum):
    RUNNING = "running"
    MATCHED = "matched"
    """A mentor has accepted: one of the list, or another one who took the mentee's last place."""
    EXHAUSTED = "exhausted"
    WITHDRAWN = "withdrawn"


class Mode(StrEnum):
    IN_ORDER = "in_order"
    AT_ONCE = "at_once"


class AskState(StrEnum):
    """Where one mentor of the list stands; the last six are how the request to them ended."""

    WAITING = "waiting"
    ASKED = "asked"
    PASSED_OVER = "passed_over"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"
    RELEASED = "released"


S = ShortlistState
MOST_EVER = 40
"""Mentors that one list can have seen, so that its state stays small however often it is changed."""

MOVES: dict[tuple[ShortlistState, str], frozenset[ShortlistState]] = {
    (S.RUNNING, "reorder"): frozenset({S.RUNNING}),
    (S.RUNNING, "withdraw"): frozenset({S.RUNNING, S.WITHDRAWN}),
    (S.RUNNING, "asks-chosen"): frozenset(S),
    (S.RUNNING, "ask-ended"): frozenset({S.RUNNING, S.MATCHED, S.WITHDRAWN}),
    (S.RUNNING, "mentee-gone"): frozenset({S.RUNNING, S.WITHDRAWN}),
    (S.RUNNING, "mail-bounced"): frozenset({S.RUNNING}),
    (S.MATCHED, "ask-ended"): frozenset({S.MATCHED}),
    (S.WITHDRAWN, "ask-ended"): frozenset({S.WITHDRAWN, S.MATCHED}),
}
"""(state, command) -> the states it may lead to. What is missing is refused."""

STANDS: dict[ShortlistState, str] = {
    S.RUNNING: "is still running",
    S.MATCHED: "has led to an acceptance",
    S.EXHAUSTED: "has come to its end",
    S.WITHDRAWN: "has been withdrawn",
}
"""Ends the sentence "This list ..."."""


class Ask(BaseModel):
    """One mentor of the list. `at`: when it came to this state; none while it waits."""

    model_config = ConfigDict(frozen=True)

    mentor_id: str
    state: AskState = AskState.WAITING
    request_id: str | None = None
    at: datetime | None = None
    why: Why | None = None


class ShortlistFacts(BaseModel):
    """What a shortlist shows of itself as it is."""

    model_config = ConfigDict(frozen=True)

    mode: Mode
    basis: Basis
    message: str
    created_at: datetime
    ended_at: datetime | None = None
    relationship_id: str | None = Field(None, description="Where a mentor of the list has accepted")


class Shortlist(Lasting, ShortlistFacts):
    state: ShortlistState = ShortlistState.RUNNING
    asks: tuple[Ask, ...]
    why: Why | None = None
    """Why it ended, where the state does not say it."""
    maximum: int
    """Mentors who may wait or be asked at a time."""
    ending: Why | None = None
    """Set when it is to end as soon as the requests that are out have: one of them may just be accepted."""

    def of(self, *states: AskState) -> tuple[Ask, ...]:
        return tuple(ask for ask in self.asks if ask.state in states)

    @property
    def out(self) -> tuple[Ask, ...]:
        return self.of(AskState.ASKED)

    @property
    def waiting(self) -> tuple[Ask, ...]:
        return self.of(AskState.WAITING)

    @property
    def is_running(self) -> bool:
        return self.state is S.RUNNING

    @property
    def goes_on(self) -> bool:
        """Whether there is anything left to hear: requests may outlive a list that ended."""
        return self.is_running or bool(self.out)

    @property
    def chooses(self) -> bool:
        """Whether it is time to see who is asked next, or that nobody is left."""
        if not self.is_running or self.ending:
            return False
        return not self.out or (self.mode is Mode.AT_ONCE and bool(self.waiting))

    @property
    def counts(self) -> int:
        """For how many open requests of the mentee it stands, whether they are out at this moment or not."""
        if not self.is_running:
            return 0
        return 1 if self.mode is Mode.IN_ORDER else len(self.out) + len(self.waiting)


class ShortlistView(ShortlistFacts):
    """The list as lists and pages read it; ids, never names."""

    id: str
    programme_id: str
    mentee_id: str
    state: ShortlistState
    asks: tuple[Ask, ...]
    why: Why | None = None
    version: int
    since: datetime
    last_event: str

    @classmethod
    def of(cls, shortlist: Shortlist) -> ShortlistView:
        return cls(**{name: getattr(shortlist, name) for name in cls.model_fields})


def rest_of(shortlist: Shortlist) -> dict[str, Any]:
    """All of a list that is still to hear something, as JSON, to take it up from; of another one nothing."""
    return {"process": shortlist.model_dump(mode="json")} if shortlist.goes_on else {}


def request_id(shortlist_id: str, mentor_id: str) -> str:
    """The one request that a list can make to a mentor: derived, so that making it twice makes one."""
    return str(uuid.uuid5(uuid.UUID(shortlist_id), mentor_id))
