"""What only pages read: cards of people, choices for filters, counts for the admin's desk. No rule is here.

Whoever calls has passed `api.web.access` or `api.web.reads` for the thing that is asked about.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.engine.row import Row
from sqlalchemy.orm import Session

from api.profile.profiles import mentor_out
from api.web import reads
from api.web.access import Member
from api.web.context import Context
from api.web.paging import parse_id
from api.web.schemas import MentorOut, RequestOut
from models import naming
from models.folding import order, words
from models.matching.directory import Directory
from models.process.programme import ProgrammeSettings
from models.process.request.state import RequestState
from models.store.asking import held_places
from models.store.processes import PlaceRow, RequestRow
from models.store.tables import MemberRow, PersonRow, ProgrammeRow

KEPT = 16
"""Programmes whose choices are kept."""
MOST_CHOICES = 300
"""A filter with more values than this is of no help as a list: it becomes a field to type into."""


async def card(ctx: Context, programme_id: str, person_id: str) -> MentorOut | None:
    """What somebody says about themselves to everybody in the programme."""
    row = await ctx.database.read(lambda session: session.get(MemberRow, (programme_id, person_id)))
    return mentor_out(row) if row else None


async def programme_settings(ctx: Context, slug: str) -> ProgrammeSettings:
    found = await ctx.database.read(
        lambda session: session.scalar(select(ProgrammeRow.settings).where(ProgrammeRow.slug == slug))
    )
    return ProgrammeSettings.kept(found or {})


async def gets_reminders(ctx: Context, request: RequestOut) -> bool:
    """Whether the one who is to act on the request gets reminders by mail."""
    waits_for = request.mentor if request.state is RequestState.PENDING else request.mentee
    query = (
        select(MemberRow.optional_mails)
        .join(ProgrammeRow, ProgrammeRow.id == MemberRow.programme_id)
        .where(ProgrammeRow.slug == request.programme, MemberRow.person_id == waits_for.id)
    )
    found = await ctx.database.read(lambda session: session.scalar(query))
    return found is not False


@dataclass(frozen=True, slots=True)
class Room:
    """Places of a mentor that are taken; `capacity` is their own number, None for the programme's.

    `committed`: the mentor has acknowledged the minimum commitment.
    """

    taken: int
    capacity: int | None
    committed: bool = False


async def room(ctx: Context, programme_id: str, mentor_id: str) -> Room:
    def work(session: Session) -> tuple[int, MemberRow | None]:
        taken = held_places(session, programme_id, PlaceRow.mentor_id == mentor_id)
        row = session.get(MemberRow, (programme_id, mentor_id))
        return taken, row

    taken, row = await ctx.database.read(work)
    return Room(taken, row.capacity, row.commitment_at is not None) if row else Room(taken, 0)


async def skills(ctx: Context, member: Member) -> list[str]:
    """The names of all skills of the programme, in order."""
    return await ctx.database.read(
        lambda session: list(reads.skill_book(ctx, session, member).names.values())
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


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the list of people."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    complete: bool


async def people(ctx: Context, member: Member, text: str, after: str, limit: int) -> list[Person]:
    """Members by name, whose name or address contains every word of `text`.

    `after` is the id of the last one shown. Raises NotFound for an `after` that is no id.
    """

    def work(session: Session) -> Sequence[Row[MemberRow, str]]:
        last = session.get(MemberRow, (member.programme.id, parse_id(after))) if after else None
        query = people_page(member.programme.id, text, last, limit)
        return session.execute(query).all()

    rows = await ctx.database.read(work)
    return [_person(row, email) for row, email in rows]


def people_page(programme_id: str, text: str, last: MemberRow | None, limit: int) -> Select[MemberRow, str]:
    query = (
        select(MemberRow, PersonRow.email)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(MemberRow.programme_id == programme_id, MemberRow.left_at.is_(None))
        .order_by(MemberRow.name_folded, MemberRow.person_id)
        .limit(limit)
    )
    for word in words(text):
        in_name, in_email = (
            column.contains(word, autoescape=True)
            for column in (MemberRow.name_folded, PersonRow.email_folded)
        )
        query = query.where(or_(in_name, in_email))
    if last is not None:
        # The first half is what an index can seek to.
        later = or_(MemberRow.name_folded > last.name_folded, MemberRow.person_id > last.person_id)
        query = query.where(MemberRow.name_folded >= last.name_folded, later)
    return query


def _person(row: MemberRow, email: str) -> Person:
    flags = (("mentee", row.is_mentee), ("mentor", row.is_mentor), ("admin", row.is_admin))
    return Person(row.person_id, row.name, email, tuple(name for name, held in flags if held), row.complete)


@dataclass(frozen=True, slots=True)
class Desk:
    """The figures of the admin's desk."""

    mentees: int
    mentors: int
    open_requests: int
    together: int


async def desk(ctx: Context, programme_id: str) -> Desk:
    members = select(
        func.count().filter(MemberRow.is_mentee == true()), func.count().filter(MemberRow.is_mentor == true())
    ).where(MemberRow.programme_id == programme_id, MemberRow.left_at.is_(None))
    asked = select(func.count()).where(
        RequestRow.programme_id == programme_id, RequestRow.is_open == true(), RequestRow.version > 0
    )
    paired = select(func.count()).where(PlaceRow.programme_id == programme_id, PlaceRow.released_at.is_(None))

    def work(session: Session) -> Desk:
        mentees, mentors = session.execute(members).one()
        return Desk(
            mentees,
            mentors,
            session.scalars(asked).one(),
            session.scalars(paired).one(),
        )

    return await ctx.database.read(work)
