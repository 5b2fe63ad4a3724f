"""The small programme of the mail tests, with a mail that was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.store.database import Database
from models.store.delivery import MailRow
from tests.mail import world


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    opened = Database(migrated_url)
    await world.people(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def sent(database: Database) -> MailRow:
    """To the mentor, who is asked."""
    await world.queue(database, world.received("asked"))
    await world.dispatcher(database, world.Clock()).deliver_due()
    (row,) = await world.rows(database)
    assert row.state == "sent"
    return row
