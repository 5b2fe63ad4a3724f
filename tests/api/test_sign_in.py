"""Signing in: the same for everybody who asks, once for whoever has the link."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from api.doors import signing
from api.web.context import Limits
from api.web.errors import NotFound, TooMany
from models.store import access, rates
from models.store.delivery import MailRow, RateRow, SessionRow, SignInLinkRow
from models.store.tables import PersonRow
from tests.api.conftest import SQLITE, Cast
from tests.api.test_lists import statements
from tests.api.world import World, world

PATH = "/api/v1/sign-in"


@SQLITE
async def test_known_and_unknown_cannot_be_told_apart(town: World, cast: Cast) -> None:
    answers, work = [], []
    for email in ("amara@example.org", "nobody@example.org"):
        with statements(town) as sent:
            answers.append(await town.anybody.post(PATH, json={"email": email}))
        work.append(sent)
    known, unknown = answers
    assert known.status_code == unknown.status_code == 202
    assert known.text == unknown.text
    assert work[0] == work[1]
    volatile = {"x-request-id"}
    assert {k: v for k, v in known.headers.items() if k not in volatile} == {
        k: v for k, v in unknown.headers.items() if k not in volatile
    }
    with town.database.reading() as session:
        mails = session.scalars(select(MailRow)).all()
    assert {mail.to_address for mail in mails} == {"amara@example.org", "nobody@example.org"}
    assert {mail.kind for mail in mails} == {"sign-in"}
    assert not any(mail.to_address and mail.to_address in mail.key for mail in mails)


@SQLITE
@pytest.mark.parametrize(
    "email", ["", "amara", "a@b", "Ann <a@example.org>", "a@example.org\nBcc: b@example.org"]
)
async def test_what_is_no_address(town: World, email: str) -> None:
    response = await town.anybody.post(PATH, json={"email": email})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "email"


@SQLITE
async def test_the_address_is_normalised_and_a_key_sends_one_mail(town: World) -> None:
    for email in ("Amara@Example.ORG", "Amara@Example.ORG"):
        response = await town.anybody.post(PATH, json={"email": email}, headers={"Idempotency-Key": "one"})
        assert response.status_code == 202
    with town.database.reading() as session:
        assert [mail.to_address for mail in session.scalars(select(MailRow))] == ["amara@example.org"]


@pytest.mark.parametrize("path", ["https://evil.org", "//evil.org", "/\\evil.org", "a b", "/é", "x" * 600])
def test_paths_elsewhere_lead_to_the_start(path: str) -> None:
    assert signing.own_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/programmes/x/requests?state=pending", "/links/a.b-c_d"])
def test_own_paths_are_kept(path: str) -> None:
    assert signing.own_path(path) == path


async def minted(town: World, person_id: str, minutes: int = 10) -> str:
    token = secrets.token_urlsafe(32)
    with town.database.writing() as session:
        session.add(
            SignInLinkRow(
                token_hash=access.digest(token),
                person_id=person_id,
                next_path="/programmes",
                expires_at=town.clock() + timedelta(minutes=minutes),
            )
        )
    return token


async def test_a_link_signs_in_once_however_many_use_it(town: World, cast: Cast) -> None:
    token = await minted(town, cast.mentee.id)
    for _ in range(100):
        assert await signing.redeemable(town.ctx, token)
    tries = [signing.redeem_sign_in(town.ctx, token) for _ in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    done = [one for one in results if not isinstance(one, BaseException)]
    assert len(done) == 1
    assert all(isinstance(one, NotFound) for one in results if isinstance(one, BaseException))
    assert not await signing.redeemable(town.ctx, token)
    session_token, path = done[0]
    assert path == "/programmes"
    browser = town.client()
    browser.cookies.set("steadfast", session_token)
    assert (await browser.get("/api/v1/me")).json()["id"] == cast.mentee.id


@SQLITE
async def test_links_and_sessions_end(town: World, cast: Cast) -> None:
    token = await minted(town, cast.mentee.id)
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert not await signing.redeemable(town.ctx, changed)
    town.clock.forward(minutes=11)
    with pytest.raises(NotFound):
        await signing.redeem_sign_in(town.ctx, token)
    browser = await town.session_of(cast.mentee)
    with town.database.reading() as session:
        kept = session.scalars(select(SessionRow.token_hash)).one()
    assert kept not in browser.cookies.values()
    viewer = access.Identity(cast.mentee.id, cast.mentee.email, "Amara")
    with town.database.writing() as session:
        access.end_session(session, kept)
    assert viewer.person_id
    assert (await browser.get("/api/v1/me")).status_code == 401


@SQLITE
async def test_api_tokens_expire_and_can_be_revoked(town: World, cast: Cast) -> None:
    with town.database.writing() as session:
        token = access.create_api_token(session, cast.mentee.id, town.clock(), days=1)
    assert token.startswith("sf_")
    assert len(token) == 46
    bearer = {"Authorization": f"bearer {token}"}
    assert (await town.anybody.get("/api/v1/me", headers=bearer)).status_code == 200
    town.clock.forward(days=2)
    assert (await town.anybody.get("/api/v1/me", headers=bearer)).status_code == 401
    with town.database.writing() as session:
        assert access.revoke_api_tokens(session, cast.mentor.id, town.clock()) == 1
    assert (await cast.mentor.http.get("/api/v1/me")).status_code == 401


async def test_limits_hold_over_processes(migrated_url: str) -> None:
    limits = Limits(sign_in_per_address=3, sign_in_per_client=5)
    async with world(migrated_url, limits=limits) as one, world(migrated_url, limits=limits) as two:
        statuses = [
            (
                await town.anybody.post(PATH, json={"email": email}, headers={"X-Forwarded-For": str(place)})
            ).status_code
            for place, (town, email) in enumerate(
                [
                    (one, "a@example.org"),
                    (two, "a@example.org"),
                    (one, "a@example.org"),
                    (two, "a@example.org"),
                ]
                + [(town, f"{place}@example.org") for place, town in enumerate((one, two, one))]
            )
        ]
        assert statuses == [202, 202, 202, 202, 202, 429, 429]
        refused = await two.anybody.post(PATH, json={"email": "a@example.org"})
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert refused.json()["type"] == "/docs#too-many"
        one.clock.forward(hours=2)
        assert (await one.anybody.post(PATH, json={"email": "a@example.org"})).status_code == 202
        with one.database.reading() as session:
            keys = list(session.scalars(select(RateRow.key)))
        assert not any("example" in key or "127" in key for key in keys)


async def test_writes_are_limited_by_person(migrated_url: str) -> None:
    limits = Limits(writes_per_person=40)
    async with world(migrated_url, limits=limits) as one, world(migrated_url, limits=limits) as two:
        await one.programme()
        two.programmes = one.programmes
        amara, bo = await one.person("Amara", "mentee"), await one.person("Bo", "mentee")
        path, headers = "/api/v1/programmes/open-doors/profile", dict(amara.http.headers)
        clients = [amara.http, two.client(Authorization=headers["authorization"])]
        statuses = [(await clients[n % 2].put(path, json={})).status_code for n in range(44)]
        assert statuses.count(200) in range(38, 41)
        assert statuses[-1] == 429
        assert (await amara.http.get(path)).status_code == 200
        assert (await bo.http.put(path, json={})).status_code == 200


async def test_counting_is_exact_under_pressure(town: World) -> None:
    async def hit() -> int:
        return await town.database.write(
            lambda session: rates.count(session, "key", town.clock(), timedelta(hours=1))[0]
        )

    assert sorted(await asyncio.gather(*(hit() for _ in range(20)))) == list(range(1, 21))
    with town.database.writing() as session:
        rates.prune(session, town.clock() + timedelta(hours=2))
        assert session.scalars(select(RateRow)).all() == []


@SQLITE
async def test_a_limit_says_when_to_come_back(town: World) -> None:
    assert TooMany(90).headers["Retry-After"] == "90"
    with town.database.reading() as session:
        assert session.scalars(select(PersonRow)).all() == []


async def test_a_used_link_ends_its_elder_siblings(town: World, cast: Cast) -> None:
    elder, other = await minted(town, cast.mentee.id, 9), await minted(town, cast.mentor.id, 9)
    used, younger = await minted(town, cast.mentee.id, 10), await minted(town, cast.mentee.id, 11)
    await signing.redeem_sign_in(town.ctx, used)
    good = [await signing.redeemable(town.ctx, one) is not None for one in (elder, used, younger, other)]
    assert good == [False, False, True, True]


async def _mailed(town: World, address: str) -> int:
    with town.database.reading() as session:
        rows = session.scalars(select(MailRow.id).where(MailRow.to_address == address))
        return len(rows.all())


async def _deliver(town: World) -> None:
    with town.database.writing() as session:
        session.execute(update(MailRow).values(state="sent"))


async def test_tries_by_anybody_lock_nobody_out_and_flood_nobody(migrated_url: str) -> None:
    async with world(migrated_url, limits=Limits(sign_in_per_address=3, sign_in_per_client=0)) as town:
        await town.programme()
        amara = await town.person("Amara", "mentee")

        async def tries(email: str, count: int = 1) -> None:
            answers = [await town.anybody.post(PATH, json={"email": email}) for _ in range(count)]
            assert {answer.status_code for answer in answers} == {202}

        for email in (amara.email, "nobody@example.org"):
            await tries(email, 40)
            assert await _mailed(town, email) == 3
        # On its way, however long that takes.
        town.clock.forward(minutes=30)
        await tries(amara.email, 5)
        assert await _mailed(town, amara.email) == 3
        await _deliver(town)
        # The last one has expired: one more, and then none as long as its link is unused.
        await tries(amara.email, 5)
        assert await _mailed(town, amara.email) == 4
        await _deliver(town)
        town.clock.forward(minutes=4)
        await tries(amara.email, 5)
        assert await _mailed(town, amara.email) == 4
        # Used, the next one may come, some minutes after the last.
        await signing.redeem_sign_in(town.ctx, await minted(town, amara.id))
        await tries(amara.email, 5)
        assert await _mailed(town, amara.email) == 5


async def test_tries_at_once_send_no_more(migrated_url: str) -> None:
    async with world(migrated_url, limits=Limits(sign_in_per_address=3, sign_in_per_client=0)) as town:
        sent = [town.anybody.post(PATH, json={"email": "amara@example.org"}) for _ in range(12)]
        assert {one.status_code for one in await asyncio.gather(*sent)} == {202}
        assert await _mailed(town, "amara@example.org") == 3


@SQLITE
async def test_an_office_signs_in_on_launch_day(migrated_url: str) -> None:
    """200 people behind one address within ten minutes, half of them twice, and then they use their links."""
    async with world(migrated_url, limits=Limits()) as town:
        emails = [f"p{number}@example.org" for number in range(200)]
        for email in (*emails, *emails[::2]):
            assert (await town.anybody.post(PATH, json={"email": email})).status_code == 202
        for _ in range(300):
            assert (await town.anybody.post("/sign-in/made-up", data={"csrf": ""})).status_code == 403


@SQLITE
async def test_a_key_is_nobody_elses(town: World, cast: Cast) -> None:
    """The same key from the same place, with another address or another page, is another question."""
    key = {"Idempotency-Key": "one"}
    for body in (
        {"email": cast.mentee.email},
        {"email": cast.mentor.email},
        {"email": cast.mentee.email, "next": "/your-data"},
        {"email": cast.mentee.email},
    ):
        assert (await town.anybody.post(PATH, json=body, headers=key)).status_code == 202
    assert (await _mailed(town, cast.mentee.email), await _mailed(town, cast.mentor.email)) == (2, 1)
    # When its link has expired, the key that somebody sent before keeps no mail back.
    town.clock.forward(minutes=10)
    await town.anybody.post(PATH, json={"email": cast.mentee.email}, headers=key)
    assert await _mailed(town, cast.mentee.email) == 3
