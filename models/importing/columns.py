"""Which column of the file is which field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.importing.report import Problem, shown
from models.matching.suggest import did_you_mean

REQUIRED = ("email", "name", "roles")
FIELDS = (
    *REQUIRED,
    "time_zone",
    "headline",
    "about",
    "country",
    "languages",
    "unit",
    "location",
    "manager_email",
    "skills",
    "targets",
    "preferences",
    "capacity",
    "available",
)
IGNORE = "ignore"
"""The field of a map for a column that is to be left out."""

ATTRIBUTE = "attribute:"
"""The beginning of a field of a map that names a filterable attribute: `attribute:cohort`."""

MAX_ATTRIBUTES = 50
_ATTRIBUTE_NAME = re.compile(r"[^\W_]\w{0,63}")


@dataclass(slots=True)
class Columns:
    """For each column of the file its field, `attribute:<name>`, or None if it is left out.

    `titles` are the columns as the file writes them, for sentences.
    """

    titles: list[str]
    fields: list[str | None] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def parse_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """`column=field` pairs as a mapping. Raises ValueError with a sentence for a malformed or doubled one."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        title, equals, target = pair.rpartition("=")
        if not equals or not title.strip() or not target.strip():
            raise ValueError(f"A map is written COLUMN=FIELD, not {shown(pair)}.")
        if normal(title) in map(normal, mapping):
            raise ValueError(f"The column {shown(title.strip())} is mapped twice. Keep one map.")
        mapping[title.strip()] = target.strip()
    return mapping


def separator(header: str) -> str:
    """Comma or semicolon, whichever stands more often in the header outside quotation marks."""
    bare = re.sub(r'"[^"]*"', "", header)
    return ";" if bare.count(";") > bare.count(",") else ","


def normal(title: str) -> str:
    """A title as a field is written: `Time zone` and `time-zone` are `time_zone`."""
    return re.sub(r"[\s\-]+", "_", title.strip().casefold())


def match_columns(titles: Sequence[str], line: int, mapping: Mapping[str, str]) -> Columns:
    """Matches the header with the fields; what `mapping` says of a column goes before its title."""
    columns = Columns([title.strip() for title in titles])
    chosen = {normal(title): target.strip() for title, target in mapping.items()}
    _check_mapping(columns, line, mapping)
    for title in columns.titles:
        columns.fields.append(_field_of(columns, line, title, chosen.get(normal(title))))
    _check_twice(columns, line)
    _check_required(columns, line)
    return columns


def _check_mapping(columns: Columns, line: int, mapping: Mapping[str, str]) -> None:
    present = {normal(title) for title in columns.titles}
    for title in mapping:
        if normal(title) not in present:
            hint = did_you_mean(title, columns.titles)
            columns.problems.append(
                Problem(
                    line, None, f"The map names a column {shown(title)} that the file does not have.{hint}"
                )
            )


def _field_of(columns: Columns, line: int, title: str, mapped: str | None) -> str | None:
    if mapped is None:
        name = normal(title)
        return name if name in FIELDS else _attribute(columns, line, title, name) if name else None
    if mapped == IGNORE:
        return None
    if mapped.startswith(ATTRIBUTE):
        return _attribute(columns, line, title, normal(mapped.removeprefix(ATTRIBUTE)))
    if mapped in FIELDS:
        return mapped
    known = f"A field is one of {', '.join(FIELDS)}, or {ATTRIBUTE}NAME, or {IGNORE}."
    hint = did_you_mean(mapped, FIELDS)
    sentence = f"The map sends this column to {shown(mapped)}, which is no field.{hint} {known}"
    columns.problems.append(Problem(line, title, sentence))
    return None


def _attribute(columns: Columns, line: int, title: str, name: str) -> str | None:
    if _ATTRIBUTE_NAME.fullmatch(name):
        return ATTRIBUTE + name
    sentence = (
        "A further column becomes an attribute of people, so its title must be letters, digits and blanks, "
        f"64 at most: rename {shown(title)}, or leave it out with the map {shown(f'{title}={IGNORE}')}."
    )
    columns.problems.append(Problem(line, None, sentence))
    return None


def _check_twice(columns: Columns, line: int) -> None:
    seen: dict[str, str] = {}
    for title, name in zip(columns.titles, columns.fields, strict=True):
        if name is None:
            continue
        if name in seen:
            what = name.removeprefix(ATTRIBUTE)
            sentence = (
                f"The columns {shown(seen[name])} and {shown(title)} both give {what}. Map one to {IGNORE}."
            )
            columns.problems.append(Problem(line, title, sentence))
        seen.setdefault(name, title)
    attributes = [name for name in seen if name.startswith(ATTRIBUTE)]
    if len(attributes) > MAX_ATTRIBUTES:
        sentence = (
            f"The file has {len(attributes)} further columns; {MAX_ATTRIBUTES} is the most. Leave some out."
        )
        columns.problems.append(Problem(line, None, sentence))


def _check_required(columns: Columns, line: int) -> None:
    further = [
        title
        for title, name in zip(columns.titles, columns.fields, strict=True)
        if name is not None and name.startswith(ATTRIBUTE)
    ]
    for name in REQUIRED:
        if name not in columns.fields:
            hint = did_you_mean(name, further)
            remedy = f"Add it, or name the column that holds it with the map COLUMN={name}."
            columns.problems.append(Problem(line, name, f"The column is missing.{hint} {remedy}"))
