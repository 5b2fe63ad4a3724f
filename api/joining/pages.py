"""The public page on which people join a programme by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.doors.pages import sent_page
from api.joining import joining
from api.joining.schemas import RegistrationIn, RegistrationOut
from api.relationships.surveying import Asked
from api.web import words
from api.web.access import Ctx, Programme, Viewer, member_of
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import NotFound
from api.web.forms import Form, Sent, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import REFUSALS, Here, Posted, Reader, form_for, frame_of, go, read_form, refuse
from api.web.rendering import Frame, face_of, page
from api.web.security import check_same_origin, client_of
from models.process.actors import Role
from models.process.terms import Sentence
from models.store import registrations
from models.zones import places

router = APIRouter(include_in_schema=False)

ANSWER = "answer-"
"""Begins the names of the fields of questions, which no other field then shares."""
ROLE_LABELS = {"mentee": Sentence("{t.Mentee}"), "mentor": Sentence("{t.Mentor}")}

TITLES = {
    "waiting": "Your registration has arrived",
    "queued": "You are on the waiting list",
    "withdrawn": "You have taken your registration back",
    "refused": "Your registration was not accepted",
    "joined": "You have joined before",
}
LEADS = {
    "waiting": Sentence(
        "{t.A_coordinator} of the programme looks at it. A mail tells you as soon as that is done."
    ),
    "queued": "All places are taken at the moment. When it is your turn you are let in; a mail tells you.",
}


@router.get("/p/{slug}/join")
@router.head("/p/{slug}/join")
async def join_page(slug: str, ctx: Ctx, here: Here, said: Said) -> Response:
    programme = await joining.programme_at(ctx, slug)
    mine = await joining.mine(ctx, programme, here) if here else None
    if not registrations.roles_of(programme.settings) and (mine is None or mine.state not in LEADS):
        raise NotFound
    if here is None:
        return _page(ctx, programme, None, "join.html", form=Form(csrf=""))
    if await _takes_part(ctx, here, slug):
        return go(f"/p/{slug}")
    if mine is not None and mine.state in LEADS:
        return _stands(ctx, programme, here, mine, said)
    form = form_for(ctx, here)
    known = {"name": here.name, "time_zone": programme.settings.time_zone}
    offered = registrations.roles_of(programme.settings)
    form.values = values_of({**known, "roles": offered if len(offered) == 1 else ()})
    return _form(ctx, programme, here, form, mine=mine)


@router.post("/p/{slug}/join")
async def ask_to_join(slug: str, request: Request, ctx: Ctx) -> Response:
    """The answer is the same for every address."""
    check_same_origin(ctx, request, must_say=False)
    programme = await joining.open_programme(ctx, slug)
    sent = await read_form(request)
    try:
        await joining.ask(ctx, programme, sent.text("email"), client_of(ctx, request), sent.key)
    except REFUSALS as error:
        form = Form(csrf="")
        status = refuse(form, error, sent)
        return _page(ctx, programme, None, "join.html", status=status, form=form)
    return sent_page(ctx, request, sent.text("email"))


@router.post("/p/{slug}/join/register")
async def register(slug: str, ctx: Ctx, here: Reader, sent: Posted) -> Response:
    programme = await joining.open_programme(ctx, slug)
    try:
        made = await joining.register(ctx, programme, here, _wanted(programme, sent))
    except REFUSALS as error:
        form = form_for(ctx, here)
        status = refuse(form, error, sent)
        keys = {one.key for one in programme.settings.registration_questions}
        form.errors = {
            f"{ANSWER}{name}" if name in keys else name: said for name, said in form.errors.items()
        }
        return _form(ctx, programme, here, form, status=status)
    if made.state == "joined":
        return go_and_say(ctx, here.session, f"/p/{slug}/profile", words.DONE["joined"])
    return go(f"/p/{slug}/join")


@router.post("/p/{slug}/join/withdraw")
async def withdraw(slug: str, ctx: Ctx, here: Reader, sent: Posted) -> Response:
    programme = await joining.programme_at(ctx, slug)
    await joining.withdraw(ctx, programme, here)
    is_open = bool(registrations.roles_of(programme.settings))
    return go_and_say(
        ctx, here.session, f"/p/{slug}/join" if is_open else "/", words.DONE["registration-back"]
    )


def _wanted(programme: Programme, sent: Sent) -> RegistrationIn:
    answers = {one.key: sent.text(ANSWER + one.key) for one in programme.settings.registration_questions}
    # Built without checks of its own: what is wrong is said at its field.
    return RegistrationIn.model_construct(
        name=sent.text("name")[:400],
        time_zone=sent.text("time_zone")[:100],
        roles=sent.all("roles")[:10],
        answers={key: answer for key, answer in answers.items() if answer},
    )


async def _takes_part(ctx: Context, here: Viewer, slug: str) -> bool:
    try:
        member = await member_of(ctx, here, slug)
    except NotFound:
        return False
    return bool(member.roles & {Role.MENTEE, Role.MENTOR})


def _stands(
    ctx: Context, programme: Programme, here: Viewer, mine: RegistrationOut, notice: Notice
) -> Response:
    return _page(
        ctx,
        programme,
        here,
        "join_stands.html",
        title=TITLES[mine.state],
        lead=LEADS[mine.state],
        registration=mine,
        roles_words=words.roles(mine.roles),
        form=form_for(ctx, here),
        notice=notice,
    )


def _form(
    ctx: Context,
    programme: Programme,
    here: Viewer,
    form: Form,
    *,
    status: int = 200,
    mine: RegistrationOut | None = None,
) -> Response:
    settings = programme.settings
    offered = registrations.roles_of(settings)
    return _page(
        ctx,
        programme,
        here,
        "join_form.html",
        status=status,
        form=form,
        before=TITLES[mine.state] if mine else "",
        comment=mine.comment if mine else "",
        email=here.email,
        roles=[(role, ROLE_LABELS[role]) for role in offered],
        commitment=settings.minimum_commitment if "mentor" in offered else "",
        approval=settings.self_registration == "approval",
        questions=[Asked(ANSWER + one.key, one) for one in settings.registration_questions],
        zones=places(),
    )


def _page(
    ctx: Context,
    programme: Programme,
    here: Viewer | None,
    template: str,
    *,
    status: int = 200,
    notice: Notice = SILENT,
    **values: Any,
) -> Response:
    face = face_of(programme.name, programme.settings)
    frame = replace(frame_of(ctx, here), **face) if here else Frame(**face)
    return page(
        template,
        frame=frame,
        status=status,
        notice=notice,
        slug=programme.slug,
        programme=programme.name,
        domains=programme.settings.registration_domains,
        dates=Dates(programme.settings.time_zone, ctx.clock()),
        **values,
    )
