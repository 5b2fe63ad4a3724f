"""Projections of the processes: what lists, pages and reports read. Only activities write these tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped

from models.process.erasure import GONE
from models.store.erasure_policy import Cut, TablePolicy, personal, plain
from models.store.tables import Base
from models.store.types import Id

OPEN_ONLY: dict[str, Any] = {"postgresql_where": text("is_open"), "sqlite_where": text("is_open = 1")}
HELD_ONLY: dict[str, Any] = {
    "postgresql_where": text("released_at IS NULL"),
    "sqlite_where": text("released_at IS NULL"),
}


COUNTED = ("revision", "decided_at", "relationship_id", "id")


class RequestRow(Base):
    """A request as of `version`. What a list filters by has a column; a field without one is in `rest`."""

    __tablename__ = "requests"
    __erasure__ = TablePolicy(
        "stays for the other side and for statistics, without a word of what either wrote"
    )
    __table_args__ = (
        # The engine's workflow id keeps a pair to one open request; this holds it when the engine forgets.
        Index("uq_requests_open_pair", "programme_id", "pair", unique=True, **OPEN_ONLY),
        Index("ix_requests_mentee_open", "programme_id", "mentee_id", "created_at", **OPEN_ONLY),
        Index("ix_requests_mentor_open", "programme_id", "mentor_id", "created_at", **OPEN_ONLY),
        Index(None, "programme_id", "mentee_id", "created_at"),
        Index(None, "programme_id", "mentor_id", "created_at"),
        # For the newest of a state, and so that what is counted of a period needs no look at the rows.
        Index("ix_requests_cohort", "programme_id", "state", "created_at", *COUNTED),
        Index(None, "programme_id", "created_at"),
    )

    id: Mapped[str] = plain(Id, primary_key=True, exported=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    mentee_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    mentor_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    pair: Mapped[str] = plain(String(73))
    """Both person ids, the lower one first, with a slash between."""
    workflow_id: Mapped[str] = plain(String(200))
    kind: Mapped[str] = plain(String(32))
    state: Mapped[str] = plain(String(32), exported=True)
    is_open: Mapped[bool] = plain()
    version: Mapped[int] = plain()
    """0 between the reservation of the row and the first save."""
    basis: Mapped[str] = plain(String(32), exported=True)
    score: Mapped[int] = plain(exported=True)
    reasons: Mapped[list[dict[str, Any]]] = personal(own=[])
    message: Mapped[str] = personal(Text, own=GONE)
    revision: Mapped[int] = plain(exported=True)
    comment: Mapped[str] = personal(Text, default="", own="", worded=GONE)
    reason: Mapped[str] = personal(Text, default="", own="")
    created_at: Mapped[datetime] = plain(exported=True)
    since: Mapped[datetime] = plain(exported=True)
    decided_at: Mapped[datetime | None] = plain(exported=True)
    closes_at: Mapped[datetime | None] = plain(exported=True)
    next_reminder_at: Mapped[datetime | None] = plain(exported=True)
    reminded_at: Mapped[datetime | None] = plain()
    last_event: Mapped[str] = plain(String(64), default="")
    relationship_id: Mapped[str | None] = plain(Id, exported=True)
    rules: Mapped[dict[str, Any] | None] = plain()
    """What binds a decision while the request is open; none where it was saved before this existed."""
    policy_revision: Mapped[int] = plain(default=0, server_default="0")
    left_to_admins: Mapped[str | None] = plain(String(32))
    """Why its mentor does not answer any more, where the programme's admins decide about it."""
    shortlist_id: Mapped[str | None] = plain(Id)
    """The shortlist that asks by it."""
    rest: Mapped[dict[str, Any] | None] = personal(own=None, worded=None, exported=False)
    """All that the process knows and no column holds, with the `version` that it belongs to."""


