"""What an import found and did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` is the physical line (from 1) on which the record starts; 0 stands for the file as a whole.

    The sentence quotes what stands in the file, made safe for a terminal: show it to the importer, never
    log it. `remedy` is an option that mends it, as it can be typed.
    """

    line: int
    column: str | None
    sentence: str
    remedy: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.column) if part)
        return f"{place}: {self.sentence}" if place else self.sentence


@dataclass(slots=True)
class Effects:
    """What an import will do, shown before it is done.

    `fields` counts by field the members whose value changes. `lost` and `admins` are addresses, by role and
    of those who become one. `hidden` counts the mentors who will not be shown by what they lack.
    """

    fields: Counter[str] = field(default_factory=Counter)
    lost: dict[str, list[str]] = field(default_factory=dict)
    admins: list[str] = field(default_factory=list)
    stay_admins: list[str] = field(default_factory=list)
    managers_unknown: list[str] = field(default_factory=list)
    mentors: int = 0
    shown: int = 0
    hidden: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class ImportReport:
    """Counts, and everything that stands against the import.

    `people` counts the records read, bad ones included; `created`, `updated` and `unchanged` the members
    written or, in a dry run, that would be. `taken` are the columns with their fields. `passed_over` counts
    those who were members already and not wanted.
    """

    people: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    written: bool = False
    new_skills: list[str] = field(default_factory=list)
    new_options: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    passed_over: int = 0
    effects: Effects = field(default_factory=Effects)

    @property
    def ok(self) -> bool:
        """Whether nothing stands against writing."""
        return not self.problems


def shown(text: str) -> str:
    """Text of the file as a sentence quotes it: short, and without anything that could steer a terminal."""
    short = text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
    return "“" + "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in short) + "”"
