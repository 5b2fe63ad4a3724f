"""A filled database of 0.2 gets its folded names, and names for its skills, by the migration."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from models.store.database import Database
from models.store.migrate import upgrade

COUNT = 2_500
"""More than are filled at once."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def test_a_filled_database_gets_its_folded_names_and_skills(database: Database) -> None:
    await upgrade(database.url, "0006")
    async with database.write() as session:
        at = "'2026-01-01 00:00:00+00:00'"
        await session.execute(
            text(
                "INSERT INTO programmes (id, slug, name, settings, people_version, created_at) "
                f"VALUES ('p', 'here', 'Here', '{{}}', 0, {at})"
            )
        )
        people = [
            {"id": f"{n:04}", "email": f"o'neil-{n}@example.org", "name": f"Łukasz Ω{n}"}
            for n in range(COUNT)
        ]
        await session.execute(
            text(f"INSERT INTO people (id, email, name, created_at) VALUES (:id, :email, :name, {at})"),
            people,
        )
        await session.execute(
            text(
                "INSERT INTO members (programme_id, person_id, is_mentee, is_mentor, is_admin, "
                "name, time_zone, headline, about, unit, location, country, languages, "
                "attributes, contact, manager_email, available, complete, joined_at) "
                "VALUES ('p', :id, true, false, false, :name, 'UTC', '', '', '', '', '', '[]', '{}', '', '', "
                f"true, true, {at})"
            ),
            people,
        )
        await session.execute(
            text("INSERT INTO skills (id, programme_id, name, \"group\") VALUES (:id, 'p', :name, '')"),
            [{"id": "1", "name": "business_skills"}, {"id": "2", "name": "python"}],
        )
    await upgrade(database.url)
    async with database.read() as session:
        names: dict[str, str] = dict(
            (await session.execute(text("SELECT person_id, name_folded FROM members"))).all()
        )
        emails: dict[str, str] = dict(
            (await session.execute(text("SELECT id, email_folded FROM people"))).all()
        )
        titles = (await session.execute(text("SELECT title FROM skills ORDER BY id"))).scalars().all()
    assert names == {f"{n:04}": f"lukasz ω{n}" for n in range(COUNT)}
    assert emails["0007"] == "oneil 7@example.org"
    assert len(emails) == COUNT
    assert titles == ["Business skills", "python"]
