"""Reads a CSV of people: streams checked records and gathers what is wrong with the others.

The format is in docs/importing.md. Nothing here touches the database: the programme's rules come in.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from models.importing import values
from models.importing.columns import ATTRIBUTE, REQUIRED, Columns, match_columns, separator
from models.importing.errors import BadValue
from models.importing.lines import Cells, read_cells
from models.importing.names import NameBook
from models.importing.record import ImportRules, PersonRecord
from models.importing.report import ImportReport, Problem, shown

MAX_NAME = 200
MAX_HEADLINE = 300
MAX_LINE_OF_TEXT = 200

Parser = Callable[[str, int], Any]


@dataclass(slots=True)
class _Row:
    """A record taken apart: the text of each field that is not empty, and what stands against it."""

    line: int
    texts: dict[str, str]
    problems: list[Problem]


class PeopleReader:
    """Iterating gives a `PersonRecord` for each good line; afterwards `report` is complete.

    `source` is read once from where it stands, in chunks. `mapping` gives the field by column title.
    Reading goes on after a bad line, so that `report.problems` lists all of them in the order of the file.
    """

    def __init__(
        self, source: BinaryIO, rules: ImportRules | None = None, mapping: Mapping[str, str] | None = None
    ) -> None:
        self.report = ImportReport()
        self._rules = rules or ImportRules()
        self._source = source
        self._mapping = mapping or {}
        self._skills = NameBook.of_skills(self._rules.skills, self._rules.create_skills)
        self._options = NameBook.of_options(self._rules.options)
        self._parsers = self._build_parsers()
        self._seen: dict[str, int] = {}

    def __iter__(self) -> Iterator[PersonRecord]:
        records = read_cells(self._source, separator)
        columns = self._read_header(records)
        if columns is not None:
            yield from self._read_people(records, columns)
        self._finish()

    def _read_header(self, records: Iterator[Cells]) -> Columns | None:
        header = next((record for record in records if not record.blank), None)
        if header is None:
            self._problem(Problem(0, None, "The file is empty. The first line must name the columns."))
            return None
        self.report.problems.extend(header.problems)
        if not header.cells:
            return None
        columns = match_columns(header.cells, header.line, self._mapping)
        self.report.problems.extend(columns.problems)
        return columns if self.report.ok else None

    def _read_people(self, records: Iterator[Cells], columns: Columns) -> Iterator[PersonRecord]:
        for cells in records:
            if cells.blank:
                continue
            self.report.people += 1
            record = self._record(_take_apart(cells, columns), columns)
            if record is not None:
                yield record
        if not self.report.people and self.report.ok:
            self._problem(
                Problem(0, None, "The file names columns but no people. Add a line for each person.")
            )

    def _finish(self) -> None:
        self.report.new_skills = list(self._skills.added)
        self.report.new_options = list(self._options.added)
        self.report.warnings.extend(self._skills.warnings())
        self.report.warnings.extend(self._options.warnings())

    def _record(self, row: _Row, columns: Columns) -> PersonRecord | None:
        found = self._values(row, columns)
        if row.texts or not row.problems:
            row.problems.extend(_missing(row, columns))
            row.problems.extend(self._against_others(row.line, found, columns))
        self.report.problems.extend(row.problems)
        if row.problems:
            return None
        plain = {name: value for name, value in found.items() if not name.startswith(ATTRIBUTE)}
        further = {name.removeprefix(ATTRIBUTE): found[name] for name in found.keys() - plain.keys()}
        return PersonRecord(line=row.line, attributes=further, **plain)

    def _values(self, row: _Row, columns: Columns) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, text in row.texts.items():
            try:
                found[name] = self._parser(name)(text, row.line)
            except BadValue as error:
                title = _title(columns, name)
                row.problems.extend(Problem(row.line, title, sentence) for sentence in error.sentences)
        return found

    def _against_others(self, line: int, found: dict[str, Any], columns: Columns) -> Iterator[Problem]:
        email = found.get("email")
        if email is None:
            return
        first = self._seen.setdefault(email, line)
        if first != line:
            sentence = f"{shown(email)} stands in line {first} already. Keep one of the two lines."
            yield Problem(line, _title(columns, "email"), sentence)
        if email == found.get("manager_email"):
            sentence = "People cannot be their own managers. Correct or empty the cell."
            yield Problem(line, _title(columns, "manager_email"), sentence)

    def _parser(self, name: str) -> Parser:
        return self._parsers[ATTRIBUTE if name.startswith(ATTRIBUTE) else name]

    def _build_parsers(self) -> dict[str, Parser]:
        rules, skills, options = self._rules, self._skills, self._options
        return {
            "email": lambda text, line: values.address(text),
            "name": lambda text, line: values.line_of_text(text, MAX_NAME),
            "roles": lambda text, line: values.roles(text, rules.allow_admin),
            "time_zone": lambda text, line: values.zone(text),
            "headline": lambda text, line: values.line_of_text(text, MAX_HEADLINE),
            "about": lambda text, line: values.long_text(text),
            "country": lambda text, line: values.country(text),
            "languages": lambda text, line: values.languages(text),
            "unit": lambda text, line: values.line_of_text(text, MAX_LINE_OF_TEXT),
            "location": lambda text, line: values.line_of_text(text, MAX_LINE_OF_TEXT),
            "manager_email": lambda text, line: values.address(text),
            "skills": lambda text, line: values.levels(text, skills, rules.top_level, line),
            "targets": lambda text, line: values.levels(text, skills, rules.top_level, line),
            "preferences": lambda text, line: values.options(text, options, line),
            "capacity": lambda text, line: values.capacity(text, rules.max_capacity),
            "available": lambda text, line: values.yes_or_no(text),
            ATTRIBUTE: lambda text, line: values.line_of_text(text, MAX_LINE_OF_TEXT),
        }

    def _problem(self, problem: Problem) -> None:
        self.report.problems.append(problem)


def _take_apart(cells: Cells, columns: Columns) -> _Row:
    row = _Row(cells.line, {}, list(cells.problems))
    if len(cells.cells) != len(columns.titles):
        if cells.cells:
            row.problems.append(Problem(cells.line, None, _miscounted(len(cells.cells), len(columns.titles))))
        return row
    for index, text in enumerate(cells.cells):
        name, stripped = columns.fields[index], text.strip()
        if name is not None and stripped:
            row.texts[name] = stripped
        elif stripped and not columns.titles[index]:
            sentence = (
                f"The cell {shown(stripped)} stands in column {index + 1}, which has no title. Give it one."
            )
            row.problems.append(Problem(cells.line, None, sentence))
    return row


def _miscounted(found: int, expected: int) -> str:
    ending = (
        "Put cells that contain the separator in quotation marks."
        if found > expected
        else "Is a separator or a closing quotation mark missing?"
    )
    return f"The line has {found} cells, the header {expected}. {ending}"


def _missing(row: _Row, columns: Columns) -> Iterator[Problem]:
    for name in REQUIRED:
        if name not in row.texts:
            yield Problem(row.line, _title(columns, name), "The cell is empty. Every person needs this.")


def _title(columns: Columns, name: str) -> str:
    return columns.titles[columns.fields.index(name)]
