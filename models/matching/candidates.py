"""Who may be paired with whom, with how many places, and what an admin wishes for it; pure.

`Tables` puts it in the order of ids, so that the order in which people are given never matters.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The pairs that no hard rule forbids.

    `mentees` and `mentors` are ids, each once. The arrays have shape (pairs,): `mentee` and `mentor` are
    positions in these, `score` is 0 to 100. A pair stands once. Mentees and mentors without a pair belong
    here too.
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    mentee: Whole
    mentor: Whole
    score: Whole

    def by_mentee(self) -> dict[str, list[tuple[str, int]]]:
        """Mentors with their scores for each mentee, in the order in which the pairs stand."""
        found: dict[str, list[tuple[str, int]]] = {one: [] for one in self.mentees}
        columns = (self.mentee.tolist(), self.mentor.tolist(), self.score.tolist())
        for mentee, mentor, score in zip(*columns, strict=True):
            found[self.mentees[mentee]].append((self.mentors[mentor], score))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Shape (mentors,) in the order of `Candidates.mentors`: `free` places, and the places `held` already.

    What a mentor holds counts for the penalty alone; None stands for nothing held.
    """

    free: Whole
    held: Whole | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A pair that an admin forces; `score` is shown for it and decides between pins that fight for a
    place."""

    mentee: str
    mentor: str
    score: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """`floor` is the lowest score of a pair, `fair` lets the worst pair count before the total.

    A mentor's second place costs `penalty` points of the total, the third twice as many, and so on. `bonus`
    are points by mentee, for who waited: they decide who gets a place where these do not suffice, and never
    with whom. Pins hold whatever their score is and whether or not a rule forbids them. `forbidden` are
    (mentee, mentor).
    """

    floor: int = 0
    fair: bool = False
    penalty: int = 2
    pinned: tuple[Pin, ...] = ()
    forbidden: frozenset[tuple[str, str]] = frozenset()
    bonus: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The candidates with people in the order of their ids and pairs in the order of people.

    `starts` (mentees + 1,) is where the pairs of each mentee begin.
    """

    candidates: Candidates
    free: Whole
    held: Whole
    starts: Whole
    mentee_at: dict[str, int]
    mentor_at: dict[str, int]

    @classmethod
    def of(cls, given: Candidates, places: Places) -> "Tables":
        mentees, mentee_to = _by_id(given.mentees)
        mentors, mentor_to = _by_id(given.mentors)
        rows, columns = mentee_to[given.mentee], mentor_to[given.mentor]
        order = np.lexsort((columns, rows))
        sorted_ = Candidates(mentees, mentors, rows[order], columns[order], _whole(given.score)[order])
        if np.any((np.diff(sorted_.mentee) == 0) & (np.diff(sorted_.mentor) == 0)):
            raise ValueError("A pair can stand only once among the candidates.")
        free, held = (np.zeros(len(mentors), dtype=np.int64) for _ in range(2))
        free[mentor_to] = np.maximum(_whole(places.free), 0)
        held[mentor_to] = 0 if places.held is None else _whole(places.held)
        starts = np.searchsorted(sorted_.mentee, np.arange(len(mentees) + 1))
        return cls(
            sorted_,
            free,
            held,
            starts,
            {one: at for at, one in enumerate(mentees)},
            {one: at for at, one in enumerate(mentors)},
        )

    def scores_of(self, row: int) -> Whole:
        """The scores of all candidates of a mentee."""
        return self.candidates.score[self.starts[row] : self.starts[row + 1]]

    def score(self, mentee: str, mentor: str) -> int | None:
        """The score of a pair, None where it is no candidate."""
        at = self._edge(mentee, mentor)
        return None if at is None else int(self.candidates.score[at])

    def but(self, pairs: Collection[tuple[str, str]]) -> NDArray[np.bool_]:
        """Shape (pairs,), false for the candidates among `pairs` (mentee, mentor)."""
        kept = np.ones(len(self.candidates.score), dtype=np.bool_)
        kept[[at for one in pairs if (at := self._edge(*one)) is not None]] = False
        return kept

    def _edge(self, mentee: str, mentor: str) -> int | None:
        row, column = self.mentee_at.get(mentee), self.mentor_at.get(mentor)
        if row is None or column is None:
            return None
        first, end = self.starts[row], self.starts[row + 1]
        at = int(first + np.searchsorted(self.candidates.mentor[first:end], column))
        return at if at < end and self.candidates.mentor[at] == column else None


def _by_id(ids: tuple[str, ...]) -> tuple[tuple[str, ...], Whole]:
    """The ids in order, and for each position before the one that it has there."""
    ordered = sorted(range(len(ids)), key=ids.__getitem__)
    if len(set(ids)) != len(ids):
        raise ValueError("A person can stand only once among the mentees or the mentors.")
    to = np.empty(len(ids), dtype=np.int64)
    to[ordered] = np.arange(len(ids))
    return tuple(ids[at] for at in ordered), to


def _whole(values: Whole) -> Whole:
    return np.asarray(values, dtype=np.int64)
