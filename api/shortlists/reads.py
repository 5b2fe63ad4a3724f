"""What the API and the pages read of shortlists: their mentee and the admins, nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from api.shortlists.schemas import AskOut, ShortlistOut
from api.web.access import Member, Viewer, as_role
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import DEFAULT_LIMIT, cursor_of, cut, parse_id, read_cursor
from api.web.schemas import By, EntryOut, Page, PersonRef
from api.web.words import label
from models.process.actors import Role
from models.process.shortlist import moves
from models.process.shortlist.reasons import SENTENCES, Why
from models.process.shortlist.state import Ask, AskState, ShortlistView
from models.process.terms import USUAL_WORDS, Words, in_terms
from models.store import people, programmes, shortlists, timeline
from models.store.timeline import Told


@dataclass(frozen=True)
class ShortlistFilter:
    as_role: Role | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True)
class Behind:
    """What lists of one programme need besides themselves."""

    slug: str
    names: Mapping[str, str]
    entries: Mapping[str, Sequence[Told]]
    words: Words = field(default_factory=lambda: USUAL_WORDS)
    sent: Collection[str] = ()
    """Ids of the requests that are recorded: one that is named can be read."""

    def person(self, person_id: str) -> PersonRef:
        return PersonRef(id=person_id, name=self.names.get(person_id, ""))

    def said(self, why: str | None) -> str | None:
        return in_terms(SENTENCES[Why(why)], self.words) if why else None


async def shortlist(ctx: Context, viewer: Viewer, shortlist_id: str) -> ShortlistOut:
    """One list, for its mentee and the programme's admins. Raises NotFound, also for what is foreign."""

    def work(session: Session) -> tuple[shortlists.Found, Behind]:
        found = shortlists.find(session, parse_id(shortlist_id), viewer.person_id)
        if found is None or found.view.version < 1:
            raise NotFound
        return found, behind(session, found.view.programme_id, found.slug, [found.view])

    found, around = await ctx.database.read(work)
    return shortlist_out(found.view, around, is_mine=found.is_mine, is_ending=found.ending)


async def lists(ctx: Context, member: Member, wanted: ShortlistFilter) -> Page[ShortlistOut]:
    """Newest first: one's own, or all of the programme as an admin. A mentor has none to see."""
    role, me = as_role(member, wanted.as_role), member.person_id
    programme = member.programme
    query = shortlists.Wanted(
        programme_id=programme.id,
        mentee_id=None if role is Role.ADMIN else me,
        after=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )

    def work(session: Session) -> tuple[list[tuple[ShortlistView, bool]], bool, Behind]:
        rows, more = cut(shortlists.page(session, query), wanted.limit)
        found = [(shortlists.view_of(row), shortlists.is_ending(row)) for row in rows]
        return found, more, behind(session, programme.id, programme.slug, [view for view, _ in found])

    found, more, around = await ctx.database.read(work)
    items = [
        shortlist_out(view, around, is_mine=view.mentee_id == me, is_ending=ending) for view, ending in found
    ]
    last = cursor_of(found[-1][0].created_at, found[-1][0].id) if more else None
    return Page[ShortlistOut].model_construct(items=items, next=last)


def behind(session: Session, programme_id: str, slug: str, views: Collection[ShortlistView]) -> Behind:
    entries = timeline.told_of(session, [view.id for view in views])
    ids = {person for view in views for person in (view.mentee_id, *(ask.mentor_id for ask in view.asks))}
    ids |= {entry.by for found in entries.values() for entry in found if entry.by}
    ids |= {_about(entry)[0] for found in entries.values() for entry in found} - {""}
    names = people.names_of(session, programme_id, ids)
    asked = [ask.request_id for view in views for ask in view.asks if ask.request_id]
    sent = shortlists.recorded(session, asked)
    return Behind(slug, names, entries, programmes.terms_of(session, programme_id).words, sent)


def shortlist_out(
    view: ShortlistView, around: Behind, *, is_mine: bool, is_ending: bool = False
) -> ShortlistOut:
    """A list as its mentee, or else an admin, may see it."""
    may_act = is_mine and not is_ending
    return ShortlistOut.model_construct(
        **{name: getattr(view, name) for name in _SAME},
        programme=around.slug,
        mentee=around.person(view.mentee_id),
        asks=[_ask_out(ask, around) for ask in view.asks],
        why=around.said(view.why),
        allowed=moves.allowed(view, Role.MENTEE) if may_act else [],
        timeline=[_entry(entry, around) for entry in around.entries.get(view.id, ())],
    )


_SAME = tuple(
    name
    for name in ShortlistOut.model_fields
    if name in ShortlistView.model_fields and name not in {"asks", "why"}
)


def _ask_out(ask: Ask, around: Behind) -> AskOut:
    """For the moment in which the request is being sent it still waits."""
    is_on_its_way = ask.state is AskState.ASKED and ask.request_id not in around.sent
    return AskOut.model_construct(
        mentor=around.person(ask.mentor_id),
        state=AskState.WAITING if is_on_its_way else ask.state,
        request_id=None if is_on_its_way else ask.request_id,
        at=None if is_on_its_way else ask.at,
        why=around.said(ask.why),
    )


_NAMING = {"MentorAsked", "MentorPassedOver", "AskEnded"}


def _about(entry: Told) -> tuple[str, str]:
    """The mentor whom an entry of a list names, by id, and what it says of them."""
    if entry.what not in _NAMING:
        return "", entry.note or ""
    mentor_id, _, said = (entry.note or "").partition(" ")
    return mentor_id, said


def _entry(entry: Told, around: Behind) -> EntryOut:
    mentor_id, said = _about(entry)
    if entry.what in {"MentorPassedOver", "ShortlistEnded"} and said:
        said = in_terms(around.said(said) or "", around.words)
    elif entry.what == "AskEnded" and said:
        said = label(said).text.lower()
    name = around.names.get(mentor_id, "") if mentor_id else ""
    note = ": ".join(part for part in (name, said) if part)
    by = By(id=entry.by, name=around.names.get(entry.by) if entry.by else None, role=entry.by_role)
    return EntryOut(at=entry.at, what=entry.what, by=by, on_behalf_of=None, note=note or None, via=entry.via)


def ids_of(mentors: Iterable[str]) -> tuple[str, ...]:
    """The ids as the database writes them. Raises NotFound for what is none."""
    return tuple(parse_id(one) for one in mentors)
