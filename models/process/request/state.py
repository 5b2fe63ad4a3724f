"""A mentoring request: its states, the table of moves, what it carries, and the dates of its waits."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from models.mails.frame import ReleaseCause
from models.process import calendar
from models.process.actors import Actor, Part, Role
from models.process.calendar import WorkingTime
from models.process.match import Basis, MatchReason
from models.process.request.kinds import RequestKind, role_of
from models.process.step import Process
from models.process.terms import Sentence


class RequestState(StrEnum):
    PENDING = "pending"
    ACCEPTING = "accepting"
    """Inner state for the moment in which the places are being taken; outside it is still `pending`."""
    HANDING_OVER = "handing_over"
    """Like `ACCEPTING`, while a place in the lists of another mentor is reserved for it."""
    AMENDMENT_REQUESTED = "amendment_requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"
    RELEASED = "released"


S = RequestState

LONGEST_LEAD = timedelta(days=2)
"""The last reminder comes this long before an extended closing date, or half-way when less was added."""

SHORT_NOTICE = timedelta(hours=6)

WAITS_FOR: dict[RequestState, Part] = {
    S.PENDING: Part.DECIDER,
    S.ACCEPTING: Part.DECIDER,
    S.HANDING_OVER: Part.DECIDER,
    S.AMENDMENT_REQUESTED: Part.SENDER,
}
"""Whose answer a request waits for, in every state that is not its end."""
OPEN = frozenset(WAITS_FOR)
INNER = frozenset({S.ACCEPTING, S.HANDING_OVER})
"""They last for a moment and are `pending` for everybody outside."""
TERMINAL = frozenset(RequestState) - OPEN


def whose_turn(state: str, left_to_admins: object, kind: RequestKind | str) -> Role | None:
    """Who has to act on a request: the coordinators where it was left to them; None at its end."""
    part = WAITS_FOR.get(RequestState(state))
    if part is None:
        return None
    return Role.ADMIN if left_to_admins else role_of(part, kind)


class RequestFacts(BaseModel):
    """What a request shows of itself as it is: its state, its view and the answers of the API all have these.

    A field that is added here is stored, exported, and shown by the API; the descriptions are the API's.
    """

    model_config = ConfigDict(frozen=True)

    kind: RequestKind = RequestKind.REQUEST
    basis: Basis
    score: int = Field(json_schema_extra={"minimum": 0, "maximum": 100})
    reasons: tuple[MatchReason, ...] = ()
    message: str
    revision: int = 1
    comment: str = Field("", description="The comment of the last decision, else empty")
    reason: str = Field("", description="The reason for declining, else empty")
    created_at: datetime
    decided_at: datetime | None = None
    closes_at: datetime | None = None
    reminded_at: datetime | None = Field(None, description="When the last reminder was sent")
    relationship_id: str | None = None
    left_to_admins: ReleaseCause | None = Field(
        None, description="Why its mentor answers no more, where the coordinators look after it"
    )
    on_behalf: bool = Field(
        False, description="Whether an admin gave the last decision in the place of whose it was"
    )
    handed_over_to: str | None = Field(
        None, description="The request that goes on in place of this one, with another mentor"
    )
    handed_over_from: str | None = Field(None, description="The request in whose place this one goes on")


MOVES: dict[tuple[RequestState, str], frozenset[RequestState]] = {
    (S.PENDING, "accept"): frozenset({S.ACCEPTING}),
    (S.PENDING, "request-amendment"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.PENDING, "reject"): frozenset({S.REJECTED}),
    (S.PENDING, "edit"): frozenset({S.PENDING}),
    (S.PENDING, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.PENDING, "remind"): frozenset({S.PENDING}),
    (S.PENDING, "extend"): frozenset({S.PENDING}),
    (S.PENDING, "close"): frozenset({S.CLOSED}),
    (S.PENDING, "hand-over"): frozenset({S.HANDING_OVER}),
    (S.PENDING, "reminder-due"): frozenset({S.PENDING}),
    (S.PENDING, "deadline-passed"): frozenset({S.EXPIRED}),
    (S.PENDING, "overtaken"): frozenset({S.RELEASED, S.WITHDRAWN}),
    (S.PENDING, "leave-to-admins"): frozenset({S.PENDING, S.RELEASED}),
    (S.PENDING, "give-back"): frozenset({S.PENDING}),
    (S.PENDING, "mail-bounced"): frozenset({S.PENDING}),
    (S.PENDING, "new-policy"): frozenset({S.PENDING}),
    (S.ACCEPTING, "places-claimed"): frozenset({S.ACCEPTED}),
    (S.ACCEPTING, "places-refused"): frozenset({S.PENDING, S.RELEASED, S.WITHDRAWN}),
    (S.ACCEPTING, "overtaken"): frozenset({S.ACCEPTING}),
    (S.ACCEPTING, "leave-to-admins"): frozenset({S.ACCEPTING}),
    (S.ACCEPTING, "mail-bounced"): frozenset({S.ACCEPTING}),
    (S.HANDING_OVER, "handed-over"): frozenset({S.CLOSED}),
    (S.HANDING_OVER, "hand-over-refused"): frozenset({S.PENDING, S.AMENDMENT_REQUESTED, S.RELEASED}),
    (S.HANDING_OVER, "overtaken"): frozenset({S.HANDING_OVER}),
    (S.HANDING_OVER, "leave-to-admins"): frozenset({S.HANDING_OVER}),
    (S.HANDING_OVER, "mail-bounced"): frozenset({S.HANDING_OVER}),
    (S.AMENDMENT_REQUESTED, "resubmit"): frozenset({S.PENDING}),
    (S.AMENDMENT_REQUESTED, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.AMENDMENT_REQUESTED, "remind"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "extend"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "close"): frozenset({S.CLOSED}),
    (S.AMENDMENT_REQUESTED, "hand-over"): frozenset({S.HANDING_OVER}),
    (S.AMENDMENT_REQUESTED, "reminder-due"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "deadline-passed"): frozenset({S.EXPIRED}),
    (S.AMENDMENT_REQUESTED, "overtaken"): frozenset({S.RELEASED, S.WITHDRAWN}),
    (S.AMENDMENT_REQUESTED, "leave-to-admins"): frozenset({S.AMENDMENT_REQUESTED, S.RELEASED}),
    (S.AMENDMENT_REQUESTED, "give-back"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "mail-bounced"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "new-policy"): frozenset({S.AMENDMENT_REQUESTED}),
}
"""(state, command) -> the states it may lead to. What is missing is refused; terminal states take nothing."""

STANDS: dict[RequestState, str] = {
    S.PENDING: Sentence("waits for the {t.mentor}'s decision"),
    S.ACCEPTING: "is being accepted at this moment",
    S.HANDING_OVER: "is being handed over at this moment",
    S.AMENDMENT_REQUESTED: Sentence("waits for the {t.mentee} to change it"),
    S.ACCEPTED: "has been accepted",
    S.REJECTED: "has been declined",
    S.WITHDRAWN: "has been withdrawn",
    S.EXPIRED: "has expired without an answer",
    S.CLOSED: Sentence("has been closed by {t.a_coordinator}"),
    S.RELEASED: "has been released, because something else came first",
}
"""Ends the sentence "This request ..."."""


class HandedOver(BaseModel):
    """By whom a request was handed over, and with which words."""

    model_config = ConfigDict(frozen=True)

    by: Actor
    comment: str


class Handing(BaseModel):
    """A request on its way to another mentor: `to` is that which will go on, `before` the state it was in."""

    model_config = ConfigDict(frozen=True)

    by: Actor
    comment: str
    before: RequestState
    to: Request
    was_left: bool = False
    """Whether it was left to the admins before."""


class Request(Process, RequestFacts):
    """One of the two asks the other, as its kind says."""

    state: RequestState = RequestState.PENDING
    reminders: tuple[datetime, ...] = ()
    """What is still to come, in order."""
    nudged_at: datetime | None = None
    """When an admin last asked for a reminder."""
    shortlist_id: str | None = None
    """The shortlist that asks by it, and that is told of its end."""
    accepting: Actor | None = None
    overtaken: ReleaseCause | None = None
    handing: Handing | None = None
    """While it is being handed over."""
    opened_by: HandedOver | None = None
    """How it came to this mentor, where another one had it first."""
    paired_by: Actor | None = None
    """Who has published the draft that the two were paired in."""

    @property
    def public_state(self) -> RequestState:
        return RequestState.PENDING if self.state in INNER else self.state

    @property
    def decider(self) -> Role:
        """Whose answer the request waits for."""
        return self.role_of(WAITS_FOR.get(self.state, Part.DECIDER))

    def role_of(self, part: Part) -> Role:
        return role_of(part, self.kind)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def may_lead_on(self) -> bool:
        """Whether something may still come of it, such as the relationship of an acceptance."""
        return self.is_open or self.state is RequestState.ACCEPTED


Handing.model_rebuild()


class NextStep(BaseModel):
    """What happens by itself, and when."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    what: Literal["reminder", "expiry"]


