"""Loads the sample programme."""

from __future__ import annotations

import io
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.importing.options import FileOptions
from models.process.errors import Invalid
from models.sample.people import people_csv
from models.sample.programme import NAME, SLUG, sample_settings
from models.store.database import Database
from models.store.importing import Importer, ImportOptions
from models.store.tables import ProgrammeRow
from models.store.upsert import insert_new


async def load_sample(database: Database, now: datetime) -> bool:
    """Writes the sample programme and its people in one transaction; false if the programme is there already.

    The people go through the import that every file goes through, as the operator's, for it names an admin.
    """
    is_there = await database.read(
        lambda session: session.scalar(select(ProgrammeRow.id).where(ProgrammeRow.slug == SLUG))
    )
    if is_there:
        return False
    return await database.write(lambda session: _write(session, now))


def _write(session: Session, now: datetime) -> bool:
    programme_id = str(uuid4())
    insert_new(session, ProgrammeRow, [_programme(programme_id, now)])
    if not session.get(ProgrammeRow, programme_id):
        return False  # Another process was faster.
    with Importer(programme_id, now, _OPTIONS) as importer:
        checked = importer.check(session, io.BytesIO(people_csv()))
        if not checked.ok:
            raise Invalid(f"The sample is broken: {checked.problems[0]}")
        importer.write(session)
    return True


_OPTIONS = ImportOptions(file=FileOptions(mapping={"experience": "attribute:experience"}), allow_admin=True)


def _programme(programme_id: str, now: datetime) -> dict[str, object]:
    return {
        "id": programme_id,
        "slug": SLUG,
        "name": NAME,
        "settings": sample_settings().stored(),
        "people_version": 0,
        "created_at": now,
    }
