"""What the two processes about a person's data keep: erasures and exports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.erasure_policy import TablePolicy, personal, plain
from models.store.tables import Base
from models.store.types import Id


class ErasureRow(Base):
    """One per person: that it was asked for, and that it was done. `state` is an `ErasureState`."""

    __tablename__ = "erasures"
    __erasure__ = TablePolicy(
        "stays as the record that it was done; the address goes when the last mail has left"
    )

    person_id: Mapped[str] = plain(Id, ForeignKey("people.id"), primary_key=True)
    state: Mapped[str] = plain(String(16))
    asked_at: Mapped[datetime] = plain()
    asked_by: Mapped[str] = plain(String(16))
    """person or operator."""
    begins_at: Mapped[datetime] = plain()
    settled_at: Mapped[datetime | None] = plain()
    address: Mapped[str | None] = personal(String(320), exported=False)
    """Where the last word goes; forgotten when that has left."""


class ExportRow(Base):
    """One export of a person's data; the whole row goes when its time is over."""

    __tablename__ = "exports"
    __erasure__ = TablePolicy(
        "goes, and so do the copies of those the person worked with: they can ask for another",
        goes=True,
        lives="7 days",
    )
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON in UTF-8."""