class ShortlistRow(Base):
    """A shortlist as of `version`; its requests are rows of their own."""

    __tablename__ = "shortlists"
    __erasure__ = TablePolicy("stays for statistics, without a word of what the mentee wrote")
    __table_args__ = (
        Index("ix_shortlists_running", "programme_id", "mentee_id", **OPEN_ONLY),
        Index(None, "programme_id", "mentee_id", "created_at"),
        Index(None, "programme_id", "created_at"),
    )

    id: Mapped[str] = plain(Id, primary_key=True, exported=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    mentee_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    workflow_id: Mapped[str] = plain(String(200))
    state: Mapped[str] = plain(String(32), exported=True)
    is_open: Mapped[bool] = plain()
    """Whether its process has still something to hear; of an ended one, how a last request ends."""
    counts: Mapped[int] = plain()
    """For how many open requests of the mentee it stands."""
    version: Mapped[int] = plain()
    mode: Mapped[str] = plain(String(16), exported=True)
    basis: Mapped[str] = plain(String(32), exported=True)
    message: Mapped[str] = personal(Text, own=GONE)
    asks: Mapped[list[dict[str, Any]]] = plain()
    why: Mapped[str | None] = plain(String(32), exported=True)
    relationship_id: Mapped[str | None] = plain(Id, exported=True)
    created_at: Mapped[datetime] = plain(exported=True)
    since: Mapped[datetime] = plain()
    ended_at: Mapped[datetime | None] = plain(exported=True)
    last_event: Mapped[str] = plain(String(64), default="")
    rest: Mapped[dict[str, Any] | None] = personal(own=None, exported=False)
    """The whole process while it has something to hear, with the `version` that it belongs to."""


class RelationshipRow(Base):
    """Like `RequestRow`."""

    __tablename__ = "relationships"
    __erasure__ = TablePolicy("keeps ids, states and dates")
    __table_args__ = (
        Index(None, "programme_id", "mentee_id", "started_at"),
        Index(None, "programme_id", "mentor_id", "started_at"),
        Index(None, "programme_id", "state", "started_at"),
        Index(None, "programme_id", "started_at"),
    )

    id: Mapped[str] = plain(Id, primary_key=True, exported=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    request_id: Mapped[str] = plain(Id, unique=True, exported=True)
    mentee_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    mentor_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    workflow_id: Mapped[str] = plain(String(200))
    state: Mapped[str] = plain(String(32), exported=True)
    version: Mapped[int] = plain()
    started_at: Mapped[datetime] = plain(exported=True)
    ended_at: Mapped[datetime | None] = plain(exported=True)
    since: Mapped[datetime] = plain()
    signed_by: Mapped[str | None] = plain(String(16))
    """The side that signed off: mentee or mentor."""
    sign_offs: Mapped[int] = plain(default=0)
    confirms_at: Mapped[datetime | None] = plain(exported=True)
    next_at: Mapped[datetime | None] = plain(exported=True)
    next_what: Mapped[str | None] = plain(String(64), exported=True)
    last_event: Mapped[str] = plain(String(64), default="")
    rest: Mapped[dict[str, Any] | None] = personal(own=None, exported=False)
    """All that the process knows and no column holds, with the `version` that it belongs to."""


class GoalRow(Base):
    __tablename__ = "goals"
    __erasure__ = TablePolicy(
        "the person's lose their words; the other side's stay theirs, without the person's name in them"
    )

    relationship_id: Mapped[str] = plain(Id, ForeignKey("relationships.id"), primary_key=True)
    id: Mapped[str] = plain(Id, primary_key=True)
    position: Mapped[int] = plain()
    title: Mapped[str] = personal(String(300), own=GONE, shared=Cut.TRACES)
    specific: Mapped[str] = personal(Text, own=GONE, shared=Cut.TRACES)
    measurable: Mapped[str] = personal(Text, own=GONE, shared=Cut.TRACES)
    attainable: Mapped[str] = personal(Text, own=GONE, shared=Cut.TRACES)
    relevant: Mapped[str] = personal(Text, own=GONE, shared=Cut.TRACES)
    due: Mapped[date] = plain(exported=True)
    progress: Mapped[int] = plain(exported=True)
    set_by: Mapped[str] = plain(Id)
    created_at: Mapped[datetime] = plain(exported=True)
    updated_at: Mapped[datetime] = plain(exported=True)


class SurveyRow(Base):
    """`state`: open, answered, unanswered; answers: question key -> text."""

    __tablename__ = "surveys"
    __erasure__ = TablePolicy(
        "the person's answers go; the other side's stay theirs, without the person's name in them"
    )

    relationship_id: Mapped[str] = plain(Id, ForeignKey("relationships.id"), primary_key=True)
    person_id: Mapped[str] = plain(Id, ForeignKey("people.id"), primary_key=True)
    state: Mapped[str] = plain(String(16), exported=True)
    questions: Mapped[list[dict[str, Any]]] = plain(exported=True)
    answers: Mapped[dict[str, Any]] = personal(default=dict, own={}, shared=Cut.TRACES)
    asked_at: Mapped[datetime] = plain(exported=True)
    closes_at: Mapped[datetime] = plain(exported=True)
    settled_at: Mapped[datetime | None] = plain(exported=True)


class TimelineRow(Base):
    """Entries of requests and relationships; `audience` as in `models.process.timeline.Audience`."""

    __tablename__ = "timeline"
    __erasure__ = TablePolicy(
        "stays, without what people wrote: of both sides in the person's processes, of the person elsewhere"
    )
    __table_args__ = (Index(None, "programme_id", "at"),)

    process_id: Mapped[str] = plain(Id, primary_key=True)
    seq: Mapped[int] = plain(primary_key=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    at: Mapped[datetime] = plain(exported=True)
    what: Mapped[str] = plain(String(64), exported=True)
    by: Mapped[str | None] = plain(Id)
    by_role: Mapped[str] = plain(String(16))
    on_behalf_of: Mapped[str | None] = plain(Id)
    note: Mapped[str | None] = personal(Text, own=None)
    audience: Mapped[str] = plain(String(16))
    via: Mapped[str | None] = plain(String(16), exported=True)


class PlaceRow(Base):
    """The places a pair takes with the mentor and the mentee, from acceptance to the end (R9)."""

    __tablename__ = "places"
    __erasure__ = TablePolicy("holds ids and dates; what is still held is given back")
    __table_args__ = (
        Index("uq_places_held_pair", "programme_id", "mentor_id", "mentee_id", unique=True, **HELD_ONLY),
        # With the time: counting all that are held and finding the last one then needs no look at the rows.
        Index("ix_places_mentor_held", "programme_id", "mentor_id", "claimed_at", **HELD_ONLY),
        Index("ix_places_mentee_held", "programme_id", "mentee_id", **HELD_ONLY),
    )

    request_id: Mapped[str] = plain(Id, primary_key=True)
    relationship_id: Mapped[str] = plain(Id, unique=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    mentor_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    mentee_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    claimed_at: Mapped[datetime] = plain()
    released_at: Mapped[datetime | None] = plain()
