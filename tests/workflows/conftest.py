"""An engine that asks its processes to continue as new after a few steps, instead of after thousands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from models.process.names import SEARCH_ATTRIBUTES
from tests.infra.engine import VirtualEngine, running_server, virtual_engine_at

FEW = "limit.historyCount.suggestContinueAsNew=25"
"""In events; a step is some seven of them."""


@pytest.fixture(scope="session")
def restless_address() -> Iterator[str]:
    with running_server(FEW) as address:
        yield address


@pytest.fixture
async def restless_engine(restless_address: str) -> AsyncIterator[VirtualEngine]:
    async with virtual_engine_at(restless_address, SEARCH_ATTRIBUTES) as engine:
        yield engine
