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

    @property
    def is_gap(self) -> bool:
        """Whether it is about one skill, with the levels of both."""
        return {"skill", "current", "target", "level"} <= set(self._fields)

    @property
    def skill_words(self) -> str:
        """The skill as people read it; empty for what is about none."""
        return spoken(str(self._fields.get("skill", "")))

    @property
    def levels(self) -> tuple[int, int, int]:
        """Of a gap: where the mentee is, where they want to be, and where the mentor is."""
        return self._fields["current"], self._fields["target"], self._fields["level"]

    def told(self, reader: Role) -> str:
        """The sentence as the mentee or the mentor reads it; for others, and of unknown kinds, `text`."""
        if reader is Role.ADMIN:
            return self.text
        if "option" in self._fields:
            return f"You both chose “{self._fields['option']}”."
        return f"{self.skill_words}: {self._gap(reader)}" if self.is_gap else self.text

    def way(self, reader: Role) -> str:
        """The same where the name of the skill stands beside it."""
        if not self.is_gap:
            return self.told(reader)
        said = (
            self.text.removeprefix(f"{self._fields['skill']}: ")
            if reader is Role.ADMIN
            else self._gap(reader)
        )
        return said[:1].upper() + said[1:]

    @property
    def _fields(self) -> dict[str, Any]:
        return self.model_extra or {}

    def _gap(self, reader: Role) -> str:
        """About one skill: `current` and `level` are 0 where none was stated."""
        fields = self._fields
        seeker, other = ("you want", "they") if reader is Role.MENTEE else ("they want", "you")
        current, target, level = fields["current"], fields["target"], fields["level"]
        start, goal, held = (
            leveled(fields[name], fields.get(f"{name}_name")) for name in ("current", "target", "level")
        )
        way = f"from level {start} to {goal}" if current else f"to level {goal}"
        if not level:
            return f"{seeker} to get {way}, and {other} have not named this skill."
        ending = (
            ""
            if level >= target
            else ", which covers part of the way"
            if level > current
            else ", which is not above"
        )
        return f"{seeker} to get {way}, and {other} are at {held}{ending}."


class Match(BaseModel):
    """`score` is 0-100."""

    model_config = ConfigDict(frozen=True)

    score: int
    reasons: tuple[MatchReason, ...] = ()
