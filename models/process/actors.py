"""Who acts: a person in a role, or the process itself."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    MENTEE = "mentee"
    MENTOR = "mentor"
    ADMIN = "admin"
    SYSTEM = "system"


class Actor(BaseModel):
    """`person_id` is None for the system only."""

    model_config = ConfigDict(frozen=True)

    role: Role
    person_id: str | None = None


SYSTEM = Actor(role=Role.SYSTEM)
