"""Engines and sessions for both databases.

SQLite needs its lock taken at the start of a writing transaction (`BEGIN IMMEDIATE`), or two writers that
both read first fail with "database is locked"; reading sessions must not take it. PostgreSQL needs neither.
A reading session sees the newest state with each of its statements, as on PostgreSQL by default; on SQLite it
opens no transaction at all, which would be two more statements.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from models.store import aiosqlite_batched

BUSY_SECONDS = 10
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30

READ = {"reads_only": True}


class Database:
    """One pool of connections. `read()` and `write()` give a session in a transaction.

    `busy_seconds` is how long SQLite waits for the lock of another writer.
    """

    def __init__(self, url: str, pool_size: int = 10, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite(url, busy_seconds) if self.is_sqlite else _postgresql(url, pool_size)
        self._writing = async_sessionmaker(self.engine, expire_on_commit=False)
        reading = self.engine.execution_options(**READ)
        self._reading = async_sessionmaker(reading, expire_on_commit=False)
        self._busy_seconds = busy_seconds
        self._turn = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with self._reading() as session, session.begin():
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Commits at the end of the block, rolls back on any exception. Blocks are not nested.

        SQLite lets one writer in and has the others try again and again, unfairly and for ten seconds at the
        most; here those of one process queue up before they even take a connection.
        """
        async with self._in_turn(), self._writing() as session, session.begin():
            yield session

    async def sweep(self) -> None:
        """Writes an SQLite file anew, so that nothing deleted is left in its free pages or its log.

        PostgreSQL does that in its own time (autovacuum), and its log is the operator's to keep.
        """
        if not self.is_sqlite:
            return
        async with self._in_turn(), self.engine.connect() as connection:
            # Past SQLAlchemy, which would begin a transaction first: neither of them runs in one.
            driver: Any = (await connection.get_raw_connection()).driver_connection
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                await (await driver.execute(statement)).close()

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Raises PoolTimeout after a long wait: behind a lock that stays, each would wait for all before."""
        if self._turn is None:
            yield
            return
        try:
            async with asyncio.timeout(self._busy_seconds):
                await self._turn.acquire()
        except TimeoutError:
            raise PoolTimeout("The database is busy with writers who came before.") from None
        try:
            yield
        finally:
            self._turn.release()

    async def close(self) -> None:
        await self.engine.dispose()


def _postgresql(url: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        # What people wrote must not end up in a log with the message of an error.
        hide_parameters=True,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS},
    )


def _sqlite(url: str, busy_seconds: float) -> AsyncEngine:
    how = {"timeout": busy_seconds, "async_creator_fn": aiosqlite_batched.Connection}
    engine = create_async_engine(url, connect_args=how, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        set_pragmas(
            connection, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"
        )

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("reads_only"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def set_pragmas(connection: Any, *pragmas: str) -> None:
    """For a new connection to SQLite, which also leaves transactions to us from here on."""
    try:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()  # the pool forgets it, and its thread would end the program with a traceback
        raise
