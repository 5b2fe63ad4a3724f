"""Ranks a whole programme for one mentee at once.

Order: higher score first, then the mentor with the smaller load (mentees and open requests), then the smaller
id. No two mentors are equal in all three, so the order is the same on every machine.
"""

import bisect
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.matching.criteria import WHOLE, Seeker
from models.matching.pool import MentorPool
from models.matching.score import Asked, fully_met, percent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mentor stands in a ranking; the last of a page is where the next page goes on."""

    score: int
    load: int
    mentor_id: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of a ranking; `position` is the mentor's position in the pool."""

    place: Place
    position: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """One page; `total` counts all pages, `more` says whether another follows."""

    rows: tuple[Ranked, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Arrays of shape (mentors,): the score 0..100 and whether the match is exact."""

    score: NDArray[np.int64]
    exact: NDArray[np.bool_]


def score_all(pool: MentorPool, seeker: Seeker) -> Scores:
    """Scores every mentor of the pool; touches only the columns of the seeker's gaps and preferences."""
    covered = np.zeros(len(pool), dtype=np.int64)
    for gap in seeker.counted_gaps:
        rows, levels = pool.levels.column(gap.skill)
        covered[rows] += np.clip(levels.astype(np.int64) - gap.current, 0, gap.size) * gap.weight
    shared = np.zeros(len(pool), dtype=np.int64)
    for option in seeker.preferences:
        shared[pool.preferences.column(option)[0]] += 1
    asked = Asked.by(seeker)
    return Scores(percent(asked, seeker.skill_weight, covered, shared), fully_met(asked, covered, shared))


def rank(
    pool: MentorPool,
    scores: Scores,
    *,
    listed: NDArray[np.bool_] | None = None,
    load: NDArray[np.int64] | None = None,
    after: Place | None = None,
    limit: int = 20,
) -> Ranking:
    """The page of at most `limit` mentors after the place `after`.

    `listed` (mentors,) is true for those who may be shown, all if None (`scores.exact` for exact matches);
    `load` (mentors,) settles between equal scores, zeros if None.
    """
    if limit < 1:
        raise ValueError("A page holds at least one mentor.")
    loads = np.zeros(len(pool), dtype=np.int64) if load is None else load
    shown = np.ones(len(pool), dtype=np.bool_) if listed is None else listed
    candidates = np.flatnonzero(shown)
    keys = order_keys(scores.score[candidates], loads[candidates], candidates, len(pool))
    rest = np.flatnonzero(keys > _key_of(pool, after)) if after else np.arange(len(keys))
    chosen = candidates[rest[first(keys[rest], limit)]]
    rows = tuple(_row(pool, scores, loads, int(position)) for position in chosen)
    return Ranking(rows, total=len(candidates), more=len(rest) > limit)


_LOAD_CAP = 1 << 20


def order_keys(
    score: NDArray[np.int64], load: NDArray[np.int64], position: NDArray[np.intp], size: int
) -> NDArray[np.int64]:
    """One number per mentor that grows along the order; unique because the position is in it."""
    return ((WHOLE - score) * _LOAD_CAP + np.minimum(load, _LOAD_CAP - 1)) * size + position


def _key_of(pool: MentorPool, place: Place) -> int:
    """The number of the last one shown; it works for a mentor who has left the pool since."""
    position = bisect.bisect_right(pool.ids, place.mentor_id) - 1
    return ((WHOLE - place.score) * _LOAD_CAP + min(place.load, _LOAD_CAP - 1)) * len(pool) + position


def first(keys: NDArray[np.int64], count: int) -> NDArray[np.intp]:
    """Indices of the `count` smallest keys in order, without sorting the others."""
    if len(keys) <= count:
        return np.argsort(keys)
    smallest = np.argpartition(keys, count - 1)[:count]
    return smallest[np.argsort(keys[smallest])]


def _row(pool: MentorPool, scores: Scores, loads: NDArray[np.int64], position: int) -> Ranked:
    place = Place(int(scores.score[position]), int(loads[position]), pool.ids[position])
    return Ranked(place, position, bool(scores.exact[position]))
