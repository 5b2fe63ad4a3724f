"""People and invitations, and the log of mails, for a programme's admins."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk import inviting
from api.desk.pages import tabs
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import (
    PER_PAGE,
    REFUSALS,
    PageAdmin,
    Posted,
    form_for,
    member_page,
    refuse,
)
from api.web.paging import parse_id
from api.web.present import address
from models.process import texts
from models.process.errors import Invalid
from models.store import mail_log, roster

router = APIRouter(include_in_schema=False)

LEAD = "Who takes part, and who is invited. Whoever joins gives a name and a time zone; the rest can wait."
INVITATIONS = 10
STATES = {"open": "invited", "accepted": "joined", "revoked": "revoked", "expired": "lapsed"}
MAIL_STATES = ("queued", "sent", "bounced", "failed", "dropped", "unknown")


@router.get("/p/{slug}/admin/people")
async def people_page(
    ctx: Ctx, member: PageAdmin, said: Said, q: str = "", after: str = "", invited: str | None = None
) -> Response:
    form = form_for(ctx, member.viewer)
    form.values = values_of({"roles": ["mentee"]})
    shown = Shown(q=texts.clean(q[:200], "q"), after=after, invited=invited, notice=said)
    return await _page(ctx, member, form, shown)


@router.post("/p/{slug}/admin/people")
async def invite(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    before = ctx.clock()
    try:
        made = await inviting.invite(
            ctx, member, sent.text("email"), sent.text("name"), sent.all("roles"), sent.text("note"), sent.key
        )
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _page(ctx, member, form, status=status)
    is_new = made.mailed_at is not None and made.mailed_at >= before
    return _said(ctx, member, "invite" if is_new else "invite-again")


@router.post("/p/{slug}/admin/people/{invitation_id}/revoke")
async def revoke(invitation_id: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    try:
        await inviting.revoke_invitation(ctx, member, invitation_id)
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _page(ctx, member, form, status=status)
    return _said(ctx, member, "revoke")


def _said(ctx: Context, member: Member, what: str) -> Response:
    return go_and_say(
        ctx, member.viewer.session, f"/p/{member.programme.slug}/admin/people", words.DONE[what]
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """Which part of the lists is shown."""

    q: str = ""
    after: str = ""
    invited: str | None = None
    notice: Notice = SILENT


FIRST = Shown()


async def _page(
    ctx: Context, member: Member, form: Form, shown: Shown = FIRST, status: int = 200
) -> Response:
    invitations = await inviting.invitations(ctx, member, INVITATIONS, shown.invited)
    wanted = roster.Wanted(
        member.programme.id,
        shown.q,
        after=parse_id(shown.after) if shown.after else "",
        limit=PER_PAGE + 1,
    )
    found = await ctx.database.read(lambda session: roster.page(session, wanted))
    base = f"/p/{member.programme.slug}/admin/people"
    more = len(found) > PER_PAGE
    return member_page(
        ctx,
        member,
        "admin",
        "people.html",
        status=status,
        lead=LEAD,
        form=form,
        invitations=invitations.items,
        invitations_next=address(base, (("invited", invitations.next),)) if invitations.next else None,
        invitation_state=lambda state: STATES.get(state, state),
        roles_words=words.roles,
        search=Form(csrf="", values=values_of({"q": shown.q}), prefix="search"),
        people=found[:PER_PAGE],
        next_href=address(base, (("q", shown.q), ("after", found[PER_PAGE - 1].id))) if more else None,
        first_href=address(base, (("q", shown.q),)) if shown.after else None,
        notice=shown.notice,
        **tabs(member, "/people"),
    )


@router.get("/p/{slug}/admin/mails")
async def mails(ctx: Ctx, member: PageAdmin, state: str = "", cursor: str | None = None) -> Response:
    wanted = state if state in MAIL_STATES else None

    def work(session: Session) -> mail_log.LogPage:
        try:
            found = mail_log.page(session, member.programme.id, limit=PER_PAGE, cursor=cursor, state=wanted)
        except ValueError as error:
            raise Invalid("This is not a page of the log; begin at the first one.", field="cursor") from error
        return found

    found = await ctx.database.read(work)
    base = f"/p/{member.programme.slug}/admin/mails"
    return member_page(
        ctx,
        member,
        "admin",
        "mails.html",
        filter=Form(csrf="", values=values_of({"state": wanted}), prefix="filter"),
        states=[(name, words.label(name).text) for name in MAIL_STATES],
        items=found.items,
        next_href=address(base, (("state", wanted), ("cursor", found.next))) if found.next else None,
        first_href=address(base, (("state", wanted),)) if cursor else None,
        **tabs(member, "/mails"),
    )
