"""What people do to requests. Every act has a key: sent twice with it, it is done once."""

from __future__ import annotations

from api.requests import reads
from api.requests.drafting import Wanted, drafted, mentee_id_in, mentor_id_in
from api.requests.promised import DatesMoved, check_dates
from api.requests.reads import request_out
from api.requests.schemas import RequestOut
from api.web.access import Member, Viewer, member_of
from api.web.acts import ActResult, actor_for
from api.web.context import Context
from api.web.errors import KeyReused, NotFound
from api.web.keys import made_id, scoped
from api.web.paging import parse_id
from api.web.projection import caught_up, version_now
from api.web.shapes import Background, background
from models.process import asking, permissions, texts
from models.process.actors import Part, Role
from models.process.commands import Command
from models.process.errors import Refused
from models.process.match import Basis
from models.process.request import moves as request_moves
from models.process.request.commands import HandOverRequest
from models.process.request.kinds import RequestKind, role_of
from models.process.request.state import Request, successor_id
from models.process.request.view import RequestView
from models.process.terms import Sentence
from models.store import faults
from models.store import relationships as relationship_store
from models.store import requests as request_store
from models.store.timeline import entries_of


async def draft(
    ctx: Context, member: Member, mentor_id: str, message: str, basis: Basis, key: str
) -> Request:
    """The request that `ask` would send, with its dates, not sent. Raises what `ask` raises."""
    made = await drafted(ctx, member, _wanted(member, mentor_id, message, basis, key), asking.check)
    return request_moves.open_request(made, ctx.clock()).after


async def ask(
    ctx: Context,
    member: Member,
    mentor_id: str,
    message: str,
    basis: Basis,
    key: str,
    promised: str | None = None,
) -> ActResult[RequestOut]:
    """Sends a request. Raises Invalid, or the rule that stands against it (models.process.errors).

    `promised` are the dates that the sender was shown: raises DatesMoved where they have changed, unless the
    request has gone with this key. Raises KeyReused where the key has sent the same mentor another message:
    nothing is sent then.
    """
    return await _send(ctx, member, _wanted(member, mentor_id, message, basis, key), promised)


async def offer(
    ctx: Context, member: Member, mentee_id: str, message: str, key: str, promised: str | None = None
) -> ActResult[RequestOut]:
    """Sends an offer of a mentor, like `ask`."""
    return await _send(ctx, member, offered(member, mentee_id, message, key), promised)


def offered(member: Member, mentee_id: str, message: str, key: str) -> Wanted:
    """Raises Refused where the programme takes no offers, or none of the member, and Invalid."""
    if Role.MENTOR not in member.roles:
        raise Refused(Sentence("You are not {t.a_mentor} of this programme."))
    if not member.programme.settings.offers_by_mentors:
        raise asking.NO_OFFERS
    text = texts.required(
        message, "message", Sentence("Please write a message to the {t.mentee}."), texts.MAX_MESSAGE
    )
    mentee = mentee_id_in(mentee_id)
    made = made_id(member.person_id, key, member.programme.id, mentee)
    return Wanted(made, mentee, member.person_id, text, Basis.GAPS, RequestKind.OFFER)


async def _send(ctx: Context, member: Member, wanted: Wanted, promised: str | None) -> ActResult[RequestOut]:
    check = asking.CHECKS[wanted.kind]
    try:
        made = await drafted(ctx, member, wanted, check)
        if promised is not None:
            check_dates(request_moves.open_request(made, ctx.clock()).after, promised)
        view = await ctx.gateway.open_request(made)
    except (Refused, DatesMoved):
        # Sent before with this key, a request stands in its own way: then it is the answer, not the rule.
        version = await version_now(ctx, request_store.version_of, wanted.id)
        if version < 0:
            raise
        if version > 0:
            return await _as_saved(ctx, member.viewer, wanted)
        view = await ctx.gateway.open_request(await drafted(ctx, member, wanted, None))
    # While the engine keeps a request, even an ended one, it answers its id with what was sent first.
    await _check_said(ctx, view, wanted)
    roles = (role_of(Part.SENDER, wanted.kind),)
    return await _request_acted(ctx, member.viewer, view, member.programme.slug, roles)


