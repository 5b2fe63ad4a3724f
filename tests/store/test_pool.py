"""The mentors kept in memory follow what happens to the profiles, on both databases."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.matching.directory import Directory
from models.matching.search import Criteria
from models.store.database import Database
from models.store.finding import find_mentors
from models.store.loads import MANY, Counted
from models.store.pool import AWAITED, MentorPools, Pool
from models.store.profiles import load_profiles, save_profiles, touch_people
from models.store.tables import ProgrammeRow
from tests.store.programme import NOW, add_places, add_programme, ids, import_lines, scope

HEADER = "email,name,roles,skills,preferences,country"
PEOPLE = (
    HEADER,
    "mia@b.de,Mia,mentee,python:2,Careers,DE",
    "ada@b.de,Ada,mentor,python:5,Careers,DE",
    "ben@b.de,Ben,mentor,python:3,Review,US",
    "clo@b.de,Clo,mentor|mentee,go:4,Review,US",
)


class Place:
    """A programme, and the pools of a process that has searched it."""

    def __init__(self, database: Database, programme_id: str, people: dict[str, str]) -> None:
        self.database = database
        self.programme_id = programme_id
        self.people = people
        self.pools = MentorPools()

    async def pool(self, pools: MentorPools | None = None) -> Pool:
        version = (await scope(self.database, self.programme_id)).people_version
        return await (pools or self.pools).get(self.database, self.programme_id, version)

    async def directory(self) -> Directory:
        return (await self.pool()).directory

    async def change(self, who: str, **changes: Any) -> None:
        person = self.people[who]

        def work(session: Session) -> None:
            before = load_profiles(session, self.programme_id, [person], for_update=True)
            save_profiles(session, self.programme_id, before, [replace(before[person], **changes)])
            touch_people(session, self.programme_id, [person])

        await self.database.write(work)

    async def is_as_built_anew(self) -> bool:
        anew = (await self.pool(MentorPools())).directory
        return _told(await self.directory()) == _told(anew)


@pytest.fixture
async def place(migrated_url: str) -> AsyncIterator[Place]:
    database = Database(migrated_url)
    programme_id = await add_programme(database, preferences=("Careers", "Review"))
    assert (await import_lines(database, programme_id, *PEOPLE)).problems == []
    found = Place(database, programme_id, await ids(database))
    await found.pool()
    yield found
    await found.pools.close()
    await database.close()


async def test_a_change_is_taken_in_and_the_others_are_not_read_again(place: Place) -> None:
    before = await place.directory()
    await place.change("ben", skills={"go": 2, "rust": 5}, headline="New here")
    after = await place.directory()
    ada, ben = (before.pool.positions[place.people[name]] for name in ("ada", "ben"))
    assert after.words[ada] is before.words[ada]
    assert "new here" in after.words[ben]
    assert await place.is_as_built_anew()


@pytest.mark.parametrize(
    ("who", "changes"),
    [
        ("ben", {"left_at": NOW}),
        ("ben", {"is_mentor": False}),
        ("ben", {"preferences": frozenset(), "complete": False}),
        ("ben", {"available": False}),
        ("ben", {"capacity": 0}),
        ("mia", {"is_mentor": True}),
        ("mia", {"headline": "A mentee is nowhere in it"}),
    ],
)
async def test_whatever_changes_it_is_as_if_built_anew(
    place: Place, who: str, changes: dict[str, Any]
) -> None:
    await place.change(who, **changes)
    assert await place.is_as_built_anew()


async def test_somebody_who_comes_and_leaves_and_comes_back(place: Place) -> None:
    await import_lines(place.database, place.programme_id, HEADER, "zoe@b.de,Zoe,mentor,rust:5,Review,FR")
    place.people |= await ids(place.database)
    for left, there in ((None, True), (NOW, False), (None, True)):
        await place.change("zoe", left_at=left)
        assert (place.people["zoe"] in (await place.directory()).pool.positions) is there
    assert await place.is_as_built_anew()


async def test_a_change_by_somebody_who_does_not_say_whose_is_seen(place: Place) -> None:
    """An older version of the program, side by side with this one, raises the version and nothing else."""
    person = place.people["ben"]
    with place.database.writing() as session:
        before = load_profiles(session, place.programme_id, [person])
        save_profiles(session, place.programme_id, before, [replace(before[person], left_at=NOW)])
        session.execute(update(ProgrammeRow).values(people_version=ProgrammeRow.people_version + 1))
    assert person not in (await place.directory()).pool.positions


async def test_everybody_is_read_again_where_that_is_asked_for(place: Place) -> None:
    before = await place.directory()
    await place.change("mia", headline="Changed")
    with place.database.writing() as session:
        touch_people(session, place.programme_id)
    after = await place.directory()
    assert after.words == before.words
    assert all(one is not other for one, other in zip(after.words, before.words, strict=True))


async def test_changes_while_it_is_read_are_not_missed(place: Place) -> None:
    """Eight who search all the time while three people change all the time, then one more search."""
    goes_on = True

    async def search(pools: MentorPools) -> None:
        while goes_on:
            await place.pool(pools)
            await asyncio.sleep(0)

    async def changes(who: str) -> None:
        for number in range(15):
            await place.change(who, skills={"python": 1 + number % 5}, headline=f"{who} {number}")

    fresh = [MentorPools() for _ in range(4)]
    searching = [asyncio.create_task(search(pools)) for pools in (*fresh, *[place.pools] * 4)]
    await asyncio.gather(*(changes(who) for who in ("ada", "ben", "clo")))
    goes_on = False
    await asyncio.gather(*searching)
    anew = _told((await place.pool(MentorPools())).directory)
    for pools in (*fresh, place.pools):
        assert _told((await place.pool(pools)).directory) == anew
        assert any("ben 14" in words for words in (await place.pool(pools)).directory.words)


async def test_an_import_of_many_is_read_beside_the_searches(place: Place) -> None:
    before = await place.directory()
    lines = [f"m{number}@b.de,M {number},mentor,go:3,Review,DE" for number in range(AWAITED + 1)]
    await import_lines(place.database, place.programme_id, HEADER, *lines)
    assert await place.directory() is before
    async with asyncio.timeout(60):
        while len((await place.directory()).pool) < AWAITED:
            await asyncio.sleep(0.01)
    assert await place.is_as_built_anew()


async def test_what_is_kept_is_bounded(place: Place) -> None:
    there = await add_programme(place.database, "there")
    await import_lines(place.database, there, HEADER, "zoe@b.de,Zoe,mentor,python:5,,DE")
    elsewhere = Place(place.database, there, {})
    for most, stays in ((4, True), (3, False)):
        pools = MentorPools(most)
        first = await place.pool(pools)
        await elsewhere.pool(pools)
        assert (await place.pool(pools) is first) is stays


async def test_nobody_is_shown_who_is_full_or_away_by_now(place: Place) -> None:
    """Where many have something to do, the counts are some seconds old; what is shown is not."""
    pool = await place.pool()
    pool.counted = Counted({f"other {n}": 1 for n in range(MANY + 1)}, {}, (), time.monotonic())
    wanted = await scope(place.database, place.programme_id)
    mia, ada, ben, clo = (place.people[name] for name in ("mia", "ada", "ben", "clo"))
    await place.change("ada", capacity=1)
    await place.change("clo", left_at=NOW)
    await add_places(place.database, place.programme_id, [(clo, ada)])
    # With the version from before the changes, as a request has it that began then.
    found = await find_mentors(place.database, place.pools, wanted, mia, Criteria(), NOW)
    assert [one.member.person_id for one in found.items] == [ben]
    assert found.total == 3


def _told(directory: Directory) -> tuple[object, ...]:
    columns = (directory.pool.levels, directory.pool.preferences, directory.facets)
    return (
        directory.pool.ids,
        *({key: [part.tolist() for part in one.column(key)] for key in one.places} for one in columns),
        directory.words,
        directory.back_at.tolist(),
        directory.capacity.tolist(),
    )
