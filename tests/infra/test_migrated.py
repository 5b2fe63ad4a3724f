from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

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
    engine = create_async_engine(migrated_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE left_behind (id int)"))
    await engine.dispose()


async def test_an_empty_database_has_no_schema(database_url: str) -> None:
    assert await state_of(database_url) is Schema.EMPTY
