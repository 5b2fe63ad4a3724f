"""The tables of drafts: what was computed for whom, what coordinators changed, what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.store.erasure_policy import TablePolicy, plain
from models.store.tables import Base
from models.store.types import Id


class DraftRow(Base):
    """A draft as of `version`. `kind`, `state` and `options` are those of `models.process.draft.state`.

    `round` counts how often it was computed; `found_total` and `found_matched` are what the last round found,
    `was_total` and `was_matched` what the one before it did.
    """

    __tablename__ = "drafts"
    __erasure__ = TablePolicy("holds ids, states and counts")
    __table_args__ = (Index(None, "programme_id", "created_at"),)

    id: Mapped[str] = plain(Id, primary_key=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    kind: Mapped[str] = plain(String(16))
    state: Mapped[str] = plain(String(16))
    version: Mapped[int] = plain()
    options: Mapped[dict[str, Any]] = plain()
    created_by: Mapped[str] = plain(Id, ForeignKey("people.id"))
    published_by: Mapped[str | None] = plain(Id, ForeignKey("people.id"))
    created_at: Mapped[datetime] = plain()
    settled_at: Mapped[datetime | None] = plain()
    expires_at: Mapped[datetime | None] = plain()
    """When it is discarded by itself."""
    progress: Mapped[int] = plain(default=0)
    round: Mapped[int] = plain(default=0)
    counted: Mapped[int] = plain(default=0)
    """How many people were in it when it was computed: who is missing since was erased."""
    found_total: Mapped[int | None] = plain()
    found_matched: Mapped[int | None] = plain()
    was_total: Mapped[int | None] = plain()
    was_matched: Mapped[int | None] = plain()


class DraftItemRow(Base):
    """A mentee in a draft. `by_hand`: a coordinator has said which mentors, and a new computation keeps it.

    `found` is the mentor whom the last round gave them, `before` that of the one before it, `is_changed`
    whether that was another one.
    """

    __tablename__ = "draft_items"
    __erasure__ = TablePolicy("goes", goes=True, lives="as long as the programme")

    draft_id: Mapped[str] = mapped_column(Id, ForeignKey("drafts.id"), primary_key=True)
    mentee_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    round: Mapped[int] = mapped_column(default=0)
    by_hand: Mapped[bool] = mapped_column(default=False)
    is_changed: Mapped[bool] = mapped_column(default=False)
    found: Mapped[str | None] = mapped_column(Id)
    before: Mapped[str | None] = mapped_column(Id)
    why_none: Mapped[str] = mapped_column(Text, default="")
    """A sentence in the programme's own words, which names no person."""
    one_more: Mapped[list[str]] = mapped_column(default=list)
    """Mentors: with one more place for any of them there would be one."""
    is_settled: Mapped[bool] = mapped_column(default=False)
    """Whether publishing has dealt with it."""


class DraftChoiceRow(Base):
    """A mentor for a mentee in a draft, the best first. `reasons` are those of `models.process.match`.

    `left_out` says why publishing passed it over; empty otherwise.
    """

    __tablename__ = "draft_choices"
    __erasure__ = TablePolicy("goes, of either of the two", goes=True, lives="as long as the programme")
    __table_args__ = (Index(None, "mentee_id"), Index(None, "mentor_id"))

    draft_id: Mapped[str] = mapped_column(Id, ForeignKey("drafts.id"), primary_key=True)
    mentee_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    mentor_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    place: Mapped[int]
    score: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]]
    left_out: Mapped[str] = mapped_column(Text, default="")


class DraftForbiddenRow(Base):
    """A pair that a coordinator does not want in a draft."""

    __tablename__ = "draft_forbidden"
    __erasure__ = TablePolicy("goes, of either of the two", goes=True, lives="as long as the programme")

    draft_id: Mapped[str] = mapped_column(Id, ForeignKey("drafts.id"), primary_key=True)
    mentee_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    mentor_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)


class RecommendationRow(Base):
    """A mentor whom the coordinators have recommended to a mentee; a later publication replaces them."""

    __tablename__ = "recommendations"
    __erasure__ = TablePolicy("goes, of either of the two", goes=True)

    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"), primary_key=True)
    mentee_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    mentor_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    draft_id: Mapped[str] = mapped_column(Id, ForeignKey("drafts.id"))
    place: Mapped[int]
    pushed_at: Mapped[datetime]
