"""Transactions in threads, and a database that cannot be used for a while."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from contextvars import ContextVar

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from models.store import faults, postgresql
from models.store.database import Database
from models.store.postgresql import BoundedConnection, connect_args, psycopg_url
from tests.infra.postgres import running_postgres

WRITERS = 40
BOUND_SECONDS = 20
ADD = text("INSERT INTO numbers VALUES (:n)")
ALL = text("SELECT n FROM numbers ORDER BY n")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url)
    await made.write(lambda session: session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")))
    yield made
    await made.close()


async def numbers(database: Database) -> list[int]:
    return await database.read(lambda session: list(session.scalars(ALL)))


def add(session: Session, *found: int) -> None:
    session.execute(ADD, [{"n": n} for n in found])


async def test_what_fails_leaves_nothing_and_the_connection_goes_on(database: Database) -> None:
    def twice(session: Session) -> None:
        add(session, 1)
        add(session, 1)

    for _ in range(30):  # more than there are connections
        with pytest.raises(IntegrityError):
            await database.write(twice)
    await database.write(lambda session: add(session, 2))
    assert await numbers(database) == [2]


async def test_a_transaction_runs_in_a_thread_with_the_context_of_its_caller(database: Database) -> None:
    who = ContextVar("who", default="nobody")
    who.set("ann")

    def seen(_session: Session) -> tuple[str, bool]:
        return who.get(), threading.current_thread() is threading.main_thread()

    assert await database.read(seen) == ("ann", False)
    assert await database.write(seen) == ("ann", False)


async def test_a_cancelled_transaction_is_rolled_back_and_gives_its_connection_back(
    database: Database,
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        add(session, 1)
        begun.set()
        may_end.wait(BOUND_SECONDS)

    for _ in range(30):
        begun.clear()
        may_end.clear()
        writing = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(begun.wait, BOUND_SECONDS)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        may_end.set()
    async with asyncio.timeout(BOUND_SECONDS):
        await database.write(lambda session: add(session, 2))
    assert await numbers(database) == [2]


async def test_one_that_has_not_begun_does_not_run_after_it_was_cancelled(database: Database) -> None:
    free = threading.Event()
    blockers = [
        asyncio.create_task(database.write(lambda _: free.wait(BOUND_SECONDS))) for _ in range(WRITERS)
    ]
    await asyncio.sleep(0)
    waiting = asyncio.create_task(database.write(lambda session: add(session, 1)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    free.set()
    await asyncio.gather(*blockers)
    assert await numbers(database) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_reader_waits_for_no_writer_and_cannot_write(database: Database) -> None:
    with database.writing() as session:
        add(session, 1)
        async with asyncio.timeout(BOUND_SECONDS):
            assert await numbers(database) == []
    with pytest.raises(OperationalError, match="readonly"):
        await database.read(lambda session: add(session, 2))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_writers_do_not_wait_for_each_other_for_ever(migrated_url: str) -> None:
    database = Database(migrated_url, busy_seconds=1)

    async def write() -> None:
        await database.write(lambda session: session.execute(text("DELETE FROM rates")))

    with closing(sqlite3.connect(migrated_url.removeprefix("sqlite+aiosqlite:///"))) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(BOUND_SECONDS):
            ends = await asyncio.gather(*(write() for _ in range(WRITERS)), return_exceptions=True)
        assert all(isinstance(end, BaseException) and faults.is_outage(end) for end in ends)
    await write()
    await database.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_server_that_stops_answering_is_an_outage_in_bounded_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedConnection, "silence_seconds", 1.0)

    def stopped(session: Session) -> None:
        process: int = session.scalar(text("SELECT pg_backend_pid()"))
        os.kill(process, signal.SIGSTOP)
        try:
            session.execute(text("SELECT 1"))
        finally:
            os.kill(process, signal.SIGCONT)

    for use in (database.read, database.write):
        async with asyncio.timeout(BOUND_SECONDS):
            with pytest.raises(OperationalError) as met:
                await use(stopped)
        assert faults.is_outage(met.value)
        assert await numbers(database) == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_statement_that_takes_too_long_is_ended_by_the_server(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "STATEMENT_SECONDS", 1)
    database = Database(database_url)
    for use in (database.read, database.write):
        async with asyncio.timeout(BOUND_SECONDS):
            with pytest.raises(OperationalError) as met:
                await use(lambda session: session.execute(text("SELECT pg_sleep(600)")))
        assert isinstance(met.value.orig, psycopg.errors.QueryCanceled)
        assert faults.is_outage(met.value)
    await database.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_connections_that_the_server_has_ended_are_replaced_unnoticed(database: Database) -> None:
    others = text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    for _ in range(3):
        await asyncio.gather(*(numbers(database) for _ in range(8)))
        await database.write(lambda session: session.execute(others))
        assert await numbers(database) == []


@pytest.mark.parametrize(
    ("query", "mode", "options"),
    [
        ("", None, {}),
        ("?ssl=require", "require", {}),
        ("?ssl=true&prepared_statement_cache_size=0", "require", {"prepare_threshold": None}),
    ],
)
def test_addresses_for_asyncio_mean_the_same(query: str, mode: str | None, options: dict[str, None]) -> None:
    url = f"postgresql+asyncpg://ann:pass%40word@host:5433/name{query}"
    found = psycopg_url(url)
    assert (found.username, found.password, found.host, found.port) == ("ann", "pass@word", "host", 5433)
    assert found.query.get("sslmode") == mode
    assert set(found.query) <= {"sslmode"}
    assert connect_args(url) == {"connect_timeout": postgresql.CONNECT_SECONDS} | options


async def test_a_server_that_goes_down_and_comes_up_is_an_outage_at_every_moment() -> None:
    with running_postgres() as server:
        url = server.url(server.create())
        ends: list[BaseException] = []
        over = asyncio.Event()

        async def read() -> None:
            while not over.is_set():
                database = Database(url)
                try:
                    await database.read(lambda session: session.execute(text("SELECT pg_sleep(0.01)")))
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
