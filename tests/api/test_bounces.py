"""POST /api/v1/bounces: for machines that have the secret of the installation."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from models.store.delivery import MailRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG, World, expect, world
from tests.bounces.notices import COMPLAINT, HOLIDAY, POSTFIX, of

pytestmark = SQLITE
SECRET = "a-secret-of-the-tests-that-is-long-enough"
PATH = "/api/v1/bounces"
RFC822 = {"Content-Type": "message/rfc822"}


@pytest.fixture
async def open_town(migrated_url: str) -> AsyncIterator[World]:
    async with world(migrated_url, bounce_secret=SECRET) as made:
        await made.programme()
        yield made


@pytest.fixture
def machine(open_town: World) -> AsyncClient:
    return open_town.client(Authorization=f"Bearer {SECRET}")


@pytest.fixture
async def sent(open_town: World) -> str:
    """The id in the Message-ID of a mail that was sent to a mentor."""
    mentee, mentor = await open_town.person("Amara", "mentee"), await open_town.person("Jorgen", "mentor")
    await open_town.ask(mentee, mentor)
    with open_town.database.writing() as session:
        row = session.scalars(select(MailRow).where(MailRow.kind == "request-received")).one()
        row.state, row.attempts = "sent", 1
        return row.message_id


async def state(town: World, message_id: str) -> tuple[str, str | None]:
    with town.database.reading() as session:
        row = session.scalars(select(MailRow).where(MailRow.message_id == message_id)).one()
        return row.state, row.error


async def test_without_a_secret_it_does_not_exist(town: World) -> None:
    for header in ("", "Bearer ", f"Bearer {SECRET}"):
        client = town.client(Authorization=header)
        expect(await client.post(PATH, content=of("f" * 40), headers=RFC822), 404)


async def test_only_the_secret_opens_it(open_town: World, sent: str) -> None:
    admin = await open_town.person("Ines", "admin")
    wrong = (
        open_town.anybody,
        admin.http,
        await open_town.session_of(admin, **{"Sec-Fetch-Site": "same-origin"}),
        *(
            open_town.client(Authorization=one)
            for one in (f"Basic {SECRET}", "Bearer", f"Bearer {SECRET}x", SECRET)
        ),
    )
    for client in wrong:
        refused = await client.post(PATH, content=of(sent), headers=RFC822)
        told = expect(refused, 401)
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert "STEADFAST_BOUNCE_SECRET" in told["detail"]
        assert SECRET not in refused.text
    odd = await open_town.anybody.post(PATH, content=b"", headers=[(b"Authorization", b"Bearer \xff\xfe")])
    assert odd.status_code == 401
    assert await state(open_town, sent) == ("sent", None)


async def test_a_message_is_recorded_once(open_town: World, machine: AsyncClient, sent: str) -> None:
    first = expect(await machine.post(PATH, content=of(sent), headers=RFC822), 200)
    assert first["outcome"] == "recorded"
    assert "5.1.1" in first["detail"]
    found, error = await state(open_town, sent)
    assert found == "bounced"
    assert "@" not in (error or "@")
    again = expect(await machine.post(PATH, content=of(sent), headers=RFC822), 200)
    assert again["outcome"] == "known"


async def test_the_fields_of_a_webhook_are_recorded(
    open_town: World, machine: AsyncClient, sent: str
) -> None:
    fields = {"message_id": f"<{sent}@example.org>", "status": "5.2.2", "reason": "jo@example.org is full"}
    assert expect(await machine.post(PATH, json=fields), 200)["outcome"] == "recorded"
    assert await state(open_town, sent) == ("bounced", "5.2.2 (address) is full")


async def test_what_does_not_count_is_answered_and_changes_nothing(
    open_town: World, machine: AsyncClient, sent: str
) -> None:
    for body, told in (
        (of(sent, COMPLAINT), "complaint"),
        (of(sent, HOLIDAY), "automatic answer"),
        (of(sent).replace(b"Action: failed", b"Action: delayed"), "late"),
        (of("e" * 40), "names no mail"),
        (b"", "no message"),
    ):
        answer = expect(await machine.post(PATH, content=body, headers=RFC822), 200)
        assert answer["outcome"] == "ignored"
        assert told in answer["detail"]
    for fields in ({"status": "4.2.2"}, {"status": "5.1.1", "action": "delayed"}, {"status": "2.0.0"}):
        answer = expect(await machine.post(PATH, json={"message_id": sent, **fields}), 200)
        assert answer["outcome"] == "ignored"
    assert await state(open_town, sent) == ("sent", None)


async def test_what_cannot_be_read_is_refused(machine: AsyncClient) -> None:
    for body, field in (
        ({}, "message_id"),
        ({"message_id": "x", "status": "bad"}, "status"),
        ({"message_id": "x", "status": "6.1.1"}, "status"),
        ({"message_id": 3, "status": "5.1.1"}, "message_id"),
        ({"message_id": "x", "status": "5.1.1", "reason": "x" * 2001}, "reason"),
        ({"message_id": "x", "status": "5.1.1", "action": "bounced"}, "action"),
        ([], "body"),
    ):
        refused = expect(await machine.post(PATH, json=body), 422)
        assert field in [one["field"] for one in refused["errors"]]
    broken = await machine.post(PATH, content=b"{", headers={"Content-Type": "application/json"})
    expect(broken, 422)
    expect(await machine.post(PATH, content=b"x", headers={"Content-Type": "text/plain"}), 415)
    expect(await machine.post(PATH, data={"message_id": "x"}), 415)
    expect(await machine.post(PATH, content=b"x" * 300_000, headers=RFC822), 413)


async def test_a_key_is_one_bounce(open_town: World, machine: AsyncClient, sent: str) -> None:
    keyed = {**RFC822, "Idempotency-Key": "event-1"}
    first = await machine.post(PATH, content=of(sent), headers=keyed)
    again = await machine.post(PATH, content=of(sent), headers=keyed)
    assert first.json() == again.json()
    assert first.json()["outcome"] == "recorded"
    other = await machine.post(PATH, content=of("e" * 40, POSTFIX), headers=keyed)
    assert expect(other, 422)["type"] == "/docs#key-reused"


async def test_a_bounce_that_comes_before_the_mail_is_recorded_as_sent_comes_again(
    open_town: World, machine: AsyncClient, sent: str
) -> None:
    with open_town.database.writing() as session:
        row = session.scalars(select(MailRow).where(MailRow.message_id == sent)).one()
        row.state = "queued"
    keyed = {**RFC822, "Idempotency-Key": "event-2"}
    early = await machine.post(PATH, content=of(sent), headers=keyed)
    assert expect(early, 503)["detail"].startswith("This mail is just being sent")
    assert "retry-after" in early.headers
    with open_town.database.writing() as session:
        row = session.scalars(select(MailRow).where(MailRow.message_id == sent)).one()
        row.state = "sent"
    assert expect(await machine.post(PATH, content=of(sent), headers=keyed), 200)["outcome"] == "recorded"


async def test_the_admins_read_it_in_the_log(open_town: World, machine: AsyncClient, sent: str) -> None:
    await machine.post(PATH, content=of(sent), headers=RFC822)
    admin = await open_town.session_of(await open_town.person("Ines", "admin"))
    page = await admin.get(f"/p/{SLUG}/admin/mails?state=bounced")
    assert "Refused" in page.text
    assert "550 5.1.1" in page.text
    assert "This address takes no mail any more" in page.text


async def test_the_description_says_who_may(open_town: World) -> None:
    operation = (await open_town.anybody.get("/api/v1/openapi.json")).json()["paths"][PATH]["post"]
    assert operation["security"] == [{"installation": []}]
    assert set(operation["requestBody"]["content"]) == {"application/json", "message/rfc822"}
