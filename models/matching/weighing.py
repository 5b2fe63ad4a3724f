"""How the top of a mentee's list changes when the score weighs otherwise; pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.matching.criteria import Seeker
from models.matching.pool import MentorPool
from models.matching.ranking import Ranked, rank, score_all

TOP = 5
"""Mentors at the top of a list that are compared."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A mentor at the top of one of the two lists. `before` and `after` are places from 1, None below the
    top."""

    mentor_id: str
    before: int | None
    after: int | None
    score_before: int
    score_after: int

    @property
    def is_moved(self) -> bool:
        return self.before != self.after


def compared(
    pool: MentorPool, before: Seeker, after: Seeker, listed: NDArray[np.bool_], load: NDArray[np.int64]
) -> tuple[Placed, ...]:
    """The top afterwards in its order, then those who would leave it. `listed`, `load`: as `rank` takes
    them."""
    was, will = score_all(pool, before), score_all(pool, after)
    tops = [rank(pool, scores, listed=listed, load=load, limit=TOP).rows for scores in (was, will)]
    old, new = (_places(top) for top in tops)
    return tuple(
        Placed(pool.ids[at], old.get(at), new.get(at), int(was.score[at]), int(will.score[at]))
        for at in dict.fromkeys((*new, *old))
    )


def _places(top: tuple[Ranked, ...]) -> dict[int, int]:
    return {row.position: place for place, row in enumerate(top, 1)}
