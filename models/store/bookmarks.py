"""Mentors whom people have marked (M6). The mentor is not told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.process.errors import LimitReached
from models.process.terms import Sentence
from models.store.pair_tables import BookmarkRow
from models.store.upsert import insert_new

MOST = 200


def of_person(session: Session, programme_id: str, person_id: str) -> dict[str, datetime]:
    """When the person has marked whom, by id."""
    query = select(BookmarkRow.mentor_id, BookmarkRow.marked_at).where(
        BookmarkRow.programme_id == programme_id, BookmarkRow.person_id == person_id
    )
    return {row[0]: row[1] for row in session.execute(query)}


def add(session: Session, programme_id: str, person_id: str, mentor_id: str, now: datetime) -> None:
    """Marks a mentor; marked already, nothing changes. Raises LimitReached."""
    query = select(func.count()).where(
        BookmarkRow.programme_id == programme_id, BookmarkRow.person_id == person_id
    )
    if session.scalars(query).one() >= MOST and mentor_id not in of_person(session, programme_id, person_id):
        raise LimitReached(
            Sentence(
                "You have marked {most} {t.mentors}, which is the most; take away one first.", most=MOST
            ),
            field="mentor_id",
        )
    row = {
        "programme_id": programme_id,
        "person_id": person_id,
        "mentor_id": mentor_id,
        "marked_at": now,
    }
    insert_new(session, BookmarkRow, [row])


def remove(session: Session, programme_id: str, person_id: str, mentor_id: str) -> None:
    session.execute(
        delete(BookmarkRow).where(
            BookmarkRow.programme_id == programme_id,
            BookmarkRow.person_id == person_id,
            BookmarkRow.mentor_id == mentor_id,
        )
    )
