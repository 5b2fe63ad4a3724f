"""One search over a directory: who may be listed, in which order, and why; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from models.matching.advice import advise
from models.matching.criteria import Seeker
from models.matching.directory import COLUMNS, Directory, Mask
from models.matching.ranking import Place, Ranked, Ranking, Scores, rank, score_all
from models.matching.reasons import explain
from models.matching.skills import SkillBook
from models.process.errors import Invalid
from models.process.match import Basis, MatchReason

_PARTS = 3


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a mentee asks for; empty means their own profile, or no filter.

    `skills` and `preferences` take the place of those of the profile for this search; with `skills`, only
    mentors who name at least one of them are listed. A mentor passes a filter (`language`, `country`, `unit`,
    `location` or an attribute) with at least one of its values. `text` must occur in what a mentor says.
    """

    basis: Basis = Basis.GAPS
    exact: bool = False
    text: str = ""
    skills: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limit: int = 50
    cursor: str | None = None
    only: frozenset[str] | None = None
    """Ids of those among whom is searched; None: all."""
    without: frozenset[str] = frozenset()
    everybody: bool = False
    """Also those who cannot be asked now, because they are away, full, or asked already."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One mentor of a page."""

    mentor_id: str
    score: int
    exact: bool
    reasons: tuple[MatchReason, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """A page; `total` counts all pages, `next` leads to the following.

    With an empty list come `advice` and `without`: how many there would be if one restriction was given up,
    by its name.
    """

    items: tuple[Hit, ...]
    total: int
    next: str | None
    advice: str | None
    without: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """`free` is true for those who may be asked at all; `load` settles between equals. Both (mentors,).

    `book` says what skills are called, `level_names` what the levels are, from the first, `mentor`
    what a mentor is.
    """

    directory: Directory
    seeker: Seeker
    free: Mask
    load: NDArray[np.int64]
    book: SkillBook = SkillBook.NONE
    level_names: tuple[str, ...] = ()
    mentor: str = "mentor"
    shows: Callable[[str], bool] = bool
    """Whether an attribute may be filtered by. By another one nobody is found, as if nobody had it."""

    def run(self, criteria: Criteria) -> Hits:
        """The page of the criteria. Raises Invalid for a cursor that is none."""
        after = read_cursor(criteria.cursor) if criteria.cursor else None
        scores = score_all(self.directory.pool, self.seeker)
        restrictions = self._restrictions(criteria, scores)
        ranking = rank(
            self.directory.pool,
            scores,
            listed=self._listed(restrictions),
            load=self.load,
            after=after,
            limit=criteria.limit,
        )
        without = {} if ranking.total else self._without(restrictions)
        return Hits(
            items=self.hits(ranking.rows),
            total=ranking.total,
            next=write_cursor(ranking) if ranking.more else None,
            advice=None if ranking.total else advise(int(self.free.sum()), without),
            without=without,
        )

    def _restrictions(self, criteria: Criteria, scores: Scores) -> dict[str, Mask]:
        """The mask of each restriction that is set, by the name that it has in an address."""
        found: dict[str, Mask] = {}
        if criteria.exact:
            found["exact"] = scores.exact
        if criteria.text.strip():
            found["q"] = self.directory.containing(criteria.text, self.book.words)
        if criteria.skills:
            found["skill"] = self.directory.naming(criteria.skills)
        for name, values in criteria.filters.items():
            if values:
                open_to_all = name in COLUMNS or self.shows(name)
                found[name] = self.directory.having(name, values if open_to_all else ())
        return found

    def _listed(self, restrictions: Mapping[str, Mask], but: str | None = None) -> Mask:
        masks = (mask for name, mask in restrictions.items() if name != but)
        return reduce(np.logical_and, masks, self.free)

    def _without(self, restrictions: Mapping[str, Mask]) -> dict[str, int]:
        return {name: int(self._listed(restrictions, name).sum()) for name in restrictions}

    def hits(self, rows: Sequence[Ranked]) -> tuple[Hit, ...]:
        """The mentors of some rows, with the reasons."""
        pool, at = self.directory.pool, [row.position for row in rows]
        levels = {gap.skill: pool.levels.cells_at(gap.skill, at) for gap in self.seeker.gaps}
        ticked = {option: pool.preferences.cells_at(option, at) for option in self.seeker.preferences}
        return tuple(
            Hit(
                row.place.mentor_id,
                row.place.score,
                row.exact,
                explain(
                    self.seeker,
                    {skill: found[place] for skill, found in levels.items()},
                    [option for option, found in ticked.items() if found[place]],
                    self.book.names,
                    mentor=self.mentor,
                    level_names=self.level_names,
                ),
            )
            for place, row in enumerate(rows)
        )


def write_cursor(ranking: Ranking) -> str:
    """Where the page after this one begins."""
    last = ranking.rows[-1].place
    return f"{last.score}.{last.load}.{last.mentor_id}"


def read_cursor(text: str) -> Place:
    """The place that a cursor names. Raises Invalid for text that is no cursor."""
    parts = text.split(".", _PARTS - 1)
    if len(parts) != _PARTS or not all(part.isascii() and part.isdigit() for part in parts[:2]):
        raise Invalid("This is not a cursor of this list; begin without one.", field="cursor")
    score, load = int(parts[0][:9]), int(parts[1][:9])
    return Place(min(score, 100), load, parts[2])
