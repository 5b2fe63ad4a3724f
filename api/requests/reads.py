"""What the API and the pages read of requests, and who sees what of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from api.requests.schemas import RequestOut
from api.web.access import Member, Viewer, as_role, require_admin, roles_in
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import DEFAULT_LIMIT, before, cursor_of, cut, parse_id, read_cursor
from api.web.schemas import NextOut, Page
from api.web.shapes import Background, background, next_out, timeline_of
from models.process.actors import Role
from models.process.commands import Command
from models.process.request import moves as request_moves
from models.process.request.commands import HandOverRequest
from models.process.request.state import OPEN, RequestState, whose_turn
from models.process.request.view import RequestView
from models.store import people
from models.store import requests as request_store
from models.store.asking import Room, room_of


@dataclass(frozen=True)
class RequestFilter:
    """`as_role` None: as mentee if one is, else mentor, else admin. `older_than` counts from creation."""

    as_role: Role | None = None
    states: tuple[RequestState, ...] = ()
    older_than: timedelta | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


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


async def after(ctx: Context, viewer: Viewer, request_id: str, command: type[Command]) -> RequestOut:
    """What the act has led to: of a request that was handed over, the one that goes on."""
    found = await request(ctx, viewer, request_id)
    goes_on = found.handed_over_to if command is HandOverRequest else None
    return await request(ctx, viewer, goes_on) if goes_on else found


async def among(ctx: Context, member: Member, ids: Sequence[str]) -> list[RequestOut]:
    """Those of the programme, for its admins, in the order given; what is no id of one is left out."""
    programme = require_admin(member).programme

    def work(session: Session) -> tuple[dict[str, RequestView], Background]:
        found = request_store.among(session, ids)
        here = {one.id: one for one in found.values() if one.programme_id == programme.id}
        return here, background(session, programme.id, programme.slug, here.values())

    views, behind = await ctx.database.read(work)
    found = [views[one] for one in ids if one in views]
    return [request_out(view, roles_in(member, view.mentee_id, view.mentor_id), behind) for view in found]


async def requests(ctx: Context, member: Member, wanted: RequestFilter) -> Page[RequestOut]:
    """Newest first. Raises NotAllowed for `as_role` admin without being one, Invalid for a bad cursor."""
    role, me = as_role(member, wanted.as_role), member.person_id
    query = request_store.Wanted(
        programme_id=member.programme.id,
        mentee_id=me if role is Role.MENTEE else None,
        mentor_id=me if role is Role.MENTOR else None,
        states=wanted.states,
        created_before=before(ctx.clock(), wanted.older_than),
        after=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )

    def work(session: Session) -> tuple[Sequence[RequestView], bool, Background]:
        views, more = cut(request_store.page(session, query), wanted.limit)
        behind = background(session, member.programme.id, member.programme.slug, views)
        return views, more, behind

    views, more, behind = await ctx.database.read(work)
    items = [request_out(view, roles_in(member, view.mentee_id, view.mentor_id), behind) for view in views]
    last = cursor_of(views[-1].created_at, views[-1].id) if more else None
    return Page[RequestOut].model_construct(items=items, next=last)


def request_out(view: RequestView, roles: Collection[Role], behind: Background) -> RequestOut:
    """A request as a person in `roles` may see it."""
    return RequestOut.model_construct(
        **{name: getattr(view, name) for name in _SAME_IN_REQUEST},
        programme=behind.slug,
        mentee=behind.person(view.mentee_id),
        mentor=behind.person(view.mentor_id),
        shortlist_id=view.shortlist_id if {Role.MENTEE, Role.ADMIN}.intersection(roles) else None,
        next=_next_of_request(view),
        allowed=request_moves.allowed_to(view, roles),
        timeline=timeline_of(behind, view.id, roles),
    )


_SAME_IN_REQUEST = tuple(
    name for name in RequestOut.model_fields if name in RequestView.model_fields and name != "shortlist_id"
)


def _next_of_request(view: RequestView) -> NextOut | None:
    if view.state not in OPEN:
        return None
    if view.next_reminder_at is not None:
        return next_out(view.next_reminder_at, "reminder")
    return next_out(view.closes_at, "expiry")


async def gets_reminders(ctx: Context, request: RequestOut) -> bool:
    """Whether the one who is to act on the request gets reminders by mail."""
    turn = whose_turn(request.state, request.left_to_admins, request.kind)
    waits_for = request.mentee if turn is Role.MENTEE else request.mentor
    return await ctx.database.read(
        lambda session: people.takes_optional_mails(session, request.programme, waits_for.id)
    )


async def room(ctx: Context, programme_id: str, mentor_id: str) -> Room:
    return await ctx.database.read(lambda session: room_of(session, programme_id, mentor_id))
