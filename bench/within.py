"""An installation inside the measuring process: for counting what it asks of the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event
from temporalio.client import Client

import worker
from api.app import create_app
from api.web.context import Context
from api.web.gateway import Gateway
from bench.installation import SECRET
from installation.connection import connect
from installation.engine import EmbeddedEngine
from installation.serving import listen, serve, url_of
from models.process.names import SEARCH_ATTRIBUTES
from models.store.database import Database
from models.store.saves import Saves
from settings import Settings

BASE = "http://127.0.0.1"


@asynccontextmanager
async def engine_client(directory: Path) -> AsyncIterator[Client]:
    """An embedded engine with our search attributes, and nobody who works."""
    async with EmbeddedEngine(directory, search_attributes=SEARCH_ATTRIBUTES) as engine:
        yield await connect((SECRET,), address=engine.address)


@asynccontextmanager
async def serving(client: Client, database: Database) -> AsyncIterator[str]:
    """A worker, mail included, and the API behind a real web server; its address."""
    stop = asyncio.Event()
    settings = Settings(base_url=BASE, secret_keys=(SECRET,))
    saves = Saves(has_worker=True)
    with listen("127.0.0.1", 0) as listening:
        app = create_app(
            Context(
                database=database,
                gateway=Gateway(client),
                base_url=BASE,
                keys=(SECRET,),
                mailbox_enabled=True,
                saves=saves,
            )
        )
        async with asyncio.TaskGroup() as parts:
            parts.create_task(worker.build(client, database, settings, saves).run(stop))
            parts.create_task(serve(app, listening, stop))
            try:
                yield url_of(*listening.getsockname()[:2])
            finally:
                stop.set()


@dataclass(slots=True)
class Statements:
    """What was sent to the database: transactions, and statements by their first words."""

    transactions: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.kinds.total()


class Counting:
    """Counts everything that goes through `database` from here on; `found` may be replaced at any time."""

    def __init__(self, database: Database) -> None:
        self.found = Statements()
        for engine in (database.reads.engine, database.writes.engine):
            event.listen(engine, "before_cursor_execute", self._on_execute)
            event.listen(engine, "begin", self._on_begin)

    def _on_execute(self, _c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        words = statement.split()
        if words[0] != "BEGIN":
            after = {"UPDATE": "UPDATE", "INSERT": "INTO"}.get(words[0], "FROM")
            target = words[words.index(after) + 1] if after in words[:-1] else ""
            self.found.kinds[f"{words[0]} {target}"] += 1

    def _on_begin(self, _connection: Any) -> None:
        self.found.transactions += 1
