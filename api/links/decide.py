"""The mentor decides by mail link: the heart of it all."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.responses import Response

from api.finding import reads as finding_reads
from api.links.links import act_by_link
from api.links.opened import LinkPage
from api.requests import deciding
from api.requests.changes import changes_of
from api.requests.deciding import Outcome
from api.requests.schemas import RequestOut
from api.web import present
from api.web.acts import ActResult
from api.web.forms import Form, Sent
from api.web.rendering import Item
from api.web.words import Stage
from models.process.actors import Part, Role
from models.process.commands import Command
from models.process.request.kinds import RequestKind, role_of
from models.process.request.state import RequestState
from models.process.terms import Sentence


async def act(link: LinkPage, sent: Sent) -> Response:
    request = link.request

    async def send(command: Command, key: str) -> ActResult[RequestOut]:
        acted = await act_by_link(link.ctx, link.subject, command, key)
        now = acted.value if isinstance(acted.value, RequestOut) else link.request
        return ActResult(now, acted.lists_behind)

    decision = deciding.decision_in(sent, link.subject.round or request.revision, link.reader, link.dates)
    as_mentor = _reader(request) is Role.MENTOR
    outcome = await deciding.carry_out(link.ctx, link.reader, decision, sent.key, send, as_mentor=as_mentor)
    return _decided(link, outcome, decision.unavailable)


async def show(link: LinkPage, form: Form) -> Response:
    request, reader = link.request, _reader(link.request)
    sender = request.mentor if reader is Role.MENTEE else request.mentee
    card = await finding_reads.card(link.ctx, link.reader.programme.id, sender.id)
    title = (
        "{sender} offers to be your {t.mentor}"
        if request.kind is RequestKind.OFFER
        else "{sender} asks you to be their {t.mentor}"
    )
    return link.page(
        "link_decide.html",
        request=request,
        title=Sentence(title, sender=present.isolated(sender.name)),
        sender=sender,
        reader=reader,
        link_name=present.isolated(link.name),
        card=card,
        words=present.request_words(request, reader),
        changed=changes_of(request.timeline),
        levels=link.reader.programme.settings.levels,
        answer=await deciding.answer_for(
            link.ctx,
            link.reader,
            link.subject.round or request.revision,
            request.rules,
            as_mentor=reader is Role.MENTOR,
        ),
        form=form,
    )


def _reader(request: RequestOut) -> Role:
    """As whom the link answers."""
    return role_of(Part.DECIDER, request.kind)


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
_OFFER_TITLES = {
    RequestState.ACCEPTED: ("{mentor} is now your {t.mentor}", "Thank you. {mentor} has just been told."),
    RequestState.REJECTED: (
        "You declined",
        "Thank you for answering. {mentor} has just been told, with your words.",
    ),
    RequestState.AMENDMENT_REQUESTED: (
        "You asked for a change",
        "{mentor} has just been told what you would like changed.",
    ),
}
_OFFER_FIRST = (
    "Arrange your first conversation with {mentor}. The mail that is on its way to you says how to reach "
    "them, and so does your shared area."
)
_RECORDED = ("Your answer is recorded", "It shows here and in all lists in a moment.")


def _decided(link: LinkPage, outcome: Outcome, unavailable: bool) -> Response:
    request = outcome.request
    is_offer = request.kind is RequestKind.OFFER
    title, text = (_OFFER_TITLES if is_offer else _TITLES).get(request.state, _RECORDED)
    names = {"mentee": present.isolated(request.mentee.name), "mentor": present.isolated(request.mentor.name)}
    began = bool(request.relationship_id)
    first = [Stage(Sentence(_OFFER_FIRST if is_offer else _FIRST, **names))]
    return link.done(
        request,
        Sentence(title, **names),
        Sentence(text, **names),
        first if began else present.request_words(request, _reader(request)).stages,
        *_links(link, request, unavailable),
        notes=outcome.notes,
        strong=began,
    )


def _links(link: LinkPage, request: RequestOut, unavailable: bool) -> Iterator[Item]:
    if request.relationship_id:
        yield Item("Open your shared area", f"/relationships/{request.relationship_id}")
    else:
        yield Item(Sentence("See the {t.request}"), f"/requests/{request.id}")
    if unavailable:
        yield Item("Open your profile", f"/p/{link.reader.programme.slug}/profile")
