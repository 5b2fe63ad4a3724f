"""Reads a file of people: checked records, and what is wrong with the other rows.

The format is in docs/importing.md. Nothing here touches the database: the programme's rules come in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from models.folding import fold
from models.importing.column import ATTRIBUTE, IGNORE, Column, Columns, remedy, value_remedy
from models.importing.columns import match_columns
from models.importing.errors import BadValue
from models.importing.fields import Fields, Pieces
from models.importing.header import Header, find_header
from models.importing.lines import Cells
from models.importing.options import FileOptions
from models.importing.record import ImportRules, PersonRecord
from models.importing.repeated import Gathered
from models.importing.report import ImportReport, Problem, shown
from models.importing.source import read_table
from models.importing.titles import NAME_PARTS, REQUIRED
from models.importing.values import is_nothing
from models.importing.words import TOTALS

MAX_PEOPLE = 200_000


@dataclass(slots=True)
class _Row:
    """A record taken apart: the texts of each field that is not empty, and what stands against it."""

    line: int
    texts: Pieces
    problems: list[Problem]


class PeopleReader:
    """Iterating gives a `PersonRecord` for each good line; afterwards `report` is complete.

    `source` is read once from where it stands. Reading goes on after a bad line, so that `report.problems`
    lists all of them in the order of the file.
    """

    def __init__(
        self, source: BinaryIO, rules: ImportRules | None = None, options: FileOptions | None = None
    ) -> None:
        self.report = ImportReport()
        self._rules = rules or ImportRules()
        self._options = options or FileOptions()
        self._source = source
        self._fields = Fields(self._rules, self._options)
        self._seen: dict[str, int] = {}

    def __iter__(self) -> Iterator[PersonRecord]:
        self.report.problems.extend(self._fields.problems)
        header = Header(self._options)
        rows = read_table(self._source, self._options, header.recognised)
        columns, people = self._read_header(rows, header)
        if columns is not None:
            yield from self._each_once(self._read_people(people, columns), columns)
        self._finish()

    def _read_header(self, rows: Iterator[Cells], header: Header) -> tuple[Columns | None, Iterator[Cells]]:
        found, above, below = find_header(rows, header)
        for row in above:
            self.report.problems.extend(row.problems)
            self.report.warnings.extend(row.warnings)
        if found is None:
            if self.report.ok:
                self._problem(Problem(0, None, "The file is empty. The first line must name the columns."))
            return None, below
        columns = match_columns(found.cells, found.line, self._options, self._rules.attributes)
        self.report.problems.extend(columns.problems)
        self.report.warnings.extend(columns.warnings)
        self.report.taken = [(one.label, one.field) for one in columns.all if one.field]
        return (columns if self.report.ok else None), below

    def _read_people(self, rows: Iterator[Cells], columns: Columns) -> Iterator[PersonRecord]:
        titles = [one.label for one in columns.all]
        for cells in rows:
            if cells.blank or cells.cells == titles:
                continue
            row = _take_apart(cells, columns, self._options.values)
            if self._is_no_person(cells, row, columns):
                continue
            self.report.people += 1
            if self.report.people > MAX_PEOPLE:
                sentence = f"The file has more than {MAX_PEOPLE:,} lines of people. Import it in parts."
                self._problem(Problem(cells.line, None, sentence))
                return
            if (record := self._record(row, columns)) is not None:
                yield record
        if not self.report.people and self.report.ok:
            self._problem(
                Problem(0, None, "The file names columns but no people. Add a line for each person.")
            )

    def _is_no_person(self, cells: Cells, row: _Row, columns: Columns) -> bool:
        """Whether a row without an address is one under the table: totals, or a remark."""
        if "email" in row.texts or cells.problems:
            return False
        filled = [text for text in map(str.strip, cells.cells) if text]
        if not filled or (not row.problems and not row.texts):
            return not row.problems
        about_all = TOTALS.fullmatch(filled[0]) is not None
        remark = (
            len(filled) == 1
            and len(columns.all) > 3
            and len(cells.cells) == len(columns.all)
            and "name" not in row.texts
        )
        if about_all or remark:
            sentence = f"The row holds nothing but {shown(filled[0])} and the like, so it was passed over."
            self.report.warnings.append(Problem(cells.line, None, sentence))
        return about_all or remark

    def _record(self, row: _Row, columns: Columns) -> PersonRecord | None:
        found = self._values(row, columns)
        if row.texts or not row.problems:
            row.problems.extend(self._missing(row, found, columns))
            row.problems.extend(_own_manager(row.line, found, columns))
        self.report.problems.extend(row.problems)
        if row.problems:
            return None
        defaulted = tuple(name for name in self._fields.defaults if name not in found)
        whole = self._fields.defaults | found
        plain = {name: value for name, value in whole.items() if not name.startswith(ATTRIBUTE)}
        further = {name.removeprefix(ATTRIBUTE): whole[name] for name in whole.keys() - plain.keys()}
        return PersonRecord(line=row.line, attributes=further, defaulted=defaulted, **plain)

    def _values(self, row: _Row, columns: Columns) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, pieces in row.texts.items():
            try:
                value = self._fields.read(name, pieces, row.line)
            except BadValue as error:
                row.problems.extend(_refused(row.line, name, pieces, error))
                continue
            if value is not None:
                found[name] = value
        self._put_together(row, found, columns)
        return found

    def _put_together(self, row: _Row, found: dict[str, Any], columns: Columns) -> None:
        """The name from its two parts, and a skill from its name and level."""
        parts = [found.pop(name) for name in NAME_PARTS if name in found]
        if parts and "name" not in found:
            found["name"] = " ".join(parts)
        level = found.pop("level", None)
        if skill := found.pop("skill", None):
            try:
                found["skills"] = found.get("skills", {}) | self._fields.skill(skill, level, row.line)
            except BadValue as error:
                title = columns.titled("skill")
                row.problems.extend(Problem(row.line, title, sentence) for sentence in error.sentences)

    def _missing(self, row: _Row, found: dict[str, Any], columns: Columns) -> Iterator[Problem]:
        for name in REQUIRED:
            if name in found or name in self._fields.defaults or name in row.texts:
                continue
            if name == "name" and any(part in row.texts for part in NAME_PARTS):
                continue
            yield Problem(row.line, columns.titled(name), "The cell is empty. Every person needs this.")

    def _each_once(self, records: Iterator[PersonRecord], columns: Columns) -> Iterator[PersonRecord]:
        """Each person once: several lines of one are put together or chosen from, if the options say so."""
        options = self._options
        if options.one_row_per_skill or options.repeated != "refuse":
            gathered = Gathered(options, self._problem)
            for record in records:
                gathered.add(record)
            yield from gathered.people()
            return
        for record in records:
            first = self._seen.setdefault(record.email, record.line)
            if first == record.line:
                yield record
                continue
            sentence = (
                f"{shown(record.email)} stands in line {first} already. Keep one of the two lines, or say "
                "which one counts: --repeated first, --repeated last, or --one-row-per-skill to put them "
                "together."
            )
            self._problem(Problem(record.line, columns.titled("email"), sentence))

    def _finish(self) -> None:
        self.report.new_skills = list(self._fields.skills.added)
        self.report.new_options = list(self._fields.options.added)
        self.report.warnings.extend(self._fields.skills.warnings())
        self.report.warnings.extend(self._fields.options.warnings())
        self.report.problems.sort(key=lambda problem: problem.line)

    def _problem(self, problem: Problem) -> None:
        self.report.problems.append(problem)


def _take_apart(cells: Cells, columns: Columns, meant: Mapping[str, Mapping[str, str]]) -> _Row:
    row = _Row(cells.line, {}, list(cells.problems))
    texts = cells.cells
    while len(texts) > len(columns.all) and not texts[-1].strip():
        texts = texts[:-1]
    if len(texts) != len(columns.all):
        if texts:
            row.problems.append(Problem(cells.line, None, _miscounted(len(texts), len(columns.all))))
        return row
    for column, text in zip(columns.all, texts, strict=True):
        if column.field is None:
            continue
        stripped = text.strip()
        if column.field in meant:
            stripped = meant[column.field].get(fold(stripped), stripped)
        if stripped and not is_nothing(stripped, column.field):
            row.texts.setdefault(column.field, []).append((column, stripped))
    return row


def _refused(line: int, name: str, pieces: list[tuple[Column, str]], error: BadValue) -> Iterator[Problem]:
    """What is wrong with a cell, with the option that leaves out its text or, if it is long, the column."""
    label, text = pieces[0][0].label, pieces[0][1]
    said = dict(enumerate(error.entries))
    for place, sentence in enumerate(error.sentences):
        option = value_remedy(name, said.get(place, text))
        if not option and name not in (*REQUIRED, *NAME_PARTS):
            option = remedy(label, IGNORE)
        yield Problem(line, label, sentence, "" if "--" in sentence else option)


def _miscounted(found: int, expected: int) -> str:
    ending = (
        "Put cells that contain the separator in quotation marks."
        if found > expected
        else "Is a separator or a closing quotation mark missing?"
    )
    return f"The line has {found} cells, the header {expected}. {ending}"


def _own_manager(line: int, found: dict[str, Any], columns: Columns) -> Iterator[Problem]:
    email = found.get("email")
    if email is not None and email == found.get("manager_email"):
        sentence = "People cannot be their own managers. Correct or empty the cell."
        yield Problem(line, columns.titled("manager_email"), sentence)
