"""How two people stand to each other, as the database tells."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models.matching.rules import Rule
from models.process.asking import Facts
from models.process.programme import ProgrammeSettings
from models.store.asking import load_facts
from models.store.tables import MemberRow, ProgrammeRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, Someone, World


async def facts(town: World, mentee: Someone, mentor: Someone, lock: bool = False) -> Facts:
    def work(session: Session) -> Facts:
        row = session.get_one(ProgrammeRow, town.programmes[SLUG])
        settings = ProgrammeSettings.loaded(row.settings)
        return load_facts(session, row, settings, mentee.id, mentor.id, town.clock(), lock)

    return await town.database.write(work)


async def change(town: World, someone: Someone, **values: Any) -> None:
    with town.database.writing() as session:
        row = session.get_one(MemberRow, (town.programmes[SLUG], someone.id))
        for name, value in values.items():
            setattr(row, name, value)


async def test_a_pair_that_may_meet(town: World, cast: Cast) -> None:
    for lock in (False, True):
        found = await facts(town, cast.mentee, cast.mentor, lock)
        assert found == Facts(
            is_self=False,
            forbidden=(),
            mentee_may_ask=True,
            mentor_is_listed=True,
            open_between=False,
            active_between=False,
            asked_lately=0,
            open_requests=0,
            limit=5,
            mentor_places=0,
            mentor_capacity=3,
            mentee_places=0,
            mentee_maximum=1,
        )


async def test_what_is_open_and_running_counts_in_both_directions(town: World, cast: Cast) -> None:
    await town.ask(cast.mentee, cast.bystander)
    found = await facts(town, cast.mentee, cast.bystander)
    assert (found.open_between, found.active_between, found.open_requests) == (True, False, 1)
    assert (await facts(town, cast.bystander, cast.mentee)).open_between
    await town.paired(cast.mentee, cast.mentor)
    found = await facts(town, cast.mentee, cast.mentor)
    assert (found.active_between, found.mentor_places, found.mentee_places) == (True, 1, 1)
    assert (await facts(town, cast.mentor, cast.mentee)).active_between
    # The acceptance released the other request, since the mentee has a mentor now.
    assert not (await facts(town, cast.mentee, cast.bystander)).open_between


@SQLITE
async def test_who_can_be_asked(town: World, cast: Cast) -> None:
    async def listed(**values: Any) -> bool:
        plain = {"is_mentor": True, "complete": True, "available": True, "left_at": None}
        await change(town, cast.mentor, **(plain | {"available_from": None} | values))
        return (await facts(town, cast.mentee, cast.mentor)).mentor_is_listed

    assert await listed()
    assert not await listed(is_mentor=False)
    assert not await listed(complete=False)
    assert not await listed(left_at=town.clock())
    assert not await listed(available=False)
    assert not await listed(available=False, available_from=date(2026, 3, 3))
    assert await listed(available=False, available_from=date(2026, 3, 2))


@SQLITE
async def test_who_can_ask(town: World, cast: Cast) -> None:
    assert not (await facts(town, cast.mentor, cast.bystander)).mentee_may_ask
    assert not (await facts(town, cast.foreign_admin, cast.mentor)).mentee_may_ask
    await change(town, cast.mentee, complete=False)
    assert not (await facts(town, cast.mentee, cast.mentor)).mentee_may_ask
    assert (await facts(town, cast.mentee, cast.mentee)).is_self


@SQLITE
async def test_the_manager_and_own_capacity(town: World, cast: Cast) -> None:
    await change(town, cast.mentee, manager_email=cast.mentor.email)
    assert (await facts(town, cast.mentee, cast.mentor)).forbidden == (Rule.MANAGER,)
    assert (await facts(town, cast.mentee, cast.bystander)).forbidden == ()
    await change(town, cast.mentor, capacity=1)
    assert (await facts(town, cast.mentee, cast.mentor)).mentor_capacity == 1
    await change(town, cast.mentor, capacity=9)
    assert (await facts(town, cast.mentee, cast.mentor)).mentor_capacity == 3


async def test_locks_in_both_directions_do_not_wait_for_each_other(town: World, cast: Cast) -> None:
    pairs = [(cast.mentee, cast.bystander), (cast.bystander, cast.mentee)] * 10
    async with asyncio.timeout(20):
        found = await asyncio.gather(*(facts(town, one, other, lock=True) for one, other in pairs))
    assert len(found) == len(pairs)


async def test_the_limit_holds_however_many_ask_at_once(town: World, cast: Cast) -> None:
    await cast.admin.http.patch(f"/api/v1/programmes/{SLUG}/settings", json={"open_requests": 2})
    mentors = [await town.person(f"M{number}", "mentor") for number in range(8)]
    path = f"/api/v1/programmes/{SLUG}/requests"
    sent = [cast.mentee.http.post(path, json={"mentor_id": one.id, "message": "Hi"}) for one in mentors]
    statuses = sorted(one.status_code for one in await asyncio.gather(*sent))
    assert statuses == [201] * 2 + [409] * 6


async def test_one_place_is_given_once(town: World, cast: Cast) -> None:
    await change(town, cast.mentor, capacity=1)
    mentees = [await town.person(f"N{number}", "mentee") for number in range(8)]
    asked = [await town.ask(one, cast.mentor) for one in mentees]
    sent = [
        cast.mentor.http.post(f"/api/v1/requests/{one['id']}/accept", json={"comment": "Yes."})
        for one in asked
    ]
    statuses = sorted(one.status_code for one in await asyncio.gather(*sent))
    assert statuses == [200] + [409] * 7
    assert (await facts(town, mentees[0], cast.mentor)).mentor_places == 1
