"""The table of moves, and everything that can happen to a request: `open_request`, `decide`, `due`. Pure.

Silence has no path of its own: `due` turns a date that has come into a command like any other.
"""

from __future__ import annotations

from datetime import datetime

from models.process import permissions
from models.process.actors import Actor, Role
from models.process.commands import Command, table_of
from models.process.errors import IllegalMove
from models.process.request import commands, reports
from models.process.request.reports import DeadlinePassed, ReminderDue
from models.process.request.state import Request, RequestState, next_step
from models.process.request.step import RequestStep, received
from models.process.step import Decision

S = RequestState

MOVES: dict[tuple[RequestState, str], frozenset[RequestState]] = {
    (S.PENDING, "accept"): frozenset({S.ACCEPTING}),
    (S.PENDING, "request-amendment"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.PENDING, "reject"): frozenset({S.REJECTED}),
    (S.PENDING, "edit"): frozenset({S.PENDING}),
    (S.PENDING, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.PENDING, "remind"): frozenset({S.PENDING}),
    (S.PENDING, "extend"): frozenset({S.PENDING}),
    (S.PENDING, "close"): frozenset({S.CLOSED}),
    (S.PENDING, "reminder-due"): frozenset({S.PENDING}),
    (S.PENDING, "deadline-passed"): frozenset({S.EXPIRED}),
    (S.PENDING, "overtaken"): frozenset({S.RELEASED}),
    (S.PENDING, "leave-to-admins"): frozenset({S.PENDING}),
    (S.PENDING, "give-back"): frozenset({S.PENDING}),
    (S.PENDING, "mail-bounced"): frozenset({S.PENDING}),
    (S.ACCEPTING, "places-claimed"): frozenset({S.ACCEPTED}),
    (S.ACCEPTING, "places-refused"): frozenset({S.PENDING, S.RELEASED}),
    (S.ACCEPTING, "overtaken"): frozenset({S.ACCEPTING}),
    (S.ACCEPTING, "leave-to-admins"): frozenset({S.ACCEPTING}),
    (S.ACCEPTING, "mail-bounced"): frozenset({S.ACCEPTING}),
    (S.AMENDMENT_REQUESTED, "resubmit"): frozenset({S.PENDING}),
    (S.AMENDMENT_REQUESTED, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.AMENDMENT_REQUESTED, "remind"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "extend"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "close"): frozenset({S.CLOSED}),
    (S.AMENDMENT_REQUESTED, "reminder-due"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "deadline-passed"): frozenset({S.EXPIRED}),
    (S.AMENDMENT_REQUESTED, "overtaken"): frozenset({S.RELEASED}),
    (S.AMENDMENT_REQUESTED, "leave-to-admins"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "give-back"): frozenset({S.AMENDMENT_REQUESTED}),
    (S.AMENDMENT_REQUESTED, "mail-bounced"): frozenset({S.AMENDMENT_REQUESTED}),
}
"""(state, command) -> the states it may lead to. What is missing is refused; terminal states take nothing."""

COMMANDS = table_of(MOVES, commands, reports)
"""By name; a command without a row of the table of moves, or the other way round, fails here."""

_STANDS = {
    S.PENDING: "waits for the mentor's decision",
    S.ACCEPTING: "is being accepted at this moment",
    S.AMENDMENT_REQUESTED: "waits for the mentee to change it",
    S.ACCEPTED: "has been accepted",
    S.REJECTED: "has been declined",
    S.WITHDRAWN: "has been withdrawn",
    S.EXPIRED: "has expired without an answer",
    S.CLOSED: "has been closed by a coordinator",
    S.RELEASED: "has been released, because something else came first",
}
LEFT_TO_ADMINS = (
    "The mentor of this request takes no requests any more, so a coordinator of the programme looks after "
    "it. The mentee can withdraw it; a coordinator can extend or close it."
)


def open_request(draft: Request, now: datetime) -> Decision[Request]:
    """The first decision: `draft` is recorded, its dates are set, the mentor is told (R1, R3)."""
    step = RequestStep(
        draft.model_copy(update={"version": 0, "since": now}),
        Actor(role=Role.MENTEE, person_id=draft.mentee_id),
        now,
    )
    step.wait_from_now()
    step.note("RequestSubmitted", draft.message)
    step.send(Role.MENTOR, received(step.process))
    return step.done()


def decide(request: Request, command: Command, actor: Actor, now: datetime) -> Decision[Request]:
    """What `command` does to `request`. Raises one of `errors.ProcessError` and then changes nothing."""
    permissions.check(command, actor, request.mentee_id, request.mentor_id)
    if (request.state, command.name) not in MOVES:
        raise IllegalMove(f"This request {_STANDS[request.state]}, so it cannot {command.verb}.")
    if request.left_to_admins and command.needs_mentor:
        raise IllegalMove(LEFT_TO_ADMINS)
    step = RequestStep(request, actor, now)
    command.do(step)
    return step.done()


def due(request: Request, now: datetime) -> Command | None:
    """What has fallen due by `now`. A reminder that was missed as well goes before the end, and moves it."""
    step = next_step(request)
    if step is None or step.at > now:
        return None
    is_over = request.closes_at is not None and request.closes_at <= now
    if step.what == "expiry" or (is_over and request.policy.request.last_wait is None):
        return DeadlinePassed()
    return ReminderDue()


def allowed(state: RequestState, role: Role, *, left_to_admins: bool = False) -> list[str]:
    """The commands that somebody in `role` may send now, in the order of the table."""
    return [
        name
        for (of_state, name) in MOVES
        if of_state is state
        and role is not Role.SYSTEM
        and role in COMMANDS[name].by
        and not (left_to_admins and COMMANDS[name].needs_mentor)
    ]
