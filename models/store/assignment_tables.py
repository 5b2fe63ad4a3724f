"""Direct assignments. The API writes these rows, no process does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped

from models.process.erasure import GONE
from models.store.erasure_policy import TablePolicy, personal, plain
from models.store.tables import Base
from models.store.types import Id

RUNNING: dict[str, Any] = {
    "postgresql_where": text("ended_at IS NULL"),
    "sqlite_where": text("ended_at IS NULL"),
}


class AssignmentRow(Base):
    """Somebody made the mentor of somebody for one skill or skillset. `state`: active, ended."""

    __tablename__ = "assignments"
    __erasure__ = TablePolicy("stays for the other side and for statistics, without the word of its end")
    __table_args__ = (
        Index(
            "uq_assignments_running",
            *("programme_id", "mentee_id", "mentor_id", "topic_id"),
            unique=True,
            **RUNNING,
        ),
        Index("ix_assignments_mentor", "programme_id", "mentor_id", **RUNNING),
    )

    id: Mapped[str] = plain(Id, primary_key=True, exported=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    mentee_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    mentor_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    topic_kind: Mapped[str] = plain(String(16), exported=True)
    """skill or skillset"""
    topic_id: Mapped[str] = plain(Id)
    topic: Mapped[str] = plain(String(120), exported=True)
    """What it was called on the day; it stands where the skill or the group is gone."""
    state: Mapped[str] = plain(String(16), exported=True)
    assigned_by: Mapped[str] = plain(Id, ForeignKey("people.id"))
    assigned_at: Mapped[datetime] = plain(exported=True)
    notified: Mapped[bool] = plain(exported=True)
    ended_at: Mapped[datetime | None] = plain(exported=True)
    ended_by: Mapped[str | None] = plain(Id)
    """None where it ended because one of the two left."""
    comment: Mapped[str] = personal(Text, default="", own="", worded=GONE)
    """The word with which it ended."""
