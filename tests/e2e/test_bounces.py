"""A mail that comes back days later: by the command and by the webhook, to the timeline that admins read."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from models.store import access
from models.store.delivery import MailRow
from tests.bounces.notices import EXCHANGE, POSTFIX, of
from tests.e2e.postbox import Mail
from tests.e2e.town import BASE, SLUG, Json, Someone, Town
from tests.workflows.office import eventually

SECRET = "a-secret-of-the-tests-that-is-long-enough"


async def command(town: Town, raw: bytes) -> str:
    """`steadfast bounce`, as a process of its own that knows the database alone."""
    foreign = ("STEADFAST_", "TEMPORAL_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "bounce",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**clean, "STEADFAST_DATABASE_URL": town.database.url},
    )  # fmt: skip
    said, errors = await running.communicate(raw)
    assert (running.returncode, errors) == (0, b"")
    return said.decode()


async def webhook(town: Town, **fields: str) -> Json:
    town.app.state.context = replace(town.app.state.context, bounce_secret=SECRET)
    client = await town._client(SECRET)
    response = await client.post(f"{BASE}/api/v1/bounces", json=fields)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def sent(town: Town, mail: Mail) -> str:
    """Its id, once the sending is recorded: the mail server has the mail a moment before."""
    message_id = mail.message_id.strip("<>").partition("@")[0]

    async def look() -> bool:
        with town.database.reading() as session:
            state = session.scalar(select(MailRow.state).where(MailRow.message_id == message_id))
            return state == "sent"

    await eventually(look)
    return message_id


async def noted(someone: Someone, path: str, count: int) -> None:
    """The timeline has as many entries of it, and no more."""

    async def look() -> bool:
        timeline = (await someone.get(path))["timeline"]
        return [entry["what"] for entry in timeline].count("MailBounced") >= count

    await eventually(look)
    await someone.town.quiet()
    timeline = (await someone.get(path))["timeline"]
    assert [entry["what"] for entry in timeline].count("MailBounced") == count


async def test_what_comes_back_reaches_the_timeline_and_the_log(town: Town) -> None:
    mentee, mentor, admin = await town.mentee(), await town.mentor(), await town.admin()
    asked = await mentee.ask(mentor)
    path = f"/api/v1/requests/{asked['id']}"
    message_id = await sent(town, await mentor.mail("request-received"))
    assert "names no mail" in await command(town, of("e" * 40))
    assert "Recorded: the mail request-received" in await command(town, of(message_id, POSTFIX))
    await noted(admin, path, 1)
    assert "known already" in await command(town, of(message_id, EXCHANGE))
    assert (await webhook(town, message_id=message_id, status="5.1.1"))["outcome"] == "known"
    await noted(admin, path, 1)
    for party in (mentee, mentor):
        assert "MailBounced" not in str(await party.get(path)), "the other side is not to know of it"
    # It stops nothing.
    accepted = await mentor.tell(asked, "accept", comment="Gladly.")
    pair = await mentee.relationship(accepted["relationship_id"])
    started = await sent(town, await mentee.mail("relationship-started"))
    assert (await webhook(town, message_id=started, status="5.2.1"))["outcome"] == "recorded"
    assert pair["state"] == "active"
    page = await log(town, admin)
    assert "550 5.1.1" in page
    assert "5.2.1" in page


async def log(town: Town, admin: Someone) -> str:
    with town.database.writing() as session:
        token = access.create_session(session, admin.id, datetime.now(UTC))
    admin.browser.cookies.set("steadfast", token)
    answer = await admin.browser.get(f"/p/{SLUG}/admin/mails?state=bounced")
    assert answer.status_code == 200
    return answer.text
