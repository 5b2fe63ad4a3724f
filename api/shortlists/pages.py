"""Shortlists on pages: writing one, checking it, where each name stands, changing who is asked next."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.shortlists import acts, reads, texts
from api.shortlists.acts import NewList
from api.shortlists.picking import Picked, candidates, chosen_ids, picked_in
from api.shortlists.reads import ShortlistFilter
from api.shortlists.schemas import ShortlistOut
from api.web import present
from api.web.access import Ctx, Member, Viewer, member_of
from api.web.act_forms import acts_of, command_of, read
from api.web.context import Context
from api.web.forms import Form, Forms, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import (
    PER_PAGE,
    REFUSALS,
    PageMember,
    Posted,
    Reader,
    dates_of,
    form_for,
    member_page,
    refuse,
)
from api.web.rendering import Item
from api.web.words import Empty, Stage
from models.process.actors import Role
from models.process.errors import NotAllowed
from models.process.match import Basis
from models.process.shortlist.commands import ReorderShortlist
from models.process.shortlist.moves import COMMANDS
from models.process.shortlist.state import AskState, Mode, Shortlist
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)


@router.get("/p/{slug}/shortlists")
async def shortlists(ctx: Ctx, member: PageMember, cursor: str | None = None) -> Response:
    found = await reads.lists(ctx, member, ShortlistFilter(Role.MENTEE, PER_PAGE, cursor))
    base = f"/p/{member.programme.slug}/shortlists"
    return member_page(
        ctx,
        member,
        "requests",
        "shortlists.html",
        page=found,
        stands=texts.mark,
        brief=texts.brief,
        may_begin=Role.MENTEE in member.roles,
        empty=Empty(
            "You have no list yet",
            Sentence("Name several {t.mentors}, and they are asked one after the other until one accepts."),
            f"{base}/new" if Role.MENTEE in member.roles else "",
            "Begin a list",
        ),
        next_href=present.address(base, [("cursor", found.next)]) if found.next else None,
        first_href=base if cursor else None,
    )


@router.get("/p/{slug}/shortlists/new")
async def new(ctx: Ctx, member: PageMember, add: str = "", q: str = "") -> Response:
    form = form_for(ctx, member.viewer)
    form.values = values_of({"mode": Mode.IN_ORDER, "q": q[:200]})
    picked = Picked((add,) if add else ())
    return await _write(ctx, member, form, picked)


@router.post("/p/{slug}/shortlists/new")
async def begin(ctx: Ctx, member: PageMember, sent: Posted) -> Response:
    form, picked, step = form_for(ctx, member.viewer), picked_in(sent), sent.text("step")
    form.values = sent.values
    if step not in {"check", "send"}:
        return await _write(ctx, member, form, picked)
    mode = Mode.AT_ONCE if sent.text("mode") == Mode.AT_ONCE else Mode.IN_ORDER
    wanted = NewList(picked.mentors, sent.text("message"), Basis.GAPS, mode)
    key = sent.key_for(*picked.mentors, mode, wanted.message)
    try:
        picked.check()
        if step == "check":
            form.key = sent.form_key
            return await _check(ctx, member, await acts.draft(ctx, member, wanted, key), form)
        acted = await acts.begin(ctx, member, wanted, key)
    except REFUSALS as error:
        status = refuse(form, error, sent)
        return await _write(ctx, member, form, picked, status)
    where = f"/shortlists/{acted.value.id}"
    return go_and_say(ctx, member.viewer.session, where, "Your list is on its way.", acted.lists_behind)


@router.get("/shortlists/{shortlist_id}")
async def one_shortlist(shortlist_id: str, ctx: Ctx, viewer: Reader, said: Said) -> Response:
    return await _page(ctx, viewer, await reads.shortlist(ctx, viewer, shortlist_id), notice=said)


@router.get("/shortlists/{shortlist_id}/change")
async def change(shortlist_id: str, ctx: Ctx, viewer: Reader, q: str = "") -> Response:
    found = await reads.shortlist(ctx, viewer, shortlist_id)
    form = form_for(ctx, viewer)
    form.values = values_of({"q": q[:200]})
    waiting = tuple(ask.mentor.id for ask in found.asks if ask.state is AskState.WAITING)
    return await _change(ctx, viewer, found, form, Picked(waiting))


@router.post("/shortlists/{shortlist_id}/change")
async def save_change(shortlist_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    found = await reads.shortlist(ctx, viewer, shortlist_id)
    form, picked = form_for(ctx, viewer), picked_in(sent)
    form.values = sent.values
    if sent.text("step") != "save":
        return await _change(ctx, viewer, found, form, picked)
    try:
        picked.check()
        command = ReorderShortlist(mentors=picked.mentors)
        acted = await acts.act(ctx, viewer, shortlist_id, command, sent.key)
    except REFUSALS as error:
        status = refuse(form, error, sent)
        found = await reads.shortlist(ctx, viewer, shortlist_id)
        return await _change(ctx, viewer, found, form, picked, status)
    said = ReorderShortlist.offer.said
    return go_and_say(ctx, viewer.session, f"/shortlists/{found.id}", said, acted.lists_behind)


@router.post("/shortlists/{shortlist_id}/{command}")
async def act(shortlist_id: str, command: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    kind = command_of(COMMANDS, command)
    try:
        acted = await acts.act(ctx, viewer, shortlist_id, read(kind, sent), sent.key)
    except NotAllowed:
        raise
    except REFUSALS as error:
        form = form_for(ctx, viewer, command)
        status = refuse(form, error, sent)
        found = await reads.shortlist(ctx, viewer, shortlist_id)
        return await _page(ctx, viewer, found, {command: form}, status)
    return go_and_say(ctx, viewer.session, f"/shortlists/{shortlist_id}", kind.offer.said, acted.lists_behind)


async def _write(ctx: Context, member: Member, form: Form, picked: Picked, status: int = 200) -> Response:
    if Role.MENTEE not in member.roles or not member.complete:
        return _not_yet(ctx, member)
    settings = member.programme.settings
    found = await candidates(ctx, member, chosen_ids(picked, form), form.value("q"))
    return member_page(
        ctx,
        member,
        "mentors",
        "shortlist_new.html",
        status=status,
        form=form,
        picked=picked,
        people=found,
        most=settings.shortlist_maximum,
        modes=texts.modes(settings),
        stages=texts.beginning(settings),
    )


async def _check(ctx: Context, member: Member, draft: Shortlist, form: Form) -> Response:
    """Who is asked in which order, and what they get; nothing has been sent."""
    people = await candidates(ctx, member, tuple(ask.mentor_id for ask in draft.asks), None)
    return member_page(
        ctx,
        member,
        "mentors",
        "shortlist_check.html",
        form=form,
        draft=draft,
        people=people,
        in_order=draft.mode is Mode.IN_ORDER,
        stages=texts.sending(draft.mode, member.programme.settings),
    )


async def _page(
    ctx: Context,
    viewer: Viewer,
    found: ShortlistOut,
    refused: dict[str, Form] | None = None,
    status: int = 200,
    notice: Notice = SILENT,
) -> Response:
    member = await member_of(ctx, viewer, found.programme)
    dates = dates_of(ctx, member)
    offered = {name: form_for(ctx, viewer, name) for name in found.allowed if name != "reorder"}
    forms = Forms.of(offered, refused or {})
    is_mine = found.mentee.id == viewer.person_id
    return member_page(
        ctx,
        member,
        "requests",
        "shortlist.html",
        status=status,
        one=found,
        base=f"/shortlists/{found.id}",
        is_mine=is_mine,
        title=texts.title(found, is_mine=is_mine),
        stands=texts.mark,
        standing=texts.standing(found),
        journey=texts.journey(found, dates),
        stages=texts.ahead(found),
        acts=acts_of(COMMANDS, forms.offered, "", frozenset()),
        refused=forms.refused,
        lines=present.lines(found.timeline, viewer.person_id, Role.MENTEE, dates),
        notice=notice,
    )


async def _change(
    ctx: Context, viewer: Viewer, found: ShortlistOut, form: Form, picked: Picked, status: int = 200
) -> Response:
    if found.mentee.id != viewer.person_id:
        raise NotAllowed(Sentence("Only the {t.mentee} can do this."))
    member = await member_of(ctx, viewer, found.programme)
    settled = {ask.mentor.id for ask in found.asks if ask.state is not AskState.WAITING}
    waiting = tuple(ask.mentor.id for ask in found.asks if ask.state is AskState.WAITING)
    people = await candidates(ctx, member, (*waiting, *chosen_ids(picked, form)), form.value("q"), settled)
    return member_page(
        ctx,
        member,
        "requests",
        "shortlist_change.html",
        status=status,
        one=found,
        form=form,
        picked=picked,
        people=people,
        most=member.programme.settings.shortlist_maximum,
    )


def _not_yet(ctx: Context, member: Member) -> Response:
    return member_page(
        ctx,
        member,
        "mentors",
        "not_yet.html",
        status=409,
        title="You cannot begin a list now",
        text=Sentence("Only {t.a_mentee} with a complete profile can ask {t.mentors}."),
        hints=[],
        typed="",
        stages=[Stage("Nothing was sent.")],
        way=Item("Go to your profile", f"/p/{member.programme.slug}/profile"),
    )
