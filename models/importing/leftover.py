"""What becomes of columns that are no field, and of fields that have no column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from models.folding import fold
from models.importing.column import (
    ATTRIBUTE,
    IGNORE,
    MAX_ATTRIBUTE_NAME,
    RESERVED,
    Columns,
    attribute_name,
    remedy,
)
from models.importing.options import FileOptions
from models.importing.report import Problem, shown
from models.importing.titles import (
    NAME_PARTS,
    REQUIRED,
    field_by_custom,
    field_by_name,
    known_titles,
)
from models.matching.suggest import near

MAX_ATTRIBUTES = 50
MAX_COLUMNS = 2000
MISSPELT = 82
"""Similarity in per cent from which a title is taken for a misspelt one."""


def check_rest(columns: Columns, line: int, options: FileOptions) -> None:
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
    return (
        f"Left out, nothing of it is stored: {names}{more}. To take one as an attribute, which is "
        f"private until the setting filterable names it: {_as_attribute(rest)}. --ignore-rest says that all "
        "of this is meant."
    )


def _as_attribute(rest: Sequence[str]) -> str:
    """The map of a column that may be an attribute. Nobody is led to publish what is often private."""
    for label in rest:
        name = attribute_name(label)[:MAX_ATTRIBUTE_NAME].strip("_")
        if name and name not in RESERVED and not _PRIVATE.search(fold(label)):
            return remedy(label, ATTRIBUTE + name)
    return remedy("TITLE", f"{ATTRIBUTE}NAME")


_PRIVATE = re.compile(
    r"salar|wage|\bpay|compensation|bonus|gehalt|lohn|salaire|sueldo|income|bank|iban|\btax|steuer|"
    r"religi|faith|konfession|church|politic|union|gewerkschaft|ethnic|\brace\b|nationalit|citizen|staats|"
    r"gender|\bsex|geschlecht|pronoun|orientation|marital|famil|child|kinder|birth|geburt|naissance|nacimiento|"
    r"\bdob\b|\bage\b|\balter\b|\bedad\b|health|gesund|medic|disab|behinder|sick|krank|accommodation|diet|"
    r"phone|mobile|telefon|handy|movil|\btel\b|address|adresse|direccion|street|strasse|\bzip|postal|postcode|plz|"
    r"mail|passport|social|\bssn\b|password|secret|private|privat|confidential|vertraulich|"
    r"rating|performance|score|bewertung|complain|comment|remark|note|bemerk|notiz|\bid\b|number|nummer|kuerzel"
)
"""Words in titles of columns that are often private; an example is chosen among the others."""


def _nearly(label: str, known: Mapping[str, str]) -> str | None:
    """The field whose title this one nearly is; short titles are like too many others."""
    if len(label) < 4:
        return None
    return next((known[title] for title in near(label, known, at_least=MISSPELT, limit=1)), None)


def check_counts(columns: Columns, line: int) -> None:
    attributes = {one.field for one in columns.all if one.field and one.field.startswith(ATTRIBUTE)}
    if len(attributes) > MAX_ATTRIBUTES:
        sentence = f"The file has {len(attributes)} attributes; {MAX_ATTRIBUTES} is the most. Leave some out."
        columns.problems.append(Problem(line, None, sentence))
    if len(columns.all) > MAX_COLUMNS:
        sentence = f"The file has {len(columns.all):,} columns; {MAX_COLUMNS:,} is the most."
        columns.problems.append(Problem(line, None, sentence))


def check_required(columns: Columns, line: int, options: FileOptions) -> None:
    has = {one.field for one in columns.all} | options.defaults.keys()
    if has & {*NAME_PARTS}:
        has.add("name")
    rest = [one.label for one in columns.all if one.field is None and one.chosen != "map"]
    for name in REQUIRED:
        if name not in has:
            columns.problems.append(Problem(line, name, f"The column is missing. {_ways(name, rest)}"))


def _ways(name: str, rest: Sequence[str]) -> str:
    """How a required field can be given, with the columns that may be meant."""
    parts = [likely(part, rest) for part in NAME_PARTS] if name == "name" else []
    if len(parts) == len(NAME_PARTS) and all(parts):
        maps = " ".join(remedy(label, part) for label, part in zip(parts, NAME_PARTS, strict=True) if label)
        return f"If these hold it: {maps}."
    found = likely(name, rest)
    first = (
        f"If {shown(found)} holds it: {remedy(found, name)}"
        if found
        else f"Name the column that holds it: --map COLUMN={name}"
    )
    return f"{first}{_ELSE.get(name, '')}."


def likely(name: str, labels: Sequence[str]) -> str | None:
    """The first of the titles in which the field is spoken of, or else the one that is nearest to it."""
    words = _SPOKEN_OF[name]
    found = next((label for label in labels if any(word in fold(label) for word in words)), None)
    return found or next(iter(near(name, labels, limit=1)), None)


_SPOKEN_OF = {
    "email": ("mail", "correo", "courriel"),
    "name": ("name", "nombre", "nom ", "nome "),
    "first_name": ("first name", "given name", "vorname", "prenom"),
    "last_name": ("last name", "family name", "surname", "nachname", "apellido"),
    "roles": ("role", "rolle", "mentor or ", "a mentor"),
}


_ELSE = {
    "name": ", or two columns: --map COLUMN=first_name --map COLUMN=last_name",
    "roles": ", or say it for all of them: --default roles=mentor",
}
