"""The mentor decides by mail link: the heart of it all."""

from __future__ import annotations

from fastapi.responses import Response

from api import acts
from api.errors import NotFound
from api.pages import deciding, present, queries
from api.pages.deciding import Outcome
from api.pages.forms import Form, Sent
from api.pages.link_stands import Opened
from api.pages.rendering import Item, page
from api.pages.words import Stage
from api.schemas import RequestOut
from models.process.actors import Role
from models.process.commands import Command
from models.process.request.state import RequestState
from models.process.terms import Sentence


async def act(link: Opened, sent: Sent) -> Response:
    request = _request(link)

    async def send(command: Command, key: str) -> acts.ActResult[RequestOut]:
        acted = await acts.act_by_link(link.ctx, link.subject, command, key)
        return acts.ActResult(await _as_request(link, acted.value), acted.lists_behind)

    decision = deciding.decision_in(sent, link.subject.round or request.revision, link.dates)
    outcome = await deciding.carry_out(link.ctx, link.reader, decision, sent.key, send)
    return _decided(link, outcome, decision.unavailable)


def _request(link: Opened) -> RequestOut:
    if link.subject.request is None:
        raise NotFound
    return link.subject.request


async def _as_request(link: Opened, value: object) -> RequestOut:
    return value if isinstance(value, RequestOut) else _request(link)


async def show(link: Opened, form: Form) -> Response:
    request = _request(link)
    card = await queries.card(link.ctx, link.reader.programme.id, request.mentee.id)
    return page(
        "link_decide.html",
        frame=link.frame,
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
    RequestState.ACCEPTED: ("You are now {mentee}’s {t.mentor}", "Thank you. {mentee} has just been told."),
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
    "Write to {mentee} and suggest a first conversation. The mail that is on its way to you says how to "
    "reach them, and so does your shared area."
)
_RECORDED = ("Your answer is recorded", "It shows here and in all lists in a moment.")


def _decided(link: Opened, outcome: Outcome, unavailable: bool) -> Response:
    request = outcome.request
    title, text = _TITLES.get(request.state, _RECORDED)
    mentee = present.isolated(request.mentee.name)
    profile = Item("Open your profile", f"/p/{link.reader.programme.slug}/profile")
    first = [Stage(Sentence(_FIRST, mentee=mentee))]
    return page(
        "link_decided.html",
        frame=link.frame,
        programme=link.programme,
        title=Sentence(title, mentee=mentee),
        text=Sentence(text, mentee=mentee),
        notes=outcome.notes,
        stages=first if request.relationship_id else present.request_words(request, Role.MENTOR).stages,
        links=[*_links(request), *([profile] if unavailable else [])],
        strong=bool(request.relationship_id),
        dates=link.dates,
    )


def _links(request: RequestOut) -> list[Item]:
    if request.relationship_id:
        return [Item("Open your shared area", f"/relationships/{request.relationship_id}")]
    return [Item(Sentence("See the {t.request}"), f"/requests/{request.id}")]
