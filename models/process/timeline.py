"""What happened, as the people concerned may read it: one entry per event, never changed afterwards."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.process.actors import Actor, Role, Via


class Audience(StrEnum):
    """Who may read an entry besides the admins."""

    BOTH = "both"
    MENTEE = "mentee"
    MENTOR = "mentor"
    ADMINS = "admins"


class Entry(BaseModel):
    """One event. `seq` counts from 1 within the process; `what` is past tense, such as `RequestAccepted`.

    `by` is the acting person's id (None: the process itself), `on_behalf_of` the person they acted for, `via`
    how it came where the person was not signed in.
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    at: datetime
    what: str
    by: str | None = None
    by_role: Role = Role.SYSTEM
    on_behalf_of: str | None = None
    note: str | None = None
    audience: Audience = Audience.BOTH
    via: Via | None = None

    @classmethod
    def of(cls, seq: int, at: datetime, what: str, actor: Actor, note: str | None = None) -> Entry:
        return cls(
            seq=seq,
            at=at,
            what=what,
            by=actor.person_id,
            by_role=actor.role,
            on_behalf_of=actor.on_behalf_of,
            note=note or None,
            via=actor.via,
        )
