"""Everything that can happen to a relationship, as pure functions: `start`, `decide`, `due`."""

from __future__ import annotations

from datetime import datetime

from models.mails.relationship import RelationshipStarted
from models.process import permissions
from models.process.actors import SYSTEM, Actor, Role
from models.process.commands import Command, check_complete, sendable, table_of
from models.process.errors import IllegalMove
from models.process.relationship import commands
from models.process.relationship.base import MOVES, STANDS, RelationshipState
from models.process.relationship.parts import completion, goals, surveys
from models.process.relationship.state import Relationship, steps
from models.process.relationship.step import RelationshipStep
from models.process.relationship.view import RelationshipView
from models.process.step import Decision
from models.process.terms import Sentence

COMMANDS = table_of(MOVES, commands, goals, completion, surveys)
"""By name; a command without a row of the table of moves, or the other way round, fails here."""
check_complete("STANDS in models/process/relationship/base.py", STANDS, RelationshipState)


def start(
    relationship: Relationship,
    now: datetime,
    closes: int = 0,
    decided_by: Role = Role.MENTOR,
    *,
    paired: bool = False,
) -> Decision[Relationship]:
    """The first decision: both are told and see how to reach each other (L1). The others: see
    `StartRelationship`."""
    step = RelationshipStep(relationship.model_copy(update={"version": 0}), SYSTEM, now)
    step.note("RelationshipPaired" if paired else "RelationshipStarted")
    told = RelationshipStarted(relationship_id=relationship.id, decided_by=decided_by, paired=paired)
    step.send(Role.MENTEE, told.model_copy(update={"closes": closes}))
    step.send(Role.MENTOR, told)
    return step.done()


def decide(
    relationship: Relationship, command: Command, actor: Actor, now: datetime, recorded: bool = False
) -> Decision[Relationship]:
    """What `command` does. Raises one of `errors.ProcessError` and then changes nothing."""
    permissions.check(command, actor, relationship)
    if (relationship.state, command.name) not in MOVES:
        raise IllegalMove(
            Sentence(
                "This {t.relationship} {stands}, so this is not possible now.",
                stands=STANDS[relationship.state],
            )
        )
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
    """The commands that a person in `role` may send now, in the order of the table."""
    return sendable(MOVES, COMMANDS, view, role)
