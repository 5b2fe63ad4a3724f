"""What people do to requests. Every act has a key: sent twice with it, it is done once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.finding.reads import scope_of
from api.requests.promised import DatesMoved, check_dates
from api.requests.reads import request_out
from api.requests.schemas import RequestOut
from api.web.access import Member, Viewer
from api.web.acts import ActResult, actor_for
from api.web.context import Context
from api.web.errors import KeyReused, NotFound
from api.web.keys import made_id, scoped
from api.web.paging import parse_id
from api.web.projection import caught_up, version_now
from api.web.shapes import Background, background
from models.holidays import kept_holidays, own_days
from models.process import asking, permissions, texts
from models.process.actors import Role
from models.process.commands import Command
from models.process.errors import Invalid, Refused
from models.process.match import Basis, Match
from models.process.request import moves as request_moves
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.process.terms import Sentence
from models.store import faults, finding
from models.store import relationships as relationship_store
from models.store import requests as request_store
from models.store.asking import load_facts, members_of
from models.store.tables import MemberRow
from models.store.timeline import entries_of


@dataclass(frozen=True)
class _Wanted:
    """A request as it was sent to us, and the id that it has whenever it is sent with the same key."""

    id: str
    mentor_id: str
    message: str
    basis: Basis


async def draft(
    ctx: Context, member: Member, mentor_id: str, message: str, basis: Basis, key: str
) -> Request:
    """The request that `ask` would send, with its dates, not sent. Raises what `ask` raises."""
    drafted = await _draft(ctx, member, _wanted(member, mentor_id, message, basis, key))
    return request_moves.open_request(drafted, ctx.clock()).after


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
    wanted = _wanted(member, mentor_id, message, basis, key)
    try:
        drafted = await _draft(ctx, member, wanted)
        if promised is not None:
            check_dates(request_moves.open_request(drafted, ctx.clock()).after, promised)
        view = await ctx.gateway.open_request(drafted)
    except (Refused, DatesMoved):
        # Sent before with this key, a request stands in its own way: then it is the answer, not the rule.
        version = await version_now(ctx, request_store.version_of, wanted.id)
        if version < 0:
            raise
        if version > 0:
            return await _as_saved(ctx, member.viewer, wanted)
        view = await ctx.gateway.open_request(await _draft(ctx, member, wanted, checked=False))
    # While the engine keeps a request, even an ended one, it answers its id with what was sent first.
    await _check_said(ctx, view, wanted)
    return await _request_acted(ctx, member.viewer, view, member.programme.slug, (Role.MENTEE,))


def _wanted(member: Member, mentor_id: str, message: str, basis: Basis, key: str) -> _Wanted:
    text = texts.required(
        message, "message", Sentence("Please write a message to the {t.mentor}."), texts.MAX_MESSAGE
    )
    mentor = _mentor_id(mentor_id)
    return _Wanted(made_id(member.person_id, key, member.programme.id, mentor), mentor, text, basis)


async def _draft(ctx: Context, member: Member, wanted: _Wanted, checked: bool = True) -> Request:
    settings, programme, now = member.programme.settings, member.programme, ctx.clock()
    pair = (member.person_id, wanted.mentor_id)

    def work(session: Session) -> tuple[MemberRow, MemberRow, Match]:
        mentee, mentor = _members(session, programme.id, pair)
        if checked:
            asking.check(load_facts(session, programme, settings, *pair, now, lock=False))
        match = finding.match_pair(session, ctx.pools.books, scope_of(member), *pair, wanted.basis)
        return mentee, mentor, match

    mentee, mentor, match = await ctx.database.read(work)
    return Request(
        id=wanted.id,
        version=0,
        programme_id=programme.id,
        mentee_id=pair[0],
        mentor_id=pair[1],
        mentee_zone=mentee.time_zone,
        mentor_zone=mentor.time_zone,
        mentee_days=own_days(mentee.country, settings.holiday_calendar, now),
        mentor_days=own_days(mentor.country, settings.holiday_calendar, now),
        policy=settings.policy(kept_holidays(settings.holiday_calendar, now), programme.settings_revision),
        since=now,
        created_at=now,
        basis=wanted.basis,
        score=match.score,
        reasons=match.reasons,
        message=wanted.message,
    )


def _members(session: Session, programme_id: str, pair: tuple[str, str]) -> tuple[MemberRow, MemberRow]:
    """Raises Invalid when the second is no mentor of the programme."""
    members = members_of(session, programme_id, pair, lock=False)
    mentee, mentor = members.get(pair[0]), members.get(pair[1])
    if mentee is None or mentor is None or not mentor.is_mentor:
        raise Invalid(_NO_MENTOR, field="mentor_id")
    return mentee, mentor


_NO_MENTOR = Sentence("There is no such {t.mentor} in this programme.")


def _mentor_id(text: str) -> str:
    try:
        return parse_id(text)
    except NotFound:
        raise Invalid(_NO_MENTOR, field="mentor_id") from None


async def _as_saved(ctx: Context, viewer: Viewer, wanted: _Wanted) -> ActResult[RequestOut]:
    found = await ctx.database.read(lambda session: request_store.find(session, wanted.id, viewer.person_id))
    if found is None:
        raise NotFound
    await _check_said(ctx, found.view, wanted)
    return await _request_acted(ctx, viewer, found.view, found.slug, found.roles)


async def _check_said(ctx: Context, view: RequestView, wanted: _Wanted) -> None:
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
    actor = actor_for(command, viewer, found.roles)
    permissions.check(command, actor, found.view.mentee_id, found.view.mentor_id)
    key = scoped(viewer.person_id, key)
    view = await ctx.gateway.act_on_request(found.view, command, actor, key, request_hash)
    return await _request_acted(ctx, viewer, view, found.slug, found.roles)


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
