"""Writes an import of people: all or nothing, in one transaction, chunk by chunk.

Everything is checked first, without a lock; the good records wait in a spool, and only a file without a
problem is written, so that a bad one never blocks anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Literal, Protocol, Self
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.importing.effects import weigh
from models.importing.merge import merged
from models.importing.options import FileOptions
from models.importing.people import PeopleReader
from models.importing.record import ImportRules, PersonRecord
from models.importing.report import Effects, ImportReport, Problem, shown
from models.importing.spool import Spool
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store import erasing
from models.store.database import Database
from models.store.profiles import (
    attribute_names,
    is_complete,
    load_profiles,
    refresh_completeness,
    save_profiles,
    touch_people,
)
from models.store.programmes import locked_settings
from models.store.skills import ensure_skills, load_book
from models.store.tables import PersonRow, ProgrammeRow
from models.store.upsert import insert_new

CHUNK = 500
ATTEMPTS = 3
_OVERLAPS = frozenset({"40P01", "40001", "23505"})
"""What PostgreSQL calls a deadlock, a transaction that came too late, and a row that another one inserted."""


class Progress(Protocol):
    """Called for every chunk: `stage` is "checking" or "writing"; `total` is known after the check."""

    def __call__(self, stage: str, done: int, total: int | None) -> None: ...


def silent(stage: str, done: int, total: int | None) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is taken: only the operator may name admins.

    Roles are added to those that people have, or replace them. With `new_only` members are passed over.
    """

    file: FileOptions = field(default_factory=FileOptions)
    roles: Literal["add", "replace"] = "add"
    new_only: bool = False
    create_skills: bool = True
    allow_admin: bool = False
    dry_run: bool = False