def _wanted(member: Member, mentor_id: str, message: str, basis: Basis, key: str) -> Wanted:
    text = texts.required(
        message, "message", Sentence("Please write a message to the {t.mentor}."), texts.MAX_MESSAGE
    )
    mentor = mentor_id_in(mentor_id)
    made = made_id(member.person_id, key, member.programme.id, mentor)
    return Wanted(made, member.person_id, mentor, text, basis)


async def _as_saved(ctx: Context, viewer: Viewer, wanted: Wanted) -> ActResult[RequestOut]:
    found = await ctx.database.read(lambda session: request_store.find(session, wanted.id, viewer.person_id))
    if found is None:
        raise NotFound
    await _check_said(ctx, found.view, wanted)
    return await _request_acted(ctx, viewer, found.view, found.slug, found.roles)


async def _check_said(ctx: Context, view: RequestView, wanted: Wanted) -> None:
    """Raises KeyReused unless the request was sent with the message that is wanted, whatever it says now."""
    if view.message == wanted.message:
        return
    entries = await ctx.database.read(lambda session: entries_of(session, [view.id])[view.id])
    if not any(one.what == "RequestSubmitted" and one.note == wanted.message for one in entries):
        raise KeyReused


async def act_on_request(
    ctx: Context, viewer: Viewer, request_id: str, command: Command, key: str, request_hash: str = ""
) -> ActResult[RequestOut]:
    """Sends one command to a request. Raises NotFound, NotAllowed, IllegalMove, Invalid, KeyReused ...

    The process tells a repeat from another act with the same key by `request_hash`.
    """
    found = await ctx.database.read(
        lambda session: request_store.find(session, parse_id(request_id), viewer.person_id)
    )
    if found is None:
        raise NotFound
    actor = actor_for(command, viewer, found.roles, found.view)
    permissions.check(command, actor, found.view)
    if isinstance(command, HandOverRequest):
        command = await _with_successor(ctx, viewer, found, command)
    key = scoped(viewer.person_id, key)
    view = await ctx.gateway.act_on_request(found.view, command, actor, key, request_hash)
    if isinstance(command, HandOverRequest) and view.handed_over_to:
        return await _gone_on(ctx, viewer, view.handed_over_to)
    return await _request_acted(ctx, viewer, view, found.slug, found.roles)


async def _with_successor(
    ctx: Context, viewer: Viewer, found: request_store.Found, command: HandOverRequest
) -> HandOverRequest:
    """With the request that goes on, which the process checks under locks before it lets go of this one."""
    member, view = await member_of(ctx, viewer, found.slug), found.view
    mentor = mentor_id_in(command.mentor_id)
    wanted = Wanted(successor_id(view.id), view.mentee_id, mentor, view.message, view.basis)
    return command.model_copy(update={"to": await drafted(ctx, member, wanted, None)})


async def _gone_on(ctx: Context, viewer: Viewer, request_id: str) -> ActResult[RequestOut]:
    """The request that goes on in place of one that was handed over."""
    behind = not await caught_up(ctx, request_store.version_of, request_id, 1)
    return ActResult(await reads.request(ctx, viewer, request_id), behind)


async def _request_acted(
    ctx: Context, viewer: Viewer, view: RequestView, slug: str, roles: tuple[Role, ...]
) -> ActResult[RequestOut]:
    """The request as the process answered, with what only the database knows, once it has come so far."""
    behind = not await caught_up(ctx, request_store.version_of, view.id, view.version)
    if view.relationship_id and not behind:
        # What the answer names is there when it is read.
        behind = not await caught_up(ctx, relationship_store.version_of, view.relationship_id, 1)
    try:
        others = await ctx.database.read(lambda session: background(session, view.programme_id, slug, [view]))
    except faults.ANY:
        return ActResult(request_out(view, roles, Background(slug, {}, {})), lists_behind=True)
    return ActResult(request_out(view, roles, others), behind)
