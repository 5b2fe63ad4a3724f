"""Signing in by mail: a token for each attempt, and nothing for an unknown address."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select

from activities.letters import Letter
from activities.transport import SENT, Outcome, Verdict
from models.mails.person import SignIn
from models.store import access, mails
from models.store.database import Database
from models.store.delivery import MailRow, SignInLinkRow
from tests.mail import world
from tests.mail.tools import Told, on_one_database
from tests.mail.world import (
    BASE,
    MENTEE,
    START,
    Clock,
)


async def ask_to_sign_in(database: Database, address: str, next_path: str = "/") -> None:
    with database.writing() as session:
        mails.queue_to_address(
            session,
            key=f"sign-in/{address}",
            address=address,
            props=SignIn(next_path=next_path),
            now=START,
        )


async def test_signing_in(database: Database, clock: Clock) -> None:
    await ask_to_sign_in(database, "amara@example.org", "/requests")
    clock.forward(timedelta(hours=1))
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    assert message["Subject"] == "Your link to sign in to Open Doors"
    (line,) = [line for line in world.text_of(message).splitlines() if line.startswith(f"{BASE}/sign-in/")]
    token = line.rsplit("/", 1)[1]
    assert len(token) == 43
    with database.reading() as session:
        (row,) = session.scalars(select(SignInLinkRow)).all()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert (row.person_id, row.next_path, row.used_at) == (MENTEE, "/requests", None)
    assert row.expires_at == clock.now + timedelta(minutes=10)


@on_one_database
async def test_a_path_that_does_not_fit_leads_home(database: Database, clock: Clock) -> None:
    await ask_to_sign_in(database, "amara@example.org", "/" + "x" * 600)
    await world.dispatcher(database, clock).deliver_due()
    with database.reading() as session:
        assert list(session.scalars(select(SignInLinkRow.next_path))) == ["/"]


async def test_what_was_asked_for_before_signing_out_everywhere_signs_nobody_in(
    database: Database, clock: Clock
) -> None:
    await ask_to_sign_in(database, "amara@example.org")
    await ask_to_sign_in(database, "jorgen@example.org")
    with database.writing() as session:
        ended = access.sign_out(session, MENTEE, clock(), tokens=False)
    assert ended.links == 1
    await world.dispatcher(database, clock).deliver_due()
    with database.reading() as session:
        assert session.scalar(select(SignInLinkRow).where(SignInLinkRow.person_id == MENTEE)) is None
        (row,) = session.scalars(select(MailRow).where(MailRow.to_address == "amara@example.org"))
        assert (row.state, row.error) == ("dropped", mails.SIGNED_OUT)
    assert not [one for one in await world.mailbox(database) if "amara" in one["To"]]


@on_one_database
async def test_one_that_is_being_tried_again_is_dropped_too(database: Database, clock: Clock) -> None:
    async def busy(_letter: Letter) -> Outcome:
        return Outcome(Verdict.LATER, "451")

    await ask_to_sign_in(database, "amara@example.org")
    dispatcher = world.dispatcher(database, clock, Told(busy))
    await dispatcher.deliver_due()
    with database.writing() as session:
        access.sign_out(session, MENTEE, clock(), tokens=False)
    clock.forward(timedelta(hours=1))
    await dispatcher.deliver_due()
    assert await world.states(database) == ["dropped"]
    with database.reading() as session:
        used = list(session.scalars(select(SignInLinkRow.used_at)))
    assert len(used) == 1
    assert None not in used


async def test_an_unknown_address_gets_nothing(database: Database, clock: Clock) -> None:
    await ask_to_sign_in(database, "nobody@example.org")
    await world.dispatcher(database, clock).deliver_due()
    assert await world.states(database) == ["dropped"]
    assert await world.mailbox(database) == []
    with database.reading() as session:
        assert session.scalars(select(SignInLinkRow)).all() == []


@on_one_database
async def test_a_new_attempt_to_sign_in_has_its_own_token_and_minutes(
    database: Database, clock: Clock
) -> None:
    outcomes = [Outcome(Verdict.LATER, "451"), SENT]

    async def second_time(_letter: Letter) -> Outcome:
        return outcomes.pop(0)

    await ask_to_sign_in(database, "amara@example.org")
    dispatcher = world.dispatcher(database, clock, Told(second_time))
    await dispatcher.deliver_due()
    clock.forward(mails.PAUSES[0])
    await dispatcher.deliver_due()
    with database.reading() as session:
        expiries = sorted(session.scalars(select(SignInLinkRow.expires_at)))
    assert expiries == [START + timedelta(minutes=10), clock.now + timedelta(minutes=10)]
