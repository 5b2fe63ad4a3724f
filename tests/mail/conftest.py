"""A database with a small programme in it, on both kinds of database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.store.database import Database
from tests.mail import world
from tests.mail.sink import Sink


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    opened = Database(migrated_url)
    await world.people(opened)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> world.Clock:
    return world.Clock()


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    server = Sink()
    await server.start()
    yield server
    await server.stop()
