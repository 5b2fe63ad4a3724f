"""What one look at a part of an installation came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Worth knowing, and no fault: what is not running cannot be reached."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    verdict: Verdict
    sentence: str


def ok(what: str, sentence: str) -> Finding:
    return Finding(what, Verdict.OK, sentence)


def note(what: str, sentence: str) -> Finding:
    return Finding(what, Verdict.NOTE, sentence)


def wrong(what: str, sentence: str) -> Finding:
    return Finding(what, Verdict.WRONG, sentence)
