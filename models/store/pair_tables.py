"""What is kept of two members besides their requests: who is not to be paired, who has marked whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.store.erasure_policy import TablePolicy, personal, plain
from models.store.tables import Base
from models.store.types import Id


class DoNotPairRow(Base):
    """Two people who are not to be paired, as one person wants it; several may want it.

    `lower_id` is the smaller id of the two. `set_as` is what `set_by` was: a coordinator (`admin`), or one
    of the two after they worked together. Neither of the two is shown what others have set.
    """

    __tablename__ = "do_not_pair"
    __erasure__ = TablePolicy(
        "goes with either of the two; what a coordinator set for others stays, without a word of theirs",
        goes=True,
    )
    __table_args__ = (
        UniqueConstraint("programme_id", "lower_id", "higher_id", "set_by", name="uq_do_not_pair_set_by"),
        Index(None, "programme_id", "higher_id"),
    )

    id: Mapped[str] = plain(Id, primary_key=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    lower_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    higher_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    set_by: Mapped[str] = plain(Id, ForeignKey("people.id"))
    set_as: Mapped[str] = plain(String(16), exported=True)
    set_at: Mapped[datetime] = plain(exported=True)
    why: Mapped[str] = personal(Text, worded="")


class BookmarkRow(Base):
    """A mentor whom a person has marked, to come back to. The mentor is not told."""

    __tablename__ = "bookmarks"
    __erasure__ = TablePolicy("goes with either of the two", goes=True)
    __table_args__ = (Index(None, "mentor_id"),)

    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"), primary_key=True)
    person_id: Mapped[str] = plain(Id, ForeignKey("people.id"), primary_key=True)
    mentor_id: Mapped[str] = plain(Id, ForeignKey("people.id"), primary_key=True)
    marked_at: Mapped[datetime] = plain(exported=True)
