"""What `steadfast doctor` finds in the settings of the programmes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from installation.findings import Finding, note, ok, wrong
from installation.operations import OperationError, opened
from installation.terminal import as_set_takes
from models.process.errors import Invalid
from models.process.programme import ProgrammeSettings
from models.process.programme_notes import notes_on
from models.store.programmes import checked, shown_settings
from models.store.tables import ProgrammeRow
from settings import Settings

SHOWN_LETTERS = 40


async def programmes(settings: Settings) -> AsyncIterator[Finding]:
    """No finding where the database cannot be read, which has a finding of its own."""
    try:
        async with opened(settings) as database:

            def work(session: Session) -> list[tuple[ProgrammeRow, ProgrammeSettings]]:
                rows = list(session.scalars(select(ProgrammeRow).order_by(ProgrammeRow.slug)))
                return [
                    (row, shown_settings(session, row.id, ProgrammeSettings.kept(row.settings)))
                    for row in rows
                ]

            read = await database.read(work)
    except OperationError:
        return
    found = [finding for row, shown in read for finding in _of_one(row.slug, row.settings, shown)]
    for finding in found:
        yield finding
    if read and not found:
        yield ok("programmes", f"Every setting of {len(read):,} holds.")


def _of_one(slug: str, kept: dict[str, Any], shown: ProgrammeSettings) -> Iterator[Finding]:
    for key, reason in ProgrammeSettings.refused(kept).items():
        yield _refused(slug, key, kept[key], reason, shown)
    try:
        checked(shown, datetime.now(UTC))
    except Invalid as error:
        yield wrong("programmes", f"{slug}: {error.sentence} {_remedy(slug, error.field or 'KEY')}")
    for sentence in notes_on(shown):
        yield note("programmes", f"{slug}: {sentence}")


def _refused(slug: str, key: str, value: Any, reason: str, shown: ProgrammeSettings) -> Finding:
    if key not in ProgrammeSettings.model_fields:
        return note("programmes", f"{slug}: “{key}” is no setting of this version, and has no effect.")
    text, default = (_short(as_set_takes(one)) for one in (value, shown.stored()[key]))
    return wrong(
        "programmes",
        f"{slug}: “{key}” is kept as “{text}” and read as its default, “{default}”: it {reason} "
        f"{_remedy(slug, key)}",
    )


def _remedy(slug: str, key: str) -> str:
    return f"Run `steadfast programme set {slug} {key}=...`."


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"
