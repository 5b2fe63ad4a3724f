from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from models.store.database import Database
from models.store.skills import ensure_skills, skill_ids, skill_keys
from tests.store.programme import add_programme


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url)
    yield made
    await made.close()


async def test_skills_are_created_once_whatever_their_spelling(database: Database) -> None:
    here, there = await add_programme(database), await add_programme(database, "there")
    with database.writing() as session:
        first = ensure_skills(session, here, ["Python", "python ", "React  Native", ""])
        again = ensure_skills(session, here, ["PYTHON", "go"])
        elsewhere = ensure_skills(session, there, ["python"])
    assert set(first) == {"python", "react native"}
    assert again["python"] == first["python"]
    assert elsewhere["python"] != first["python"]
    with database.reading() as session:
        assert sorted(skill_keys(session, here).values()) == ["go", "python", "react native"]
        assert skill_ids(session, here, ["Go", "cooking"]) == {"go": again["go"]}


async def test_many_who_need_a_new_skill_at_once_get_the_same(database: Database) -> None:
    here = await add_programme(database)

    async def need() -> dict[str, str]:
        return await database.write(lambda session: ensure_skills(session, here, ["python", "go"]))

    found = await asyncio.gather(*(need() for _ in range(8)))
    assert all(one == found[0] for one in found)
