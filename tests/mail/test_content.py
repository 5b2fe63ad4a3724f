"""What arrives: the words of the day of delivery, and a link that does what the mail says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.links import Purpose, read
from models.mails.order import AnyMail, MailOrder
from models.mails.person import Invitation
from models.mails.relationship import RelationshipStarted, SurveyAsked
from models.mails.request import RequestAccepted, RequestExtended, RequestReminder
from models.process.erasure import ErasureState
from models.process.relationship.base import RelationshipState
from models.store import links, mails
from models.store.database import Database
from models.store.delivery import LinkRow
from models.store.privacy import ErasureRow
from models.store.processes import RelationshipRow, RequestRow
from models.store.tables import InvitationRow, MemberRow, PersonRow
from tests.mail import world
from tests.mail.samples import SAMPLES
from tests.mail.tools import on_one_database
from tests.mail.world import (
    BASE,
    INVITATION,
    KEYS,
    MENTEE,
    MENTOR,
    PROGRAMME,
    RELATIONSHIP,
    REQUEST,
    SECRET,
    START,
    Clock,
)


async def test_a_mail_goes_from_the_outbox_into_the_mailbox(database: Database, clock: Clock) -> None:
    await world.queue(database, world.received(message="Would you\nhelp me?"))
    assert await world.dispatcher(database, clock).deliver_due() == 1
    (message,) = await world.mailbox(database)
    assert message["To"] == "Jørgen <jorgen@example.org>"
    assert message["Subject"] == "Amara asks you to be their mentor"
    assert message["X-Steadfast-Mail"] == "request-received"
    (row,) = await world.rows(database)
    assert message["Message-ID"] == f"<{row.message_id}@example.org>"
    assert (row.state, row.settled_at, row.leased_by, row.error) == ("sent", START, None, None)
    text = world.text_of(message)
    assert "> Would you\n> help me?" in text
    assert "Tuesday 17 March 2026 at 10:00, Stockholm time" in text
    assert "Headline of Amara" in text
    assert "Payments, Sweden" in text


@on_one_database
async def test_its_link_stands_on_a_line_of_its_own_and_decides(database: Database, clock: Clock) -> None:
    await world.queue(database, world.received(message=f"{BASE}/links/forged"))
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    (line,) = [line for line in world.text_of(message).splitlines() if line.startswith(BASE)]
    purpose, link_id = read(line.removeprefix(f"{BASE}/links/"), KEYS)
    assert purpose is Purpose.DECIDE
    with database.reading() as session:
        link = links.find(session, link_id, purpose)
    assert link is not None
    assert (link.subject_id, link.person_id, link.round) == (REQUEST, MENTOR, 1)
    assert link.expires_at > START + timedelta(days=14)
    assert world.html_of(message).count(f'href="{line}"') == 2


@on_one_database
async def test_names_are_those_of_the_day_of_delivery(database: Database, clock: Clock) -> None:
    await world.queue(database, world.received())
    with database.writing() as session:
        session.execute(update(MemberRow).where(MemberRow.person_id == MENTEE).values(name="Amara Ade"))
        session.execute(update(PersonRow).where(PersonRow.id == MENTOR).values(email="j@new.example"))
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    assert message["Subject"] == "Amara Ade asks you to be their mentor"
    assert message["To"] == "Jørgen <j@new.example>"


@on_one_database
@pytest.mark.parametrize(
    "props",
    [
        world.received().props,
        RequestAccepted(request_id=REQUEST, revision=1, comment="Yes", relationship_id=RELATIONSHIP),
        RequestReminder(
            request_id=REQUEST, revision=1, message="", asked_at=START, closes_at=None, by_admin=False
        ),
        SurveyAsked(relationship_id=RELATIONSHIP, closes_at=START, confirmed_by_time=False),
        RelationshipStarted(relationship_id=RELATIONSHIP),
    ],
    ids=lambda props: props.kind,
)
async def test_contact_details_are_in_the_one_mail_that_may_have_them(
    database: Database, clock: Clock, props: AnyMail
) -> None:
    await world.queue(
        database,
        MailOrder(key="a", to=MENTEE, props=props),
        MailOrder(key="b", to=MENTOR, props=props),
    )
    await world.dispatcher(database, clock).deliver_due()
    for message in await world.mailbox(database):
        to_mentee = "amara@" in message["To"]
        for part in (world.text_of(message), world.html_of(message)):
            started = props.kind == "relationship-started"
            assert (f"{SECRET}-mentor" in part) == (started and to_mentee)
            assert (f"{SECRET}-mentee" in part) == (started and not to_mentee)
            assert ("jorgen@example.org" in part) == (started and to_mentee)
            assert ("amara@example.org" in part) == (started and not to_mentee)


@on_one_database
async def test_one_mail_tells_the_mentee_that_they_have_a_mentor(database: Database, clock: Clock) -> None:
    """With what the mentor wrote when they accepted, which the mentor is not sent."""
    await queue_started(database)
    with database.writing() as session:
        session.execute(update(RequestRow).values(comment="Gladly!"))
    await world.dispatcher(database, clock).deliver_due()
    texts = {message["To"]: world.text_of(message) for message in await world.mailbox(database)}
    to_mentee, to_mentor = (texts[to] for to in sorted(texts))
    assert "> Gladly!" in to_mentee
    assert "Jørgen has accepted your request." in to_mentee
    assert "Gladly!" not in to_mentor


STARTED = RelationshipStarted(relationship_id=RELATIONSHIP)


async def queue_started(database: Database) -> None:
    await world.queue(
        database,
        MailOrder(key="a", to=MENTEE, props=STARTED),
        MailOrder(key="b", to=MENTOR, props=STARTED),
    )


@pytest.mark.parametrize("state", RelationshipState)
async def test_contact_details_do_not_leave_after_the_end(
    database: Database, clock: Clock, state: RelationshipState
) -> None:
    """The mail server was away, and the relationship went on."""
    await queue_started(database)
    with database.writing() as session:
        session.execute(update(RelationshipRow).values(state=state.value))
    await world.dispatcher(database, clock).deliver_due()
    is_over = state in {RelationshipState.WITHDRAWN, RelationshipState.ENDED}
    assert await world.states(database) == (["dropped"] if is_over else ["sent"]) * 2
    assert len(await world.mailbox(database)) == (0 if is_over else 2)


@pytest.mark.parametrize("person_id", [MENTEE, MENTOR])
@pytest.mark.parametrize("state", ErasureState)
async def test_contact_details_do_not_leave_while_one_is_leaving(
    database: Database, clock: Clock, person_id: str, state: ErasureState
) -> None:
    await queue_started(database)
    with database.writing() as session:
        session.add(
            ErasureRow(
                person_id=person_id, state=state.value, asked_at=START, begins_at=START, asked_by="person"
            )
        )
    await world.dispatcher(database, clock).deliver_due()
    stays = state in {ErasureState.ASKED, ErasureState.KEPT}
    assert await world.states(database) == (["sent"] if stays else ["dropped"]) * 2


@on_one_database
async def test_a_relationship_that_is_not_recorded_yet_is_waited_for(
    database: Database, clock: Clock
) -> None:
    await queue_started(database)
    with database.writing() as session:
        session.execute(update(RelationshipRow).values(id=REQUEST))
    await world.dispatcher(database, clock).deliver_due()
    assert await world.states(database) == ["queued"] * 2
    with database.writing() as session:
        session.execute(update(RelationshipRow).values(id=RELATIONSHIP))
    clock.forward(timedelta(minutes=1))
    await world.dispatcher(database, clock).deliver_due()
    assert await world.states(database) == ["sent"] * 2


@on_one_database
@pytest.mark.parametrize(
    ("state", "to", "purpose"),
    [
        ("pending", MENTOR, "decide"),
        ("pending", MENTEE, None),
        ("amendment_requested", MENTEE, "amend"),
        ("amendment_requested", MENTOR, None),
        ("accepted", MENTOR, None),
    ],
)
async def test_an_extension_lets_only_whoever_has_to_act(
    database: Database, clock: Clock, state: str, to: str, purpose: str | None
) -> None:
    props = RequestExtended(request_id=REQUEST, revision=3, closes_at=START)
    await world.queue(database, MailOrder(key="a", to=to, props=props))
    with database.writing() as session:
        session.execute(update(RequestRow).values(state=state))
    await world.dispatcher(database, clock).deliver_due()
    with database.reading() as session:
        acting = select(LinkRow).where(LinkRow.purpose != Purpose.UNSUBSCRIBE)
        found = session.scalars(acting).all()
    assert [(link.purpose, link.round, link.person_id) for link in found] == (
        [(purpose, 3, to)] if purpose else []
    )
    assert await world.states(database) == ["sent"]


async def test_a_link_outlives_a_virtual_future(database: Database, clock: Clock) -> None:
    await world.queue(database, world.received(), now=START + timedelta(days=500))
    await world.dispatcher(database, clock).deliver_due()
    with database.reading() as session:
        (link,) = session.scalars(select(LinkRow)).all()
    assert link.expires_at > START + timedelta(days=500)


async def invite(database: Database) -> None:
    with database.writing() as session:
        mails.queue_to_address(
            session,
            key=f"invitation/{INVITATION}",
            address="new@example.org",
            props=Invitation(invitation_id=INVITATION, note="Join us!"),
            now=START,
            programme_id=PROGRAMME,
        )


@on_one_database
async def test_an_invitation(database: Database, clock: Clock) -> None:
    await invite(database)
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    assert message["To"] == "Tomás <new@example.org>"
    assert "Ines invites you to join Open Doors as both a mentee and a mentor." in world.text_of(message)
    with database.reading() as session:
        (link,) = session.scalars(select(LinkRow)).all()
    assert (link.purpose, link.subject_id, link.person_id) == ("invitation", INVITATION, None)
    assert link.expires_at == START + timedelta(days=30)


@on_one_database
@pytest.mark.parametrize("column", ["revoked_at", "accepted_at"])
async def test_an_invitation_that_is_over_is_not_sent(database: Database, clock: Clock, column: str) -> None:
    await invite(database)
    with database.writing() as session:
        session.execute(update(InvitationRow).values({column: START}))
    await world.dispatcher(database, clock).deliver_due()
    assert await world.states(database) == ["dropped"]


ABOUT = {
    "request_id": REQUEST,
    "relationship_id": RELATIONSHIP,
    "question_id": world.QUESTION,
    "assignment_id": world.ASSIGNMENT,
}
ABOUT_TWO = {
    sample.props.kind: sample.props for sample in SAMPLES if ABOUT.keys() & vars(sample.props).keys()
}


@pytest.mark.parametrize("kind", sorted(ABOUT_TWO))
async def test_a_mail_about_two_people_finds_all_that_it_needs_in_the_database(
    database: Database, clock: Clock, kind: str
) -> None:
    """Samples bring their facts with them; here they are read from the rows, for each of the two."""
    props = ABOUT_TWO[kind]
    own = {name: id_ for name, id_ in ABOUT.items() if name in vars(props)}
    to = (world.ADMIN,) if props.for_admins else (MENTEE, MENTOR)
    orders = [MailOrder(key=one, to=one, props=props.model_copy(update=own)) for one in to]
    await world.queue(database, *orders, process_id=next(iter(own.values())))
    await world.dispatcher(database, clock).deliver_due()
    waiting = {(row.state, row.error) for row in await world.rows(database) if row.state != "sent"}
    assert {state for state, _ in waiting} <= {"dropped"}, waiting
