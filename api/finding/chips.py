"""The filters of a search as chips: those that are on can be taken away, a few others are one press away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.finding.filters import Filter
from api.finding.schemas import MentorOut
from api.web.present import address
from models.matching.search import Criteria
from models.process.match import Basis, spoken

MOST_OFFERED = 4
COVERS_ALL = "Covers all my skills"
MARKED = "Marked by me"
_OFFERS = {"language": "Speaks {}", "location": "In {}", "country": "In {}"}


@dataclass(frozen=True, slots=True)
class Chip:
    """`href` is the same search without it, or with it; `found` is how many there are without it."""

    text: str
    href: str
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Chips:
    """What a search is narrowed by, and by what else it could be.

    `kept` are the parts of its address but for the page; `without` is how many there are without each one.
    """

    base: str
    kept: Sequence[tuple[str, str]]
    search: Criteria
    filters: Sequence[Filter]
    without: Mapping[str, int] = field(default_factory=dict)
    marked: int = 0
    """How many mentors the reader has marked."""

    @property
    def on(self) -> list[Chip]:
        """One for each restriction of the search, in the order of the form."""
        return [*self._of_words(), *self._of_skills(), *self._of_filters()]

    def _of_words(self) -> Iterator[Chip]:
        if self.search.text:
            yield self._less("q", f"“{self.search.text}”")
        if self.search.basis is Basis.PREFERENCES:
            yield self._less("basis", "By preferences only")
        if self.search.exact:
            yield self._less("exact", COVERS_ALL)
        if self.search.everybody:
            yield self._less("marked", MARKED)

    def _of_skills(self) -> Iterator[Chip]:
        skills = self.search.skills
        for place, skill in enumerate(skills):
            rest = ", ".join(one for n, one in enumerate(skills) if n != place)
            # The count is for a search without any skill.
            found = None if rest else self.without.get("skill")
            yield Chip(spoken(skill), self._address("skill", rest), found)

    def _of_filters(self) -> Iterator[Chip]:
        for one in self.filters:
            for value in self.search.filters.get(one.name, ()):
                yield self._less(one.name, f"{one.text}: {one.spoken(value)}")

    def offered(self, own: MentorOut | None) -> list[Chip]:
        """Some that are not on: every skill covered, and what the mentee has in common with mentors."""
        found = [] if self.search.exact else [Chip(COVERS_ALL, self._address("exact", "yes"))]
        if self.marked and not self.search.everybody:
            found.append(Chip(MARKED, self._address("marked", "yes"), self.marked))
        return [*found, *(self._shared(own) if own else ())][:MOST_OFFERED]

    def _shared(self, own: MentorOut) -> Iterator[Chip]:
        mine = {"language": own.languages, "location": [own.location], "country": [own.country]}
        for one in self.filters:
            for value in () if self.search.filters.get(one.name) else mine.get(one.name, ()):
                if one.offers(value):
                    yield Chip(_OFFERS[one.name].format(one.spoken(value)), self._address(one.name, value))

    def _less(self, name: str, text: str) -> Chip:
        return Chip(text, self._address(name, ""), self.without.get(name))

    def _address(self, name: str, value: str) -> str:
        """The search with one of its parts changed, or left out."""
        return address(self.base, [*(pair for pair in self.kept if pair[0] != name), (name, value)])
