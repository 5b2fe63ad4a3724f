from __future__ import annotations

import pytest
from sqlalchemy import text

from models.store.database import Database
from models.store.migrate import Schema, schema


async def state_of(url: str) -> Schema:
    database = Database(url)
    try:
        return await schema(database)
    finally:
        await database.close()


@pytest.mark.parametrize("again", [1, 2])
async def test_every_test_has_the_current_schema_to_itself(migrated_url: str, again: int) -> None:
    assert await state_of(migrated_url) is Schema.CURRENT
    database = Database(migrated_url)
    await database.write(lambda session: session.execute(text("CREATE TABLE left_behind (id int)")))
    await database.close()


async def test_an_empty_database_has_no_schema(database_url: str) -> None:
    assert await state_of(database_url) is Schema.EMPTY
