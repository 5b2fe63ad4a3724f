"""What an import found and did."""

from dataclasses import dataclass, field

MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` is the physical line (from 1) on which the record starts; 0 stands for the file as a whole.

    The sentence quotes what stands in the file, made safe for a terminal: show it to whoever imports, never
    log it.
    """

    line: int
    column: str | None
    sentence: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.column) if part)
        return f"{place}: {self.sentence}" if place else self.sentence


@dataclass(slots=True)
class ImportReport:
    """Counts, and everything that stands against the import.

    `people` counts the records read, bad ones included; `created`, `updated` and `unchanged` the members
    written or, in a dry run, that would be.
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

    @property
    def ok(self) -> bool:
        """Whether nothing stands against writing."""
        return not self.problems


def shown(text: str) -> str:
    """Text of the file as a sentence quotes it: short, and without anything that could steer a terminal."""
    short = text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
    return "“" + "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in short) + "”"
