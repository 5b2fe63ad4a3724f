"""The driver for SQLite answers like any other, in one trip or in several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.store import aiosqlite_batched
from models.store.database import Database

MANY = aiosqlite_batched.BROUGHT_ALONG + 500
PATIENCE = 30.0
COUNT = text("SELECT count(*) FROM numbers")


@pytest.fixture
async def numbers(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/numbers.db")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
        await session.execute(text("INSERT INTO numbers VALUES (:n)"), [{"n": n} for n in range(MANY)])
    yield database
    await database.close()


@pytest.mark.parametrize("count", [0, 1, aiosqlite_batched.BROUGHT_ALONG, MANY])
async def test_all_rows_arrive_in_their_order(numbers: Database, count: int) -> None:
    query = text("SELECT n FROM numbers WHERE n < :count ORDER BY n")
    async with numbers.read() as session:
        assert (await session.scalars(query, {"count": count})).all() == list(range(count))


@pytest.mark.parametrize(
    "size", [7, aiosqlite_batched.BROUGHT_ALONG, aiosqlite_batched.BROUGHT_ALONG + 1, 2 * MANY]
)
async def test_rows_are_read_in_parts(numbers: Database, size: int) -> None:
    found: list[int] = []
    async with numbers.read() as session:
        result = await session.stream(text("SELECT n FROM numbers ORDER BY n"))
        async for part in result.partitions(size):
            assert len(part) <= size
            found += [row.n for row in part]
    assert found == list(range(MANY))


async def test_what_is_left_unread_keeps_nobody_from_writing(numbers: Database) -> None:
    async with numbers.read() as session:
        result = await session.stream(text("SELECT n FROM numbers"))
        assert len(await result.fetchmany(10)) == 10
        await result.close()
    async with numbers.write() as session:
        await session.execute(text("DELETE FROM numbers"))
    async with numbers.read() as session:
        assert await session.scalar(COUNT) == 0


async def test_a_statement_tells_what_it_changed(numbers: Database) -> None:
    async with numbers.write() as session:
        changed = await session.execute(text("UPDATE numbers SET n = n + 10000 WHERE n < 5"))
        gone = await session.execute(text("DELETE FROM numbers WHERE n = 7 RETURNING n"))
        assert (changed.rowcount, gone.scalars().all()) == (5, [7])  # type: ignore[attr-defined]


async def test_a_failure_is_undone_and_the_connection_goes_on(numbers: Database) -> None:
    with pytest.raises(IntegrityError):
        await _replace_all(numbers, 3)
    async with numbers.read() as session:
        assert await session.scalar(COUNT) == MANY


async def test_whoever_is_cancelled_while_waiting_for_the_lock_does_not_keep_it(numbers: Database) -> None:
    other, third = Database(numbers.url), Database(numbers.url)
    async with numbers.write() as session:
        await session.execute(text("DELETE FROM numbers WHERE n = 0"))
        waiting = asyncio.create_task(_delete_all(other))
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(PATIENCE):
                await waiting
    async with asyncio.timeout(PATIENCE):
        await _insert(third, -1)
        await _insert(other, -2)
    async with third.read() as session:
        assert await session.scalar(COUNT) == MANY + 1
    await other.close()
    await third.close()


async def _replace_all(database: Database, number: int) -> None:
    async with database.write() as session:
        await session.execute(text("DELETE FROM numbers WHERE n > 10"))
        await session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})


async def _delete_all(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("DELETE FROM numbers"))


async def _insert(database: Database, number: int) -> None:
    async with database.write() as session:
        await session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})
