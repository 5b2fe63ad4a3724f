"""Who acts: a person in a role, or the process itself."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    MENTEE = "mentee"
    MENTOR = "mentor"
    ADMIN = "admin"
    SYSTEM = "system"


class Via(StrEnum):
    """How an act came, where the actor was not signed in."""

    MAIL_LINK = "mail-link"
    """By the link of a mail, which anybody who was forwarded it can open."""


class Actor(BaseModel):
    """`person_id` is None for the system only."""

    model_config = ConfigDict(frozen=True)

    role: Role
    person_id: str | None = None
    via: Via | None = None


SYSTEM = Actor(role=Role.SYSTEM)
