"""Who acts: a person in a role, or the process itself."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    MENTEE = "mentee"
    MENTOR = "mentor"
    ADMIN = "admin"
    SYSTEM = "system"


class Part(StrEnum):
    """What a side is in a request, whichever of the two has sent it."""

    SENDER = "sender"
    DECIDER = "decider"
    """Whose answer decides it."""


class Via(StrEnum):
    """How an act came, where the actor was not signed in."""

    MAIL_LINK = "mail-link"
    """By the link of a mail, which anybody who was forwarded it can open."""


class Actor(BaseModel):
    """`person_id` is None for the system only. `on_behalf_of`: in whose place a coordinator acts."""

    model_config = ConfigDict(frozen=True)

    role: Role
    person_id: str | None = None
    via: Via | None = None
    on_behalf_of: str | None = None


SYSTEM = Actor(role=Role.SYSTEM)
