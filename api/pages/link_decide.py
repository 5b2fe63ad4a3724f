"""The mentor decides by mail link: the heart of it all."""

from __future__ import annotations

import asyncio

from fastapi.responses import Response

from api import acts, reads
from api.access import Viewer
from api.context import Context
from api.errors import NotFound
from api.pages import deciding, present, queries
from api.pages.common import REFUSALS, refuse
from api.pages.deciding import Outcome
from api.pages.forms import Form, Sent
from api.pages.link_stands import Opened, opened, stands
from api.pages.rendering import Item, page
from api.pages.words import Stage
from api.schemas import ContactOut, RequestOut
from models.process.actors import Role
from models.process.commands import Command
from models.process.errors import IllegalMove, Superseded
from models.process.request import RequestState

PAUSES = (0.0, 0.1, 0.2, 0.4)
"""Seconds between looks for the relationship that an acceptance starts: it appears a moment later."""


async def show(link: Opened) -> Response:
    return await _form_page(link, link.form())


async def act(link: Opened, sent: Sent) -> Response:
    request = _request(link)
    form = link.form()

    async def send(command: Command, key: str) -> acts.Acted[RequestOut]:
        acted = await acts.act_by_link(link.ctx, link.subject, command, key)
        return acts.Acted(await _as_request(link, acted.value), acted.lists_behind)

    try:
        decision = deciding.read(sent, link.subject.round or request.revision, link.dates)
        outcome = await deciding.carry_out(link.ctx, link.reader, decision, sent.key, send)
    except (Superseded, IllegalMove):
        now = await opened(link.ctx, link.token)
        return await stands(now, status=409, typed=sent.typed())
    except REFUSALS as error:
        status = refuse(form, error, sent)
        return await _form_page(link, form, status)
    return await _decided(link, outcome, decision.unavailable)


def _request(link: Opened) -> RequestOut:
    if link.subject.request is None:
        raise NotFound
    return link.subject.request


async def _as_request(link: Opened, value: object) -> RequestOut:
    return value if isinstance(value, RequestOut) else _request(link)


async def _form_page(link: Opened, form: Form, status: int = 200) -> Response:
    request = _request(link)
    card = await queries.card(link.ctx, link.reader.programme.id, request.mentee.id)
    return page(
        "link_decide.html",
        frame=link.frame,
        status=status,
        request=request,
        card=card,
        programme=link.programme,
        words=present.request_words(request, Role.MENTOR),
        answer=await deciding.answer_for(
            link.ctx, link.reader, link.subject.round or request.revision, request.rules
        ),
        form=form,
        failed=bool(form.errors),
        action=link.action,
        dates=link.dates,
    )


_TITLES = {
    RequestState.ACCEPTED: ("You are now {mentee}’s mentor", "Thank you. {mentee} has just been told."),
    RequestState.REJECTED: (
        "You declined",
        "Thank you for answering. {mentee} has just been told, with your words.",
    ),
    RequestState.AMENDMENT_REQUESTED: (
        "You asked for a change",
        "{mentee} has just been told what you would like changed.",
    ),
}
_FIRST = (
    "Write to {mentee} and suggest a first conversation. The address is on this page and in your shared area."
)
_RECORDED = ("Your answer is recorded", "It shows here and in all lists in a moment.")


async def _decided(link: Opened, outcome: Outcome, unavailable: bool) -> Response:
    request = outcome.request
    title, text = _TITLES.get(request.state, _RECORDED)
    mentee = present.isolated(request.mentee.name)
    profile = Item("Open your profile", f"/p/{link.reader.programme.slug}/profile")
    contact = await _contact(link.ctx, link.viewer, request) if request.relationship_id else None
    return page(
        "link_decided.html",
        frame=link.frame,
        programme=link.programme,
        title=title.format(mentee=mentee),
        text=text.format(mentee=mentee),
        notes=outcome.notes,
        contact=contact,
        stages=[Stage(_FIRST.format(mentee=mentee))]
        if contact
        else present.request_words(request, Role.MENTOR).stages,
        links=[*_links(request), *([profile] if unavailable else [])],
        strong=bool(request.relationship_id),
        dates=link.dates,
    )


def _links(request: RequestOut) -> list[Item]:
    if request.relationship_id:
        return [Item("Open your shared area", f"/relationships/{request.relationship_id}")]
    return [Item("See the request", f"/requests/{request.id}")]


async def _contact(ctx: Context, viewer: Viewer, request: RequestOut) -> ContactOut | None:
    """How to reach the mentee, once the relationship can be read; else the mail that follows says it."""
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            found = await reads.relationship(ctx, viewer, request.relationship_id or "")
        except NotFound:
            continue
        return next((one for one in found.contacts or [] if one.id == request.mentee.id), None)
    return None
