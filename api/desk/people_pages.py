"""People and invitations, for a programme's admins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

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
from api.web.words import Chip, Label, Tone
from models.process import texts
from models.process.actors import Role
from models.process.profile import places
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence
from models.store import roster
from models.store.roster import Standing

router = APIRouter(include_in_schema=False)

LEAD = "Who takes part, and who is invited. Whoever joins gives a name and a time zone; the rest can wait."
INVITATIONS = 10
STATES = {"open": "invited", "held": "held", "accepted": "joined", "revoked": "revoked", "expired": "lapsed"}
ROLES = {
    Role.MENTEE: Sentence("{t.Mentees}"),
    Role.MENTOR: Sentence("{t.Mentors}"),
    Role.ADMIN: Sentence("{t.Coordinators}"),
}
STANDINGS = {
    Standing.SEEKING: Sentence("Without {t.a_mentor}"),
    Standing.DECLINED: "Turned down twice",
    Standing.UNFINISHED: "Profile unfinished",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Which part of the lists is shown."""

    q: str = ""
    role: Role | None = None
    state: Standing | None = None
    after: str = ""
    invited: str | None = None

    def address(self, base: str, after: str = "") -> str:
        return address(base, (("q", self.q), ("role", self.role), ("state", self.state), ("after", after)))

    def chips(self, base: str) -> list[Chip]:
        """Everybody, the roles and the states; one that is on leads to the list without it."""
        free = not (self.role or self.state)
        everybody = Chip("Everybody", replace(self, role=None, state=None).address(base), free)
        roles = [
            Chip(text, replace(self, role=None if on else role).address(base), on, on)
            for role, text in ROLES.items()
            for on in (role is self.role,)
        ]
        states = [
            Chip(text, replace(self, state=None if on else state).address(base), on, on)
            for state, text in STANDINGS.items()
            for on in (state is self.state,)
        ]
        return [everybody, *roles, *states]

    def wanted(self, programme_id: str, now: datetime) -> roster.Wanted:
        return roster.Wanted(programme_id, now, self.q, self.role, self.state, self.after, PER_PAGE + 1)


def _shown(
    q: str = "", role: str = "", state: str = "", after: str = "", invited: str | None = None
) -> Shown:
    """Dependency: the part of the lists that an address names; a filter that is not known is none."""
    return Shown(
        q=texts.clean(q[:200], "q"),
        role=next((one for one in ROLES if one.value == role), None),
        state=next((one for one in STANDINGS if one.value == state), None),
        after=parse_id(after) if after else "",
        invited=invited,
    )


@router.get("/p/{slug}/admin/people")
async def people_page(
    ctx: Ctx, member: PageAdmin, said: Said, shown: Annotated[Shown, Depends(_shown)]
) -> Response:
    form = form_for(ctx, member.viewer)
    form.values = values_of({"roles": ["mentee"]})
    return await _page(ctx, member, form, shown, notice=said)


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
    done = "invite-held" if made.state == "held" else "invite" if is_new else "invite-again"
    return _said(ctx, member, done)


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


FIRST = Shown()


async def _page(
    ctx: Context,
    member: Member,
    form: Form,
    shown: Shown = FIRST,
    *,
    status: int = 200,
    notice: Notice = SILENT,
) -> Response:
    invitations = await inviting.invitations(ctx, member, INVITATIONS, shown.invited)
    wanted = shown.wanted(member.programme.id, ctx.clock())
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
        chips=shown.chips(base),
        kept=(("role", shown.role), ("state", shown.state)),
        people=found[:PER_PAGE],
        standing=partial(standing, settings=member.programme.settings),
        here=shown.address(base, shown.after),
        next_href=shown.address(base, found[PER_PAGE - 1].id) if more else None,
        first_href=shown.address(base) if shown.after else None,
        notice=notice,
        **tabs(member, "/people"),
    )


def standing(one: roster.Person, settings: ProgrammeSettings) -> list[Label]:
    """How a member stands now, for the list."""
    if not one.complete and {"mentee", "mentor"} & set(one.roles):
        return [Label("Profile unfinished", Tone.WAIT)]
    found = []
    if "mentor" in one.roles:
        whole = places(one.capacity, settings.max_capacity)
        taken = Sentence("{taken} of {whole} places", taken=one.mentees, whole=whole)
        found.append(Label(taken, Tone.GOOD if one.mentees else Tone.QUIET))
    if "mentee" in one.roles:
        found.append(_as_mentee(one))
    return found


def _as_mentee(one: roster.Person) -> Label:
    if one.mentors:
        return Label(Sentence("Has {t.a_mentor}"), Tone.GOOD)
    if one.asked:
        asked = "{count} open {t.request}" if one.asked == 1 else "{count} open {t.requests}"
        return Label(Sentence(asked, count=one.asked), Tone.WAIT)
    return Label(Sentence("Without {t.a_mentor}"))
