"""Signing in by mail link, and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.doors import signing
from api.web import limits
from api.web.access import Ctx, Viewer, member_of
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import NotFound
from api.web.forms import Form
from api.web.pages import REFUSALS, Here, Posted, Reader, go, local_path, read_form, refuse
from api.web.rendering import NOBODY, Frame, face_of, page
from api.web.security import (
    came_through_proxy,
    check_form,
    check_same_origin,
    clear_session,
    client_of,
    form_token,
    set_session,
)
from api.web.words import Stage
from models.store import people
from models.store.access import Identity

router = APIRouter(include_in_schema=False)

ONCE = Stage("The link in it works once, for ten minutes. Then ask for another.")
MAILED = [
    Stage("The mail arrives within a minute or so. Look into the spam folder too."),
    ONCE,
    Stage("Nothing after a few minutes? Try another address, or ask the people who run your programme."),
]
KEPT = [Stage("The mail is on the mailbox page at once."), ONCE]
"""Of an installation that sends no mail."""
KEPT_THERE = [
    Stage(
        "This installation sends no mail: the link is on its mailbox page, which opens on that machine only."
    ),
    ONCE,
]


def next_path(path: str) -> str:
    """Where to go after signing in: a page of ours, never one that acts or another site."""
    return local_path(path, lambda one: not one.startswith(("/sign-", "/api/", "/static/")), "/")


@router.get("/sign-in")
@router.head("/sign-in")
async def sign_in_page(wanted: Annotated[str, Query(alias="next")] = "/") -> Response:
    path = next_path(wanted)
    told = "" if path == "/" else "Please sign in first; then we bring you back to the page you wanted."
    return page("sign_in.html", form=Form(csrf=""), next=path, told=told)


@router.post("/sign-in")
async def ask_for_link(request: Request, ctx: Ctx) -> Response:
    check_same_origin(ctx, request, must_say=False)
    sent = await read_form(request)
    path = next_path(sent.text("next"))
    client = client_of(ctx, request)
    try:
        await signing.ask(ctx, sent.text("email"), path, client, sent.key)
    except REFUSALS as error:
        form = Form(csrf="")
        status = refuse(form, error, sent)
        return page("sign_in.html", status=status, form=form, next=path, told="")
    return sent_page(ctx, request, sent.text("email"))


def sent_page(ctx: Context, request: Request, email: str, status: int = 200) -> Response:
    """Says where the link that was asked for has gone."""
    opens = ctx.mailbox_enabled and not came_through_proxy(request)
    kept = KEPT if opens else KEPT_THERE
    return page(
        "sign_in_sent.html",
        status=status,
        email=email,
        mailbox=opens,
        stages=kept if ctx.mailbox_enabled else MAILED,
        dates=Dates("UTC", ctx.clock()),
    )


@router.get("/sign-in/{token}")
@router.head("/sign-in/{token}")
async def redeem_page(token: str, ctx: Ctx, here: Here) -> Response:
    """Shows a button and changes nothing: a link that a mail scanner opened is as good as before."""
    account = await signing.redeemable(ctx, token)
    if account is None:
        return page("sign_in_stale.html", status=404)
    return page(
        "sign_in_redeem.html",
        frame=await _face(ctx, account),
        form=Form(csrf=form_token(ctx, token)),
        action=f"/sign-in/{token}",
        account=account,
        replaced=here if here and here.person_id != account.person_id else None,
        idle_days=ctx.session_idle.days,
    )


async def _face(ctx: Context, account: Identity) -> Frame:
    """That of the only programme of the person whom the link was mailed to."""
    found = await ctx.database.read(lambda session: people.programmes_of(session, account.person_id))
    if len(found) != 1:
        return NOBODY
    who = Viewer(account.person_id, account.email, account.name)
    programme = (await member_of(ctx, who, found[0].slug)).programme
    return Frame(**face_of(programme.name, programme.settings))


@router.post("/sign-in/{token}")
async def redeem(token: str, request: Request, ctx: Ctx, here: Here) -> Response:
    sent = await read_form(request)
    check_form(ctx, request, token, sent.text("csrf"))
    await limits.link_post(ctx, client_of(ctx, request))
    try:
        agent = request.headers.get("user-agent", "")
        session, path = await signing.redeem_sign_in(ctx, token, here, agent)
    except NotFound:
        return page("sign_in_stale.html", status=404)
    response = go(next_path(path))
    set_session(ctx, response, session)
    return response


@router.post("/sign-out")
async def sign_out(ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    await signing.sign_out(ctx, viewer)
    response = go(next_path(sent.text("next")))
    clear_session(ctx, response)
    return response
