from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.store.database import Database
from tests.infra.postgres import Postgres


async def _tables(url: str, *statements: str) -> int:
    def work(session: Session) -> int:
        for statement in statements:
            session.execute(text(statement))
        return int(session.execute(text("SELECT count(*) FROM things")).scalar_one())

    database = Database(url)
    try:
        return await database.write(work)
    finally:
        await database.close()


@pytest.mark.parametrize("again", [1, 2])
async def test_every_test_has_an_empty_database_of_its_own(database_url: str, again: int) -> None:
    assert await _tables(database_url, "CREATE TABLE things (id int)", "INSERT INTO things VALUES (1)") == 1


async def test_a_copy_of_a_template_holds_what_the_template_held(postgres: Postgres) -> None:
    template = postgres.create()
    await _tables(postgres.url(template), "CREATE TABLE things (id int)", "INSERT INTO things VALUES (1)")
    copy = postgres.create(template)
    assert await _tables(postgres.url(copy), "INSERT INTO things VALUES (2)") == 2
    assert await _tables(postgres.url(template)) == 1


async def test_an_outage_loses_nothing_that_was_committed(postgres: Postgres) -> None:
    url = postgres.url(postgres.create())
    await _tables(url, "CREATE TABLE things (id int)", "INSERT INTO things VALUES (1)")
    postgres.stop()
    with pytest.raises(OperationalError):
        await _tables(url)
    postgres.start()
    assert await _tables(url) == 1
