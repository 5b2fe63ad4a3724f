"""Limits count over all processes of the API, and over all doors of the same kind, by who really calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx import ASGITransport, AsyncClient
from sqlalchemy import select

from api.web.context import Limits
from api.web.security import form_token
from models.store.delivery import IdempotencyRow, MailRow
from tests.api.conftest import SQLITE
from tests.api.world import BASE, World, world

FORGED = "203.0.113.{}"


@asynccontextmanager
async def calling(town: World, address: str) -> AsyncIterator[AsyncClient]:
    """Somebody at `address`, as the network says."""
    transport = ASGITransport(app=town.app, client=(address, 4711))
    async with AsyncClient(transport=transport, base_url=BASE, headers={"Accept": "text/html"}) as client:
        yield client


async def test_posts_of_links_are_limited_by_caller(migrated_url: str) -> None:
    limits = Limits(link_posts_per_client=6)
    async with (
        world(migrated_url, limits=limits) as one,
        world(migrated_url, limits=limits) as two,
        calling(one, "10.0.0.1") as first,
        calling(two, "10.0.0.1") as second,
        calling(two, "10.0.0.2") as other,
    ):
        statuses = []
        for number in range(10):
            client, town = ((first, one), (second, two))[number % 2]
            path = ("/links/made.up", "/sign-in/made-up")[number // 2 % 2]
            form = {"csrf": form_token(town.ctx, path.rpartition("/")[2]), "comment": "x"}
            headers = {"X-Forwarded-For": FORGED.format(number)}
            statuses.append((await client.post(path, data=form, headers=headers)).status_code)
        assert statuses == [404] * 6 + [429] * 4
        assert (await other.post("/links/made.up", data={"comment": "x"})).status_code == 404
        assert (await first.get("/links/made.up")).status_code == 404
        one.clock.forward(hours=2)
        assert (await first.post("/links/made.up", data={"comment": "x"})).status_code == 404


async def test_the_page_and_the_api_count_tries_to_sign_in_together(migrated_url: str) -> None:
    limits = Limits(sign_in_per_address=4, sign_in_per_client=7)
    async with (
        world(migrated_url, limits=limits) as one,
        world(migrated_url, limits=limits) as two,
        calling(one, "10.0.0.1") as first,
        calling(two, "10.0.0.1") as second,
        calling(one, "10.0.0.2") as other,
    ):

        async def tries(client: AsyncClient, by_page: bool, email: str) -> int:
            headers = {"X-Forwarded-For": FORGED.format(len(email)), "Forwarded": "for=203.0.113.9"}
            sent = {"email": email}
            if by_page:
                return (await client.post("/sign-in", data=sent, headers=headers)).status_code
            return (await client.post("/api/v1/sign-in", json=sent, headers=headers)).status_code

        met = [await tries((first, second)[n % 2], n < 2, "a@example.org") for n in range(5)]
        assert met == [200, 200, 202, 202, 202]
        met = [await tries((first, second)[n % 2], True, f"{n}@example.org") for n in range(4)]
        assert met == [200, 200, 429, 429]
        # The address is beyond its limit, and the answer is the same: only the mail is not sent once more.
        assert await tries(other, True, "a@example.org") == 200
        assert await tries(other, False, "b@example.org") == 202
        with one.database.reading() as session:
            mailed = list(session.scalars(select(MailRow.to_address)))
        assert mailed.count("a@example.org") == 4
        assert mailed.count("b@example.org") == 1


async def test_a_client_beyond_its_limit_locks_nobody_out(migrated_url: str) -> None:
    limits = Limits(sign_in_per_address=3, sign_in_per_client=2)
    async with (
        world(migrated_url, limits=limits) as town,
        calling(town, "10.0.0.1") as rogue,
        calling(town, "10.0.0.2") as ada,
    ):
        sent = {"email": "ada@example.org"}
        met = [(await rogue.post("/api/v1/sign-in", json=sent)).status_code for _ in range(3)]
        met += [(await rogue.post("/sign-in", data=sent)).status_code for _ in range(3)]
        assert met == [202, 202, 429, 429, 429, 429]
        assert (await ada.post("/api/v1/sign-in", json=sent)).status_code == 202


async def test_tries_leave_no_key_behind(migrated_url: str) -> None:
    limits = Limits(sign_in_per_client=2)
    async with world(migrated_url, limits=limits) as town, calling(town, "10.0.0.1") as rogue:

        async def tries(key: str, email: str) -> int:
            sent, headers = {"email": email}, {"Idempotency-Key": key}
            return (await rogue.post("/api/v1/sign-in", json=sent, headers=headers)).status_code

        emails = ("no address", "a@example.org", "b@example.org", "c@example.org", "no address")
        met = [await tries(f"key {number}", email) for number, email in enumerate(emails)]
        assert met == [422, 202, 202, 429, 422]
        with town.database.reading() as session:
            assert list(session.scalars(select(IdempotencyRow.key))) == []
            assert len(list(session.scalars(select(MailRow.id)))) == 2


@SQLITE
async def test_a_trusted_proxy_says_who_calls(migrated_url: str) -> None:
    proxy = frozenset({"10.0.0.1"})
    limits = Limits(link_posts_per_client=1)
    async with (
        world(migrated_url, limits=limits, trusted_proxies=proxy) as town,
        calling(town, "10.0.0.1") as behind,
    ):
        statuses = [
            (await behind.post("/links/made.up", data={}, headers={"X-Forwarded-For": forwarded})).status_code
            for forwarded in ("203.0.113.1", "203.0.113.2", "203.0.113.1", "6.6.6.6, 203.0.113.2")
        ]
        assert statuses == [404, 404, 429, 429]
