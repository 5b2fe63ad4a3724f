"""The programme's contact: where answers to its mails go, and where to ask."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.mails.frame import ReleaseCause
from models.mails.order import MailOrder
from models.mails.person import Invitation, SignIn
from models.mails.relationship import RelationshipEnded
from models.mails.request import RequestNeedsAdmin
from models.store import mails
from models.store.database import Database
from models.store.delivery import MailboxRow
from models.store.programmes import change_settings
from models.store.tables import MemberRow, ProgrammeRow
from tests.mail import strict, world
from tests.mail.tools import on_one_database
from tests.mail.world import ADMIN, INVITATION, PROGRAMME, RELATIONSHIP, REQUEST, START, Clock

OFFICE = 'Büro "Nord", ' + "Ausbildung und Begleitung, " * 5 + "Haus 3 <office@example.org>"
NAMED = OFFICE.removesuffix(" <office@example.org>")


async def set_contact(database: Database, text: str) -> None:
    with database.writing() as session:
        change_settings(session, PROGRAMME, {"reply_to": text}, START)


async def queue_all(database: Database) -> None:
    """A mail of each way in which names and programmes are looked up."""
    needs_admin = RequestNeedsAdmin(
        request_id=REQUEST, revision=1, cause=ReleaseCause.MENTOR_LEFT, closes_at=None
    )
    ended = RelationshipEnded(relationship_id=RELATIONSHIP, comment="")
    await world.queue(
        database,
        world.received(),
        MailOrder(key="n", to=ADMIN, props=needs_admin),
        MailOrder(key="e", to=world.MENTEE, props=ended),
    )
    with database.writing() as session:
        session.get_one(MemberRow, (PROGRAMME, ADMIN)).is_admin = True
        for key, address, props in (
            ("s", "amara@example.org", SignIn()),
            ("i", "new@example.org", Invitation(invitation_id=INVITATION, note="")),
        ):
            mails.queue_to_address(session, key=key, address=address, props=props, now=START)


async def test_every_mail_of_a_programme_is_answered_to_its_contact(database: Database, clock: Clock) -> None:
    quoted = NAMED.replace("\\", "\\\\").replace('"', '\\"')
    await set_contact(database, f'"{quoted}" <office@example.org>')
    await queue_all(database)
    await world.dispatcher(database, clock).deliver_due()
    with database.reading() as session:
        raws = [row.raw for row in session.scalars(select(MailboxRow))]
    assert len(raws) == 5
    for raw in raws:
        assert strict.addresses(strict.header(raw, "Reply-To")) == [(NAMED, "office@example.org")]
        message = world.parsed(raw)
        assert world.text_of(message).endswith("\nQuestions? Write to office@example.org\n")
        assert 'href="mailto:office@example.org"' in world.html_of(message)


@on_one_database
async def test_without_a_contact_nothing_is_promised(database: Database, clock: Clock) -> None:
    await queue_all(database)
    await world.dispatcher(database, clock).deliver_due()
    for message in await world.mailbox(database):
        assert message["Reply-To"] is None
        assert "Questions?" not in world.text_of(message) + world.html_of(message)


@on_one_database
async def test_a_mail_of_two_programmes_names_the_contact_of_neither(
    database: Database, clock: Clock
) -> None:
    await set_contact(database, "office@example.org")
    other = "00000000-0000-4000-8000-000000000002"
    settings = {"reply_to": "elsewhere@example.org"}
    with database.writing() as session:
        session.add(ProgrammeRow(id=other, slug="two", name="Two", settings=settings, created_at=START))
        session.flush()
        session.add(MemberRow(programme_id=other, person_id=world.MENTEE, **_member()))
        mails.queue_to_address(session, key="s", address="amara@example.org", props=SignIn(), now=START)
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    assert message["Reply-To"] is None


def _member() -> dict[str, Any]:
    return {"name": "Amara", "time_zone": "UTC", "joined_at": START}


@on_one_database
@pytest.mark.parametrize("kept", ["nonsense", "a@example.org, b@example.org", 7, None])
async def test_a_contact_that_cannot_be_read_keeps_no_mail_back(
    database: Database, clock: Clock, kept: object
) -> None:
    with database.writing() as session:
        row = session.get_one(ProgrammeRow, PROGRAMME)
        row.settings = row.settings | {"reply_to": kept}
    await queue_all(database)
    assert await world.dispatcher(database, clock).deliver_due() == 5
    assert all(message["Reply-To"] is None for message in await world.mailbox(database))
    assert len(await world.mailbox(database)) == 5
