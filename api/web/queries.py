"""What only pages read: cards of people, and choices for filters. No rule is here.

Whoever calls has passed `api.web.access` or `api.web.reads` for the thing that is asked about.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from api.finding.schemas import MentorOut
from api.profile import reads as profile_reads
from api.profile.profiles import mentor_out
from api.requests.schemas import RequestOut
from api.web.access import Member
from api.web.context import Context
from models import naming
from models.folding import order
from models.matching.directory import Directory
from models.process.programme import ProgrammeSettings
from models.process.request.state import RequestState
from models.store import people, programmes
from models.store.asking import Room, room_of

KEPT = 16
"""Programmes whose choices are kept."""
MOST_CHOICES = 300
"""A filter with more values than this is of no help as a list: it becomes a field to type into."""


async def card(ctx: Context, programme_id: str, person_id: str) -> MentorOut | None:
    """What somebody says about themselves to everybody in the programme."""
    row = await ctx.database.read(lambda session: people.member(session, programme_id, person_id))
    return mentor_out(row) if row else None


async def programme_settings(ctx: Context, slug: str) -> ProgrammeSettings:
    return await ctx.database.read(lambda session: programmes.settings_at(session, slug))


async def gets_reminders(ctx: Context, request: RequestOut) -> bool:
    """Whether the one who is to act on the request gets reminders by mail."""
    waits_for = request.mentor if request.state is RequestState.PENDING else request.mentee
    return await ctx.database.read(
        lambda session: people.takes_optional_mails(session, request.programme, waits_for.id)
    )


async def room(ctx: Context, programme_id: str, mentor_id: str) -> Room:
    return await ctx.database.read(lambda session: room_of(session, programme_id, mentor_id))


async def skills(ctx: Context, member: Member) -> list[str]:
    """The names of all skills of the programme, in order."""
    return await ctx.database.read(
        lambda session: list(profile_reads.skill_book(ctx, session, member).names.values())
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the search: its name in the address, its label, and (value, text) of what can be chosen.

    Without choices it is typed.
    """

    name: str
    text: str
    choices: tuple[tuple[str, str], ...]


class Choices:
    """What can be filtered by, per programme, as long as its mentors are the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Directory, tuple[Filter, ...]]] = OrderedDict()

    async def get(self, ctx: Context, member: Member) -> tuple[Filter, ...]:
        programme = member.programme
        pool = await ctx.pools.get(ctx.database, programme.id, programme.people_version)
        kept = self._kept.get(programme.id)
        if kept is None or kept[0] is not pool.directory:
            kept = self._kept[programme.id] = pool.directory, _filters(pool.directory)
        self._kept.move_to_end(programme.id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[1]


def _filters(directory: Directory) -> tuple[Filter, ...]:
    found = dict.fromkeys(("language", "country", "unit", "location"), frozenset[str]()) | directory.choices()
    return tuple(_filter(name, values) for name, values in found.items() if len(values) > 1)


_TEXTS = {"language": "Language", "country": "Country", "unit": "Unit", "location": "Place"}
_SPOKEN = {"language": naming.language, "country": naming.country}


def _filter(name: str, values: Collection[str]) -> Filter:
    spoken = _SPOKEN.get(name, str)
    choices = sorted(((value, spoken(value)) for value in values), key=lambda pair: order(pair[1]))
    text = _TEXTS.get(name) or naming.attribute(name)
    return Filter(name, text, tuple(choices) if len(choices) <= MOST_CHOICES else ())
