"""One request: where it stands, what happened, and everything that can be done to it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.finding import reads as finding_reads
from api.requests import acts as request_acts
from api.requests import deciding, reads
from api.requests.changes import changes_of
from api.requests.schemas import RequestOut
from api.web import journeys, present, words
from api.web.access import Ctx, Member, Viewer, member_of
from api.web.act_forms import acts_of, begun, command_of, read
from api.web.acts import ActResult
from api.web.context import Context
from api.web.forms import Form, Forms, Sent
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import (
    REFUSALS,
    Posted,
    Reader,
    dates_of,
    form_for,
    frame_of,
    local_path,
    refuse,
    speaking_of,
)
from api.web.rendering import page
from models.process.actors import Part, Role
from models.process.commands import Command
from models.process.request.commands import RemindNow
from models.process.request.kinds import RequestKind, role_of
from models.process.request.moves import COMMANDS
from models.process.request.state import OPEN, RequestState
from models.process.request.view import RequestRules
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)


@router.get("/requests/{request_id}")
async def one_request(request_id: str, ctx: Ctx, viewer: Reader, said: Said) -> Response:
    request = await reads.request(ctx, viewer, request_id)
    return await _page(ctx, viewer, request, notice=said)


@router.post("/requests/{request_id}/decide")
async def decide(request_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    request = await reads.request(ctx, viewer, request_id)
    member = await member_of(ctx, viewer, request.programme)
    as_mentor = present.role_in(request, viewer.person_id) is Role.MENTOR

    async def send(command: Command, key: str) -> ActResult[RequestOut]:
        return await request_acts.act_on_request(ctx, viewer, request_id, command, key)

    try:
        decision = deciding.decision_in(sent, request.revision, member, dates_of(ctx, member))
        outcome = await deciding.carry_out(ctx, member, decision, sent.key, send, as_mentor=as_mentor)
    except REFUSALS as error:
        return await _refused(ctx, viewer, request_id, "accept", error, sent)
    done = words.DONE["reject-only"] if outcome.stays_available else decision.command.offer.said
    return go_and_say(ctx, viewer.session, f"/requests/{request_id}", done, outcome.lists_behind)


@router.post("/requests/{request_id}/{command}")
async def act(request_id: str, command: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    kind = command_of(COMMANDS, command)
    try:
        acted = await request_acts.act_on_request(ctx, viewer, request_id, read(kind, sent), sent.key)
    except REFUSALS as error:
        return await _refused(ctx, viewer, request_id, command, error, sent)
    said: str = kind.offer.said
    if kind is RemindNow and not await reads.gets_reminders(ctx, acted.value):
        said = words.DONE["remind-unread"]
    back = _back(sent) or f"/requests/{request_id}"
    return go_and_say(ctx, viewer.session, back, said, acted.lists_behind)


def _back(sent: Sent) -> str:
    """The list that the form stood on, to go on there; empty for the page of the request itself."""
    return local_path(sent.text("back"), lambda path: path.startswith("/p/"), "")


async def _refused(
    ctx: Context, viewer: Viewer, request_id: str, command: str, error: Exception, sent: Sent
) -> Response:
    """The request as it is now, with the form that was refused as it was sent."""
    request = await reads.request(ctx, viewer, request_id)
    form = form_for(ctx, viewer, command)
    status = refuse(form, error, sent)
    return await _page(ctx, viewer, request, {command: form}, status=status, back=_back(sent))


async def _page(
    ctx: Context,
    viewer: Viewer,
    request: RequestOut,
    refused: dict[str, Form] | None = None,
    *,
    status: int = 200,
    notice: Notice = SILENT,
    back: str = "",
) -> Response:
    member = await member_of(ctx, viewer, request.programme)
    role = present.role_in(request, viewer.person_id)
    dates = dates_of(ctx, member)
    settings = member.programme.settings
    rules = request.rules or RequestRules.of(settings.policy().request)
    forms = Forms.of(_forms(ctx, viewer, request), refused or {})
    shown = (request.message, request.comment, f"{request.reason}\n{request.comment}")
    return page(
        "request.html",
        frame=speaking_of(frame_of(ctx, viewer, member, "requests"), request.kind),
        status=status,
        request=request,
        base=f"/requests/{request.id}",
        role=role,
        title=_title(request, role),
        words=present.request_words(request, role),
        changed=changes_of(request.timeline),
        journey=journeys.of_request(request, role, dates),
        levels=settings.levels,
        card=await _card(ctx, member, request, role),
        answer=await _answer(ctx, member, request, role),
        comment_head=_comment_head(request, role),
        decider=role_of(Part.DECIDER, request.kind),
        sender=role_of(Part.SENDER, request.kind),
        whose=_side(request, role_of(Part.DECIDER, request.kind)),
        other=_side(request, role_of(Part.SENDER, request.kind)),
        forms=forms.offered,
        acts=acts_of(COMMANDS, forms.offered, _other(request, role), rules.comment_required),
        refused=forms.refused,
        lost=forms.lost,
        may_question=role is not Role.ADMIN and request.state in OPEN and settings.questions,
        extension=words.period(rules.extend_by or settings.extend_by),
        is_open=request.state in OPEN,
        back=back,
        lines=present.lines(request.timeline, viewer.person_id, role, dates, shown),
        notice=notice,
        dates=dates,
    )


async def _answer(ctx: Context, member: Member, request: RequestOut, role: Role) -> deciding.Answer | None:
    if "accept" not in request.allowed:
        return None
    as_mentor = role is Role.MENTOR
    return await deciding.answer_for(ctx, member, request.revision, request.rules, as_mentor=as_mentor)


def _forms(ctx: Context, viewer: Viewer, request: RequestOut) -> dict[str, Form]:
    """One empty form for each thing that the viewer may do now."""
    forms = {name: form_for(ctx, viewer, name) for name in request.allowed}
    for name, form in forms.items():
        form.values = begun(COMMANDS[name], request)
    return forms


def _other(request: RequestOut, role: Role) -> str:
    """What a text calls `{other}`."""
    return present.isolated((request.mentee if role is Role.MENTOR else request.mentor).name)


def _side(request: RequestOut, role: Role) -> str:
    return present.isolated((request.mentee if role is Role.MENTEE else request.mentor).name)


def _title(request: RequestOut, role: Role) -> str:
    mentee, mentor = present.isolated(request.mentee.name), present.isolated(request.mentor.name)
    if request.kind is RequestKind.OFFER:
        return _title_of_offer(role, mentee, mentor)
    if role is Role.MENTEE:
        return Sentence("Your {t.request} to {mentor}", mentor=mentor)
    if role is Role.MENTOR:
        return Sentence("{mentee} asks you to be their {t.mentor}", mentee=mentee)
    return f"{mentee} asked {mentor}"


def _title_of_offer(role: Role, mentee: str, mentor: str) -> str:
    if role is Role.MENTEE:
        return Sentence("{mentor} offers to be your {t.mentor}", mentor=mentor)
    return f"Your offer to {mentee}" if role is Role.MENTOR else f"{mentor} offered {mentee}"


async def _card(ctx: Context, member: Member, request: RequestOut, role: Role) -> object:
    """Who the other one is; admins know the names already."""
    other = {Role.MENTOR: request.mentee.id, Role.MENTEE: request.mentor.id}.get(role)
    return await finding_reads.card(ctx, member.programme.id, other) if other else None


_COORDINATORS = Sentence("the programme’s {t.coordinators}")


def _comment_head(request: RequestOut, role: Role) -> str:
    if request.on_behalf or request.handed_over_to:
        return Sentence("What {by} wrote", by=_COORDINATORS)
    if request.state is RequestState.CLOSED:
        return Sentence("What {by} wrote", by=_COORDINATORS)
    part = Part.SENDER if request.state is RequestState.WITHDRAWN else Part.DECIDER
    wrote = role_of(part, request.kind)
    return Sentence("What {by} wrote", by="you" if role is wrote else _side(request, wrote))
