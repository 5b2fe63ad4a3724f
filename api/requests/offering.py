"""A mentor offers a mentee to mentor them: who looks for a mentor, and the message (M8)."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.finding import reads as finding_reads
from api.finding.reads import scope_of
from api.finding.schemas import MenteeHit
from api.profile.profiles import mentor_out
from api.requests import acts
from api.requests.drafting import drafted
from api.requests.promised import DatesMoved, dates_of_draft
from api.web import present
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.forms import Form
from api.web.notices import Said, go_and_say
from api.web.pages import REFUSALS, PageMember, Posted, form_for, member_page, refuse
from api.web.paging import parse_id
from api.web.state_words import RequestWords
from api.web.words import Empty, Stage
from models.process import asking
from models.process.actors import Role
from models.process.errors import Refused
from models.process.request import moves as request_moves
from models.process.request.kinds import RequestKind
from models.process.request.state import Request
from models.process.terms import Sentence
from models.store import seekers

router = APIRouter(include_in_schema=False)

SHOWN = 20
MOVED = "The dates have changed since you opened this page. Nothing was sent yet: send it if they suit you."


async def mentees(ctx: Context, member: Member, text: str, limit: int) -> list[MenteeHit]:
    """Whom the member could make an offer. Raises Refused where there are no offers, or none of theirs."""
    if not member.programme.settings.offers_by_mentors:
        raise asking.NO_OFFERS
    if Role.MENTOR not in member.roles:
        raise Refused(Sentence("You are not {t.a_mentor} of this programme."))
    now, scope = ctx.clock(), scope_of(member)

    def work(session: Session) -> list[seekers.Seeking]:
        return seekers.seeking(session, ctx.pools.books, scope, member.person_id, text, limit, now)

    return [
        MenteeHit(mentee=mentor_out(one.member), score=one.score, reasons=list(one.reasons))
        for one in await ctx.database.read(work)
    ]


@router.get("/p/{slug}/mentees")
async def mentees_page(ctx: Ctx, member: PageMember, said: Said, q: str = "") -> Response:
    text = q.strip()[:200]
    found = await mentees(ctx, member, text, SHOWN)
    return member_page(
        ctx,
        member,
        "mentees",
        "mentees.html",
        found=found,
        q=text,
        levels=member.programme.settings.levels,
        empty=_nobody(text),
        notice=said,
    )


def _nobody(text: str) -> Empty:
    if text:
        return Empty("Nobody who looks for one is called that", "Leave the field empty to see all of them.")
    return Empty(
        Sentence("No {t.mentee} looks for {t.a_mentor} at the moment"),
        "Whoever joins and completes a profile stands here.",
    )


@router.get("/p/{slug}/mentees/{mentee_id}/offer")
async def offer_page(mentee_id: str, ctx: Ctx, member: PageMember) -> Response:
    return await _write(ctx, member, mentee_id, form_for(ctx, member.viewer))


@router.post("/p/{slug}/mentees/{mentee_id}/offer")
async def offer(mentee_id: str, ctx: Ctx, member: PageMember, sent: Posted) -> Response:
    promised = sent.text("promised") or None
    # One key for what was shown and what is sent: the dates are spread by the id that follows from it.
    try:
        acted = await acts.offer(ctx, member, mentee_id, sent.text("message"), sent.form_key, promised)
    except DatesMoved:
        form = form_for(ctx, member.viewer)
        form.key, form.values, form.errors = sent.form_key, sent.values, {"": MOVED}
        return await _write(ctx, member, mentee_id, form, 409)
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status, form.key = refuse(form, error, sent), sent.form_key
        return await _write(ctx, member, mentee_id, form, status)
    where = f"/requests/{acted.value.id}"
    return go_and_say(ctx, member.viewer.session, where, "Your offer is on its way.", acted.lists_behind)


async def _write(ctx: Context, member: Member, mentee_id: str, form: Form, status: int = 200) -> Response:
    """The message, beside who gets it, and when what happens."""
    mentee = await finding_reads.card(ctx, member.programme.id, parse_id(mentee_id))
    if mentee is None:
        raise NotFound
    # Any message: only the dates and the match of the draft are shown.
    wanted = acts.offered(member, mentee_id, "…", form.key)
    check = None if form.errors else asking.check_offer
    draft = request_moves.open_request(await drafted(ctx, member, wanted, check), ctx.clock()).after
    return member_page(
        ctx,
        member,
        "mentees",
        "offer.html",
        status=status,
        mentee=mentee,
        draft=draft,
        levels=member.programme.settings.levels,
        promised=dates_of_draft(draft),
        form=form,
        stages=_stages(draft, present.isolated(mentee.name), present.isolated(member.viewer.name)),
    )


def _stages(draft: Request, mentee: str, mentor: str) -> list[Stage]:
    words = RequestWords(
        viewer=Role.MENTOR,
        state=draft.state,
        mentee=mentee,
        mentor=mentor,
        closes_at=draft.closes_at,
        kind=RequestKind.OFFER,
    )
    due = [at for at in draft.reminders if draft.closes_at is None or at < draft.closes_at]
    reminders = [Stage(f"A reminder goes to {mentee} by mail.", at) for at in due]
    return [Stage(f"{mentee} gets it by mail at once."), *reminders, *words.stages]
