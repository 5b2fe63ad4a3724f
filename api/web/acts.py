"""What people do to requests and relationships. Every act has a key: sent twice with it, it is done once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from api.web.access import Viewer
from models.process.actors import Actor, Role
from models.process.commands import Command

T = TypeVar("T")


@dataclass(frozen=True)
class ActResult(Generic[T]):
    """What an act led to; `lists_behind` when lists will show it only in a moment."""

    value: T
    lists_behind: bool = False


def actor_for(command: Command, viewer: Viewer, roles: tuple[Role, ...], process: Any) -> Actor:
    """Who acts: of several roles in the same process the one that may do this."""
    senders = command.senders(process)
    fitting = [role for role in roles if role in senders]
    return Actor(role=(fitting or list(roles))[0], person_id=viewer.person_id, via=viewer.via)
