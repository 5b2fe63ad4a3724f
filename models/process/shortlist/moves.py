"""Everything that can happen to a shortlist, as one pure function."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from models.process import permissions
from models.process.actors import Actor, Role
from models.process.commands import Command, check_complete, sendable, table_of
from models.process.errors import IllegalMove
from models.process.shortlist import commands, reports
from models.process.shortlist.state import MOVES, STANDS, Shortlist, ShortlistState
from models.process.shortlist.step import ShortlistStep
from models.process.step import Decision
from models.process.terms import Sentence

COMMANDS = table_of(MOVES, commands, reports)
check_complete("STANDS in models/process/shortlist/state.py", STANDS, ShortlistState)


def decide(shortlist: Shortlist, command: Command, actor: Actor, now: datetime) -> Decision[Shortlist]:
    """What `command` does to `shortlist`. Raises one of `errors.ProcessError` and then changes nothing."""
    check_sender(command, actor, shortlist.mentee_id)
    if (shortlist.state, command.name) not in MOVES:
        raise IllegalMove(
            Sentence(
                "This list {stands}, so it cannot {verb}.", stands=STANDS[shortlist.state], verb=command.verb
            )
        )
    if error := command.hindrance(shortlist, actor.role):
        raise error
    step = ShortlistStep(shortlist, actor, now)
    command.do(step)
    return step.done()


class _OfOne(NamedTuple):
    """A process without a mentor."""

    mentee_id: str
    mentor_id: str = ""


def check_sender(command: Command, actor: Actor, mentee_id: str) -> None:
    """Raises NotAllowed where it is not theirs to send."""
    permissions.check(command, actor, _OfOne(mentee_id))


def allowed(view: Any, role: Role) -> list[str]:
    """The commands that a person in `role` may send now."""
    return sendable(MOVES, COMMANDS, view, role)
