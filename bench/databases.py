"""Fresh and copied databases for measurements, durable as in production: SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from models.store.migrate import upgrade
from tests.infra.postgres import Postgres, running_postgres

DURABLE = ("max_connections=200",)
"""PostgreSQL's own defaults otherwise: what was committed survives a power cut, as with SQLite."""


class Databases(Protocol):
    """Databases with the current schema, by URL. A copy needs that nobody is connected to the original."""

    async def new(self) -> str: ...

    async def copy(self, url: str) -> str: ...


class _Sqlite:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._made = 0

    async def new(self) -> str:
        url = self._next()
        await upgrade(url)
        return url

    async def copy(self, url: str) -> str:
        file, target = Path(_file(url)), self._next()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await asyncio.to_thread(shutil.copyfile, file, _file(target))
        return target

    def _next(self) -> str:
        self._made += 1
        return f"sqlite+aiosqlite:///{self._directory}/database{self._made}.db"


def _file(url: str) -> str:
    return url.removeprefix("sqlite+aiosqlite:///")


class _Postgresql:
    def __init__(self, server: Postgres) -> None:
        self._server = server

    async def new(self) -> str:
        url = self._server.url(self._server.create())
        await upgrade(url)
        return url

    async def copy(self, url: str) -> str:
        return self._server.url(self._server.create(make_url(url).database or ""))


@contextmanager
def databases(kind: str) -> Iterator[Databases]:
    """`kind`: sqlite or postgresql."""
    if kind == "postgresql":
        with running_postgres(DURABLE) as server:
            yield _Postgresql(server)
        return
    with tempfile.TemporaryDirectory(prefix="steadfast-bench-") as directory:
        yield _Sqlite(Path(directory))
