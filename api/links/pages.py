"""The page of a mail link. GET shows and changes nothing; POST acts as the person the link speaks for.

A link that was used, replaced or is too old leads to where its subject stands now, never into a dead end.
A mail can be forwarded, so the page names the person it answers as and looks at who is signed in: the other
side of the request or the relationship is refused, anybody else has to sign out or to confirm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.links import act as link_act
from api.links import answer_question as link_answer_question
from api.links import cancel_erasure as link_cancel_erasure
from api.links import confirm as link_confirm
from api.links import decide as link_decide
from api.links import invitation as link_invitation
from api.links import survey as link_survey
from api.links.links import BY_LINK, LinkState
from api.links.opened import LinkPage, opened
from api.links.stands import refused, stands
from api.relationships import surveying
from api.web import limits
from api.web.access import Ctx
from api.web.forms import Form, Sent
from api.web.pages import REFUSALS, Here, read_form, refuse
from api.web.security import check_link_form, client_of
from models.links import Purpose
from models.process.errors import IllegalMove, Superseded
from models.process.relationship.base import RelationshipState
from models.process.request.state import RequestState

router = APIRouter(include_in_schema=False)

SHOWN: dict[Purpose, Callable[[LinkPage, Form], Awaitable[Response]]] = {
    Purpose.DECIDE: link_decide.show,
    **dict.fromkeys(BY_LINK, link_act.show),
    Purpose.CONFIRM: link_confirm.show,
    Purpose.SURVEY: link_survey.show,
    Purpose.ANSWER: link_answer_question.show,
    Purpose.INVITATION: link_invitation.show,
    Purpose.KEEP: link_cancel_erasure.show,
}
DONE: dict[Purpose, Callable[[LinkPage, Sent], Awaitable[Response]]] = {
    Purpose.DECIDE: link_decide.act,
    **dict.fromkeys(BY_LINK, link_act.act),
    Purpose.CONFIRM: link_confirm.act,
    Purpose.SURVEY: link_survey.act,
    Purpose.ANSWER: link_answer_question.act,
    Purpose.INVITATION: link_invitation.act,
    Purpose.KEEP: link_cancel_erasure.act,
}

LEADS_TO: dict[Purpose, dict[str, StrEnum]] = {
    Purpose.DECIDE: {
        "accept": RequestState.ACCEPTED,
        "amend": RequestState.AMENDMENT_REQUESTED,
        "reject": RequestState.REJECTED,
    },
    Purpose.CONFIRM: {"confirm": RelationshipState.COMPLETED, "decline": RelationshipState.ACTIVE},
}
"""Where the buttons of a form lead that has several."""

if missing := set(Purpose) - SHOWN.keys() - {Purpose.UNSUBSCRIBE}:
    raise TypeError(f"no page answers links for: {', '.join(sorted(missing))}")


@router.get("/links/{token}")
@router.head("/links/{token}")
async def show_link(token: str, request: Request, ctx: Ctx, here: Here) -> Response:
    link = await opened(ctx, request, token, here)
    if link.is_other_side:
        return refused(link)
    if link.subject.standing is not LinkState.OPEN:
        return await stands(link)
    return await SHOWN[link.subject.purpose](link, link.form())


@router.post("/links/{token}")
async def use_link(token: str, request: Request, ctx: Ctx, here: Here) -> Response:
    sent = await read_form(request)
    check_link_form(ctx, request, token, sent.values.get("csrf", [None])[0])
    await limits.link_post(ctx, client_of(ctx, request))
    link = await opened(ctx, request, token, here)
    if link.is_other_side:
        return refused(link)
    if link.subject.standing is not LinkState.OPEN:
        return await _too_late(link, sent)
    try:
        link.check_confirmed(sent)
        return await DONE[link.subject.purpose](link, sent)
    except (Superseded, IllegalMove):
        return await _too_late(await link.again(), sent)
    except REFUSALS as error:
        form = link.form()
        status = refuse(form, error, sent)
        response = await SHOWN[link.subject.purpose](link, form)
        response.status_code = status
        return response


async def _too_late(link: LinkPage, sent: Sent) -> Response:
    typed = _unsaid(link, sent)
    return await stands(link, 409, lost=bool(typed) or _differs(link, sent), typed=typed)


def _differs(link: LinkPage, sent: Sent) -> bool:
    """Whether a button was pressed for something else than what was recorded: a choice leaves no words."""
    process, pressed = link.subject.request or link.subject.relationship, sent.text("decision")
    leads_to = LEADS_TO.get(link.subject.purpose, {}).get(pressed)
    return process is not None and leads_to is not None and process.state != leads_to


def _unsaid(link: LinkPage, sent: Sent) -> str:
    """What somebody wrote in vain; nothing where it was recorded, as by the form that is sent once more."""
    request, relationship = link.subject.request, link.subject.relationship
    survey = relationship.survey if relationship else None
    questions = survey.questions if survey else []
    if survey and {key: str(one) for key, one in survey.answers.items()} == surveying.answers(
        questions, sent
    ):
        return ""
    process = request or relationship
    recorded: set[str | None] = {entry.note or "" for entry in process.timeline} if process else set()
    recorded |= {request.comment, request.message} if request else set()
    recorded |= {link.subject.question.answer} if link.subject.question else set()
    typed = sent.typed(surveying.labels(surveying.asked(questions)))
    return "" if typed in recorded else typed
