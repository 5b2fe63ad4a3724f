"""Who may send which command: the other half of the tables of moves."""

from __future__ import annotations

from models.process.actors import Actor, Role
from models.process.errors import NotAllowed

REQUEST: dict[str, frozenset[Role]] = {
    "accept": frozenset({Role.MENTOR}),
    "request-amendment": frozenset({Role.MENTOR}),
    "reject": frozenset({Role.MENTOR}),
    "resubmit": frozenset({Role.MENTEE}),
    "edit": frozenset({Role.MENTEE}),
    "withdraw": frozenset({Role.MENTEE}),
    "remind": frozenset({Role.ADMIN}),
    "extend": frozenset({Role.ADMIN}),
    "close": frozenset({Role.ADMIN}),
    "places-claimed": frozenset({Role.SYSTEM}),
    "places-refused": frozenset({Role.SYSTEM}),
    "reminder-due": frozenset({Role.SYSTEM}),
    "deadline-passed": frozenset({Role.SYSTEM}),
    "overtaken": frozenset({Role.SYSTEM}),
    "leave-to-admins": frozenset({Role.SYSTEM}),
    "give-back": frozenset({Role.SYSTEM}),
    "mail-bounced": frozenset({Role.SYSTEM}),
}

RELATIONSHIP: dict[str, frozenset[Role]] = {
    "set-goal": frozenset({Role.MENTEE, Role.MENTOR}),
    "revise-goal": frozenset({Role.MENTEE, Role.MENTOR}),
    "complete": frozenset({Role.MENTEE, Role.MENTOR}),
    "confirm-completion": frozenset({Role.MENTEE, Role.MENTOR}),
    "decline-completion": frozenset({Role.MENTEE, Role.MENTOR}),
    "withdraw": frozenset({Role.MENTEE, Role.MENTOR}),
    "survey": frozenset({Role.MENTEE, Role.MENTOR}),
    "end": frozenset({Role.ADMIN}),
    "confirmation-overdue": frozenset({Role.SYSTEM}),
    "survey-reminder-due": frozenset({Role.SYSTEM}),
    "survey-overdue": frozenset({Role.SYSTEM}),
    "party-left": frozenset({Role.SYSTEM}),
    "mail-bounced": frozenset({Role.SYSTEM}),
}

_WHO = {
    Role.MENTEE: "the mentee",
    Role.MENTOR: "the mentor",
    Role.ADMIN: "a coordinator of the programme",
    Role.SYSTEM: "the system",
}


def check(table: dict[str, frozenset[Role]], name: str, actor: Actor, mentee_id: str, mentor_id: str) -> None:
    """Raises NotAllowed when the actor's role may not send the command, or is not theirs in this process."""
    if actor.role not in table[name]:
        who = " or ".join(_WHO[role] for role in Role if role in table[name])
        raise NotAllowed(f"Only {who} can do this.")
    own = {Role.MENTEE: mentee_id, Role.MENTOR: mentor_id}.get(actor.role, actor.person_id)
    if own != actor.person_id:
        raise NotAllowed("You do not take part in this.")
