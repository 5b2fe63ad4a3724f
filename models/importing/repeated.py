"""Several lines of one person, as forms sent twice and tables with a row for each skill have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from models.importing.options import FileOptions
from models.importing.record import PersonRecord
from models.importing.report import Problem, shown

_JOINED = frozenset({"skills", "targets"})
_APART = frozenset({"line", "email", "defaulted"})


class Gathered:
    """Keeps one record for each address, in the order in which they came; `problem` gets what is wrong."""

    def __init__(self, options: FileOptions, problem: Callable[[Problem], None]) -> None:
        self._options = options
        self._problem = problem
        self._people: dict[str, PersonRecord] = {}

    def add(self, record: PersonRecord) -> None:
        """The next line of the file."""
        before = self._people.get(record.email)
        if before is None:
            self._people[record.email] = record
        elif self._options.one_row_per_skill:
            self._people[record.email] = self._both(before, record)
        elif self._options.repeated == "last":
            self._people[record.email] = record

    def people(self) -> Iterator[PersonRecord]:
        yield from self._people.values()

    def _both(self, before: PersonRecord, record: PersonRecord) -> PersonRecord:
        changes: dict[str, Any] = {}
        for one in fields(PersonRecord):
            if one.name in _APART:
                continue
            old, new = getattr(before, one.name), getattr(record, one.name)
            if new is None or new == old:
                continue
            if old is None:
                changes[one.name] = new
            elif one.name in _JOINED:
                changes[one.name] = self._levels(before.line, record.line, old, new)
            elif one.name == "attributes":
                changes[one.name] = new | old
            elif isinstance(old, tuple):
                changes[one.name] = tuple(dict.fromkeys((*old, *new)))
            else:
                self._differ(before.line, record.line, one.name, old, new)
        return replace(before, **changes)

    def _levels(self, first: int, line: int, old: dict[str, int], new: dict[str, int]) -> dict[str, int]:
        for name in old.keys() & new.keys():
            if old[name] != new[name]:
                self._differ(first, line, f"The level of {name}", old[name], new[name])
        return old | new

    def _differ(self, first: int, line: int, what: str, old: object, new: object) -> None:
        sentence = (
            f"{what} is {shown(str(new))} here and {shown(str(old))} in line {first}, of the same person. "
            "Correct one, or leave the column out."
        )
        self._problem(Problem(line, None, sentence))
