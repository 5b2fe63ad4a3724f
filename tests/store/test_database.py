"""A database that cannot be used for a while: everybody is told so, in bounded time, as an outage."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from models.store import faults
from models.store.database import Database
from tests.infra.postgres import running_postgres

WRITERS = 40
BOUND_SECONDS = 20


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_writers_do_not_wait_for_each_other_for_ever(migrated_url: str) -> None:
    database = Database(migrated_url, busy_seconds=1)

    async def write() -> None:
        async with database.write() as session:
            await session.execute(text("DELETE FROM rates"))

    with closing(sqlite3.connect(migrated_url.removeprefix("sqlite+aiosqlite:///"))) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(BOUND_SECONDS):
            ends = await asyncio.gather(*(write() for _ in range(WRITERS)), return_exceptions=True)
        assert all(isinstance(end, BaseException) and faults.is_outage(end) for end in ends)
    await write()
    await database.close()


async def test_a_server_that_goes_down_and_comes_up_is_an_outage_at_every_moment() -> None:
    with running_postgres() as server:
        url = server.url(server.create())
        ends: list[BaseException] = []
        over = asyncio.Event()

        async def read() -> None:
            while not over.is_set():
                database = Database(url)
                try:
                    async with database.read() as session:
                        await session.execute(text("SELECT pg_sleep(0.01)"))
                except Exception as error:  # noqa: BLE001
                    ends.append(error)
                await database.close()

        readers = [asyncio.create_task(read()) for _ in range(8)]
        for _ in range(4):
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(server.start)
        over.set()
        await asyncio.gather(*readers)
    assert ends
    assert [repr(error) for error in ends if not faults.is_outage(error)] == []
