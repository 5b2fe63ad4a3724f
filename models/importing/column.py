"""A column of a file, and the options that can be given for it."""

from __future__ import annotations

import re
import shlex
import unicodedata
from dataclasses import dataclass, field

from models.importing.report import MAX_SHOWN, Problem
from models.importing.titles import one_line

IGNORE = "ignore"
"""The field of a map for a column that is to be left out."""

ATTRIBUTE = "attribute:"
"""The beginning of a field of a map that names a filterable attribute: `attribute:cohort`."""

BY_PART = frozenset({"skills", "targets", "preferences", "languages", "roles"})
"""Lists of which a form may have a column for each entry: `skills:python`."""

RESERVED = frozenset(
    {"basis", "exact", "q", "skill", "language", "country", "unit", "location", "limit", "cursor", "after"}
)
"""Names that a search has filters or parameters for already."""

MAX_ATTRIBUTE_NAME = 64
_OF_THEIR_OWN = frozenset({"email", "name", "first_name", "last_name", "roles", "skill", "level"})
"""Fields without which a line is no person, or a skill none."""


@dataclass(frozen=True, slots=True)
class Column:
    """`label` is the title as sentences and maps write it. `field` is None if the column is left out.

    `part` is the entry of a list that the column stands for. `chosen` says how the field was found: by a map,
    by the field's own name, by one of the other titles of `titles.py`, or not at all.
    """

    label: str
    field: str | None = None
    part: str = ""
    chosen: str = ""


@dataclass(slots=True)
class Columns:
    """The columns of a file, in order, what is wrong with them, and what becomes of those left out."""

    all: list[Column] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def titled(self, name: str) -> str:
        """The title of the first column of a field, or the field's own name."""
        return next((one.label for one in self.all if one.field == name), name)


def remedy(label: str, target: str) -> str:
    """A map as it can be typed."""
    return f"--map {shlex.quote(f'{label}={target}')}"


def value_remedy(name: str, text: str) -> str:
    """A value as it can be typed, which leaves the text out; empty for what has no remedy like that."""
    said = one_line(text)
    if name in _OF_THEIR_OWN or name.startswith(ATTRIBUTE) or len(said) > MAX_SHOWN or not said.isprintable():
        return ""
    return f"--value {shlex.quote(f'{name}:{said}=')}"


def attribute_name(text: str) -> str:
    """The stored name of an attribute: `Start year` is `start_year`."""
    bare = unicodedata.normalize("NFC", re.sub(r"[()\[\]\"'?!:;,|=]+", " ", text)).casefold()
    return re.sub(r"[\s\-_]+", "_", bare).strip("_") if any(map(str.isalnum, bare)) else ""
