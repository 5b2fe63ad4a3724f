"""A rule changes while profiles are written: all are judged by the rule that holds, and nobody fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from api.profile.profiles import ProfileChange, save_profile
from api.web.access import Viewer, member_of
from models.store import erasing, invitations
from models.store.programmes import change_settings, locked_settings
from models.store.tables import InvitationRow, MemberRow
from tests.api.conftest import Cast
from tests.api.world import SLUG, World
from tests.store.programme import import_lines

POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
STRICTER = {"eligibility": "negotiation>=4"}
"""The mentor of the cast does not meet it."""

Write = Callable[[World, Cast], Awaitable[None]]


async def is_complete(town: World, person_id: str) -> bool:
    with town.database.reading() as session:
        return session.get_one(MemberRow, (town.programmes[SLUG], person_id)).complete


async def test_a_profile_is_judged_by_the_rule_that_holds_when_it_is_saved(town: World, cast: Cast) -> None:
    viewer = Viewer(cast.mentor.id, cast.mentor.email, "Jorgen")
    member = await member_of(town.ctx, viewer, SLUG)
    with town.database.writing() as session:
        change_settings(session, town.programmes[SLUG], STRICTER, town.clock())
    saved = await save_profile(town.ctx, member, ProfileChange(headline="New"))
    assert not saved.complete
    assert not await is_complete(town, cast.mentor.id)


async def saves(town: World, cast: Cast) -> None:
    saved = await cast.mentor.http.put(f"/api/v1/programmes/{SLUG}/profile", json={"headline": "New"})
    assert saved.status_code == 200


async def imports(town: World, cast: Cast) -> None:
    line = f"{cast.mentor.email},Jorgen,mentor,New"
    report = await import_lines(town.database, town.programmes[SLUG], "email,name,roles,headline", line)
    assert "Run it again." in report.problems[0].sentence


async def accepts(town: World, cast: Cast) -> None:
    row = InvitationRow(programme_id=town.programmes[SLUG], email=cast.mentor.email, roles="mentee")
    await town.database.write(lambda session: invitations.accept(session, row, "Jorgen", "UTC", town.clock()))


async def keeps(town: World, cast: Cast) -> None:
    await town.database.write(lambda session: erasing.keep(session, cast.mentor.id, town.clock()))


@POSTGRESQL
@pytest.mark.parametrize("write", [saves, imports, accepts, keeps])
async def test_whoever_writes_profiles_waits_for_the_rule(town: World, cast: Cast, write: Write) -> None:
    """Had they locked the member before they wait, the change of the rule would wait for them as well."""
    now = town.clock()
    if write is keeps:
        asked = erasing.Asked(cast.mentor.id, now, now + timedelta(days=1), by_operator=False)
        with town.database.writing() as session:
            erasing.ask(session, asked)
            erasing.begin(session, asked)
    with town.database.writing() as session:
        locked_settings(session, town.programmes[SLUG])
        writing = asyncio.ensure_future(write(town, cast))
        await somebody_waits(town)
        change_settings(session, town.programmes[SLUG], STRICTER, now)
    await writing
    assert not await is_complete(town, cast.mentor.id)


async def somebody_waits(town: World) -> None:
    """Returns when another connection to this database waits for a lock."""
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    waiting = text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")
    async with asyncio.timeout(20):
        while True:
            with town.database.reading() as session:
                if session.scalar(waiting):
                    return
            await asyncio.sleep(0.02)
