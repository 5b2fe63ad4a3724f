"""SQLite through aiosqlite, with one trip to the connection's thread for each statement instead of four.

Opening a cursor, executing, fetching and closing would each wake that thread and then the event loop, and
under load each of these waits for the interpreter's lock. Here a statement brings its first rows along.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self, TypeVar

import aiosqlite

BROUGHT_ALONG = 1000
"""Rows that come with the statement itself; what is read in parts beyond that does not fill the memory."""

T = TypeVar("T")


class Connection(aiosqlite.Connection):
    """What SQLAlchemy's adapter uses of a connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, *args, **options), iter_chunk_size=0)
        self._thread.daemon = True
        self._visits = self._returns = 0

    async def visit(self, work: Callable[..., T], *args: Any) -> T:
        """Runs `work` in the connection's thread."""
        self._visits += 1
        done: T = await self._execute(self._work, work, *args)  # type: ignore[no-untyped-call]
        return done

    def _work(self, work: Callable[..., T], *args: Any) -> T:
        try:
            return work(*args)
        finally:
            self._returns += 1

    def cursor(self) -> Cursor:  # type: ignore[override]
        return Cursor(self)

    async def commit(self) -> None:
        if self._may_have_begun():
            await super().commit()

    async def rollback(self) -> None:
        """Also after every read, where there is nothing to roll back."""
        if self._may_have_begun():
            await super().rollback()

    def _may_have_begun(self) -> bool:
        # Whoever was cancelled left a statement behind in the thread, and it may be the one that begins.
        return self._connection is None or self._visits > self._returns or self.in_transaction

    def run(self, many: bool, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, deque[Any], bool]:
        """In the thread: the cursor, its first rows, and whether there may be more."""
        cursor = (self._conn.executemany if many else self._conn.execute)(sql, parameters)
        rows = deque(cursor.fetchmany(BROUGHT_ALONG)) if cursor.description else deque()
        return cursor, rows, len(rows) == BROUGHT_ALONG


class Cursor:
    """What SQLAlchemy's adapter uses of a cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None
        self._rows: deque[Any] = deque()
        self._has_more = False

    @property
    def description(self) -> Any:
        return self._cursor.description if self._cursor else None

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount if self._cursor else -1

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid if self._cursor else None

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        return await self._run(False, sql, parameters)

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> Self:
        return await self._run(True, sql, parameters)

    async def fetchall(self) -> list[Any]:
        if self._has_more and self._cursor:
            self._rows.extend(await self._connection.visit(self._cursor.fetchall))
        return self._taken(len(self._rows))

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        size = size or self.arraysize
        if self._has_more and self._cursor and len(self._rows) < size:
            self._rows.extend(await self._connection.visit(self._cursor.fetchmany, size - len(self._rows)))
            self._has_more = len(self._rows) == size
        return self._taken(min(size, len(self._rows)))

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def close(self) -> None:
        if self._has_more and self._cursor:
            await self._connection.visit(self._cursor.close)

    async def __aenter__(self) -> Self:
        return self

    async def _run(self, many: bool, sql: str, parameters: Any) -> Self:
        connection = self._connection
        self._cursor, self._rows, self._has_more = await connection.visit(
            connection.run, many, sql, parameters
        )
        return self

    def _taken(self, count: int) -> list[Any]:
        return [self._rows.popleft() for _ in range(count)]
