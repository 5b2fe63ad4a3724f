"""A coordinator chooses a mentor for somebody's request: whom it is handed over to."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import Response

from api.finding.reads import scope_of
from api.finding.schemas import MentorOut
from api.profile.profiles import mentor_out
from api.requests import acts, reads
from api.requests.schemas import RequestOut
from api.web import present
from api.web.access import Ctx, Member, Viewer, member_of
from api.web.act_forms import fields_of, read
from api.web.context import Context
from api.web.forms import Form
from api.web.notices import go_and_say
from api.web.pages import REFUSALS, Posted, Reader, form_for, frame_of, refuse
from api.web.rendering import page
from models.matching.search import Criteria
from models.process import asking
from models.process.actors import Role
from models.process.errors import NotAllowed, Refused
from models.process.request import moves as request_moves
from models.process.request.commands import HandOverRequest, RequestCommand
from models.process.terms import Sentence
from models.store import finding

router = APIRouter(include_in_schema=False)

SHOWN = 12
"""Mentors to choose from; a search finds the others."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """What is done with whom is chosen, and how the page says it."""

    command: type[RequestCommand]
    title: str
    lead: str


HAND_OVER = Choosing(
    HandOverRequest,
    "Hand over the {t.request} of {mentee}",
    "It goes to another {t.mentor} with the message as it is, and the dates begin anew. {mentee} and both "
    "{t.mentors} are told.",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor who could be chosen, and how well they fit."""

    mentor: MentorOut
    score: int
    free: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """`refusal`: why there are none, where the mentee cannot be given any."""

    items: list[Candidate] = field(default_factory=list)
    refusal: str = ""


@router.get("/requests/{request_id}/hand-over")
async def hand_over_page(request_id: str, ctx: Ctx, viewer: Reader, q: str = "") -> Response:
    return await _choose(ctx, viewer, request_id, HAND_OVER, q)


@router.post("/requests/{request_id}/hand-over")
async def hand_over(request_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    command = read(HandOverRequest, sent)
    try:
        acted = await acts.act_on_request(ctx, viewer, request_id, command, sent.key)
    except REFUSALS as error:
        form = form_for(ctx, viewer)
        status = refuse(form, error, sent)
        return await _choose(ctx, viewer, request_id, HAND_OVER, sent.text("q"), form, status)
    done = HandOverRequest.offer.said
    return go_and_say(ctx, viewer.session, f"/requests/{acted.value.id}", done, acted.lists_behind)


async def _choose(
    ctx: Context,
    viewer: Viewer,
    request_id: str,
    choosing: Choosing,
    q: str,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    request = await reads.request(ctx, viewer, request_id)
    member = await member_of(ctx, viewer, request.programme)
    if Role.ADMIN not in member.roles:
        raise NotAllowed(Sentence("Only {t.a_coordinator} of the programme can do this."))
    # What somebody chose who was refused is shown again, even where it cannot be done any more.
    if choosing.command.name not in request.allowed and form is None:
        raise request_moves.out_of_place(choosing.command, request.state)
    mentee = present.isolated(request.mentee.name)
    rules = request.rules.comment_required if request.rules else None
    return page(
        "choose_mentor.html",
        frame=frame_of(ctx, viewer, member, "admin" if Role.ADMIN in member.roles else "requests"),
        status=status,
        request=request,
        action=f"/requests/{request.id}/{choosing.command.name}",
        title=Sentence(choosing.title, mentee=mentee),
        lead=Sentence(choosing.lead, mentee=mentee),
        found=await _candidates(ctx, member, request, q.strip()[:200]),
        q=q,
        form=form or form_for(ctx, viewer),
        comment=fields_of(choosing.command, mentee, rules)["comment"],
        button=Sentence(choosing.command.offer.button),
    )


async def _candidates(ctx: Context, member: Member, request: RequestOut, q: str) -> Candidates:
    criteria = Criteria(basis=request.basis, text=q, limit=SHOWN)
    try:
        found = await finding.find_mentors(
            ctx.database, ctx.pools, scope_of(member), request.mentee.id, criteria, ctx.clock()
        )
    except Refused:
        return Candidates(refusal=str(asking.NO_MENTEE.sentence))
    return Candidates([Candidate(mentor_out(one.member), one.hit.score, one.free) for one in found.items])
