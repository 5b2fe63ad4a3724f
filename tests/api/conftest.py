"""The world in which the API's tests take place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.api.world import OTHER, Someone, World, world

SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@dataclass
class Cast:
    """Who takes part: two of a pair, others who must not meet them, and admins of both programmes."""

    mentee: Someone
    mentor: Someone
    admin: Someone
    bystander: Someone
    """A mentee and mentor of the same programme with no part in anything."""
    foreign_admin: Someone
    """Admin of another programme."""


@pytest.fixture
async def empty(migrated_url: str) -> AsyncIterator[World]:
    async with world(migrated_url) as made:
        yield made


@pytest.fixture
async def town(empty: World) -> World:
    """Two programmes without people."""
    await empty.programme()
    await empty.programme(OTHER)
    return empty


@pytest.fixture
async def cast(town: World) -> Cast:
    return Cast(
        mentee=await town.person("Amara", "mentee"),
        mentor=await town.person("Jorgen", "mentor"),
        admin=await town.person("Ines", "admin"),
        bystander=await town.person("Bo", "mentee", "mentor"),
        foreign_admin=await town.person("Eve", "admin", slug=OTHER),
    )
