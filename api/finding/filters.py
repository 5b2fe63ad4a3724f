"""What the mentors of a programme can be filtered by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from api.web.access import Member
from api.web.context import Context
from models import naming
from models.folding import order
from models.matching.directory import Directory
from models.process.programme import ProgrammeSettings

KEPT = 16
"""Programmes whose choices are kept."""
MOST_CHOICES = 300
"""A filter with more values than this is of no help as a list: it becomes a field to type into."""
TAKEN = frozenset({"q", "skill", "exact", "basis", "cursor", "marked", "c", "back"})
"""What the address of a search calls other things; an attribute of that name is no filter."""
_TEXTS = {"language": "Language", "country": "Country", "unit": "Unit", "location": "Place"}
_SPOKEN = {"language": naming.language, "country": naming.country}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the search: its name in the address, its label, and (value, text) of what can be chosen.

    Without choices it is typed.
    """

    name: str
    text: str
    choices: tuple[tuple[str, str], ...]

    def spoken(self, value: str) -> str:
        """A value as people read it."""
        return _SPOKEN.get(self.name, str)(value)

    def offers(self, value: str) -> bool:
        return any(value == one for one, _ in self.choices)


class Choices:
    """What can be filtered by, per programme, as long as its mentors are the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Directory, tuple[str, ...], tuple[Filter, ...]]] = OrderedDict()

    async def get(self, ctx: Context, member: Member) -> tuple[Filter, ...]:
        programme = member.programme
        pool = await ctx.pools.get(ctx.database, programme.id, programme.people_version)
        kept, shown = self._kept.get(programme.id), programme.settings.filterable
        if kept is None or kept[0] is not pool.directory or kept[1] != shown:
            found = _filters(pool.directory, programme.settings)
            kept = self._kept[programme.id] = pool.directory, shown, found
        self._kept.move_to_end(programme.id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[2]


def _filters(directory: Directory, settings: ProgrammeSettings) -> tuple[Filter, ...]:
    found = dict.fromkeys(_TEXTS, frozenset[str]()) | directory.choices()
    return tuple(
        _filter(name, values)
        for name, values in found.items()
        if len(values) > 1 and name not in TAKEN and (name in _TEXTS or settings.shows(name))
    )


def _filter(name: str, values: Collection[str]) -> Filter:
    spoken = _SPOKEN.get(name, str)
    choices = sorted(((value, spoken(value)) for value in values), key=lambda pair: order(pair[1]))
    text = _TEXTS.get(name) or naming.attribute(name)
    return Filter(name, text, tuple(choices) if len(choices) <= MOST_CHOICES else ())
