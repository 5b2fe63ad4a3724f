"""Imports the skills of a programme from a CSV: all or nothing, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from sqlalchemy.orm import Session

from models.folding import fold
from models.importing.lines import Cells
from models.importing.options import FileOptions
from models.importing.report import Problem, shown
from models.importing.source import read_table
from models.matching.skills import Skill, SkillBook
from models.matching.suggest import did_you_mean
from models.process.errors import Invalid
from models.store.programmes import locked_settings
from models.store.skill_changes import SkillChange, alter, create
from models.store.skills import load_book

COLUMNS = ("name", "aliases", "skillset")
MAX_LINES = 5000


@dataclass(slots=True)
class SkillReport:
    """What an import of skills found and did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


def import_skills(session: Session, programme_id: str, source: BinaryIO) -> SkillReport:
    """Writes every line into the transaction; if the report has a problem, it must be rolled back."""
    locked_settings(session, programme_id)
    report = SkillReport()
    for line, texts in _lines(source, report):
        try:
            _take(session, programme_id, texts, report)
        except Invalid as error:
            report.problems.append(Problem(line, error.field, error.sentence))
    return report


def _lines(source: BinaryIO, report: SkillReport) -> Iterator[tuple[int, dict[str, str]]]:
    table = read_table(source, FileOptions(), _known)
    rows = (row for row in table if row.problems or not (row.blank or not row.cells))
    titles = _titles(next(rows, None), report)
    for count, row in enumerate(rows if titles else ()):
        report.problems.extend(row.problems)
        if count == MAX_LINES:
            report.problems.append(Problem(row.line, None, f"{MAX_LINES:,} skills are the most."))
            return
        if not row.problems:
            yield row.line, dict(zip(titles, (cell.strip() for cell in row.cells), strict=False))


def _known(titles: list[str]) -> int:
    return sum(fold(title) in COLUMNS for title in titles)


def _titles(header: Cells | None, report: SkillReport) -> list[str]:
    if header is None or header.problems or not header.cells:
        found = header.problems if header and header.problems else []
        report.problems.extend(
            found or [Problem(0, None, "The file is empty. The first line names the columns.")]
        )
        return []
    titles = [fold(title) for title in header.cells]
    for title in titles:
        if title not in COLUMNS:
            hint = did_you_mean(title, COLUMNS)
            sentence = f"There is no column {shown(title)}.{hint} The columns are {', '.join(COLUMNS)}."
            report.problems.append(Problem(header.line, None, sentence))
    if "name" not in titles or len(set(titles)) < len(titles):
        report.problems.append(Problem(header.line, None, "Every column stands once, and name is needed."))
    return [] if report.problems else titles


def _take(session: Session, programme_id: str, texts: dict[str, str], report: SkillReport) -> None:
    book = load_book(session, programme_id)
    aliases = tuple(part.strip() for part in texts.get("aliases", "").split("|") if part.strip())
    name, group = texts.get("name", ""), texts.get("skillset") or None
    before = _meant(book, (name, *aliases))
    if before is None:
        # The file says that it is a skill of its own, however much it is like another.
        create(session, programme_id, SkillChange(name, aliases, group), anyway=True)
        report.created += 1
        return
    names = (
        (*before.aliases, *aliases)
        if fold(before.name) == fold(name)
        else (*before.aliases, before.name, *aliases)
    )
    after = alter(session, programme_id, before.id, SkillChange(name, names, group))
    if after == before:
        report.unchanged += 1
    else:
        report.changed += 1


def _meant(book: SkillBook, names: tuple[str, ...]) -> Skill | None:
    """The one skill that the programme has by any of these names. Raises Invalid if there are several."""
    found = {skill.key: skill for name in names if (skill := book.find(name))}
    if len(found) > 1:
        called = " and ".join(f"“{skill.name}”" for skill in found.values())
        raise Invalid(
            f"{called} are different skills here. Merge them first: `steadfast skill merge`.", field="aliases"
        )
    return next(iter(found.values()), None)
