"""Fills a database with the past of a programme: requests and all that they led to, as years of use leave it.

The rows are written straight into the tables; no process runs for them. Of every hundred requests 55 were
accepted, 25 rejected, 8 withdrawn and 7 expired; 5 are open, as far as there are people for them. Mentees of
accepted requests have one mentor at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.bulk import insert_quickly
from bench.people import Draw, Programme, Someone, load
from models.store.database import Database
from models.store.delivery import IdempotencyRow, LinkRow, MailRow, SessionRow
from models.store.processes import GoalRow, PlaceRow, RelationshipRow, RequestRow, SurveyRow, TimelineRow
from models.store.projections import pair_of
from models.store.tables import Base

MESSAGE = "I have read what you wrote about testing and would like to learn how you go about it. " * 3
STATES = ("accepted",) * 55 + ("rejected",) * 25 + ("withdrawn",) * 8 + ("expired",) * 7 + ("pending",) * 5
EVENTS = {
    "accepted": "RequestAccepted",
    "rejected": "RequestRejected",
    "withdrawn": "RequestWithdrawn",
    "expired": "RequestExpired",
}
REASON = {"kind": "gap", "text": "python: wanted from level 2 to 4; the mentor is at 5, which covers it."}
YEARS = timedelta(days=3 * 365)
PORTION = 5000
"""Requests whose rows are in memory at a time."""

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Rows of one portion, by table, in the order in which they can be inserted."""

    found: dict[type[Base], list[Row]] = field(
        default_factory=lambda: (
            {table: [] for table in (RequestRow, RelationshipRow, PlaceRow, GoalRow, SurveyRow, TimelineRow)}
            | {MailRow: [], LinkRow: [], IdempotencyRow: []}
        )
    )

    def add(self, table: type[Base], **values: Any) -> None:
        self.found[table].append(values)


