"""Which column of the file is which field."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.importing.options import FileOptions
from models.importing.report import Problem, shown
from models.importing.titles import (
    NAME_PARTS,
    READ,
    REQUIRED,
    field_by_custom,
    field_by_name,
    key,
    known_titles,
    one_line,
)
from models.matching.suggest import did_you_mean, near

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

MAX_ATTRIBUTES = 50
MAX_ATTRIBUTE_NAME = 64
MAX_COLUMNS = 2000
MISSPELT = 82
"""Similarity in per cent from which a title is taken for a misspelt one."""

_GRID = re.compile(r"(?P<question>.*\S)\s*\[(?P<part>[^\[\]]+)\]", re.DOTALL)


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


def match_columns(
    titles: Sequence[str], line: int, options: FileOptions, attributes: Collection[str] = ()
) -> Columns:
    """Matches the header with the fields; what a map says of a column goes before its title.

    `attributes` are those that the programme has: they are taken by their names, new ones only by a map.
    """
    columns = Columns()
    labels = list(_labels(titles))
    chosen = _mapped(columns, line, labels, options.mapping)
    found = [
        _column(columns, line, label, titles[place], chosen.get(place)) for place, label in enumerate(labels)
    ]
    found = _sorted_out(found, options, attributes)
    columns.all = found
    _check_rest(columns, line, options)
    _check_twice(columns, line)
    _check_required(columns, line, options)
    return columns


def remedy(label: str, target: str) -> str:
    """A map as it can be typed."""
    return f"--map {shlex.quote(f'{label}={target}')}"


def _labels(titles: Sequence[str]) -> Iterator[str]:
    """Titles on one line; those that are empty or stand twice can be told apart."""
    seen: Counter[str] = Counter()
    for place, title in enumerate(titles, 1):
        label = one_line(title) or f"column {place}"
        seen[key(label)] += 1
        yield label if seen[key(label)] == 1 else f"{label} ({seen[key(label)]})"


def _mapped(columns: Columns, line: int, labels: Sequence[str], mapping: Mapping[str, str]) -> dict[int, str]:
    """The targets of a map by the place of the column."""
    found: dict[int, str] = {}
    for title, target in mapping.items():
        places = _places(title, labels, target)
        if not places:
            hint = did_you_mean(title, labels)
            sentence = f"The map names a column {shown(title)} that the file does not have.{hint}"
            columns.problems.append(Problem(line, None, sentence))
        for place, whole in places.items():
            found.setdefault(place, whole)
    return found


def _places(title: str, labels: Sequence[str], target: str) -> dict[int, str]:
    wanted = key(title)
    exact = [place for place, label in enumerate(labels) if key(label) == wanted]
    if exact:
        return dict.fromkeys(exact, target)
    if title.rstrip().endswith(("…", "...")):
        begins = [place for place, label in enumerate(labels) if key(label).startswith(wanted)]
        return dict.fromkeys(begins, target) if len(begins) == 1 else {}
    # A question of a form with a column for each answer, such as `Your skills [Python]`.
    grid = {place: match for place, label in enumerate(labels) if (match := _GRID.fullmatch(label))}
    return {
        place: f"{target}:{match['part'].strip()}" if target in BY_PART else target
        for place, match in grid.items()
        if key(match["question"]) == wanted
    }


def _column(columns: Columns, line: int, label: str, title: str, mapped: str | None) -> Column:
    if mapped is None:
        if name := field_by_name(title):
            return Column(label, name, chosen="name")
        name = field_by_custom(title)
        return Column(label, name, chosen="custom" if name else "")
    name, colon, part = mapped.partition(":")
    plain = key(name)
    if plain == IGNORE and not colon:
        return Column(label, chosen="map")
    if colon and f"{plain}:" == ATTRIBUTE:
        return Column(label, _attribute(columns, line, label, part), chosen="map")
    known = field_by_name(name)
    if known is not None and (not colon or (known in BY_PART and part.strip())):
        return Column(label, known, one_line(part), "map")
    hint = did_you_mean(mapped, READ)
    sentence = (
        f"The map sends this column to {shown(mapped)}, which is no field.{hint} A field is one of "
        f"{', '.join(READ)}, or {ATTRIBUTE}NAME, or {IGNORE}."
    )
    columns.problems.append(Problem(line, label, sentence))
    return Column(label, chosen="map")


def _attribute(columns: Columns, line: int, label: str, text: str) -> str | None:
    name = attribute_name(text)
    if name and len(name) <= MAX_ATTRIBUTE_NAME and name not in RESERVED:
        return ATTRIBUTE + name
    sentence = (
        f"An attribute has a name of letters and digits, {MAX_ATTRIBUTE_NAME} at most, other than those "
        f"of the search ({', '.join(sorted(RESERVED))}). Write it like {remedy(label, f'{ATTRIBUTE}cohort')}."
    )
    columns.problems.append(Problem(line, label, sentence))
    return None


def attribute_name(text: str) -> str:
    """The name under which an attribute is kept: `Start year` is `start_year`."""
    bare = unicodedata.normalize("NFC", re.sub(r"[()\[\]\"'?!:;,|=]+", " ", text)).casefold()
    return re.sub(r"[\s\-_]+", "_", bare).strip("_") if any(map(str.isalnum, bare)) else ""


def _sorted_out(found: list[Column], options: FileOptions, attributes: Collection[str]) -> list[Column]:
    """Weighs the columns against each other: a map goes before a name, and a name before another title."""
    found = _names_of_persons(_one_skill(found))
    mapped = {one.field for one in found if one.chosen == "map" and one.field}
    if mapped & {*NAME_PARTS}:
        mapped |= {"name", *NAME_PARTS}
    elif "name" in mapped:
        mapped |= {*NAME_PARTS}
    named = {one.field for one in found if one.chosen == "name"}
    needed = {*REQUIRED, *NAME_PARTS} - named - options.defaults.keys()
    public = {key(name): name for name in attributes}
    return [_weighed(one, mapped, named, needed, options.ignore_rest, public) for one in found]


def _weighed(
    one: Column,
    mapped: Collection[str | None],
    named: Collection[str | None],
    needed: Collection[str],
    ignore_rest: bool,
    public: Mapping[str, str],
) -> Column:
    if one.chosen == "map":
        return one
    left_out = one.field in mapped or (one.chosen == "custom" and one.field in named and one.field != "email")
    if one.chosen == "custom" and ignore_rest and one.field not in needed:
        left_out = True
    if one.field is None and key(one.label) in public:
        return replace(one, field=ATTRIBUTE + public[key(one.label)], chosen="name")
    return replace(one, field=None) if left_out else one


def _one_skill(found: list[Column]) -> list[Column]:
    """`Skill` alone is the list, and `Level` alone is none of a skill."""
    fields = {one.field for one in found}
    if {"skill", "level"} <= fields:
        return found
    lone = {"skill": "skills", "level": None}
    return [
        one
        if one.chosen == "map" or one.field not in lone
        else replace(one, field=lone[one.field], chosen="custom" if lone[one.field] else "")
        for one in found
    ]


def _names_of_persons(found: list[Column]) -> list[Column]:
    """Beside a first name alone, `Name` is the last name."""
    fields = {one.field for one in found}
    if "first_name" not in fields or "last_name" in fields:
        return found
    return [
        replace(one, field="last_name") if one.field == "name" and one.chosen != "map" else one
        for one in found
    ]


def _check_rest(columns: Columns, line: int, options: FileOptions) -> None:
    """Names what is left out, and stops at what is nearly a field unless the rest is to be ignored."""
    known = known_titles()
    rest: list[str] = []
    for one in columns.all:
        if one.field is not None or one.chosen == "map":
            continue
        meant = field_by_name(one.label) or field_by_custom(one.label) or _nearly(one.label, known)
        if not meant:
            rest.append(one.label)
            continue
        taken = any(other.field == meant for other in columns.all)
        asked = f"{shown(one.label)} looks like {meant}"
        what = f"{remedy(one.label, meant)} takes it, {remedy(one.label, IGNORE)} leaves it out."
        if options.ignore_rest or taken:
            why = f", which another column gives: it is left out. {remedy(one.label, meant)} takes it."
            columns.warnings.append(
                Problem(line, None, asked + (why if taken else f" and is left out. {what}"))
            )
        else:
            columns.problems.append(Problem(line, one.label, f"{asked}. Say which it is: {what}"))
    if rest and not options.ignore_rest:
        columns.warnings.append(Problem(line, None, _left_out(rest)))


def _left_out(rest: Sequence[str]) -> str:
    names = ", ".join(shown(label) for label in rest[:MAX_ATTRIBUTES])
    more = f" and {len(rest) - MAX_ATTRIBUTES} more" if len(rest) > MAX_ATTRIBUTES else ""
    name = attribute_name(rest[0])[:MAX_ATTRIBUTE_NAME] or "name"
    return (
        f"Left out, nothing of it is stored: {names}{more}. To take a column as an attribute that everybody "
        f"in the programme can see and filter by: {remedy(rest[0], ATTRIBUTE + name)}. --ignore-rest says "
        "that all of this is meant."
    )


def _nearly(label: str, known: Mapping[str, str]) -> str | None:
    """The field whose title this one nearly is; short titles are like too many others."""
    if len(label) < 4:
        return None
    return next((known[title] for title in near(label, known, at_least=MISSPELT, limit=1)), None)


def _check_twice(columns: Columns, line: int) -> None:
    attributes = {one.field for one in columns.all if one.field and one.field.startswith(ATTRIBUTE)}
    if len(attributes) > MAX_ATTRIBUTES:
        sentence = f"The file has {len(attributes)} attributes; {MAX_ATTRIBUTES} is the most. Leave some out."
        columns.problems.append(Problem(line, None, sentence))
    if len(columns.all) > MAX_COLUMNS:
        sentence = f"The file has {len(columns.all):,} columns; {MAX_COLUMNS:,} is the most."
        columns.problems.append(Problem(line, None, sentence))


def _check_required(columns: Columns, line: int, options: FileOptions) -> None:
    has = {one.field for one in columns.all} | options.defaults.keys()
    if has & {*NAME_PARTS}:
        has.add("name")
    rest = [one.label for one in columns.all if one.field is None and one.chosen != "map"]
    for name in REQUIRED:
        if name not in has:
            hint = did_you_mean(name, rest)
            remedies = f"Name the column that holds it: --map COLUMN={name}" + _ELSE.get(name, "") + "."
            columns.problems.append(Problem(line, name, f"The column is missing.{hint} {remedies}"))


_ELSE = {
    "name": ", or two columns: --map COLUMN=first_name --map COLUMN=last_name",
    "roles": ", or say it for all of them: --default roles=mentor",
}
