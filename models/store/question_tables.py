"""Questions between two members. The API writes these rows, no process does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped

from models.process.erasure import GONE
from models.store.erasure_policy import TablePolicy, personal, plain
from models.store.tables import Base
from models.store.types import Id

UNANSWERED: dict[str, Any] = {
    "postgresql_where": text("state = 'open'"),
    "sqlite_where": text("state = 'open'"),
}


class QuestionRow(Base):
    """`state`: see `models.process.questions`. `asked_by` is one of the two, the other one answers."""

    __tablename__ = "questions"
    __erasure__ = TablePolicy("stays for the other side, without a word of what either wrote")
    __table_args__ = (
        Index("ix_questions_open", "programme_id", "mentee_id", **UNANSWERED),
        Index("ix_questions_due", "closes_at", **UNANSWERED),
        Index(None, "programme_id", "mentee_id", "asked_at"),
        Index(None, "programme_id", "mentor_id", "asked_at"),
        Index(None, "request_id"),
    )

    id: Mapped[str] = plain(Id, primary_key=True, exported=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    mentee_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    mentor_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    asked_by: Mapped[str] = plain(Id, ForeignKey("people.id"))
    request_id: Mapped[str | None] = plain(Id, exported=True)
    """The open request that it is about; None before one."""
    state: Mapped[str] = plain(String(16), exported=True)
    text: Mapped[str] = personal(Text, own=GONE)
    answer: Mapped[str | None] = personal(Text, own=None)
    asked_at: Mapped[datetime] = plain(exported=True)
    closes_at: Mapped[datetime | None] = plain(exported=True)
    """When it closes without an answer; None where the programme lets questions wait."""
    settled_at: Mapped[datetime | None] = plain(exported=True)

    @property
    def asks(self) -> str:
        """The one whose answer it waits for."""
        return self.mentor_id if self.asked_by == self.mentee_id else self.mentee_id
