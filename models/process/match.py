"""How well a pair fits, as a process carries it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Basis(StrEnum):
    """What the mentee looks for: skill gaps and preferences, or preferences alone."""

    GAPS = "gaps"
    PREFERENCES = "preferences"


class MatchReason(BaseModel):
    """One part of the score: `text` is a sentence; further fields depend on `kind`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    text: str


class Match(BaseModel):
    """`score` is 0-100."""

    model_config = ConfigDict(frozen=True)

    score: int
    reasons: tuple[MatchReason, ...] = ()
