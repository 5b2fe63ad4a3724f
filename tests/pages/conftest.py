"""The village in which pages are opened, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.pages.village import Village, a_village


@pytest.fixture
async def village(migrated_url: str) -> AsyncIterator[Village]:
    async with a_village(migrated_url) as built:
        yield built
