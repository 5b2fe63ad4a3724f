"""A small programme in a database: one mentee, one mentor, a request and a relationship between them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import select

from activities.mail_dispatcher import MailDispatcher, OnBounce
from activities.mail_writer import LetterWriter
from activities.transport import MailboxTransport, Transport
from models.addresses import sender
from models.mails.order import MailOrder
from models.mails.request import RequestReceived
from models.process.programme import ProgrammeSettings
from models.store import mails
from models.store.assignment_tables import AssignmentRow
from models.store.database import Database
from models.store.delivery import MailboxRow, MailRow
from models.store.processes import RelationshipRow, RequestRow
from models.store.question_tables import QuestionRow
from models.store.tables import InvitationRow, MemberRow, PersonRow, ProgrammeRow

PROGRAMME = "00000000-0000-4000-8000-000000000001"
MENTEE = "00000000-0000-4000-8000-00000000000a"
MENTOR = "00000000-0000-4000-8000-00000000000b"
ADMIN = "00000000-0000-4000-8000-00000000000c"
REQUEST = "00000000-0000-4000-8000-0000000000f1"
RELATIONSHIP = "00000000-0000-4000-8000-0000000000f2"
INVITATION = "00000000-0000-4000-8000-0000000000f3"
QUESTION = "00000000-0000-4000-8000-0000000000f4"
ASSIGNMENT = "00000000-0000-4000-8000-0000000000f5"

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
BASE = "https://mentoring.example.org"
KEYS = ("a-key-of-the-tests-that-is-long-enough-1",)
SECRET = "canary-contact-3141"


class Clock:
    """The wall clock of a test: it stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, period: timedelta) -> None:
        self.now += period


class Bounces:
    """What the processes were told; `broken` makes telling fail."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.broken = False

    async def __call__(self, process_id: str, kind: str) -> None:
        if self.broken:
            raise ConnectionError
        self.told.append((process_id, kind))


async def people(database: Database) -> None:
    """Everything that mails are about, but no mail."""
    with database.writing() as session:
        session.add(
            ProgrammeRow(
                id=PROGRAMME,
                slug="open-doors",
                name="Open Doors",
                settings=ProgrammeSettings(time_zone="Europe/Berlin").stored(),
                created_at=START,
            )
        )
        for person_id, name in ((MENTEE, "Amara"), (MENTOR, "Jørgen"), (ADMIN, "Ines")):
            email = f"{name.lower().replace('ø', 'o')}@example.org"
            session.add(PersonRow(id=person_id, email=email, name=name, created_at=START))
        session.flush()
        session.add(_member(MENTEE, "Amara", "Africa/Lagos", contact=f"{SECRET}-mentee"))
        session.add(_member(MENTOR, "Jørgen", "Europe/Stockholm", contact=f"{SECRET}-mentor"))
        session.add(_member(ADMIN, "Ines", "Europe/Berlin"))
        session.add(_request())
        session.add(_relationship())
        session.add(_question())
        session.add(_assignment())
        session.add(
            InvitationRow(
                id=INVITATION,
                programme_id=PROGRAMME,
                email="new@example.org",
                name="Tomás",
                roles="mentee,mentor",
                invited_by=ADMIN,
                created_at=START,
                expires_at=START + timedelta(days=30),
            )
        )


def _member(person_id: str, name: str, zone: str, contact: str = "") -> MemberRow:
    return MemberRow(
        programme_id=PROGRAMME,
        person_id=person_id,
        name=name,
        time_zone=zone,
        headline=f"Headline of {name}",
        unit="Payments",
        country="SE",
        contact=contact,
        joined_at=START,
    )


def _request() -> RequestRow:
    return RequestRow(
        id=REQUEST,
        programme_id=PROGRAMME,
        mentee_id=MENTEE,
        mentor_id=MENTOR,
        pair=f"{MENTEE}/{MENTOR}",
        workflow_id="request/1",
        kind="request",
        state="pending",
        is_open=True,
        version=1,
        basis="gaps",
        score=80,
        reasons=[],
        message="Please.",
        revision=1,
        created_at=START,
        since=START,
    )


def _relationship() -> RelationshipRow:
    return RelationshipRow(
        id=RELATIONSHIP,
        programme_id=PROGRAMME,
        request_id=REQUEST,
        mentee_id=MENTEE,
        mentor_id=MENTOR,
        workflow_id="relationship/1",
        state="active",
        version=1,
        started_at=START,
        since=START,
    )


def _question() -> QuestionRow:
    return QuestionRow(
        id=QUESTION,
        programme_id=PROGRAMME,
        mentee_id=MENTEE,
        mentor_id=MENTOR,
        asked_by=MENTEE,
        state="open",
        text="May I ask you something first?",
        asked_at=START,
    )


def _assignment() -> AssignmentRow:
    return AssignmentRow(
        id=ASSIGNMENT,
        programme_id=PROGRAMME,
        mentee_id=MENTEE,
        mentor_id=MENTOR,
        topic_kind="skill",
        topic_id=ASSIGNMENT,
        topic="SQL",
        state="active",
        assigned_by=ADMIN,
        assigned_at=START,
        notified=True,
    )


_numbers = itertools.count()


def received(key: str | None = None, message: str = "Please.") -> MailOrder:
    """The mentor is asked."""
    props = RequestReceived(
        request_id=REQUEST,
        revision=1,
        message=message,
        score=80,
        reasons=("You both like maps.",),
        reminder_at=START + timedelta(days=7),
        closes_at=START + timedelta(days=14),
    )
    return MailOrder(key=key or f"key-{next(_numbers)}", to=MENTOR, props=props)


async def queue(
    database: Database, *orders: MailOrder, now: datetime = START, process_id: str | None = REQUEST
) -> None:
    await database.write(
        lambda session: mails.queue(session, orders, programme_id=PROGRAMME, process_id=process_id, now=now)
    )


def writer(clock: Clock) -> LetterWriter:
    """The real writer, with its real templates."""
    return LetterWriter(base_url=BASE, sender=sender("Mentoring <post@example.org>"), keys=KEYS, clock=clock)


def dispatcher(
    database: Database, clock: Clock, transport: Transport | None = None, on_bounce: OnBounce | None = None
) -> MailDispatcher:
    return MailDispatcher(
        database,
        writer(clock),
        transport or MailboxTransport(clock),
        on_bounce or Bounces(),
        clock,
    )


async def rows(database: Database) -> Sequence[MailRow]:
    with database.reading() as session:
        return session.scalars(select(MailRow).order_by(MailRow.queued_at, MailRow.key)).all()


async def states(database: Database) -> list[str]:
    return [row.state for row in await rows(database)]


async def mailbox(database: Database) -> list[EmailMessage]:
    """What was delivered where there is no mail server."""
    with database.reading() as session:
        found = session.scalars(select(MailboxRow).order_by(MailboxRow.at, MailboxRow.mail_id)).all()
    return [parsed(row.raw) for row in found]


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
