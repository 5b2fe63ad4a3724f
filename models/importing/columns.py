"""Which column of the file is which field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from models.importing.column import (
    ATTRIBUTE,
    BY_PART,
    IGNORE,
    MAX_ATTRIBUTE_NAME,
    RESERVED,
    Column,
    Columns,
    attribute_name,
    remedy,
)
from models.importing.leftover import check_counts, check_required, check_rest
from models.importing.options import FileOptions
from models.importing.report import Problem, shown
from models.importing.titles import NAME_PARTS, READ, REQUIRED, field_by_custom, field_by_name, key, one_line
from models.matching.suggest import did_you_mean

_GRID = re.compile(r"(?P<question>.*\S)\s*\[(?P<part>[^\[\]]+)\]", re.DOTALL)


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
    check_rest(columns, line, options)
    check_counts(columns, line)
    check_required(columns, line, options)
    return columns


def _labels(titles: Sequence[str]) -> Iterator[str]:
    """Titles on one line; those that are empty or stand twice get a number."""
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
