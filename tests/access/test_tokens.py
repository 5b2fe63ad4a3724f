"""Every secret opens its own door and no other, whole and in time only."""

from __future__ import annotations

import string
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from httpx import AsyncClient, Response

from api.web.security import cookie_name, form_token
from models.links import Purpose, sign
from models.store import access, links
from tests.access.scene import Scene, Target
from tests.access.table import Row
from tests.api.conftest import SQLITE
from tests.api.world import KEYS, World, world

pytestmark = SQLITE
NEWER = "a-key-of-the-tests-that-is-long-enough-2"
ABOUT = {
    Purpose.DECIDE: ("request", "pending"),
    Purpose.AMEND: ("request", "amendment_requested"),
    Purpose.CONFIRM: ("relationship", "completing"),
    Purpose.SURVEY: ("relationship", "completed"),
    Purpose.ANSWER: ("question", "open"),
    Purpose.INVITATION: ("invitation", "open"),
    Purpose.UNSUBSCRIBE: ("request", "pending"),
}


@pytest.fixture
async def scene(migrated_url: str) -> AsyncIterator[Scene]:
    async with world(migrated_url) as town:
        yield await Scene.built(town)


async def _bearer(town: World, token: str) -> Response:
    return await town.anybody.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


async def _cookie(town: World, token: str) -> Response:
    return await town.anybody.get("/api/v1/me", headers={"Cookie": f"{cookie_name(town.ctx)}={token}"})


async def _sign_in(town: World, token: str) -> Response:
    return await town.anybody.get(f"/sign-in/{token}")


async def _link(town: World, token: str) -> Response:
    return await town.anybody.get(f"/links/{token}")


async def _unsubscribing(town: World, token: str) -> Response:
    return await town.anybody.get(f"/unsubscribe/{token}")


DOORS: dict[str, Callable[[World, str], Awaitable[Response]]] = {
    "API token": _bearer,
    "session": _cookie,
    "sign-in link": _sign_in,
    "mail link": _link,
    "unsubscribing link": _unsubscribing,
}


async def _secrets(scene: Scene) -> dict[str, str]:
    """One of each kind, all of them good; mail links by their purpose."""
    town, target = scene.town, await scene.in_state("sign-in link", "open")
    assert target.mentee is not None
    with town.database.writing() as session:
        cookie = access.create_session(session, target.mentee.id, town.clock())
        bearer = access.create_api_token(session, target.mentee.id, town.clock())
    found = {"API token": bearer, "session": cookie, "sign-in link": target.ids["sign-in token"]}
    for purpose, (kind, state) in ABOUT.items():
        about = await scene.linked(
            await scene.in_state(kind, state), Row("GET", "/links/{token}", "", token=purpose)
        )
        name = "unsubscribing link" if purpose is Purpose.UNSUBSCRIBE else f"mail link, {purpose}"
        found[name] = about.ids[f"{purpose} token"]
    return found


async def test_a_secret_opens_its_own_door_alone(scene: Scene) -> None:
    for kind, token in (await _secrets(scene)).items():
        own = kind.partition(",")[0]
        hashed, form = access.digest(token), form_token(scene.town.ctx, token)
        for door, knock in DOORS.items():
            opened = (await knock(scene.town, token)).status_code
            assert (opened == 200) == (door == own), (kind, door, opened)
            # What the database keeps and what a page shows are no keys to anything.
            assert (await knock(scene.town, hashed)).status_code in {401, 404}
            assert (await knock(scene.town, form)).status_code in {401, 404}


async def test_a_link_of_one_purpose_is_not_of_another(scene: Scene) -> None:
    """Signed anew for another purpose, by whoever has the key: the row names the purpose as well."""
    target = await scene.in_state("request", "pending")
    await scene.linked(target, Row("GET", "/links/{token}", "", token="decide"))
    link_id = str(uuid.UUID(target.ids["decide token"].split(".")[1]))
    for purpose in Purpose:
        opened = await _link(scene.town, sign(purpose, link_id, KEYS))
        assert (opened.status_code == 200) == (purpose is Purpose.DECIDE)


async def test_every_changed_character_closes_the_door(scene: Scene) -> None:
    found = await _secrets(scene)
    for kind, knock in DOORS.items():
        token = next(token for name, token in found.items() if name.startswith(kind))
        for place, was in enumerate(token):
            other = next(one for one in string.ascii_letters if one not in {was, was.swapcase()})
            for one in {other, was.swapcase()} - {was}:
                changed = token[:place] + one + token[place + 1 :]
                assert (await knock(scene.town, changed)).status_code in {401, 404}, (kind, place)
        for longer in (token + "A", token[:-1], token[1:], token.upper()):
            assert (await knock(scene.town, longer)).status_code in {401, 404}
        assert (await knock(scene.town, token)).status_code == 200


