"""The best mentors of many mentees in one go, for recommendations and for a pairing; pure.

Each mentee is scored by the lines of the list. Nothing is kept of them but their best mentors, so that 10,000
mentees and 10,000 mentors take some megabytes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.matching.candidates import Candidates, Whole
from models.matching.criteria import Seeker
from models.matching.pool import MentorPool
from models.matching.ranking import first, order_keys, score_all

STEP = 100
"""Mentees between two calls of `done`."""
PAIRS = 2_000_000
"""Candidates of a pairing altogether; up to here all that are possible."""
FEWEST = 50


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """One mentee. `allowed` (mentors,) is true for those with whom a rule lets them come together."""

    id: str
    seeker: Seeker
    allowed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wanted:
    """`best` is how many mentors each mentee gets at most, `floor` the lowest score of them.

    `others` are so many more above the floor from all over the rest. They matter to a pairing: when everybody
    seeks the same, the best of all are the same few, and their places would not suffice.
    """

    best: int
    floor: int = 0
    others: int = 0


def for_pairing(mentees: int, mentors: int, floor: int) -> Wanted:
    """What a pairing is made from: all pairs above the floor where they are not too many."""
    each = max(FEWEST, PAIRS // max(mentees, 1))
    return Wanted(mentors, floor) if each >= mentors else Wanted(each - each // 2, floor, each // 2)


def best_for_all(
    pool: MentorPool,
    seekers: Iterable[Sought],
    wanted: Wanted,
    load: Whole | None = None,
    done: Callable[[int], None] = lambda count: None,
) -> Candidates:
    """The best mentors of each mentee, by mentee and the best first.

    Of equal scores the smaller `load` (mentors,) goes first, then each mentee begins at another mentor, so
    that those who seek the same are not all sent to the same one. `done` hears after every so many how many
    mentees are done; it may raise to give up. `seekers` may be a generator, and then only one mask exists at
    a time.
    """
    loads = np.zeros(len(pool), dtype=np.int64) if load is None else load
    ids, rows, positions, scores = list[str](), list[Whole](), list[Whole](), list[Whole]()
    for count, sought in enumerate(seekers, 1):
        score = score_all(pool, sought.seeker).score
        chosen = _chosen(score, loads, sought, wanted)
        rows.append(np.full(len(chosen), len(ids)))
        ids.append(sought.id)
        positions.append(chosen)
        scores.append(score[chosen])
        if count % STEP == 0:
            done(count)
    done(len(ids))
    return Candidates(tuple(ids), pool.ids, _joined(rows), _joined(positions), _joined(scores))


def _chosen(score: Whole, load: Whole, sought: Sought, wanted: Wanted) -> Whole:
    """Positions of the mentors chosen for one mentee, the best first and those of `others` at the end."""
    fitting = np.flatnonzero(sought.allowed & (score >= wanted.floor))
    if not len(fitting):
        return fitting
    turn = crc32(sought.id.encode())
    turned = (fitting - turn % len(score)) % len(score)
    keys = order_keys(score[fitting], load[fitting], turned, len(score))
    best = first(keys, wanted.best)
    if not wanted.others or len(fitting) <= wanted.best:
        return fitting[best]
    rest = np.delete(fitting, best)
    return np.concatenate([fitting[best], rest[first(_scattered(rest, turn), wanted.others)]])


def _scattered(positions: Whole, turn: int) -> Whole:
    """Numbers in no order, others for each mentee and the same on every machine (the steps of splitmix64)."""
    mixed = (positions ^ (turn << 31)).astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(1)).astype(np.int64)


def _joined(parts: list[Whole]) -> Whole:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64)
