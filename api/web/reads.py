"""Everything that the API and the pages read. The rules of who sees what live here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.desk.stalled import StalledFilter as EngineFilter
from api.desk.stalled import StalledRequest
from api.profile.profiles import mentor_out, profile_out, roles_of
from api.web.access import Member, Viewer, require_admin
from api.web.context import Context
from api.web.errors import NotFound
from api.web.landing import beginning
from api.web.paging import DEFAULT_LIMIT, cursor_of, cut, parse_id, read_cursor
from api.web.schemas import (
    MentorHit,
    MentorPage,
    MeOut,
    NextOut,
    Page,
    PersonRef,
    ProfileOut,
    ProgrammeRef,
    RelationshipOut,
    RequestOut,
    StalledOut,
)
from api.web.shapes import Background, background, contacts, relationship_out, request_out
from models.matching.search import Criteria
from models.matching.skills import SkillBook
from models.process import asking
from models.process.actors import Role
from models.process.errors import Invalid
from models.process.match import Basis, Match
from models.process.member import MemberProfile
from models.process.programme import contact_of
from models.process.relationship.base import RelationshipState
from models.process.relationship.view import RelationshipView
from models.process.request.state import OPEN, RequestState
from models.process.request.view import RequestView
from models.process.terms import in_terms
from models.store import finding, people
from models.store import relationships as relationship_store
from models.store import requests as request_store
from models.store.asking import load_facts, members_of
from models.store.profiles import load_profiles
from models.store.tables import MemberRow
from models.store.timeline import Told, told_of

LONGEST = timedelta(days=36_500)
"""A century: the longest age that a list can be asked for."""

MentorSearch = Criteria


@dataclass(frozen=True)
class RequestFilter:
    """`as_role` None: as mentee if one is, else mentor, else admin. `older_than` counts from creation."""

    as_role: Role | None = None
    states: tuple[RequestState, ...] = ()
    older_than: timedelta | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True)
class RelationshipFilter:
    as_role: Role | None = None
    states: tuple[RelationshipState, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True)
class StalledFilter:
    """`older_than` counts from the beginning of the present wait; None: the programme's `stalled_after`."""

    older_than: timedelta | None = None
    state: RequestState | None = None
    mentor_id: str | None = None
    mentee_id: str | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


async def me(ctx: Context, viewer: Viewer) -> MeOut:
    rows = await ctx.database.read(lambda session: people.programmes_of(session, viewer.person_id))
    listed = [
        ProgrammeRef(
            slug=row.slug,
            name=row.name,
            roles=roles_of(row.is_mentee, row.is_mentor, row.is_admin),
            contact=contact_of(row.reply_to) or None,
        )
        for row in rows
    ]
    return MeOut(id=viewer.person_id, name=viewer.name, email=viewer.email, programmes=listed)


async def profile(ctx: Context, member: Member) -> ProfileOut:
    programme = member.programme

    def work(session: Session) -> tuple[dict[str, MemberProfile], SkillBook]:
        found = load_profiles(session, programme.id, [member.person_id])
        book = skill_book(ctx, session, member)
        return found, book

    found, book = await ctx.database.read(work)
    if member.person_id not in found:
        raise NotFound
    return profile_out(found[member.person_id], member.viewer.email, programme.settings, book, ctx.clock())


def skill_book(ctx: Context, session: Session, member: Member) -> SkillBook:
    """The skills of the programme, as of when the member was looked up or later."""
    programme = member.programme
    return ctx.pools.books.get(session, programme.id, programme.skills_version)


async def find_mentors(ctx: Context, member: Member, search: Criteria) -> MentorPage:
    """The ranked list (M2-M4). Raises Refused for a mentee whose profile is not complete."""
    found = await finding.find_mentors(
        ctx.database, ctx.pools, scope_of(member), member.person_id, search, ctx.clock()
    )
    hits = [
        MentorHit(
            mentor=mentor_out(one.member),
            score=one.hit.score,
            exact=one.hit.exact,
            reasons=list(one.hit.reasons),
        )
        for one in found.items
    ]
    return MentorPage(
        items=hits,
        next=found.next,
        total=found.total,
        advice=found.advice and in_terms(found.advice, member.programme.settings.terms.words),
        unknown_skill=found.unknown.written if found.unknown else None,
        did_you_mean=list(found.unknown.near) if found.unknown else [],
    )


