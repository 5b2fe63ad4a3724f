"""Projections of the processes: what lists, pages and reports read. Only activities write these tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.store.tables import Base
from models.store.types import Id

OPEN_ONLY: dict[str, Any] = {"postgresql_where": text("is_open"), "sqlite_where": text("is_open = 1")}
HELD_ONLY: dict[str, Any] = {
    "postgresql_where": text("released_at IS NULL"),
    "sqlite_where": text("released_at IS NULL"),
}


class RequestRow(Base):
    """The state of a request as of `version`; the same fields as `models.process.request.Request`."""

    __tablename__ = "requests"
    __table_args__ = (
        # The engine's workflow id keeps a pair to one open request; this holds it when the engine forgets.
        Index("uq_requests_open_pair", "programme_id", "pair", unique=True, **OPEN_ONLY),
        Index("ix_requests_mentee_open", "programme_id", "mentee_id", "created_at", **OPEN_ONLY),
        Index("ix_requests_mentor_open", "programme_id", "mentor_id", "created_at", **OPEN_ONLY),
        Index(None, "programme_id", "mentee_id", "created_at"),
        Index(None, "programme_id", "mentor_id", "created_at"),
        Index(None, "programme_id", "state", "created_at"),
        Index(None, "programme_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"))
    mentee_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    mentor_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    pair: Mapped[str] = mapped_column(String(73))
    """Both person ids, the lower one first, with a slash between."""
    workflow_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(32))
    is_open: Mapped[bool]
    version: Mapped[int]
    """0 between the reservation of the row and the first save."""
    basis: Mapped[str] = mapped_column(String(32))
    score: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]]
    message: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    since: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    next_reminder_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    last_event: Mapped[str] = mapped_column(String(64), default="")
    relationship_id: Mapped[str | None] = mapped_column(Id)
    rules: Mapped[dict[str, Any] | None]
    """What binds a decision while the request is open; none where it was saved before this was kept."""
    left_to_admins: Mapped[str | None] = mapped_column(String(32))
    """Why its mentor does not answer any more, where the programme's admins decide about it."""


class RelationshipRow(Base):
    __tablename__ = "relationships"
    __table_args__ = (
        Index(None, "programme_id", "mentee_id", "started_at"),
        Index(None, "programme_id", "mentor_id", "started_at"),
        Index(None, "programme_id", "state", "started_at"),
        Index(None, "programme_id", "started_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"))
    request_id: Mapped[str] = mapped_column(Id, unique=True)
    mentee_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    mentor_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    workflow_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    since: Mapped[datetime]
    signed_by: Mapped[str | None] = mapped_column(String(16))
    """The side that signed off: mentee or mentor."""
    sign_offs: Mapped[int] = mapped_column(default=0)
    confirms_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    next_what: Mapped[str | None] = mapped_column(String(64))
    last_event: Mapped[str] = mapped_column(String(64), default="")


class GoalRow(Base):
    __tablename__ = "goals"

    relationship_id: Mapped[str] = mapped_column(Id, ForeignKey("relationships.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    specific: Mapped[str] = mapped_column(Text)
    measurable: Mapped[str] = mapped_column(Text)
    attainable: Mapped[str] = mapped_column(Text)
    relevant: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    progress: Mapped[int]
    set_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SurveyRow(Base):
    """`state`: open, answered, unanswered; answers: question key -> text."""

    __tablename__ = "surveys"

    relationship_id: Mapped[str] = mapped_column(Id, ForeignKey("relationships.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    questions: Mapped[list[dict[str, Any]]]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class TimelineRow(Base):
    """Entries of requests and relationships; `audience` as in `models.process.timeline.Audience`."""

    __tablename__ = "timeline"
    __table_args__ = (Index(None, "programme_id", "at"),)

    process_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(64))
    by: Mapped[str | None] = mapped_column(Id)
    by_role: Mapped[str] = mapped_column(String(16))
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    note: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(16))
    via: Mapped[str | None] = mapped_column(String(16))


class PlaceRow(Base):
    """The places a pair takes with the mentor and the mentee, from acceptance to the end (R9)."""

    __tablename__ = "places"
    __table_args__ = (
        Index("uq_places_held_pair", "programme_id", "mentor_id", "mentee_id", unique=True, **HELD_ONLY),
        # With the time: counting all that are held and finding the last one then needs no look at the rows.
        Index("ix_places_mentor_held", "programme_id", "mentor_id", "claimed_at", **HELD_ONLY),
        Index("ix_places_mentee_held", "programme_id", "mentee_id", **HELD_ONLY),
    )

    request_id: Mapped[str] = mapped_column(Id, primary_key=True)
    relationship_id: Mapped[str] = mapped_column(Id, unique=True)
    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"))
    mentor_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    mentee_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    claimed_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