async def import_people(
    database: Database,
    programme_id: str,
    source: BinaryIO,
    now: datetime,
    *,
    options: ImportOptions | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """Imports a CSV of people into a programme and says what happened.

    `source` is read once from where it stands. Nothing is written in a dry run, or when the report has a
    problem. Run again with the same file, it changes nothing. Raises LookupError for an unknown programme.
    """
    chosen = options or ImportOptions()
    with Importer(programme_id, now, chosen, progress) as importer:

        def work(session: Session) -> ImportReport:
            report = importer.check(session, source)
            if report.ok and chosen.dry_run:
                importer.compare(session)
            return report

        report = await database.read(work)
        if not report.ok or chosen.dry_run:
            return report
        return await _write(database, importer)


async def _write(database: Database, importer: Importer) -> ImportReport:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await database.write(importer.write)
        except SettingsChanged as changed:
            return changed.report
        except DBAPIError as error:
            # The same members changed at the same time, and PostgreSQL has rolled this one back.
            if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in _OVERLAPS:
                raise
    raise AssertionError("the last attempt returns or raises")


class SettingsChanged(Exception):
    """The file was checked against settings that do not hold any more; rolls the transaction back."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__("the settings changed")
        self.report = report


class Importer:
    """One import: first `check`, then `compare` or `write`, all within its block (it may hold a file)."""

    def __init__(
        self, programme_id: str, now: datetime, options: ImportOptions, progress: Progress = silent
    ) -> None:
        self._programme_id = programme_id
        self._now = now
        self._options = options
        self._progress = progress
        self._spool = Spool()
        self._settings = ProgrammeSettings()
        self._report = ImportReport()
        self._warnings: list[Problem] = []
        self._touched: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._spool.close()

    def check(self, session: Session, source: BinaryIO) -> ImportReport:
        """Reads the whole file. The report is the one that `compare` and `write` add their counts to."""
        self._settings = self._read_settings(session)
        reader = PeopleReader(source, self._rules(session), self._options.file)
        self._report = reader.report
        records = iter(reader)
        while chunk := list(islice(records, CHUNK)):
            if self._report.ok:
                self._spool.add(chunk)
            self._progress("checking", self._report.people, None)
        self._warnings = list(self._report.warnings)
        return self._report

    def compare(self, session: Session) -> ImportReport:
        """Counts what would be written."""
        return self._go_through(session, "comparing", save=False)

    def write(self, session: Session) -> ImportReport:
        """Writes everything that was checked into the transaction of `session`, a writing one.

        Raises SettingsChanged, with which the transaction must end.
        """
        # Held to the end, as by everybody who writes profiles; one import at a time comes of it as well.
        report = self._report
        if locked_settings(session, self._programme_id) != self._settings:
            report.problems.append(Problem(0, None, _CHANGED))
            raise SettingsChanged(report)
        # As the file writes them; from here on profiles name skills by their keys.
        ensure_skills(session, self._programme_id, report.new_skills)
        self._go_through(session, "writing", save=True)
        if report.new_options:
            self._add_options(session)
        if self._touched:
            touch_people(session, self._programme_id, self._touched)
        report.written = True
        return report

    def _go_through(self, session: Session, stage: str, save: bool) -> ImportReport:
        # Completeness depends on the options that this very file adds, and the check has found all of them.
        settings = _with_options(self._settings, self._report.new_options)
        report, done = self._report, 0
        report.created = report.updated = report.unchanged = report.passed_over = 0
        report.warnings, report.effects = list(self._warnings), Effects()
        managers: dict[str, None] = {}
        self._touched = []
        for chunk in self._spool:
            before, after, records = self._compare(session, settings, chunk, save)
            _count(report, before, after)
            weigh(report.effects, before, after, records, settings)
            managers |= dict.fromkeys(record.manager_email for record in chunk if record.manager_email)
            if save:
                save_profiles(session, self._programme_id, before, after)
                self._touched += [one.person_id for one in after if before.get(one.person_id) != one]
            done += len(chunk)
            self._progress(stage, done, report.people)
        self._look_for_managers(session, managers)
        return report

    def _look_for_managers(self, session: Session, managers: dict[str, None]) -> None:
        """Those whom neither the file nor the installation knows: perhaps their addresses are misspelt."""
        for chunk in self._spool if managers else ():
            for record in chunk:
                managers.pop(record.email, None)
        left = list(managers)
        for start in range(0, len(left), CHUNK):
            part = left[start : start + CHUNK]
            known = _known(session, part)
            self._report.effects.managers_unknown += [one for one in part if one not in known]

    def _compare(
        self, session: Session, settings: ProgrammeSettings, chunk: list[PersonRecord], save: bool
    ) -> tuple[dict[str, MemberProfile], list[MemberProfile], list[PersonRecord]]:
        ids, strangers = _person_ids(session, chunk, self._now, save)
        known = set(ids.values()) - strangers
        leaving = erasing.locked_among(session, known, hold=save)
        before = load_profiles(session, self._programme_id, known - leaving, for_update=save)
        after, records = [], []
        for record in chunk:
            person = ids[record.email]
            if person in leaving:
                self._report.warnings.append(_passed_over(record))
                continue
            known_here = before.get(person)
            if self._options.new_only and known_here is not None and known_here.left_at is None:
                self._report.passed_over += 1
                continue
            after.append(self._merged(known_here, record, person, settings))
            records.append(record)
        return before, after, records

    def _merged(
        self, before: MemberProfile | None, record: PersonRecord, person: str, settings: ProgrammeSettings
    ) -> MemberProfile:
        profile = merged(
            before,
            record,
            person,
            settings.time_zone,
            self._now,
            replace_roles=self._options.roles == "replace",
        )
        profile.complete = is_complete(profile, settings)
        return profile

    def _read_settings(self, session: Session) -> ProgrammeSettings:
        query = select(ProgrammeRow.settings).where(ProgrammeRow.id == self._programme_id)
        found = session.scalar(query)
        if found is None:
            raise LookupError("There is no such programme.")
        return ProgrammeSettings.kept(found)

    def _rules(self, session: Session) -> ImportRules:
        return ImportRules(
            top_level=self._settings.levels,
            max_capacity=self._settings.max_capacity,
            skills=load_book(session, self._programme_id),
            options=self._settings.preferences,
            attributes=attribute_names(session, self._programme_id),
            create_skills=self._options.create_skills,
            allow_admin=self._options.allow_admin,
        )

    def _add_options(self, session: Session) -> None:
        changed = _with_options(self._settings, self._report.new_options)
        here = ProgrammeRow.id == self._programme_id
        session.execute(update(ProgrammeRow).where(here).values(settings=changed.stored()))
        refresh_completeness(session, self._programme_id, changed)


_CHANGED = (
    "The settings of the programme were changed during the import, so nothing was written. Run it again."
)


def _passed_over(record: PersonRecord) -> Problem:
    sentence = f"Everything about {shown(record.email)} is about to be erased, so the line was passed over."
    return Problem(record.line, None, sentence)


def _with_options(settings: ProgrammeSettings, new: Sequence[str]) -> ProgrammeSettings:
    return settings.model_copy(update={"preferences": (*settings.preferences, *new)})


def _person_ids(
    session: Session, chunk: Sequence[PersonRecord], now: datetime, save: bool
) -> tuple[dict[str, str], set[str]]:
    """Ids by address, and those of people whom the installation did not know; they are written if `save`."""
    found = _known(session, [record.email for record in chunk])
    new: list[dict[str, Any]] = [
        {"id": str(uuid4()), "email": record.email, "name": record.name, "created_at": now}
        for record in chunk
        if record.email not in found
    ]
    made = {row["email"]: row["id"] for row in new}
    strangers = set(made.values())
    if new and save:
        insert_new(session, PersonRow, new)
        # Another import may have been faster with one of them, and its id counts then.
        made = _known(session, list(made))
    return found | made, strangers


def _known(session: Session, emails: Sequence[str]) -> dict[str, str]:
    query = select(PersonRow.email, PersonRow.id).where(PersonRow.email.in_(emails))
    return dict(session.execute(query).all())


def _count(report: ImportReport, before: Mapping[str, MemberProfile], after: Sequence[MemberProfile]) -> None:
    for profile in after:
        old = before.get(profile.person_id)
        if old is None:
            report.created += 1
        elif old == profile:
            report.unchanged += 1
        else:
            report.updated += 1
