from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.matching.search import Criteria
from models.sample.people import ADMIN_EMAIL, MENTEE_EMAIL
from models.sample.programme import SLUG
from models.store.database import Database
from models.store.finding import find_mentors
from models.store.pool import MentorPools
from models.store.sample import load_sample
from models.store.tables import MemberRow, PersonRow, ProgrammeRow
from tests.store.programme import NOW, scope


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url)
    yield made
    await made.close()


async def test_the_sample_is_loaded_once_and_left_alone(database: Database) -> None:
    assert await load_sample(database, NOW)
    with database.writing() as session:
        changed = session.get_one(MemberRow, await _ids_of(database, ADMIN_EMAIL))
        changed.headline = "Changed by hand"
    assert not await load_sample(database, NOW + timedelta(days=1))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MemberRow)) == 879
        kept = session.get_one(MemberRow, await _ids_of(database, ADMIN_EMAIL))
        assert (kept.is_admin, kept.headline) == (True, "Changed by hand")


async def test_two_processes_that_start_at_once_load_it_once(database: Database) -> None:
    loaded = await asyncio.gather(*(load_sample(database, NOW) for _ in range(2)))
    assert sorted(loaded) == [False, True]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 879


async def test_its_mentee_finds_exact_matches_and_more(database: Database) -> None:
    await load_sample(database, NOW)
    programme_id, mentee = await _ids_of(database, MENTEE_EMAIL)
    wanted, pools = await scope(database, programme_id), MentorPools()
    found = await find_mentors(database, pools, wanted, mentee, Criteria(), NOW)
    exact = await find_mentors(database, pools, wanted, mentee, Criteria(exact=True), NOW)
    assert found.total > 200
    assert 5 < exact.total < 100
    assert found.items[0].hit.score == 100


async def _ids_of(database: Database, email: str) -> tuple[str, str]:
    with database.reading() as session:
        programme = session.scalar(select(ProgrammeRow.id).where(ProgrammeRow.slug == SLUG))
        person = session.scalar(select(PersonRow.id).where(PersonRow.email == email))
    assert programme is not None
    assert person is not None
    return programme, person
