"""What the clients know: every act they tried, every answer they got. The verdict holds the town to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Deed:
    """One act as the timeline should tell it: `what` by whom, with `mark` in its note where it has words.

    `of` is requests or relationships; `process_id` of the thing that was acted on.
    """

    of: str
    process_id: str
    what: str
    by: str
    mark: str = ""
    goal_id: str = ""
    answers: tuple[tuple[str, int | str], ...] = ()


@dataclass(slots=True)
class Ledger:
    done: list[Deed] = field(default_factory=list)
    """Acts that were answered with 2xx."""
    answers: Counter[str] = field(default_factory=Counter)
    """How often each kind of answer came: `200`, `503 engine-down`, `no answer: ReadError` ..."""
    slowest: dict[str, float] = field(default_factory=dict)
    """The longest wait for each kind of answer, in seconds."""
    findings: list[str] = field(default_factory=list)
    """Answers that no client should ever get."""
    lives: Counter[str] = field(default_factory=Counter)
    """How many of each kind came to an end, and how."""

    def heard(self, answer: str, seconds: float) -> None:
        self.answers[answer] += 1
        self.slowest[answer] = max(seconds, self.slowest.get(answer, 0.0))

    def found(self, sentence: str) -> None:
        self.findings.append(sentence)

    def summary(self) -> dict[str, Any]:
        return {
            "acts answered with success": len(self.done),
            "lives": dict(sorted(self.lives.items())),
            "answers": dict(sorted(self.answers.items())),
            "slowest answers in seconds": {k: round(v, 1) for k, v in sorted(self.slowest.items())},
        }
