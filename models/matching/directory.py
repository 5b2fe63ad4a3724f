"""The mentors of a programme with all that a search filters by. Pure; every answer is a mask over the pool.

Words are looked for here and not in the database, because SQLite and PostgreSQL do not agree on what upper
and lower case are outside ASCII. A mentor with a page of text about themselves takes some 3 kB.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.folding import fold, searchable
from models.folding import words as wanted_words
from models.matching.pool import Columns, MentorPool, Shift

Mask = NDArray[np.bool_]

COLUMNS = ("language", "country", "unit", "location")
"""The filters that every programme has; others are attributes that it shows."""

NEVER = np.iinfo(np.int64).max
ANY_NUMBER = -1
"""Own capacity of a mentor who left it to the programme."""


@dataclass(slots=True)
class Listing:
    """One mentor as read from the database.

    `levels` by the key of the skill; `facets` are (name of the filter, value) pairs, several for languages;
    `texts` is searched for words; `back_at` (aware) is when they take requests again, or None.
    """

    id: str
    levels: dict[str, int] = field(default_factory=dict)
    preferences: list[str] = field(default_factory=list)
    facets: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    back_at: datetime | None = None
    capacity: int | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """Arrays have shape (mentors,) in the order of the pool: `back_at` in seconds since 1970, `capacity` own
    numbers or ANY_NUMBER, `zone` the place of each in `zones`. `words` are the texts of each, folded.
    `spellings` are the facets as one of those who have them writes name and value. Immutable: threads can
    share it."""

    pool: MentorPool
    facets: Columns
    spellings: dict[str, tuple[str, str]]
    words: tuple[str, ...]
    back_at: NDArray[np.int64]
    capacity: NDArray[np.int64]
    zones: tuple[str, ...]
    zone: NDArray[np.int64]

    @classmethod
    def of(cls, listings: Iterable[Listing]) -> "Directory":
        """Builds a directory; ids must differ."""
        return cls._empty().renewed(listings)

    @classmethod
    def _empty(cls) -> "Directory":
        none = np.zeros(0, dtype=np.int64)
        return cls(MentorPool.of([]), Columns.of([], [], []), {}, (), none, none, (), none)

    def renewed(self, changed: Iterable[Listing], gone: Collection[str] = ()) -> "Directory":
        """Without `gone`, and with the listings of `changed`, whether these are new or were here before.

        Costs some 100 ms for 100,000 mentors, however few have changed.
        """
        ordered = sorted(changed, key=lambda one: one.id)
        ids = [one.id for one in ordered]
        shift = Shift.of(self.pool.ids, gone, ids)
        pool = self.pool.shifted(
            shift,
            ids,
            [(one.id, skill, level) for one in ordered for skill, level in one.levels.items()],
            [(one.id, option) for one in ordered for option in one.preferences],
        )
        facets, spellings = self._facets(shift, ordered)
        zones = {name: place for place, name in enumerate(dict.fromkeys((*self.zones, *_zones(ordered))))}
        words = np.array(self.words, dtype=object)
        return Directory(
            pool,
            facets,
            spellings,
            tuple(shift.apply(words, [_words(one) for one in ordered]).tolist()),
            shift.apply(self.back_at, [_seconds(one.back_at) for one in ordered]),
            shift.apply(
                self.capacity, [ANY_NUMBER if one.capacity is None else one.capacity for one in ordered]
            ),
            tuple(zones),
            shift.apply(self.zone, [zones[one.time_zone] for one in ordered]),
        )

    def _facets(self, shift: Shift, ordered: Sequence[Listing]) -> tuple[Columns, dict[str, tuple[str, str]]]:
        spellings = dict(self.spellings)
        entries: set[tuple[str, int]] = set()
        for place, one in zip(shift.added.tolist(), ordered, strict=True):
            for name, value in one.facets:
                if value:
                    key = _facet(name, value)
                    entries.add((key, place))
                    spellings[key] = name, value
        keys = [key for key, _ in entries]
        found = self.facets.shifted(shift, keys, [place for _, place in entries], [1] * len(entries))
        return found, {key: spellings[key] for key in found.places}

    def choices(self) -> dict[str, set[str]]:
        """What can be filtered by: the values that the mentors have, by the name of the filter."""
        found: dict[str, set[str]] = {}
        names: dict[str, str] = {}
        for key, (name, value) in self.spellings.items():
            # Two spellings of the name of an attribute are one filter.
            found.setdefault(names.setdefault(key.partition("\0")[0], name), set()).add(value)
        return found

    def available(self, now: datetime) -> Mask:
        """Those who take requests at `now` (aware)."""
        return self.back_at <= int(now.timestamp())

    def with_room(self, load: NDArray[np.int64], maximum: int) -> Mask:
        """Those with a free place; `load` counts their mentees, `maximum` is the programme's."""
        own = np.where(self.capacity == ANY_NUMBER, maximum, np.minimum(self.capacity, maximum))
        return load < own

    def having(self, name: str, values: Collection[str]) -> Mask:
        """Those with at least one of the values of a filter, without regard to case and accents."""
        found = np.zeros(len(self.pool), dtype=np.bool_)
        for value in values:
            found[self.facets.column(_facet(name, value))[0]] = True
        return found

    def stating(self, name: str) -> Mask:
        """Those with any value of a filter."""
        found, start = np.zeros(len(self.pool), dtype=np.bool_), _facet(name, "")
        for key in self.facets.places:
            if key.startswith(start):
                found[self.facets.column(key)[0]] = True
        return found

    def naming(self, skills: Collection[str]) -> Mask:
        """Those who name at least one of the skills at any level."""
        found = np.zeros(len(self.pool), dtype=np.bool_)
        for skill in skills:
            found[self.pool.levels.column(skill)[0]] = True
        return found

    def containing(self, text: str, spoken: Mapping[str, str] = MappingProxyType({})) -> Mask:
        """Those in whose texts, skills or preferences every word of `text` occurs, be it within a word.

        `spoken` is what is searched of skills, by key; a skill that is not in it is searched by its key.
        """
        places: Sequence[int] = range(len(self.words))
        for wanted in wanted_words(text):
            named = self._naming_word(wanted, spoken)
            places = [place for place in places if wanted in self.words[place] or named[place]]
        found = np.zeros(len(self.words), dtype=np.bool_)
        found[places] = True
        return found

    def _naming_word(self, wanted: str, spoken: Mapping[str, str]) -> bytes:
        """For each mentor 1 if a skill or a preference of theirs has the word in its name."""
        found = np.zeros(len(self.pool), dtype=np.bool_)
        for skill in self.pool.levels.places:
            if wanted in (spoken.get(skill) or fold(skill)):
                found[self.pool.levels.column(skill)[0]] = True
        for option in self.pool.preferences.places:
            if wanted in searchable(option):
                found[self.pool.preferences.column(option)[0]] = True
        return found.tobytes()


def _facet(name: str, value: str) -> str:
    return f"{fold(name)}\0{fold(value)}"


def _zones(listings: Iterable[Listing]) -> list[str]:
    return [one.time_zone for one in listings]


def _words(one: Listing) -> str:
    return "\n".join(searchable(text) for text in one.texts)


def _seconds(back_at: datetime | None) -> int:
    if back_at is None:
        return int(NEVER)
    # The time of somebody who is available is the smallest that there is, and its timestamp is negative.
    return int(back_at.timestamp())
