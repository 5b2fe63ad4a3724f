"""The database of the suite, and how it is taken away for a while: a real server, or a real lock."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from tests.infra.postgres import Postgres, running_postgres

HOLDING = "holding"
_HOLD = f"""
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("{HOLDING}", flush=True)
sys.stdin.read()
"""


class SqliteStore:
    """Away means: another process holds the lock. Reading goes on, as it does with WAL."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.url = f"sqlite+aiosqlite:///{file}"

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        holder = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", _HOLD, str(self._file)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert holder.stdout is not None
            said = await holder.stdout.readline()
            assert said.decode().strip() == HOLDING
            yield
        finally:
            assert holder.stdin is not None
            holder.stdin.close()
            await holder.wait()


class PostgresqlStore:
    """Away means: the server is stopped at once, whoever is connected."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self.url = server.url(server.create())

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        await asyncio.to_thread(self._server.stop)
        try:
            yield
        finally:
            await asyncio.to_thread(self._server.start)


AnyStore = SqliteStore | PostgresqlStore


@contextmanager
def store(kind: str, directory: Path) -> Iterator[AnyStore]:
    """`kind`: sqlite or postgresql; an empty database in it. Durable, as in production."""
    if kind == "sqlite":
        yield SqliteStore(directory / "steadfast.db")
        return
    with running_postgres(("max_connections=200",)) as server:
        yield PostgresqlStore(server)
