"""A programme with people in it, made by the import."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from models.importing.options import FileOptions
from models.importing.report import ImportReport
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store.database import Database
from models.store.finding import Scope
from models.store.importing import ImportOptions, import_people
from models.store.processes import PlaceRow, RequestRow
from models.store.profiles import load_profiles
from models.store.tables import PersonRow, ProgrammeRow

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


async def add_programme(database: Database, slug: str = "here", **settings: Any) -> str:
    programme_id = str(uuid4())
    with database.writing() as session:
        session.add(
            ProgrammeRow(
                id=programme_id,
                slug=slug,
                name=slug.title(),
                settings=ProgrammeSettings(**settings).stored(),
                people_version=0,
                created_at=NOW,
            )
        )
    return programme_id


async def import_lines(
    database: Database, programme_id: str, *lines: str, now: datetime = NOW, **options: Any
) -> ImportReport:
    """Imports a header and lines; a column `cohort` becomes an attribute."""
    if "cohort" in lines[0] and "file" not in options:
        options["file"] = FileOptions(mapping={"cohort": "attribute:cohort"})
    source = io.BytesIO("\n".join(lines).encode())
    return await import_people(database, programme_id, source, now, options=ImportOptions(**options))


async def scope(database: Database, programme_id: str) -> Scope:
    with database.reading() as session:
        row = session.get_one(ProgrammeRow, programme_id)
        return Scope(
            programme_id, ProgrammeSettings.loaded(row.settings), row.people_version, row.skills_version
        )


async def ids(database: Database) -> dict[str, str]:
    """Person ids by what stands before the @ of the address."""
    with database.reading() as session:
        rows = session.execute(select(PersonRow.email, PersonRow.id)).all()
    return {email.split("@")[0]: person for email, person in rows}


async def profiles(database: Database, programme_id: str) -> dict[str, MemberProfile]:
    """Profiles by what stands before the @ of the address."""
    known = await ids(database)
    with database.reading() as session:
        found = load_profiles(session, programme_id, known.values())
    return {name: found[person] for name, person in known.items() if person in found}


async def add_request(
    database: Database, programme_id: str, mentee: str, mentor: str, *, is_open: bool = True
) -> None:
    with database.writing() as session:
        session.add(
            RequestRow(
                id=str(uuid4()),
                programme_id=programme_id,
                mentee_id=mentee,
                mentor_id=mentor,
                pair="/".join(sorted((mentee, mentor))),
                workflow_id="w",
                kind="request",
                state="pending" if is_open else "rejected",
                is_open=is_open,
                version=1,
                basis="gaps",
                score=0,
                reasons=[],
                message="",
                revision=1,
                created_at=NOW,
                since=NOW,
            )
        )


async def add_places(
    database: Database, programme_id: str, pairs: Sequence[tuple[str, str]], released: bool = False
) -> None:
    """Places of (mentee, mentor)."""
    with database.writing() as session:
        for mentee, mentor in pairs:
            session.add(
                PlaceRow(
                    request_id=str(uuid4()),
                    relationship_id=str(uuid4()),
                    programme_id=programme_id,
                    mentor_id=mentor,
                    mentee_id=mentee,
                    claimed_at=NOW,
                    released_at=NOW if released else None,
                )
            )
