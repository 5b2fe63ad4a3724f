"""The table of moves, and everything that can happen to a relationship: `start`, `decide`, `due`. Pure."""

from __future__ import annotations

from datetime import datetime

from models import mail
from models.process import permissions
from models.process.actors import SYSTEM, Actor, Role
from models.process.commands import Command, table_of
from models.process.errors import IllegalMove
from models.process.relationship import commands
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts import completion, goals, surveys
from models.process.relationship.state import Relationship, steps
from models.process.relationship.step import RelationshipStep
from models.process.relationship.view import RelationshipView
from models.process.step import Decision

S = RelationshipState

MOVES: dict[tuple[RelationshipState, str], frozenset[RelationshipState]] = {
    (S.ACTIVE, "set-goal"): frozenset({S.ACTIVE}),
    (S.ACTIVE, "revise-goal"): frozenset({S.ACTIVE}),
    (S.ACTIVE, "complete"): frozenset({S.COMPLETING}),
    (S.ACTIVE, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.ACTIVE, "end"): frozenset({S.ENDED}),
    (S.ACTIVE, "party-left"): frozenset({S.WITHDRAWN}),
    (S.ACTIVE, "mail-bounced"): frozenset({S.ACTIVE}),
    (S.COMPLETING, "set-goal"): frozenset({S.COMPLETING}),
    (S.COMPLETING, "revise-goal"): frozenset({S.COMPLETING}),
    (S.COMPLETING, "confirm-completion"): frozenset({S.COMPLETED}),
    (S.COMPLETING, "decline-completion"): frozenset({S.ACTIVE}),
    (S.COMPLETING, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.COMPLETING, "end"): frozenset({S.ENDED}),
    (S.COMPLETING, "confirmation-overdue"): frozenset({S.COMPLETED}),
    (S.COMPLETING, "party-left"): frozenset({S.WITHDRAWN}),
    (S.COMPLETING, "mail-bounced"): frozenset({S.COMPLETING}),
    (S.COMPLETED, "survey"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "survey-reminder-due"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "survey-overdue"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "party-left"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "mail-bounced"): frozenset({S.COMPLETED}),
}
"""(state, command) -> the states it may lead to. A completed one lives on until both surveys are settled."""

COMMANDS = table_of(MOVES, commands, goals, completion, surveys)
"""By name; a command without a row of the table of moves, or the other way round, fails here."""

_STANDS = {
    S.ACTIVE: "is active",
    S.COMPLETING: "waits for the confirmation that it is complete",
    S.COMPLETED: "has been completed",
    S.WITHDRAWN: "has been ended by one of the two",
    S.ENDED: "has been ended by a coordinator",
}


def start(relationship: Relationship, now: datetime) -> Decision[Relationship]:
    """The first decision: both are told and see how to reach each other (L1)."""
    step = RelationshipStep(relationship.model_copy(update={"version": 0}), SYSTEM, now)
    step.note("RelationshipStarted")
    step.send_both(mail.RelationshipStarted(relationship_id=relationship.id))
    return step.done()


def decide(
    relationship: Relationship, command: Command, actor: Actor, now: datetime, recorded: bool = False
) -> Decision[Relationship]:
    """What `command` does. Raises one of `errors.ProcessError` and then changes nothing."""
    permissions.check(command, actor, relationship.mentee_id, relationship.mentor_id)
    if (relationship.state, command.name) not in MOVES:
        raise IllegalMove(f"This relationship {_STANDS[relationship.state]}, so this is not possible now.")
    if error := command.hindrance(relationship, actor.role):
        raise error
    step = RelationshipStep(relationship, actor, now)
    step.recorded = recorded
    command.do(step)
    return step.done()


def due(relationship: Relationship, now: datetime) -> Command | None:
    """What has fallen due by `now`: the command of the part whose step is the earliest."""
    part, step = min(steps(relationship), key=lambda found: found[1].at, default=(None, None))
    if part is None or step is None or step.at > now:
        return None
    return part.due(relationship, step, now)


def allowed(view: RelationshipView, role: Role) -> list[str]:
    """The commands that somebody in `role` may send now, in the order of the table."""
    return [
        name
        for (state, name) in MOVES
        if state is view.state
        and role is not Role.SYSTEM
        and role in COMMANDS[name].by
        and COMMANDS[name].hindrance(view, role) is None
    ]
