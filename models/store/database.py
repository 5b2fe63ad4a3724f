"""Engines and sessions for both databases.

A transaction is a plain function of a synchronous session, and all of it runs in one trip to a thread: the
plumbing between asyncio and each statement cost more than the statements
(docs/decisions/synchronous-sessions.md).

SQLite needs its lock taken at the start of a writing transaction (`BEGIN IMMEDIATE`), or two writers that
both read first fail with "database is locked"; reading sessions must not take it. PostgreSQL needs neither.
A reading session sees the newest state with each of its statements, and opens no transaction: that would be
two more statements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from models.store.postgresql import (
    CONNECT_SECONDS,
    BoundedConnection,
    connect_args,
    is_gone,
    psycopg_url,
    settle,
)

BUSY_SECONDS = 10
SQLITE_READERS = 4

T = TypeVar("T")
C = TypeVar("C", Session, Connection)


class Database:
    """Two pools of connections, to read and to write, with a thread for each connection.

    `busy_seconds` is how long SQLite waits for the lock of another writer.
    """

    def __init__(self, url: str, pool_size: int = 10, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            # SQLite lets one writer in and has the others try again and again, unfairly and for ten seconds
            # at the most; here those of one process queue up for the only thread that writes.
            self.reads = Lane(_sqlite(url, busy_seconds, writes=False), SQLITE_READERS, busy_seconds)
            self.writes = Lane(_sqlite(url, busy_seconds, writes=True), 1, busy_seconds)
        else:
            self.reads = Lane(_postgresql(url, pool_size, writes=False), pool_size, CONNECT_SECONDS)
            self.writes = Lane(_postgresql(url, pool_size, writes=True), pool_size, CONNECT_SECONDS)

    async def read(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, which runs in a thread."""
        return await self.reads.run(self.reading, work)

    async def write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, which runs in a thread; committed, or rolled back on any exception.

        Cancelled, it is rolled back as well, unless it is being committed already.
        """
        return await self.writes.run(self.writing, work)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with, in a thread of one's own."""
        with self.reads.sessions() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction in a thread of one's own. Not to be nested."""
        with self.writes.sessions.begin() as session:
            yield session

    async def sweep(self) -> None:
        """Writes an SQLite file anew, so that nothing deleted is left in its free pages or its log.

        PostgreSQL does that in its own time (autovacuum), and its log is the operator's to keep.
        """
        if self.is_sqlite:
            await self.writes.run(self.writes.engine.connect, _vacuum)

    async def close(self) -> None:
        """Waits for transactions that have begun."""
        await self.reads.close()
        await self.writes.close()


class Lane:
    """Connections of one kind, and as many threads to use them.

    Nobody waits for one longer than `patience`: behind a lock that stays, each would wait for all before.
    """

    def __init__(self, engine: Engine, size: int, patience: float) -> None:
        self.engine = engine
        self.sessions = sessionmaker(engine, expire_on_commit=False)
        self._threads = ThreadPoolExecutor(size, "database")
        self._patience = patience

    async def run(self, opened: Callable[[], AbstractContextManager[C]], work: Callable[[C], T]) -> T:
        """`work` in a thread, within what `opened` opens. Raises PoolTimeout when no thread gets free."""
        wait = _Wait()

        def transaction() -> T:
            with opened() as it:
                done = work(it)
                if wait.is_given_up:
                    raise _GivenUp
                return done

        future = self._threads.submit(copy_context().run, transaction)
        too_late = asyncio.get_running_loop().call_later(self._patience, wait.refuse, future)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if wait.is_refused:
                raise PoolTimeout("The database is busy with those who came before.") from None
            wait.is_given_up = True
            raise
        finally:
            too_late.cancel()

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        self.engine.dispose()


class _Wait:
    """What became of a transaction before its caller had its result."""

    def __init__(self) -> None:
        self.is_refused = False
        self.is_given_up = False

    def refuse(self, future: Future[Any]) -> None:
        """Takes it out of the queue, unless it has begun."""
        self.is_refused = future.cancel()


class _GivenUp(Exception):
    """Rolls a transaction back whose caller was cancelled; nobody waits for it any more."""


def _postgresql(url: str, pool_size: int, *, writes: bool) -> Engine:
    alone: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    engine = create_engine(
        psycopg_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=CONNECT_SECONDS,
        # What people wrote must not end up in a log with the message of an error.
        hide_parameters=True,
        connect_args=connect_args(url),
        use_native_hstore=False,
        **({} if writes else alone),
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        connection = BoundedConnection.connect(*args, **options)
        settle(connection)
        return connection

    @event.listens_for(engine, "checkout")
    def check(connection: Any, _record: Any, _proxy: Any) -> None:
        if is_gone(connection):
            raise DisconnectionError

    return engine


def _sqlite(url: str, busy_seconds: float, *, writes: bool) -> Engine:
    pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"]
    if not writes:
        pragmas.append("query_only=ON")
    # Each connection prepares a statement once, and there are more than the 128 that it keeps by itself.
    how = {"timeout": busy_seconds, "cached_statements": 512}
    engine = create_engine(sqlite_url(url), connect_args=how, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        set_pragmas(connection, *pragmas)

    if writes:

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def sqlite_url(url: str) -> URL:
    """As the synchronous driver takes it: settings name asyncio's, as they always have."""
    return make_url(url).set(drivername="sqlite")


def set_pragmas(connection: Any, *pragmas: str) -> None:
    """For a new connection to SQLite, which also leaves transactions to us from here on."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _vacuum(connection: Connection) -> None:
    # Past SQLAlchemy, which would begin a transaction first: neither of them runs in one.
    driver: Any = connection.connection.driver_connection
    for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
        driver.execute(statement).close()