async def test_time_ends_each_of_them(scene: Scene) -> None:
    town, found = scene.town, await _secrets(scene)
    with town.database.writing() as session:
        short = access.create_api_token(session, scene.players["admin"].id, town.clock(), days=1)
    assert (await _bearer(town, short)).status_code == 200
    town.clock.forward(minutes=10)
    assert (await _sign_in(town, found["sign-in link"])).status_code == 404
    town.clock.forward(days=1)
    assert (await _bearer(town, short)).status_code == 401
    town.clock.forward(days=30)
    assert (await _cookie(town, found["session"])).status_code == 401
    town.clock.forward(days=60)
    late = await town.anybody.post(
        f"/links/{found['mail link, decide']}", data={"decision": "accept", "comment": "Late."}
    )
    assert (late.status_code, town.gateway.acts) == (409, town.gateway.acts)
    assert "too old" in late.text


async def test_what_was_revoked_or_used_is_over(scene: Scene) -> None:
    town, target = scene.town, await scene.in_state("request", "pending")
    await scene.linked(target, Row("GET", "/links/{token}", "", token="decide"))
    assert target.mentor is not None
    with town.database.writing() as session:
        links.revoke(session, target.ids["request_id"], town.clock())
        access.revoke_api_tokens(session, target.mentor.id, town.clock())
    path, acts = f"/links/{target.ids['decide token']}", town.gateway.acts
    sent = await town.anybody.post(path, data={"decision": "accept", "comment": "Gladly."})
    assert (sent.status_code, town.gateway.acts) == (409, acts)
    assert (await target.mentor.api.get("/api/v1/me")).status_code == 401
    out = await target.mentor.browser.post("/sign-out", data={"csrf": target.mentor.csrf})
    assert out.status_code == 303
    assert (await target.mentor.browser.get("/api/v1/me")).status_code == 401


async def test_a_sign_in_link_signs_in_once(scene: Scene) -> None:
    town, target = scene.town, await scene.in_state("sign-in link", "open")
    path = f"/sign-in/{target.ids['sign-in token']}"
    form = {"csrf": form_token(town.ctx, target.ids["sign-in token"])}
    first = await town.client().post(path, data=form)
    assert (first.status_code, "steadfast=" in first.headers["set-cookie"]) == (303, True)
    again = await town.client().post(path, data=form)
    assert (again.status_code, "set-cookie" in again.headers) == (404, False)


async def _minted(town: World, target: Target, keys: tuple[str, ...]) -> str:
    assert target.mentor is not None
    link_id, until = str(uuid.uuid4()), town.clock() + timedelta(days=60)
    new = links.NewLink(link_id, Purpose.DECIDE, target.ids["request_id"], target.mentor.id, 1, until)
    with town.database.writing() as session:
        links.mint(session, [new], town.clock())
    return sign(Purpose.DECIDE, link_id, keys)


async def _answers(client: AsyncClient, token: str) -> int:
    return (await client.get(f"/links/{token}")).status_code


async def test_a_new_key_signs_and_an_old_one_still_opens_until_it_is_dropped(migrated_url: str) -> None:
    async with world(migrated_url) as before:
        scene = await Scene.built(before)
        target = await scene.in_state("request", "pending")
        old, mentee = await _minted(before, target, KEYS), scene.players["other mentee"]
        form = {"name": "Somebody", "time_zone": "UTC", "roles": "mentee", "csrf": mentee.csrf}
        cookie = dict(mentee.browser.cookies)
        async with (
            world(migrated_url, keys=(NEWER, *KEYS)) as rotated,
            world(migrated_url, keys=(NEWER,)) as after,
        ):
            new = await _minted(before, target, (NEWER, *KEYS))
            assert [await _answers(town.anybody, old) for town in (before, rotated, after)] == [200, 200, 404]
            assert [await _answers(town.anybody, new) for town in (before, rotated, after)] == [404, 200, 200]
            for town, status in ((rotated, 303), (after, 403)):
                # Sessions and tokens are random and hang on no key; forms of open pages do.
                browser = town.client(Origin="http://localhost:8000", Accept="text/html")
                browser.cookies.update(cookie)
                assert (await browser.get("/api/v1/me")).status_code == 200
                assert (await browser.post("/p/open-doors/profile", data=form)).status_code == status
