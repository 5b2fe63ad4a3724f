"""Whether somebody may send a command: its class says which roles may."""

from __future__ import annotations

from typing import Protocol

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


class OfTwo(Protocol):
    """A process of two people, or a view of it."""

    @property
    def mentee_id(self) -> str: ...

    @property
    def mentor_id(self) -> str: ...


def check(command: Command, actor: Actor, process: OfTwo) -> None:
    """Raises NotAllowed when the actor's role may not send the command, or is not theirs in this process."""
    senders = command.senders(process)
    if actor.role not in senders:
        who = joined(" or ", (_WHO[role] for role in Role if role in senders))
        raise NotAllowed(Sentence("Only {who} can do this.", who=who))
    own = {Role.MENTEE: process.mentee_id, Role.MENTOR: process.mentor_id}.get(actor.role, actor.person_id)
    if own != actor.person_id:
        raise NotAllowed("You do not take part in this.")
