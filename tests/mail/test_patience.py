"""What is tried again, what is given up and who is told; and that no mail stops another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from activities.letters import Letter
from activities.transport import Outcome, Verdict
from models.mails.order import MailOrder
from models.mails.person import Invitation, SignIn
from models.mails.request import RequestClosed
from models.store import mails
from models.store.database import Database
from models.store.delivery import LinkRow, MailRow
from models.store.tables import MemberRow, PersonRow, ProgrammeRow
from tests.mail import world
from tests.mail.sink import DIE, Sink
from tests.mail.tools import Told, on_one_database, smtp
from tests.mail.world import (
    INVITATION,
    MENTOR,
    PROGRAMME,
    REQUEST,
    START,
    Bounces,
    Clock,
)


async def test_a_repeated_delivery_carries_the_same_link_and_message_id(
    database: Database, clock: Clock, sink: Sink
) -> None:
    """The one case that SMTP cannot decide: the server took the mail, and died before it said so."""
    sink.answers = lambda command, _about: DIE if command == "DATA" and not sink.accepted else None
    await world.queue(database, world.received())
    dispatcher = world.dispatcher(database, clock, smtp(sink))
    await dispatcher.deliver_due()
    assert await world.states(database) == ["queued"]
    clock.forward(mails.PAUSES[0])
    await dispatcher.deliver_due()
    first, second = sink.accepted
    assert first["Message-ID"] == second["Message-ID"]
    assert world.text_of(first) == world.text_of(second)
    assert await world.states(database) == ["sent"]
    with database.reading() as session:
        assert len(session.scalars(select(LinkRow)).all()) == 1


@on_one_database
async def test_a_greylisted_mail_arrives_in_the_end(database: Database, clock: Clock, sink: Sink) -> None:
    sink.answers = lambda command, _about: (
        "451 4.7.1 greylisted" if command == "RCPT" and clock.now < ready else None
    )
    ready = START + timedelta(minutes=3)
    await world.queue(database, world.received())
    dispatcher = world.dispatcher(database, clock, smtp(sink))
    for pause in mails.PAUSES[:4]:
        await dispatcher.deliver_due()
        (row,) = await world.rows(database)
        if row.state == "sent":
            break
        assert (row.error, row.next_attempt_at) == ("451 4.7.1 greylisted", clock.now + pause)
        assert await dispatcher.deliver_due() == 0
        clock.forward(pause)
    await dispatcher.deliver_due()
    assert await world.states(database) == ["sent"]
    assert len(sink.accepted) == 1


@on_one_database
async def test_a_refused_mail_is_noted_and_told_to_its_process(
    database: Database, clock: Clock, sink: Sink
) -> None:
    sink.answers = lambda command, about: f"550 5.1.1 <{about}> unknown" if command == "RCPT" else None
    bounces = Bounces()
    await world.queue(database, world.received())
    await world.dispatcher(database, clock, smtp(sink), bounces).deliver_due()
    (row,) = await world.rows(database)
    assert (row.state, row.error) == ("bounced", "550 5.1.1 <(address)> unknown")
    assert bounces.told == [(REQUEST, "request-received")]


async def test_an_answer_that_is_no_text_is_kept_all_the_same(database: Database, clock: Clock) -> None:
    async def binary(_letter: Letter) -> Outcome:
        return Outcome(Verdict.LATER, "451 \x00\udcff\r\nno")

    await world.queue(database, world.received())
    await world.dispatcher(database, clock, Told(binary)).deliver_due()
    assert [row.error for row in await world.rows(database)] == ["451 ????no"]


@on_one_database
async def test_a_bounce_that_could_not_be_told_is_told_later(
    database: Database, clock: Clock, sink: Sink
) -> None:
    sink.answers = lambda command, _about: "550 no" if command == "RCPT" else None
    bounces = Bounces()
    bounces.broken = True
    await world.queue(database, world.received())
    dispatcher = world.dispatcher(database, clock, smtp(sink), bounces)
    await dispatcher.deliver_due()
    assert await world.states(database) == ["queued"]
    bounces.broken = False
    clock.forward(mails.PAUSES[0])
    await dispatcher.deliver_due()
    assert await world.states(database) == ["bounced"]
    assert bounces.told == [(REQUEST, "request-received")]


@on_one_database
async def test_after_three_days_it_is_given_up_and_told(database: Database, clock: Clock) -> None:
    async def later(_letter: Letter) -> Outcome:
        return Outcome(Verdict.LATER, "451 busy")

    bounces = Bounces()
    await world.queue(database, world.received())
    with database.writing() as session:
        session.execute(update(MailRow).values(attempts=len(mails.PAUSES) - 1))
    dispatcher = world.dispatcher(database, clock, Told(later), bounces)
    await dispatcher.deliver_due()
    assert (await world.states(database), bounces.told) == (["queued"], [])
    clock.forward(mails.PAUSES[-1])
    await dispatcher.deliver_due()
    (row,) = await world.rows(database)
    assert (row.state, row.error) == ("failed", "451 busy")
    assert bounces.told == [(REQUEST, "request-received")]


@on_one_database
async def test_a_mail_that_cannot_be_written_stops_no_other(database: Database, clock: Clock) -> None:
    nowhere = RequestClosed(request_id=INVITATION, revision=1, comment="")
    await world.queue(database, MailOrder(key="a", to=MENTOR, props=nowhere), world.received("b"))
    await world.dispatcher(database, clock).deliver_due()
    bad, good = await world.rows(database)
    assert (bad.state, bad.error) == ("queued", "cannot be written: MissingFact: request or relationship")
    assert bad.next_attempt_at == START + mails.PAUSES[0]
    assert good.state == "sent"


@on_one_database
@pytest.mark.parametrize(
    ("column", "value"),
    [("props", {"kind": "unknown"}), ("props", {"kind": "request-received"}), ("kind", "\r\nX: y")],
)
async def test_a_row_that_makes_no_sense_stops_no_other(
    database: Database, clock: Clock, column: str, value: Any
) -> None:
    await world.queue(database, world.received("a"), world.received("b"))
    with database.writing() as session:
        statement = update(MailRow).where(MailRow.key == "a").values({column: value})
        session.execute(statement)
    await world.dispatcher(database, clock).deliver_due()
    assert await world.states(database) == ["queued", "sent"]
    (row, _good) = await world.rows(database)
    assert row.error is not None
    assert row.error.startswith("cannot be written")


@on_one_database
async def test_logs_hold_ids_only(database: Database, clock: Clock, sink: Sink) -> None:
    canary = "canary-2718"
    with database.writing() as session:
        session.execute(update(MemberRow).values(name=canary, headline=canary))
        session.execute(update(PersonRow).values(name=canary, email=PersonRow.id + f"{canary}@example.org"))
    sink.answers = lambda command, about: (
        f"550 5.1.1 {about} ({canary}@x) unknown" if command == "RCPT" else None
    )
    await world.queue(database, world.received(message=canary))
    with database.writing() as session:
        mails.queue_to_address(
            session, key="sign-in/1", address=f"{canary}@example.org", props=SignIn(), now=START
        )
    with capture_logs() as logs:
        await world.dispatcher(database, clock, smtp(sink)).deliver_due()
    assert [entry["event"] for entry in logs] == ["mail_attempted"] * 2
    assert canary not in repr(logs)
    assert all(canary not in (row.error or "") for row in await world.rows(database))


@on_one_database
async def test_a_programme_that_cannot_be_read_stops_no_other(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        mails.queue_to_address(
            session,
            key="a",
            address="new@example.org",
            props=Invitation(invitation_id=INVITATION, note=""),
            now=START,
            programme_id=PROGRAMME,
        )
        session.execute(update(ProgrammeRow).values(settings=["unreadable"]))
    await world.queue(database, world.received("b"))
    await world.dispatcher(database, clock).deliver_due()
    assert await world.states(database) == ["queued", "sent"]
