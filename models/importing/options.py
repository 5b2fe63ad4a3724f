"""How one file is to be read: what its author knew and a coordinator says beside it."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from models.folding import fold
from models.importing.report import shown
from models.importing.titles import READ, field_by_name, key
from models.matching.suggest import did_you_mean

Repeated = Literal["refuse", "first", "last"]


@dataclass(frozen=True, slots=True)
class FileOptions:
    """`mapping` gives fields by column title, `defaults` texts by field for what the file leaves empty.

    `levels` gives levels by the words of the file; 0 stands for no such skill. `level_default` is the
    level of a skill that comes without one. `values` gives by field what folded texts
    of the file stand for; an empty one is left out. With `ignore_rest` only columns that are needed or named
    are taken.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    level_default: int | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignore_rest: bool = False
    one_row_per_skill: bool = False
    repeated: Repeated = "refuse"
    encoding: str = ""
    sheet: str = ""


def parse_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """`column=field` pairs as a mapping. Raises ValueError with a sentence for a malformed or doubled one."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        title, equals, target = pair.rpartition("=")
        if not equals or not title.strip() or not target.strip():
            raise ValueError(f"A map is written COLUMN=FIELD, not {shown(pair)}.")
        if key(title) in map(key, mapping):
            raise ValueError(f"The column {shown(title.strip())} is mapped twice. Keep one map.")
        mapping[title.strip()] = target.strip()
    return mapping


def parse_defaults(pairs: Iterable[str]) -> dict[str, str]:
    """`field=value` pairs as a mapping. Raises ValueError with a sentence."""
    defaults: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ValueError(f"A default is written FIELD=VALUE, not {shown(pair)}.")
        if name.strip() in defaults:
            raise ValueError(f"The field {shown(name.strip())} has two defaults. Keep one.")
        defaults[name.strip()] = value.strip()
    return defaults


def parse_levels(pairs: Iterable[str]) -> dict[str, int]:
    """`word=N` pairs as levels by word. Raises ValueError with a sentence."""
    levels: dict[str, int] = {}
    for pair in pairs:
        word, equals, number = pair.rpartition("=")
        digits = number.strip()
        if (
            not equals
            or not word.strip()
            or not (digits.isascii() and digits.isdecimal() and len(digits) < 5)
        ):
            raise ValueError(f"A level is written WORD=N with a whole number, not {shown(pair)}.")
        if key(word) in map(key, levels):
            raise ValueError(f"The word {shown(word.strip())} has two levels. Keep one.")
        levels[word.strip()] = int(digits)
    return levels


def parse_values(pairs: Iterable[str]) -> dict[str, dict[str, str]]:
    """`field:text=value` pairs as values by field and folded text. Raises ValueError with a sentence."""
    values: dict[str, dict[str, str]] = {}
    for pair in pairs:
        said, equals, value = pair.rpartition("=")
        given, _, text = said.partition(":")
        if not equals or not text.strip():
            raise ValueError(f"A value is written FIELD:TEXT=VALUE, not {shown(pair)}.")
        name = field_by_name(given)
        if name is None:
            hint = did_you_mean(given, READ)
            raise ValueError(f"{shown(given)} is no field whose values can be given.{hint}")
        if fold(text) in values.setdefault(name, {}):
            raise ValueError(f"The text {shown(text.strip())} of {name} has two values. Keep one.")
        values[name][fold(text)] = value.strip()
    return values


def checked_encoding(name: str) -> str:
    """The name of a text encoding. Raises ValueError with a sentence."""
    try:
        known = codecs.lookup(name)
        "".encode(known.name)
        b"".decode(known.name)
    except (LookupError, ValueError) as error:
        raise ValueError(
            f"There is no encoding {shown(name)}. Write it like utf-8, cp1252, utf-16 or mac-roman."
        ) from error
    return known.name
