"""What a draft says of each mentee: whom it has for them, or why there is nobody; pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from models.matching.bulk import PAIRS, Sought, Wanted, best_for_all, for_pairing
from models.matching.candidates import Candidates, Options, Pin, Places
from models.matching.criteria import Seeker
from models.matching.directory import ANY_NUMBER, Directory, Mask
from models.matching.pairing import Unpaired, Why, pair
from models.matching.ranking import Place, Ranked, score_all
from models.matching.rules import Masks, Rule, Rules, Traits
from models.matching.search import Hit, Search
from models.matching.skills import SkillBook
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence

UNFINISHED = Sentence("The profile of the {t.mentee} is not complete.")
HAS_ENOUGH = Sentence("The {t.mentee} has as many {t.mentors} as the programme allows.")
NOBODY = Sentence("No {t.mentor} takes {t.requests} at the moment.")
APART = Sentence("A rule of the programme stands against every {t.mentor}, or what the two have already.")
FULL = Sentence("Every {t.mentor} who fits has no free place.")
TAKEN = Sentence("The places of all {t.mentors} who fit went to better pairs.")
FORBIDDEN = Sentence("Every {t.mentor} who fits was ruled out in this draft.")
A_MONTH = 30
LONGEST_BONUS = 10
WENT_WITHOUT = 5
"""Points of the total for who was left without by a pairing before; as many as five months of waiting."""

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentee to be served. `apart` are people with whom they have something open, or are not to be paired;
    `ruled_out` those whom a coordinator does not want for them in this draft."""

    traits: Traits
    seeker: Seeker
    joined_at: datetime
    apart: frozenset[str] = frozenset()
    ruled_out: frozenset[str] = frozenset()
    went_without: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """`hits` are the best mentors; without any, `why` says the reason, and with one more place for any of
    `one_more` there would be one."""

    mentee_id: str
    hits: tuple[Hit, ...] = ()
    why: str = ""
    one_more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The mentors of a programme at one moment. Shape (mentors,): `available` take requests, full or not;
    `held` counts their mentees, `load` these and their open requests."""

    settings: ProgrammeSettings
    directory: Directory
    book: SkillBook
    held: Whole
    load: Whole
    now: datetime
    available: Mask
    masks: Masks
    lifted: dict[Rule, Masks] = field(default_factory=dict)
    """The rules without one of them, as far as somebody has asked."""

    @classmethod
    def of(
        cls,
        settings: ProgrammeSettings,
        directory: Directory,
        book: SkillBook,
        held: Whole,
        asked: Whole,
        now: datetime,
    ) -> Ground:
        masks = Rules.of(settings).over(directory, now)
        available = directory.available(now)
        return cls(settings, directory, book, held, held + asked, now, available, masks)

    @property
    def free(self) -> Whole:
        """Shape (mentors,): places that are not taken, of those who take requests."""
        own, most = self.directory.capacity, self.settings.max_capacity
        places = np.where(own == ANY_NUMBER, most, np.minimum(own, most))
        return np.where(self.available, np.maximum(places - self.held, 0), 0)

    def allowed(self, one: Candidate, masks: Masks | None = None) -> Mask:
        """Shape (mentors,), true for those with whom the mentee may come together, full or not."""
        return self.available & (masks or self.masks).allowed(one.traits, one.apart)

    def search(self, seeker: Seeker) -> Search:
        settings = self.settings
        names = settings.level_names, settings.terms.mentor.one
        return Search(self.directory, seeker, self.available, self.load, self.book, *names)

    def hits(self, seeker: Seeker, positions: Sequence[int], scores: Sequence[int]) -> tuple[Hit, ...]:
        """Mentors with the reasons."""
        ids = self.directory.pool.ids
        ranked = [
            Ranked(Place(score, 0, ids[at]), at, exact=False)
            for at, score in zip(positions, scores, strict=True)
        ]
        return self.search(seeker).hits(ranked)

    def nobody(self, one: Candidate, minimum: int) -> str:
        """Why nobody is found for a mentee: the first reason that is true of all mentors."""
        if not self.available.any():
            return NOBODY
        allowed = self.allowed(one)
        if not allowed.any():
            return self._rule_against(one)
        wanted = allowed & ~self.directory.pool.mask(one.ruled_out)
        if not wanted.any():
            return FORBIDDEN
        best = int(score_all(self.directory.pool, one.seeker).score[wanted].max())
        return below(best, minimum) if best < minimum else FULL

    def _rule_against(self, one: Candidate) -> str:
        """The one rule without which there would be somebody, where there is one."""
        for rule, without in _WITHOUT.items():
            masks = self.lifted.get(rule)
            if masks is None:
                masks = without(self.masks.rules).over(self.directory, self.now)
                self.lifted[rule] = masks
            if self.allowed(one, masks).any():
                return Sentence(
                    "A rule stands against every {t.mentor} who is left: {rule}", rule=rule.sentence
                )
        return APART


_WITHOUT: Mapping[Rule, Callable[[Rules], Rules]] = {
    Rule.UNIT: lambda rules: replace(rules, units_must_differ=False),
    Rule.CLOCKS: lambda rules: replace(rules, hours_apart=None),
    Rule.LANGUAGE: lambda rules: replace(rules, common_language=False),
    Rule.MANAGER: lambda rules: replace(rules, exclude_manager=False),
}


def below(best: int, minimum: int) -> Sentence:
    return Sentence(
        "The closest {t.mentor} reaches {best} %, and at least {minimum} % is asked for.",
        best=best,
        minimum=minimum,
    )


def recommended(ground: Ground, mentees: Sequence[Candidate], minimum: int, count: int) -> list[Served]:
    """The best mentors with a free place for each mentee."""
    has_place, pool = ground.free > 0, ground.directory.pool
    found = best_for_all(
        pool,
        (
            Sought(one.traits.id, one.seeker, ground.allowed(one) & has_place & ~pool.mask(one.ruled_out))
            for one in mentees
        ),
        Wanted(count, minimum),
        ground.load,
    )
    starts = np.searchsorted(found.mentee, np.arange(len(mentees) + 1))
    return [
        _served(ground, one, found, slice(starts[row], starts[row + 1]), minimum)
        for row, one in enumerate(mentees)
    ]


def _served(ground: Ground, one: Candidate, found: Candidates, own: slice, minimum: int) -> Served:
    hits = ground.hits(one.seeker, found.mentor[own].tolist(), found.score[own].tolist())
    return Served(one.traits.id, hits, "" if hits else ground.nobody(one, minimum))


def paired(
    ground: Ground,
    mentees: Sequence[Candidate],
    pins: Collection[Pin],
    minimum: int,
    *,
    fair: bool,
    done: Callable[[int], None] = lambda count: None,
) -> tuple[list[Served], list[Pin]]:
    """A mentor for as many as possible, and the pins that do not hold any more."""
    pool = ground.directory.pool
    floor = 0 if len(mentees) * len(pool) <= PAIRS else minimum
    sought = (Sought(one.traits.id, one.seeker, ground.allowed(one)) for one in mentees)
    candidates = best_for_all(pool, sought, for_pairing(len(mentees), len(pool), floor), ground.load, done)
    options = Options(
        floor=minimum,
        fair=fair,
        pinned=tuple(pins),
        forbidden=frozenset((one.traits.id, other) for one in mentees for other in one.ruled_out),
        bonus={one.traits.id: _bonus(one, ground.now) for one in mentees},
    )
    outcome = pair(candidates, Places(ground.free, ground.held), options)
    pairs = {one.mentee: one for one in outcome.pairs}
    without = {one.mentee: one for one in outcome.unpaired}
    served = []
    for one in mentees:
        if match := pairs.get(one.traits.id):
            at = pool.positions[match.mentor]
            served.append(Served(one.traits.id, ground.hits(one.seeker, [at], [match.score])))
        else:
            served.append(_without(ground, one, without[one.traits.id], minimum))
    return served, [one.pin for one in outcome.lapsed]


def _bonus(one: Candidate, now: datetime) -> int:
    """A point for each month since they joined, up to ten, and some where a pairing left them without."""
    months = (now - one.joined_at).days // A_MONTH
    return max(0, min(months, LONGEST_BONUS)) + WENT_WITHOUT * one.went_without


def _without(ground: Ground, one: Candidate, unpaired: Unpaired, minimum: int) -> Served:
    reasons = {Why.FULL: FULL, Why.TAKEN: TAKEN, Why.FORBIDDEN: FORBIDDEN}
    why = reasons.get(unpaired.why) or ground.nobody(one, minimum)
    return Served(one.traits.id, (), why, unpaired.one_more)
