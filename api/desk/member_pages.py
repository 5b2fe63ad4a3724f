"""One member for a programme's admins: their roles, and the end of their membership."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import members
from api.desk.pages import tabs
from api.desk.ways import way_back, with_back
from api.mentorships import reads as mentorship_reads
from api.profile.profiles import ProfileChange
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import (
    REFUSALS,
    PageAdmin,
    Posted,
    form_for,
    go,
    member_page,
    refuse,
)
from models.process.actors import Role
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

ROLES = (
    ("mentee", Sentence("{t.Mentee}")),
    ("mentor", Sentence("{t.Mentor}")),
    ("admin", Sentence("{t.Coordinator} of the programme")),
)


@router.get("/p/{slug}/admin/people/{person_id}")
async def one_member(person_id: str, ctx: Ctx, member: PageAdmin, said: Said, back: str = "") -> Response:
    form = form_for(ctx, member.viewer)
    form.values = values_of({"roles": (await members.person(ctx, member, person_id)).roles})
    return await _page(ctx, member, person_id, form, back=back, notice=said)


@router.post("/p/{slug}/admin/people/{person_id}")
async def change_roles(person_id: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    wanted = ProfileChange(roles=tuple(sent.all("roles")))
    try:
        after = await members.change(ctx, member, person_id, wanted, myself=sent.has("myself"))
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _page(ctx, member, person_id, form, back=sent.text("back"), status=status)
    gave_up = after.id == member.person_id and "admin" not in after.roles
    if gave_up:
        return go("/")
    back = way_back(member, sent.text("back"), "people")
    path = with_back(f"/p/{member.programme.slug}/admin/people/{person_id}", back)
    return go_and_say(ctx, member.viewer.session, path, words.DONE["roles"])


async def _page(
    ctx: Context,
    member: Member,
    person_id: str,
    form: Form,
    *,
    back: str = "",
    status: int = 200,
    notice: Notice = SILENT,
) -> Response:
    person = await members.person(ctx, member, person_id)
    touched = await members.touched(ctx, member, person_id)
    stopping = ((role.value, touched.on_stopping(role)) for role in (Role.MENTEE, Role.MENTOR))
    return member_page(
        ctx,
        member,
        "admin",
        "member.html",
        status=status,
        person=person,
        form=form,
        back=way_back(member, back, "people"),
        roles=ROLES,
        assigned=await mentorship_reads.assigned_to(ctx, member, person.id),
        level_names=member.programme.settings.level_names,
        roles_words=words.roles,
        stopping=[(role, sentences) for role, sentences in stopping if sentences],
        myself=person.id == member.person_id,
        notice=notice,
        **tabs(member, "/people"),
    )


@router.get("/p/{slug}/admin/people/{person_id}/remove")
async def removal_page(person_id: str, ctx: Ctx, member: PageAdmin, back: str = "") -> Response:
    return await _removal(ctx, member, person_id, form_for(ctx, member.viewer), back)


@router.post("/p/{slug}/admin/people/{person_id}/remove")
async def remove(person_id: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    try:
        await members.remove(ctx, member, person_id, myself=sent.has("myself"))
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _removal(ctx, member, person_id, form, sent.text("back"), status)
    if person_id == member.person_id:
        return go("/")
    back = way_back(member, sent.text("back"), "people")
    return go_and_say(ctx, member.viewer.session, back, words.DONE["removed"])


async def _removal(
    ctx: Context, member: Member, person_id: str, form: Form, back: str, status: int = 200
) -> Response:
    removal = await members.removal(ctx, member, person_id)
    return member_page(
        ctx,
        member,
        "admin",
        "member_remove.html",
        status=status,
        back=way_back(member, back, "people"),
        person=removal.person,
        removal=removal,
        form=form,
        **tabs(member, "/people"),
    )
