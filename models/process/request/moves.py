"""Everything that can happen to a request, as pure functions: `open_request`, `decide`, `due`.

Silence has no path of its own: `due` turns a date that has come into a command like any other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from models.mails.request import RequestHandedOver
from models.process import permissions
from models.process.actors import Actor, Part, Role
from models.process.commands import Command, check_complete, check_waits, sendable, table_of
from models.process.effects import ClaimPlaces
from models.process.errors import IllegalMove, NotAllowed
from models.process.request import commands, reports
from models.process.request.commands import RequestCommand
from models.process.request.reports import DeadlinePassed, ReminderDue
from models.process.request.state import INNER, MOVES, OPEN, STANDS, Request, RequestState, next_step
from models.process.request.step import RequestStep, received
from models.process.step import Decision
from models.process.terms import Sentence

S = RequestState

COMMANDS = table_of(MOVES, commands, reports)
"""By name; a command without a row of the table of moves, or the other way round, fails here."""
for waits in OPEN - INNER:
    check_waits(MOVES, COMMANDS, S.PENDING, waits)
check_complete("STANDS in models/process/request/state.py", STANDS, RequestState)


def open_request(draft: Request, now: datetime) -> Decision[Request]:
    """The first decision: `draft` is recorded, its dates are set, whoever decides is told (R1, R3)."""
    if draft.paired_by is not None:
        return _pair(draft, draft.paired_by, now)
    sender = draft.role_of(Part.SENDER)
    opened = draft.opened_by
    actor = Actor(role=sender, person_id=draft.person(sender))
    if opened is not None:
        actor = opened.by.model_copy(update={"on_behalf_of": draft.person(sender)})
    step = RequestStep(draft.model_copy(update={"version": 0, "since": now}), actor, now)
    step.wait_from_now()
    step.note("RequestSubmitted", draft.message)
    step.send(Part.DECIDER, received(step.process))
    if opened is not None:
        step.actor = opened.by
        step.note("RequestHandedOver", opened.comment)
        step.send(Part.SENDER, RequestHandedOver(**step.about(), comment=opened.comment))
    return step.done()


def _pair(draft: Request, by: Actor, now: datetime) -> Decision[Request]:
    """Nobody is to be asked: its places were taken as it was recorded, and it is accepted at once."""
    step = RequestStep(draft.model_copy(update={"version": 0, "since": now}), by, now)
    step.set(state=S.ACCEPTING, accepting=by)
    step.note("RequestPaired")
    step.effects.append(ClaimPlaces())
    return step.done()


def decide(request: Request, command: Command, actor: Actor, now: datetime) -> Decision[Request]:
    """What `command` does to `request`. Raises one of `errors.ProcessError` and then changes nothing."""
    permissions.check(command, actor, request)
    actor = _standing_in(request, command, actor)
    if (request.state, command.name) not in MOVES:
        raise out_of_place(type(command), request.state)
    if error := command.hindrance(request, actor.role):
        raise error
    step = RequestStep(request, actor, now)
    command.do(step)
    return step.done()


def out_of_place(command: type[Command], state: RequestState) -> IllegalMove:
    """That a request in this state does not take the command."""
    return IllegalMove(
        Sentence("This {t.request} {stands}, so it cannot {verb}.", stands=STANDS[state], verb=command.verb)
    )


def _standing_in(request: Request, command: Command, actor: Actor) -> Actor:
    """A coordinator who answers does so in the place of whose answer it is, and never their own request."""
    if actor.role is not Role.ADMIN or not (isinstance(command, RequestCommand) and command.on_behalf):
        return actor
    if actor.person_id in (request.mentee_id, request.mentor_id):
        raise NotAllowed(OWN_REQUEST)
    decider = request.person(request.role_of(Part.DECIDER))
    return actor.model_copy(update={"on_behalf_of": decider})


OWN_REQUEST = Sentence(
    "This {t.request} is your own, so another {t.coordinator} has to decide it on behalf of somebody."
)


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

    `view` is anything with `kind`, `state` and `left_to_admins`.
    """
    return sendable(MOVES, COMMANDS, view, role)


def allowed_to(view: Any, roles: Collection[Role]) -> list[str]:
    """The same for a person with all of these roles, each command once."""
    found = dict.fromkeys(name for role in roles for name in allowed(view, role))
    if len(roles) > 1:
        # Of their own request a coordinator decides only what is theirs to decide as one of the two.
        own = {name for role in roles if role is not Role.ADMIN for name in allowed(view, role)}
        return [name for name in found if name in own or not _is_on_behalf(name)]
    return list(found)


def _is_on_behalf(name: str) -> bool:
    command = COMMANDS[name]
    return issubclass(command, RequestCommand) and command.on_behalf
