"""How much the mentors of a programme have to do: places held and open requests, read for all at once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from models.matching.directory import Directory
from models.store.processes import PlaceRow, RequestRow

MANY = 2000
"""Mentors with something to do from which their number is not read for every search."""
PATIENCE_SECONDS = 5.0
WEARS_OFF_SECONDS = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """How many mentees each mentor has, and how many open requests; both of shape (mentors,)."""

    mentees: NDArray[np.int64]
    asked: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Mentees and open requests by mentor. `seal` changes with every change of them; `at` is monotonic."""

    mentees: dict[str, int]
    asked: dict[str, int]
    seal: tuple[Any, ...]
    at: float

    def of(self, directory: Directory) -> Load:
        return Load(_in_order(self.mentees, directory), _in_order(self.asked, directory))


def count(session: Session, programme_id: str, before: Counted | None) -> Counted:
    """The counts now; `before` itself if they are as they were.

    Where there are many, `before` also counts for some seconds after something has changed.
    """
    now = time.monotonic()
    age = now - before.at if before is not None else 0.0
    if before is not None and len(before.mentees) + len(before.asked) > MANY and age < PATIENCE_SECONDS:
        return before
    seal = _seal(session, programme_id)
    # Acts saved in another order than they happened in can leave the seal as it was, so it wears off.
    if before is not None and before.seal == seal and age < WEARS_OFF_SECONDS:
        return before
    return Counted(_read(session, _held(programme_id)), _read(session, _asked(programme_id)), seal, now)


def _seal(session: Session, programme_id: str) -> tuple[Any, ...]:
    """How many there are and when the last one came, from indexes of what is open now alone."""
    held = select(func.count(), func.max(PlaceRow.claimed_at)).where(
        PlaceRow.programme_id == programme_id, PlaceRow.released_at.is_(None)
    )
    left = select(func.count()).where(RequestRow.programme_id == programme_id, RequestRow.is_open == true())
    last = select(func.max(RequestRow.created_at)).where(RequestRow.programme_id == programme_id)
    places, came = session.execute(held).one()
    return places, came, session.scalar(left), session.scalar(last)


def _held(programme_id: str) -> Select[str, int]:
    return (
        select(PlaceRow.mentor_id, func.count())
        .where(PlaceRow.programme_id == programme_id, PlaceRow.released_at.is_(None))
        .group_by(PlaceRow.mentor_id)
    )


def _asked(programme_id: str) -> Select[str, int]:
    return (
        select(RequestRow.mentor_id, func.count())
        .where(RequestRow.programme_id == programme_id, RequestRow.is_open == true())
        .group_by(RequestRow.mentor_id)
    )


def _read(session: Session, query: Select[str, int]) -> dict[str, int]:
    return dict(session.execute(query).all())


def _in_order(counts: dict[str, int], directory: Directory) -> NDArray[np.int64]:
    found = np.zeros(len(directory.pool), dtype=np.int64)
    at = [(directory.pool.positions.get(mentor), number) for mentor, number in counts.items()]
    known = [(position, number) for position, number in at if position is not None]
    found[[position for position, _ in known]] = [number for _, number in known]
    return found
