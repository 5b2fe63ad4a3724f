"""Mails that are not essential can be switched off; the others come in any case, and offer no switch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from activities.mail_writer import SWITCHED_OFF
from models.links import Purpose, read
from models.mails.frame import KINDS
from models.mails.order import AnyMail, MailOrder
from models.mails.relationship import SurveyAsked, SurveyReminder
from models.mails.request import AmendmentReminder, RequestEdited, RequestExtended, RequestReminder
from models.store import links
from models.store.database import Database
from models.store.delivery import LinkRow
from models.store.tables import MemberRow
from tests.mail import world
from tests.mail.samples import SAMPLES
from tests.mail.tools import on_one_database
from tests.mail.world import BASE, KEYS, MENTEE, MENTOR, PROGRAMME, RELATIONSHIP, REQUEST, START, Clock

CLOSES = START + timedelta(days=14)
WORDS: dict[str, Any] = {"request_id": REQUEST, "revision": 1, "closes_at": CLOSES}
OPTIONAL: tuple[AnyMail, ...] = (
    RequestReminder(**WORDS, message="Please.", asked_at=START, by_admin=False),
    AmendmentReminder(**WORDS, comment="Why?"),
    RequestExtended(**WORDS),
    SurveyAsked(relationship_id=RELATIONSHIP, closes_at=CLOSES, confirmed_by_time=False),
    SurveyReminder(relationship_id=RELATIONSHIP, closes_at=CLOSES),
)


def test_which_mails_are_not_essential() -> None:
    assert {kind for kind, one in KINDS.items() if not one.essential} == {
        *("request-reminder", "amendment-reminder", "request-extended", "survey", "survey-reminder")
    }
    assert {props.kind for props in OPTIONAL} == {
        one.props.kind for one in SAMPLES if not one.props.essential
    }


async def switch(database: Database, person_id: str, wanted: bool) -> None:
    with database.writing() as session:
        theirs = update(MemberRow).where(MemberRow.person_id == person_id)
        session.execute(theirs.values(optional_mails=wanted))


@pytest.mark.parametrize("props", OPTIONAL, ids=lambda props: props.kind)
async def test_one_that_is_switched_off_does_not_leave(
    database: Database, clock: Clock, props: AnyMail
) -> None:
    """It counts what is wanted when it leaves, not when it was queued."""
    for to in (MENTOR, MENTEE):
        await world.queue(database, MailOrder(key=to, to=to, props=props))
    await switch(database, MENTOR, False)
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    assert "amara@example.org" in message["To"]
    (dropped,) = [row for row in await world.rows(database) if row.to_person == MENTOR]
    assert (dropped.state, dropped.error) == ("dropped", SWITCHED_OFF)
    await switch(database, MENTOR, True)
    await world.queue(database, MailOrder(key="again", to=MENTOR, props=props))
    await world.dispatcher(database, clock).deliver_due()
    assert len(await world.mailbox(database)) == 2


@on_one_database
async def test_an_essential_one_leaves_without_a_switch(database: Database, clock: Clock) -> None:
    await switch(database, MENTOR, False)
    edited = RequestEdited(request_id=REQUEST, revision=1, message="Please!", closes_at=None)
    await world.queue(database, world.received(), MailOrder(key="e", to=MENTOR, props=edited))
    await world.dispatcher(database, clock).deliver_due()
    messages = await world.mailbox(database)
    assert len(messages) == 2
    for message in messages:
        assert message["List-Unsubscribe"] is None
        assert message["List-Unsubscribe-Post"] is None
        assert "/unsubscribe/" not in world.text_of(message) + world.html_of(message)


async def test_every_mail_of_a_member_carries_one_link_that_stays_good(
    database: Database, clock: Clock
) -> None:
    found = set()
    for number, props in enumerate((*OPTIONAL, *OPTIONAL)):
        await world.queue(database, MailOrder(key=f"{number}", to=MENTOR, props=props))
    await world.dispatcher(database, clock).deliver_due()
    for message in await world.mailbox(database):
        address = message["List-Unsubscribe"].removeprefix("<").removesuffix(">")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f'href="{address}"' in world.html_of(message)
        assert f": {address}\n" in world.text_of(message)
        found.add(address)
    assert len(found) == 1
    purpose, link_id = read(found.pop().removeprefix(f"{BASE}/unsubscribe/"), KEYS)
    assert purpose is Purpose.UNSUBSCRIBE
    with database.writing() as session:
        links.prune(session, START + timedelta(days=36500))
        row = session.get_one(LinkRow, link_id)
    assert (row.subject_id, row.person_id) == (PROGRAMME, MENTOR)


@on_one_database
async def test_mentee_and_mentor_have_links_of_their_own(database: Database, clock: Clock) -> None:
    for to in (MENTOR, MENTEE):
        await world.queue(database, MailOrder(key=to, to=to, props=OPTIONAL[-1]))
    await world.dispatcher(database, clock).deliver_due()
    assert len({message["List-Unsubscribe"] for message in await world.mailbox(database)}) == 2
    with database.reading() as session:
        rows = session.scalars(select(LinkRow).where(LinkRow.purpose == "unsubscribe"))
        assert {row.person_id for row in rows} == {MENTOR, MENTEE}
