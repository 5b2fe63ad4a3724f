"""What each field takes: from the texts of its columns to its value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from models.importing import levels, values, words
from models.importing.column import ATTRIBUTE, BY_PART, IGNORE, Column, attribute_name, remedy
from models.importing.errors import BadValue
from models.importing.names import NameBook
from models.importing.options import FileOptions
from models.importing.record import ImportRules
from models.importing.report import Problem, shown
from models.importing.titles import READ, field_by_name, key
from models.matching.suggest import did_you_mean

MAX_NAME = 200
MAX_HEADLINE = 300
MAX_LINE_OF_TEXT = 200

Pieces = dict[str, list[tuple[Column, str]]]
"""By field the columns that give it, each with its text."""

Parser = Callable[[str, int], Any]


class Fields:
    """Reads the fields of one file by the rules of the programme and the options given with the file."""

    def __init__(self, rules: ImportRules, options: FileOptions) -> None:
        self.problems: list[Problem] = []
        self.skills = NameBook.of_skills(rules.skills, rules.create_skills)
        self.options = NameBook.of_options(rules.options)
        self._meant = options.values
        self._scale = levels.Scale(rules.top_level)
        try:
            self._scale = levels.Scale.of(rules.top_level, options.levels, options.level_default)
        except ValueError as error:
            self.problems.append(Problem(0, "--level", str(error)))
        self._parsers = self._build_parsers(rules)
        self.defaults = self._read_defaults(options)

    def read(self, name: str, pieces: list[tuple[Column, str]], line: int) -> Any:
        """The value of a field from its columns; None if they say nothing. Raises BadValue."""
        if len(pieces) == 1 and not pieces[0][0].part:
            return self._parser(name)(pieces[0][1], line)
        if name in BY_PART:
            return self._joined(name, pieces, line)
        if name == "about":
            return self._parser(name)("\n\n".join(text for _, text in pieces), line)
        different = {key(text): (column, text) for column, text in pieces}
        if len(different) > 1:
            (one, text), (other, another) = list(different.values())[:2]
            raise BadValue(
                f"The columns {shown(one.label)} and {shown(other.label)} say different things: "
                f"{shown(text)} and {shown(another)}. Leave one out: {remedy(other.label, IGNORE)}."
            )
        return self._parser(name)(pieces[0][1], line)

    def skill(self, name: str, level: int | None, line: int) -> dict[str, int]:
        """One skill with a column of its own for the level."""
        if level is None:
            return levels.levels(name, self.skills, self._scale, line)
        return {self.skills.look_up(name, line): level} if level else {}

    def _joined(self, name: str, pieces: list[tuple[Column, str]], line: int) -> Any:
        found: dict[Any, Any] = {}
        for column, text in pieces:
            value = (
                self._of_part(name, column.part, text, line)
                if column.part
                else self._parser(name)(text, line)
            )
            found |= value if isinstance(value, dict) else dict.fromkeys(value)
        return found if name in ("skills", "targets") else tuple(found)

    def _of_part(self, name: str, part: str, text: str, line: int) -> Any:
        """What a column of one entry says: a level for a skill, and a tick for everything else."""
        if name in ("skills", "targets"):
            level = levels.cell_level(text, part, self._scale)
            return {self.skills.look_up(part, line): level} if level else {}
        ticked = key(text) == key(part) or words.yes_or_no(text)
        return self._parser(name)(part, line) if ticked else ()

    def _parser(self, name: str) -> Parser:
        return self._parsers[ATTRIBUTE if name.startswith(ATTRIBUTE) else name]

    def _build_parsers(self, rules: ImportRules) -> dict[str, Parser]:
        def text(limit: int) -> Parser:
            return lambda cell, line: values.line_of_text(cell, limit)

        def skills(name: str) -> Parser:
            meant = self._meant.get(name)
            return lambda cell, line: levels.levels(cell, self.skills, self._scale, line, meant)

        return {
            "email": lambda cell, line: values.address(cell),
            "name": text(MAX_NAME),
            "first_name": text(MAX_NAME // 2),
            "last_name": text(MAX_NAME // 2 - 1),
            "roles": lambda cell, line: words.roles(cell, rules.allow_admin),
            "time_zone": lambda cell, line: values.zone(cell),
            "headline": text(MAX_HEADLINE),
            "about": lambda cell, line: values.long_text(cell),
            "country": lambda cell, line: values.country(cell),
            "languages": lambda cell, line: values.languages(cell, self._meant.get("languages")),
            "unit": text(MAX_LINE_OF_TEXT),
            "location": text(MAX_LINE_OF_TEXT),
            "manager_email": lambda cell, line: values.address(cell),
            "skills": skills("skills"),
            "targets": skills("targets"),
            "preferences": lambda cell, line: values.options(
                cell, self.options, line, self._meant.get("preferences")
            ),
            "capacity": lambda cell, line: values.capacity(cell, rules.max_capacity),
            "available": lambda cell, line: words.yes_or_no(cell),
            "skill": text(MAX_LINE_OF_TEXT),
            "level": lambda cell, line: levels.lone_level(cell, self._scale),
            ATTRIBUTE: text(MAX_LINE_OF_TEXT),
        }

    def _read_defaults(self, options: FileOptions) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for given, text in options.defaults.items():
            name = _field_of(given)
            if name is None or name in ("email", "first_name", "last_name", "skill", "level"):
                hint = did_you_mean(given, READ)
                sentence = f"A default cannot be given for {shown(given)}.{hint} Name a field of the people."
                self.problems.append(Problem(0, "--default", sentence))
                continue
            try:
                found[name] = self._parser(name)(text, 0)
            except BadValue as error:
                self.problems += [Problem(0, f"--default {name}", sentence) for sentence in error.sentences]
        return found


def _field_of(given: str) -> str | None:
    match = re.fullmatch(r"attribute:(.+)", given.strip(), re.IGNORECASE)
    if match and (name := attribute_name(match[1])):
        return ATTRIBUTE + name
    return field_by_name(given)
