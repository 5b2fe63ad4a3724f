"""Whether a programme lets two people come together at all (M4): the hard rules, asked by every route.

`Rules.over` answers for one mentee and all mentors of a directory, `Rules.against` for one pair. What a
person does not state forbids nothing: without a unit, a language or a manager the rule does not apply.
The other side is never told which rule it was, so sentences are for coordinators alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.folding import fold
from models.matching.directory import Directory, Mask
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence
from models.process.zone_rules import zone

DAY = 24 * 60
HALF_DAY = DAY // 2


class Rule(StrEnum):
    """In the order in which they are named."""

    ONESELF = "oneself"
    MANAGER = "line-manager"
    DO_NOT_PAIR = "do-not-pair"
    UNIT = "same-unit"
    CLOCKS = "clocks-apart"
    LANGUAGE = "no-common-language"

    @property
    def sentence(self) -> str:
        """For coordinators."""
        return _SENTENCES[self]


_SENTENCES = {
    Rule.ONESELF: "The two are the same person.",
    Rule.MANAGER: Sentence("The {t.mentor} is the line manager of the {t.mentee}."),
    Rule.DO_NOT_PAIR: "The two are not to be paired.",
    Rule.UNIT: "Both are in the same unit.",
    Rule.CLOCKS: "Their clocks are further apart than the programme allows.",
    Rule.LANGUAGE: "They have no language in common.",
}


@dataclass(frozen=True, slots=True)
class Traits:
    """What the rules read of a person; `manager_id` is who their line manager is, where it is one of ours."""

    id: str
    unit: str = ""
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ()
    manager_id: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that a programme has chosen; `hours_apart` None: clocks may be any number of hours apart."""

    exclude_manager: bool = True
    units_must_differ: bool = False
    hours_apart: int | None = None
    common_language: bool = False

    @classmethod
    def of(cls, settings: ProgrammeSettings) -> Self:
        return cls(
            settings.exclude_manager,
            settings.units_must_differ,
            settings.hours_apart,
            settings.common_language,
        )

    def against(
        self, mentee: Traits, mentor: Traits, *, do_not_pair: bool, now: datetime
    ) -> tuple[Rule, ...]:
        """Every rule that forbids the pair; empty where the two may come together. `now` is aware."""
        found = {
            Rule.ONESELF: mentee.id == mentor.id,
            Rule.MANAGER: self.exclude_manager and mentee.manager_id == mentor.id,
            Rule.DO_NOT_PAIR: do_not_pair,
            Rule.UNIT: self.units_must_differ and _same(mentee.unit, mentor.unit),
            Rule.CLOCKS: self._too_far(mentee, mentor, now),
            Rule.LANGUAGE: self.common_language and _speak_apart(mentee.languages, mentor.languages),
        }
        return tuple(rule for rule, applies in found.items() if applies)

    def over(self, directory: Directory, now: datetime) -> Masks:
        """The rules for all mentors of a directory; worth keeping while many mentees are asked about."""
        none = np.zeros(0, dtype=np.int64)
        minutes = none if self.hours_apart is None else _minutes(directory, now)
        silent = ~directory.stating("language") if self.common_language else none.astype(np.bool_)
        return Masks(self, directory, minutes, silent, now)

    def _too_far(self, mentee: Traits, mentor: Traits, now: datetime) -> bool:
        if self.hours_apart is None:
            return False
        apart = abs(minutes_east(mentee.time_zone, now) - minutes_east(mentor.time_zone, now)) % DAY
        return min(apart, DAY - apart) > self.hours_apart * 60


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """The rules over a directory. Shape (mentors,), or empty without a rule about it: `minutes` is how far
    each clock is ahead of UTC at `now`, `silent` are those who state no language."""

    rules: Rules
    directory: Directory
    minutes: NDArray[np.int64]
    silent: Mask
    now: datetime

    def allowed(self, mentee: Traits, do_not_pair: Collection[str] = ()) -> Mask:
        """Shape (mentors,), true for those whom no rule forbids; `do_not_pair` are ids of people."""
        allowed = np.ones(len(self.directory.pool), dtype=np.bool_)
        for _, forbidden in self._forbidden(mentee, do_not_pair):
            allowed &= ~forbidden
        return allowed

    def counts(
        self, mentee: Traits, do_not_pair: Collection[str] = (), among: Mask | None = None
    ) -> dict[Rule, int]:
        """How many mentors each rule forbids, those of `among` (mentors,) alone; some are forbidden by
        several."""
        found = {
            rule: int((forbidden if among is None else forbidden & among).sum())
            for rule, forbidden in self._forbidden(mentee, do_not_pair)
        }
        return {rule: count for rule, count in found.items() if count}

    def _forbidden(self, mentee: Traits, do_not_pair: Collection[str]) -> Iterator[tuple[Rule, Mask]]:
        """The mentors whom each rule forbids, of the rules that say anything about the mentee."""
        rules, directory = self.rules, self.directory
        yield Rule.ONESELF, directory.pool.mask((mentee.id,))
        if rules.exclude_manager and mentee.manager_id:
            yield Rule.MANAGER, directory.pool.mask((mentee.manager_id,))
        if do_not_pair:
            yield Rule.DO_NOT_PAIR, directory.pool.mask(do_not_pair)
        if rules.units_must_differ and mentee.unit.strip():
            yield Rule.UNIT, directory.having("unit", (mentee.unit,))
        if rules.hours_apart is not None:
            apart = np.abs(self.minutes - minutes_east(mentee.time_zone, self.now)) % DAY
            yield Rule.CLOCKS, np.minimum(apart, DAY - apart) > rules.hours_apart * 60
        if rules.common_language and mentee.languages:
            yield Rule.LANGUAGE, ~(directory.having("language", mentee.languages) | self.silent)


def minutes_east(time_zone: str, now: datetime) -> int:
    """How far the clock of a zone is ahead of UTC at `now` (aware)."""
    offset = now.astimezone(zone(time_zone)).utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0


def _minutes(directory: Directory, now: datetime) -> NDArray[np.int64]:
    by_zone: Sequence[int] = [minutes_east(name, now) for name in directory.zones]
    return np.array(by_zone or [0], dtype=np.int64)[directory.zone]


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and fold(one) == fold(other)


def _speak_apart(some: Collection[str], others: Collection[str]) -> bool:
    return bool(some and others) and not {fold(one) for one in some} & {fold(one) for one in others}
