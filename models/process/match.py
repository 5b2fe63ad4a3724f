"""How well a pair fits, as a process carries it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.process.actors import Role


class Basis(StrEnum):
    """What the mentee looks for: skill gaps and preferences, or preferences alone."""

    GAPS = "gaps"
    PREFERENCES = "preferences"


class MatchReason(BaseModel):
    """One part of the score: `text` is a sentence; further fields depend on `kind`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    text: str

    def told(self, reader: Role) -> str:
        """The sentence as the mentee or the mentor reads it; for others, and of unknown kinds, `text`."""
        fields = self.model_extra or {}
        if reader is Role.ADMIN:
            return self.text
        if "option" in fields:
            return f"You both chose “{fields['option']}”."
        return (
            self._gap(reader, fields) if {"skill", "current", "target", "level"} <= set(fields) else self.text
        )

    def _gap(self, reader: Role, fields: dict[str, Any]) -> str:
        """About one skill: `current` and `level` are 0 where none was stated."""
        seeker, other = ("you want", "they") if reader is Role.MENTEE else ("they want", "you")
        current, target, level = fields["current"], fields["target"], fields["level"]
        way = f"from level {current} to {target}" if current else f"to level {target}"
        head = f"{fields['skill']}: {seeker} to get {way}, and {other} "
        if not level:
            return f"{head}have not named this skill."
        ending = (
            ""
            if level >= target
            else ", which covers part of the way"
            if level > current
            else ", which is not above"
        )
        return f"{head}are at {level}{ending}."


class Match(BaseModel):
    """`score` is 0-100."""

    model_config = ConfigDict(frozen=True)

    score: int
    reasons: tuple[MatchReason, ...] = ()