async def mentor(ctx: Context, member: Member, mentor_id: str, basis: Basis) -> MentorHit:
    """One mentor whom the member may ask now. Raises NotFound, or the rule that stands against asking."""
    ids = (member.person_id, parse_id(mentor_id))
    programme, now = member.programme, ctx.clock()

    def work(session: Session) -> tuple[dict[str, MemberRow], Match]:
        found = members_of(session, programme.id, ids, lock=False)
        if ids[1] not in found or not found[ids[1]].is_mentor:
            raise NotFound
        facts = load_facts(session, programme, programme.settings, *ids, now, lock=False)
        asking.check(facts)
        fit = finding.match_pair(session, scope_of(member), *ids, basis)
        return found, fit

    found, fit = await ctx.database.read(work)
    return MentorHit(mentor=mentor_out(found[ids[1]]), score=fit.score, reasons=list(fit.reasons))


def scope_of(member: Member) -> finding.Scope:
    programme = member.programme
    return finding.Scope(programme.id, programme.settings, programme.people_version, programme.skills_version)


async def request(ctx: Context, viewer: Viewer, request_id: str) -> RequestOut:
    """One request, for the two and the programme's admins. Raises NotFound, also for what is foreign."""

    def work(session: Session) -> tuple[request_store.Found, Background]:
        found = request_store.find(session, parse_id(request_id), viewer.person_id)
        if found is None:
            raise NotFound
        behind = background(session, found.view.programme_id, found.slug, [found.view])
        return found, behind

    found, behind = await ctx.database.read(work)
    return request_out(found.view, found.roles, behind)


async def requests(ctx: Context, member: Member, wanted: RequestFilter) -> Page[RequestOut]:
    """Newest first. Raises NotAllowed for `as_role` admin without being one, Invalid for a bad cursor."""
    role, me = as_role(member, wanted.as_role), member.person_id
    query = request_store.Wanted(
        programme_id=member.programme.id,
        mentee_id=me if role is Role.MENTEE else None,
        mentor_id=me if role is Role.MENTOR else None,
        states=wanted.states,
        created_before=_before(ctx.clock(), wanted.older_than),
        after=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )

    def work(session: Session) -> tuple[Sequence[RequestView], bool, Background]:
        views, more = cut(request_store.page(session, query), wanted.limit)
        behind = background(session, member.programme.id, member.programme.slug, views)
        return views, more, behind

    views, more, behind = await ctx.database.read(work)
    items = [request_out(view, _roles(member, view.mentee_id, view.mentor_id), behind) for view in views]
    last = cursor_of(views[-1].created_at, views[-1].id) if more else None
    return Page[RequestOut].model_construct(items=items, next=last)


async def relationship(ctx: Context, viewer: Viewer, relationship_id: str) -> RelationshipOut:
    """One relationship, for the two and the programme's admins. Raises NotFound, also for what is foreign."""
    wanted = parse_id(relationship_id)
    shown = await _one_relationship(ctx, viewer, wanted)
    if shown is None:
        await beginning(ctx, wanted, viewer.person_id)
        shown = await _one_relationship(ctx, viewer, wanted)
    if shown is None:
        raise NotFound
    return shown


async def _one_relationship(ctx: Context, viewer: Viewer, relationship_id: str) -> RelationshipOut | None:
    def work(session: Session) -> RelationshipOut | None:
        found = relationship_store.find(session, relationship_id, viewer.person_id)
        if found is None:
            return None
        view = found.view
        behind = background(session, view.programme_id, found.slug, [view])
        reachable = contacts(session, view, found.roles)
        shown = relationship_out(view, viewer.person_id, found.roles, found.loaded.surveys, behind)
        return shown.model_copy(update={"contacts": reachable})

    return await ctx.database.read(work)


