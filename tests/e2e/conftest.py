"""The town in which the stories play."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.process.programme import ProgrammeSettings
from tests.e2e.town import Town, a_town
from tests.infra.engine import VirtualEngine


@pytest.fixture
def rules() -> ProgrammeSettings:
    """The programme's settings; a test that wants others overrides this by parametrisation."""
    return ProgrammeSettings().changed(
        {"preferences": "by video|in person", "mentors_per_mentee": "2", "gather_edits_for": "off"}
    )


@pytest.fixture
async def town(
    virtual_engine: VirtualEngine, migrated_url: str, rules: ProgrammeSettings
) -> AsyncIterator[Town]:
    async with a_town(virtual_engine, migrated_url, rules) as built:
        yield built
