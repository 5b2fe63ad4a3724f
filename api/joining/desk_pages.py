"""Registrations, for a programme's admins: who waits, and many let in or refused at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk.pages import tabs
from api.joining import joining
from api.joining.schemas import RegistrationState
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import PER_PAGE, REFUSALS, PageAdmin, Posted, form_for, member_page, refuse
from api.web.paging import parse_id
from api.web.present import address
from api.web.words import Chip, Label, Tone
from models.process.errors import IllegalMove, Invalid

router = APIRouter(include_in_schema=False)

STATES: dict[str, str] = {"": "Waiting", "joined": "Joined", "refused": "Refused", "withdrawn": "Taken back"}
LABELS = {
    "waiting": Label("Waits for you", Tone.TURN),
    "queued": Label("Waits for a place", Tone.WAIT),
    "joined": Label("Joined", Tone.GOOD),
    "refused": Label("Refused"),
    "withdrawn": Label("Taken back"),
}
MOST = 100
"""How many are decided about at once."""


@router.get("/p/{slug}/admin/registrations")
async def registrations_page(
    ctx: Ctx,
    member: PageAdmin,
    said: Said,
    state: Annotated[RegistrationState | str, Query()] = "",
    cursor: str | None = None,
) -> Response:
    shown = state if state in STATES else ""
    return await _page(ctx, member, form_for(ctx, member.viewer), shown, cursor, notice=said)


@router.post("/p/{slug}/admin/registrations")
async def decide(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    """Each for itself: one that was decided meanwhile keeps none of the others back."""
    ids, deed = list(dict.fromkeys(sent.all("r")))[:MOST], sent.text("deed")
    try:
        if not ids:
            raise Invalid("Please choose somebody first.", field="")
        done = [await _decided(ctx, member, parse_id(one), deed, sent.text("comment")) for one in ids]
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _page(ctx, member, form, "", None, status=status)
    count = sum(done)
    late = len(ids) - count
    text = f"{words.count(count, 'registration')} {'refused' if deed == 'refuse' else 'accepted'}."
    if late:
        text += f" {late} had been decided before."
    return go_and_say(ctx, member.viewer.session, f"/p/{member.programme.slug}/admin/registrations", text)


async def _decided(ctx: Context, member: Member, registration_id: str, deed: str, comment: str) -> bool:
    try:
        if deed == "refuse":
            await joining.refuse(ctx, member, registration_id, comment)
        else:
            await joining.approve(ctx, member, registration_id)
    except IllegalMove:
        return False
    return True


async def _page(
    ctx: Context,
    member: Member,
    form: Form,
    state: str,
    cursor: str | None,
    *,
    status: int = 200,
    notice: Notice = SILENT,
) -> Response:
    base = f"/p/{member.programme.slug}/admin/registrations"
    found = await joining.registrations(ctx, member, state or None, PER_PAGE, cursor)
    counts = await joining.counts(ctx, member.programme.id)
    waiting = counts.get("waiting", 0) + counts.get("queued", 0)
    numbers = {"": waiting, **{name: counts.get(name, 0) for name in STATES if name}}
    chips = [
        Chip(f"{text} {numbers[name]:,}", address(base, (("state", name),)), name == state)
        for name, text in STATES.items()
    ]
    return member_page(
        ctx,
        member,
        "admin",
        "registrations.html",
        status=status,
        form=form,
        chips=chips,
        items=found.items,
        can_decide=not state,
        chosen=form.values.get("r", []),
        label=lambda one: LABELS[one.state],
        roles_words=words.roles,
        is_off=member.programme.settings.self_registration == "off",
        next_href=address(base, (("state", state), ("cursor", found.next))) if found.next else None,
        first_href=address(base, (("state", state),)) if cursor else None,
        notice=notice,
        **tabs(member, "/registrations"),
    )
