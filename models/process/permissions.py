"""Whether somebody may send a command: its class says which roles may."""

from __future__ import annotations

from models.process.actors import Actor, Role
from models.process.commands import Command
from models.process.errors import NotAllowed
from models.process.terms import Sentence, joined

_WHO = {
    Role.MENTEE: Sentence("the {t.mentee}"),
    Role.MENTOR: Sentence("the {t.mentor}"),
    Role.ADMIN: Sentence("{t.a_coordinator} of the programme"),
    Role.SYSTEM: "the system",
}


def check(command: Command, actor: Actor, mentee_id: str, mentor_id: str) -> None:
    """Raises NotAllowed when the actor's role may not send the command, or is not theirs in this process."""
    if actor.role not in command.by:
        who = joined(" or ", (_WHO[role] for role in Role if role in command.by))
        raise NotAllowed(Sentence("Only {who} can do this.", who=who))
    own = {Role.MENTEE: mentee_id, Role.MENTOR: mentor_id}.get(actor.role, actor.person_id)
    if own != actor.person_id:
        raise NotAllowed("You do not take part in this.")