async def relationships(ctx: Context, member: Member, wanted: RelationshipFilter) -> Page[RelationshipOut]:
    """Newest first, without contacts. Raises NotAllowed for `as_role` admin without being one."""
    role, me = as_role(member, wanted.as_role), member.person_id
    query = relationship_store.Wanted(
        programme_id=member.programme.id,
        mentee_id=me if role is Role.MENTEE else None,
        mentor_id=me if role is Role.MENTOR else None,
        states=wanted.states,
        after=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )

    def work(
        session: Session,
    ) -> tuple[Sequence[relationship_store.Loaded], bool, list[RelationshipView], Background]:
        found, more = cut(relationship_store.page(session, query), wanted.limit)
        views = [one.view for one in found]
        behind = background(session, member.programme.id, member.programme.slug, views)
        return found, more, views, behind

    found, more, views, behind = await ctx.database.read(work)
    items = [_relationship(member, one, behind) for one in found]
    last = cursor_of(views[-1].started_at, views[-1].id) if more else None
    return Page[RelationshipOut].model_construct(items=items, next=last)


def _relationship(member: Member, one: relationship_store.Loaded, behind: Background) -> RelationshipOut:
    roles = _roles(member, one.view.mentee_id, one.view.mentor_id)
    return relationship_out(one.view, member.person_id, roles, one.surveys, behind)


async def stalled(ctx: Context, member: Member, wanted: StalledFilter) -> Page[StalledOut]:
    """What waits too long, asked of the engine. Raises NotAllowed for those who are not admins."""
    programme = require_admin(member).programme
    age = programme.settings.stalled_after if wanted.older_than is None else wanted.older_than
    question = EngineFilter(
        programme_id=programme.id,
        waiting_since=_before(ctx.clock(), age) or ctx.clock(),
        state=wanted.state.value if wanted.state else None,
        mentor_id=wanted.mentor_id,
        mentee_id=wanted.mentee_id,
    )
    page = await ctx.gateway.stalled(question, wanted.limit, wanted.cursor)
    ids = {person for one in page.items for person in (one.mentee_id, one.mentor_id)}

    def work(session: Session) -> tuple[dict[str, str], dict[str, RequestView], dict[str, list[Told]]]:
        names = people.names_of(session, programme.id, ids)
        views = request_store.among(session, [one.request_id for one in page.items])
        told = told_of(session, views)
        return names, views, told

    names, views, told = await ctx.database.read(work)
    found = [(one, views.get(one.request_id)) for one in page.items]
    # The engine's lists show an end up to a second later; an admin who has closed one should not see it.
    items = [
        _stalled(one, view, told[one.request_id], names)
        for one, view in found
        if view is None or view.state in OPEN
    ]
    return Page[StalledOut](items=items, next=page.next)


def _stalled(
    one: StalledRequest, view: RequestView | None, told: Sequence[Told], names: dict[str, str]
) -> StalledOut:
    return StalledOut(
        request_id=one.request_id,
        mentee=PersonRef(id=one.mentee_id, name=names.get(one.mentee_id, "")),
        mentor=PersonRef(id=one.mentor_id, name=names.get(one.mentor_id, "")),
        state=RequestState(one.state),
        since=one.since,
        next=NextOut(at=one.next_at, what=one.next_what) if one.next_at and one.next_what else None,
        closes_at=view.closes_at if view else None,
        last_event=one.last_event,
        last_event_at=_last(told, one.last_event),
        reminded_at=_last((entry for entry in told if entry.at > one.since), "ReminderSent"),
        extend_by=view.rules.extend_by if view and view.rules else None,
        left_to_admins=view is not None and view.left_to_admins is not None,
    )


def _last(told: Iterable[Told], what: str) -> datetime | None:
    return max((entry.at for entry in told if entry.what == what), default=None)


def as_role(member: Member, wanted: Role | None) -> Role:
    """In which role a list is read. Raises NotAllowed for admin without being one."""
    if wanted is Role.ADMIN:
        require_admin(member)
    if wanted is not None:
        return wanted
    return next(
        (role for role in (Role.MENTEE, Role.MENTOR, Role.ADMIN) if role in member.roles), Role.MENTEE
    )


def _roles(member: Member, mentee_id: str, mentor_id: str) -> tuple[Role, ...]:
    return request_store.roles_in(member.person_id, mentee_id, mentor_id, member.is_admin)


def _before(now: datetime, age: timedelta | None) -> datetime | None:
    if age is None:
        return None
    if not timedelta() <= age <= LONGEST:
        raise Invalid("This takes an age such as P7D, up to a hundred years.", field="older_than")
    return now - age
