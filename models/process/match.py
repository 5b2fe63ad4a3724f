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


def leveled(number: int, called: str | None) -> str:
    """A level as sentences write it: the number, with what the programme calls it."""
    return f"{number} ({called})" if called else str(number)


def spoken(name: str) -> str:
    """A name of a skill as people read it: `business_skills` is “Business skills”, others stay."""
    if "_" not in name:
        return name
    plain = " ".join(name.replace("_", " ").split())
    return plain[:1].upper() + plain[1:]


class MatchReason(BaseModel):
    """One part of the score: `text` is a sentence; further fields depend on `kind`.

    Those about a gap carry the names of the skill and the levels as they were when it was made.
    """

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
        start, goal, held = (
            leveled(fields[name], fields.get(f"{name}_name")) for name in ("current", "target", "level")
        )
        way = f"from level {start} to {goal}" if current else f"to level {goal}"
        head = f"{spoken(str(fields['skill']))}: {seeker} to get {way}, and {other} "
        if not level:
            return f"{head}have not named this skill."
        ending = (
            ""
            if level >= target
            else ", which covers part of the way"
            if level > current
            else ", which is not above"
        )
        return f"{head}are at {held}{ending}."


class Match(BaseModel):
    """`score` is 0-100."""

    model_config = ConfigDict(frozen=True)

    score: int
    reasons: tuple[MatchReason, ...] = ()
