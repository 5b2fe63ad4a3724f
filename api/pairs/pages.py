"""Pairs on the coordinators' desk: who is not to be paired, and why somebody is not on somebody's list."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import members
from api.desk.pages import tabs
from api.pairs import not_again, pairs
from api.pairs.schemas import ListingOut
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import PER_PAGE, REFUSALS, PageAdmin, Posted, Reader, form_for, member_page, refuse
from api.web.present import address
from models.process.errors import Invalid

router = APIRouter(include_in_schema=False)


@dataclass(slots=True)
class View:
    """What the page is asked for: the pairs of whom, from where on, and the answer about one pair."""

    person: str = ""
    cursor: str = ""
    asked: Form = field(default_factory=lambda: Form(csrf="", prefix="why"))
    found: ListingOut | None = None
    notice: Notice = SILENT


@router.get("/p/{slug}/admin/pairs")
async def pairs_page(
    ctx: Ctx,
    member: PageAdmin,
    said: Said,
    mentee: str = "",
    mentor: str = "",
    person: str = "",
    cursor: str = "",
) -> Response:
    view = View(person, cursor, notice=said)
    view.asked.values = values_of({"mentee": mentee, "mentor": mentor})
    try:
        if mentee or mentor:
            view.found = await _explained(ctx, member, mentee, mentor)
    except Invalid as error:
        view.asked.refused(error)
    return await _page(ctx, member, form_for(ctx, member.viewer), view)


async def _explained(ctx: Context, member: Member, mentee: str, mentor: str) -> ListingOut:
    one = await pairs.find_person(ctx, member, mentee, "mentee")
    other = await pairs.find_person(ctx, member, mentor, "mentor")
    return await pairs.explain(ctx, member, one.id, other.id)


@router.post("/p/{slug}/admin/pairs")
async def add(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    try:
        one = await pairs.find_person(ctx, member, sent.text("one"), "one")
        other = await pairs.find_person(ctx, member, sent.text("other"), "other")
        await pairs.add(ctx, member, (one.id, other.id), sent.text("why"), sent.key)
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _page(ctx, member, form, View(), status)
    return _done(ctx, member, "do-not-pair")


@router.post("/p/{slug}/admin/pairs/{pair_id}/remove")
async def remove(pair_id: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    await pairs.remove(ctx, member, pair_id)
    return _done(ctx, member, "may-pair")


def _done(ctx: Context, member: Member, what: str) -> Response:
    path = f"/p/{member.programme.slug}/admin/pairs"
    return go_and_say(ctx, member.viewer.session, path, words.DONE[what])


async def _page(ctx: Context, member: Member, form: Form, view: View, status: int = 200) -> Response:
    base, person = f"/p/{member.programme.slug}/admin/pairs", view.person
    about = await members.person(ctx, member, person) if person else None
    if about is not None:
        side = "mentor" if about.roles == ["mentor"] else "mentee"
        view.asked.values = values_of({side: about.email})
        form.values = values_of({"one": about.email})
    listed = await pairs.listed(ctx, member, PER_PAGE, view.cursor or None, person or None)
    return member_page(
        ctx,
        member,
        "admin",
        "pairs.html",
        status=status,
        form=form,
        asked=view.asked,
        found=view.found,
        about=about,
        pairs=listed.items,
        next_href=address(base, (("person", person), ("cursor", listed.next))) if listed.next else None,
        first_href=address(base, (("person", person),)) if view.cursor else None,
        notice=view.notice,
        **tabs(member, "/people"),
    )


@router.post("/relationships/{relationship_id}/not-again")
async def say_not_again(relationship_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    if sent.has("take_back"):
        await not_again.take_back(ctx, viewer, relationship_id)
        what = "may-pair"
    else:
        await not_again.say(ctx, viewer, relationship_id, sent.text("why"), sent.key)
        what = "not-again"
    return go_and_say(ctx, viewer.session, f"/relationships/{relationship_id}", words.DONE[what])
