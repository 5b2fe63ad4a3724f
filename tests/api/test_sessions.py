"""Where people are signed in: the list, the end of one session or of all, and the end of unused ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy import select

from installation import assembly
from models.store import access
from models.store.delivery import SessionRow
from settings import Settings
from tests.api.conftest import SQLITE, Cast
from tests.api.test_sign_in import minted
from tests.api.world import BASE, World, expect

ME = "/api/v1/me"


async def listed(client: AsyncClient) -> list[tuple[str, bool]]:
    return [(one["id"], one["current"]) for one in expect(await client.get(f"{ME}/sessions"), 200)["items"]]


async def test_the_one_used_last_is_first_and_the_one_that_asks_is_marked(town: World, cast: Cast) -> None:
    old = await town.session_of(cast.mentee)
    town.clock.forward(hours=2)
    new = await town.session_of(cast.mentee)
    await town.session_of(cast.mentor)
    assert [current for _, current in await listed(new)] == [True, False]
    assert [current for _, current in await listed(cast.mentee.http)] == [False, False]
    town.clock.forward(hours=2)
    expect(await old.get(ME), 200)
    assert [current for _, current in await listed(old)] == [True, False]


async def test_one_session_ends_and_the_others_stay(town: World, cast: Cast) -> None:
    here, there = await town.session_of(cast.mentee, Origin=BASE), await town.session_of(cast.mentee)
    ((other, _),) = [one for one in await listed(here) if not one[1]]
    assert (await here.delete(f"{ME}/sessions/{other}")).status_code == 204
    assert (await there.get(ME)).status_code == 401
    assert [current for _, current in await listed(here)] == [True]
    assert (await here.delete(f"{ME}/sessions/{other}")).status_code == 404


@SQLITE
async def test_a_foreign_session_is_not_found_and_goes_on(town: World, cast: Cast) -> None:
    theirs = await town.session_of(cast.mentor)
    ((foreign, _),) = await listed(theirs)
    with town.database.reading() as session:
        token_hash = session.scalars(select(SessionRow.token_hash)).one()
    for name in (foreign, token_hash, "x"):
        assert (await cast.mentee.http.delete(f"{ME}/sessions/{name}")).status_code == 404
    assert (await theirs.get(ME)).status_code == 200
    assert token_hash not in (await theirs.get(f"{ME}/sessions")).text


async def test_everywhere_is_every_browser_and_link_of_one_person(town: World, cast: Cast) -> None:
    browsers = [await town.session_of(cast.mentee) for _ in range(2)]
    stranger, link = await town.session_of(cast.mentor), await minted(town, cast.mentee.id)
    path = f"{ME}/sign-out-everywhere"
    done = await cast.mentee.post(path, {}, key="k")
    assert done == {"sessions": 2, "sign_in_links": 1, "api_tokens": 0}
    assert await cast.mentee.post(path, {}, key="k") == done
    assert [(await one.get(ME)).status_code for one in browsers] == [401, 401]
    with town.database.reading() as session:
        assert access.find_sign_in(session, link, town.clock()) is None
    assert (await stranger.get(ME)).status_code == 200
    assert (await cast.mentee.post(path, {"api_tokens": True}))["api_tokens"] == 1
    assert (await cast.mentee.http.get(ME)).status_code == 401
    assert (await cast.mentor.http.get(ME)).status_code == 200


async def test_a_session_that_is_not_used_for_two_weeks_has_ended(town: World, cast: Cast) -> None:
    used, unused = await town.session_of(cast.mentee), await town.session_of(cast.mentee)
    town.clock.forward(days=13)
    assert (await used.get(ME)).status_code == 200
    town.clock.forward(days=1)
    assert (await unused.get(ME)).status_code == 401
    assert [current for _, current in await listed(used)] == [True]
    town.clock.forward(days=13)
    assert (await used.get(ME)).status_code == 200


@SQLITE
async def test_the_setting_is_what_the_app_goes_by(empty: World) -> None:
    engine: Any = None
    app = assembly.app(Settings(session_idle_days=3), empty.database, engine)
    assert app.state.context.session_idle == timedelta(days=3)