class Filler:
    """Draws the requests of one programme, the same every time."""

    def __init__(
        self, programme: Programme, mentees: Sequence[Someone], mentors: Sequence[Someone], now: datetime
    ) -> None:
        self._programme = programme
        self._mentees = mentees
        self._mentors = mentors
        self._now = now
        self._draw = Draw(f"{programme.slug}/past")
        self._open: set[str] = set()
        self._matched: set[str] = set()
        self._busy: dict[str, int] = {}

    async def fill(self, database: Database, count: int) -> None:
        """`count` requests between anybody, over three years."""
        await self._write(database, count, lambda: self._draw.random.choice(self._mentees))

    async def fill_for(self, database: Database, mentee: Someone, count: int) -> None:
        """`count` requests of one mentee, none of them open or accepted."""
        await self._write(database, count, lambda: mentee, ("rejected", "withdrawn", "expired"))

    async def _write(self, database: Database, count: int, who: Any, states: Sequence[str] = STATES) -> None:
        for start in range(0, count, PORTION):
            rows = Rows()
            for _ in range(min(PORTION, count - start)):
                self._request(rows, who(), self._draw.random.choice(self._mentors), states)
            for table, found in rows.found.items():
                await insert_quickly(database, table, found)

    def _request(self, rows: Rows, mentee: Someone, mentor: Someone, states: Sequence[str]) -> None:
        state, pair = self._draw.random.choice(states), pair_of(mentee.id, mentor.id)
        if state == "pending" and pair in self._open:
            state = "rejected"
        is_open = state == "pending"
        if is_open:
            self._open.add(pair)
        age = timedelta(days=7) if is_open else YEARS
        created = self._now - timedelta(seconds=self._draw.random.randrange(3600, int(age.total_seconds())))
        decided = None if is_open else created + timedelta(minutes=30)
        one, related = self._draw.id(), self._draw.id() if state == "accepted" else None
        rows.add(
            RequestRow,
            id=one,
            programme_id=self._programme.id,
            mentee_id=mentee.id,
            mentor_id=mentor.id,
            pair=pair,
            workflow_id=f"request/{self._programme.id}/{pair}",
            kind="request",
            state=state,
            is_open=is_open,
            version=1 if is_open else 2,
            basis="gaps",
            score=self._draw.random.randrange(101),
            reasons=[REASON] * 3,
            message=MESSAGE,
            revision=1,
            comment="" if is_open else "Thank you for asking.",
            reason="",
            created_at=created,
            since=decided or created,
            decided_at=decided,
            closes_at=created + timedelta(days=14) if is_open else None,
            next_reminder_at=created + timedelta(days=7) if is_open else None,
            last_event=EVENTS.get(state, "RequestSent"),
            relationship_id=related,
        )
        self._told(rows, one, 1, created, "RequestSent", mentee.id, "mentee")
        self._mailed(rows, one, "request-received", mentor.id, created)
        rows.add(
            LinkRow,
            id=self._draw.id(),
            purpose="decide",
            subject_id=one,
            person_id=mentor.id,
            round=1,
            created_at=created,
            expires_at=created + timedelta(days=60),
        )
        self._keyed(rows, mentee.id, created)
        if decided is not None:
            self._told(rows, one, 2, decided, EVENTS[state], mentor.id, "mentor")
            self._mailed(rows, one, f"request-{state}", mentee.id, decided)
        if related is not None and decided is not None:
            self._relationship(rows, related, one, (mentee.id, mentor.id), decided)

    def _relationship(
        self, rows: Rows, one: str, request: str, pair: tuple[str, str], began: datetime
    ) -> None:
        mentee, mentor = pair
        runs = mentee not in self._matched and self._busy.get(mentor, 0) < 3
        if runs:
            self._matched.add(mentee)
            self._busy[mentor] = self._busy.get(mentor, 0) + 1
        ended = None if runs else began + timedelta(days=90)
        rows.add(
            RelationshipRow,
            id=one,
            programme_id=self._programme.id,
            request_id=request,
            mentee_id=mentee,
            mentor_id=mentor,
            workflow_id=f"relationship/{one}",
            state="active" if runs else "completed",
            version=8,
            started_at=began,
            ended_at=ended,
            since=ended or began,
            signed_by=None if runs else "mentee",
            sign_offs=0 if runs else 1,
            next_at=None,
            next_what=None,
            last_event="GoalAdded",
        )
        rows.add(
            PlaceRow,
            request_id=request,
            relationship_id=one,
            programme_id=self._programme.id,
            mentor_id=mentor,
            mentee_id=mentee,
            claimed_at=began,
            released_at=ended,
        )
        for position in range(2):
            rows.add(
                GoalRow,
                relationship_id=one,
                id=self._draw.id(),
                position=position,
                title="Write a service",
                specific=MESSAGE,
                measurable="It runs in production for a month.",
                attainable="Two hours a week.",
                relevant="My next project needs it.",
                due=date(2030, 6, 30),
                progress=50 if runs else 100,
                set_by=mentee,
                created_at=began,
                updated_at=began,
            )
        for seq, (by, role) in enumerate(((mentee, "mentee"), (mentor, "mentor")) * 3, start=1):
            self._told(rows, one, seq, began + timedelta(days=seq), "GoalAdded", by, role)
        for person in pair:
            self._mailed(rows, one, "relationship-started", person, began)
            if ended is not None:
                rows.add(
                    SurveyRow,
                    relationship_id=one,
                    person_id=person,
                    state="answered",
                    questions=[],
                    answers={"useful": "5"},
                    asked_at=ended,
                    closes_at=ended,
                    settled_at=ended,
                )
                self._mailed(rows, one, "survey", person, ended)

    def _told(self, rows: Rows, process: str, seq: int, at: datetime, what: str, by: str, role: str) -> None:
        rows.add(
            TimelineRow,
            process_id=process,
            seq=seq,
            programme_id=self._programme.id,
            at=at,
            what=what,
            by=by,
            by_role=role,
            note=None,
            audience="both",
        )

    def _mailed(self, rows: Rows, process: str, kind: str, to: str, at: datetime) -> None:
        one = self._draw.id()
        rows.add(
            MailRow,
            id=one,
            key=f"{process}/{kind}/{one}",
            kind=kind,
            programme_id=self._programme.id,
            process_id=process,
            to_person=to,
            props={"kind": kind, "request_id": process},
            state="sent",
            queued_at=at,
            next_attempt_at=at,
            attempts=1,
            settled_at=at,
            message_id=one,
        )

    def _keyed(self, rows: Rows, person: str, at: datetime) -> None:
        """A key and its answer; only those of the last week are kept."""
        recent = self._now - timedelta(seconds=self._draw.random.randrange(7 * 86400))
        if self._draw.random.random() < 0.2:
            rows.add(
                IdempotencyRow,
                person_id=person,
                key=self._draw.id(),
                request_hash="0" * 64,
                status=201,
                location=None,
                body=MESSAGE * 4,
                created_at=recent,
            )


async def add_sessions(database: Database, people: Sequence[Someone], now: datetime) -> None:
    """One page session for each."""
    ends = now + timedelta(days=20)
    rows: Iterator[Row] = (
        {"token_hash": f"{one.id}-session", "person_id": one.id, "created_at": now, "expires_at": ends}
        for one in people
    )
    await load(database, SessionRow, rows)


def utc_now() -> datetime:
    return datetime.now(UTC)
