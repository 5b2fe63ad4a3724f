"""Everything that can happen to a request, as pure functions: `open_request`, `decide`, `due`.

Silence has no path of its own: `due` turns a date that has come into a command like any other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.process import permissions
from models.process.actors import Actor, Role
from models.process.commands import Command, check_complete, check_waits, sendable, table_of
from models.process.errors import IllegalMove
from models.process.request import commands, reports
from models.process.request.reports import DeadlinePassed, ReminderDue
from models.process.request.state import MOVES, OPEN, STANDS, Request, RequestState, next_step
from models.process.request.step import RequestStep, received
from models.process.step import Decision
from models.process.terms import Sentence

S = RequestState

COMMANDS = table_of(MOVES, commands, reports)
"""By name; a command without a row of the table of moves, or the other way round, fails here."""
for waits in OPEN - {S.ACCEPTING}:
    check_waits(MOVES, COMMANDS, S.PENDING, waits)
check_complete("STANDS in models/process/request/state.py", STANDS, RequestState)


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
        raise IllegalMove(
            Sentence(
                "This {t.request} {stands}, so it cannot {verb}.",
                stands=STANDS[request.state],
                verb=command.verb,
            )
        )
    if error := command.hindrance(request, actor.role):
        raise error
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


def allowed(view: Any, role: Role) -> list[str]:
    """The commands that a person in `role` may send now, in the order of the table.

    `view` is anything with `state` and `left_to_admins`.
    """
    return sendable(MOVES, COMMANDS, view, role)