def next_step(request: Request) -> NextStep | None:
    """The next thing that silence will do, or None where nothing is scheduled."""
    if request.state not in OPEN - INNER:
        return None
    if request.reminders and (request.closes_at is None or request.reminders[0] < request.closes_at):
        return NextStep(at=request.reminders[0], what="reminder")
    return NextStep(at=request.closes_at, what="expiry") if request.closes_at else None


def schedule(request: Request, start: datetime) -> tuple[tuple[datetime, ...], datetime | None]:
    """The reminders and the closing date of a wait that begins at `start` in the request's present state."""
    rules = request.policy.request
    changes = WAITS_FOR.get(request.state) is Part.SENDER
    working, zone = clock_of(request)
    remind = rules.amendment_remind_after if changes else rules.remind_after
    close = rules.amendment_close_after if changes else rules.close_after
    reminders, end = calendar.wait(start, remind, close, working, zone, request.id)
    if request.shortlist_id and end and remind and not reminders:
        # Free days have left no working day before the last one of so short a wait.
        reminders = (end - min(SHORT_NOTICE, (end - start) / 2),)
    return reminders, end


def extended(
    request: Request, closes_at: datetime, period: timedelta, now: datetime
) -> tuple[tuple[datetime, ...], datetime]:
    """The reminders and the closing date with `period` added to `closes_at`, or to now if that has passed."""
    working, zone = clock_of(request)
    closing = calendar.due(max(now, closes_at), period, working, zone, request.id)
    lead = min(LONGEST_LEAD, period / 2)
    if calendar.is_whole_days(period):
        last = calendar.ahead_of(closing, lead.days, working, zone, request.id)
    else:
        last = closing - lead
    reminders = sorted({*request.reminders, last})
    return tuple(at for at in reminders if now < at < closing), closing


def closing_after_reminder(request: Request, now: datetime) -> datetime | None:
    """The closing date once the reminder that is due leaves `now`: later than before if it comes too late."""
    last_wait = request.policy.request.last_wait
    return calendar.end_after(
        request.reminders, request.closes_at, last_wait, now, *clock_of(request), request.id
    )


def clock_of(request: Request) -> tuple[WorkingTime, tzinfo]:
    """By which the dates of the person fall due whose answer is awaited."""
    decider = request.decider
    return request.working_of(decider, request.policy.request.working), request.zone_of(decider)


def relationship_id(request_id: str) -> str:
    """The one relationship that a request can start: derived, so that starting it twice starts one."""
    return str(uuid.uuid5(uuid.UUID(request_id), "relationship"))


def successor_id(request_id: str) -> str:
    """The one request that a request can be handed over as."""
    return str(uuid.uuid5(uuid.UUID(request_id), "handed-over"))
