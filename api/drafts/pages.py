"""The pages of drafts, for coordinators: begin one, read and change it, publish or discard it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.desk.pages import tabs
from api.drafts import acts, reads, words
from api.drafts.acts import Changes
from api.drafts.reads import Wanted
from api.drafts.schemas import DraftOut
from api.finding import reads as finding_reads
from api.finding.schemas import MentorHit
from api.profile.profiles import mentor_out
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.forms import Form, Sent, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import PER_PAGE, REFUSALS, PageAdmin, Posted, form_for, go, member_page, refuse
from api.web.paging import parse_id
from api.web.present import address
from models.matching.search import Criteria
from models.process import texts
from models.process.draft.state import DraftAct, DraftKind, DraftOptions, DraftState
from models.process.errors import ProcessError
from models.store import finding

router = APIRouter(include_in_schema=False)

LISTED = 20
CANDIDATES = 12
REFRESH_SECONDS = 3
BUSY = frozenset({DraftState.COMPUTING, DraftState.PUBLISHING})


@router.get("/p/{slug}/admin/drafts")
async def drafts(ctx: Ctx, member: PageAdmin) -> Response:
    return await _list(ctx, member, form_for(ctx, member.viewer))


@router.post("/p/{slug}/admin/drafts")
async def begin(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    kind = DraftKind.PAIRING if sent.text("kind") == DraftKind.PAIRING else DraftKind.RECOMMENDATIONS
    try:
        options = DraftOptions(
            per_mentee=words.between(sent.number("per_mentee", words.PER_MENTEE), "per_mentee"),
            minimum_score=words.between(sent.number("minimum_score", words.SCORE), "minimum_score"),
            fair=sent.has("fair"),
        )
        made = await acts.begin(ctx, member, kind, options, (), sent.key)
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _list(ctx, member, form, status)
    return go(f"/p/{member.programme.slug}/admin/drafts/{made.id}")


async def _list(ctx: Context, member: Member, form: Form, status: int = 200) -> Response:
    programme = member.programme
    first = values_of({"per_mentee": 3, "minimum_score": 40, "kind": DraftKind.RECOMMENDATIONS})
    form.values = first | form.values
    return member_page(
        ctx,
        member,
        "admin",
        "drafts.html",
        status=status,
        form=form,
        drafts=await reads.drafts(ctx, programme.id, programme.slug, LISTED),
        kinds=words.KINDS,
        states=words.STATES,
        said=words.in_short,
        **tabs(member, "/drafts"),
    )


def _shown(only: str = "", q: str = "", after: str = "") -> Wanted:
    """Dependency: the part of a draft that an address names."""
    known = only if only in words.FILTERS else ""
    return Wanted(PER_PAGE, after or None, known, texts.clean(q[:200], "q"))


Shown = Annotated[Wanted, Depends(_shown)]


@router.get("/p/{slug}/admin/drafts/{draft_id}")
async def draft(draft_id: str, ctx: Ctx, member: PageAdmin, said: Said, shown: Shown) -> Response:
    return await _draft(ctx, member, draft_id, shown, form_for(ctx, member.viewer), notice=said)


@router.post("/p/{slug}/admin/drafts/{draft_id}/{act}")
async def act(draft_id: str, act: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    """Publishes or discards it, or has it computed again."""
    if act not in words.DONE:
        raise NotFound
    one = await _of(ctx, member, draft_id)
    try:
        if act == DraftAct.COMPUTE:
            await acts.compute(ctx, member.viewer, one.id, Changes())
        else:
            await acts.do(ctx, member.viewer, one.id, DraftAct(act))
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _draft(ctx, member, draft_id, Wanted(PER_PAGE), form, status)
    where = f"/p/{member.programme.slug}/admin/drafts/{one.id}"
    return go_and_say(ctx, member.viewer.session, where, words.DONE[act])


async def _of(ctx: Context, member: Member, draft_id: str) -> DraftOut:
    """A draft of this programme. Raises NotFound for others."""
    one = await reads.draft(ctx, member.viewer, draft_id)
    if one.programme != member.programme.slug:
        raise NotFound
    return one


async def _draft(
    ctx: Context,
    member: Member,
    draft_id: str,
    shown: Wanted,
    form: Form,
    status: int = 200,
    notice: Notice = SILENT,
) -> Response:
    one = await _of(ctx, member, draft_id)
    is_busy = one.state in BUSY
    found = (
        None if one.state is DraftState.COMPUTING else await reads.items(ctx, member.viewer, one.id, shown)
    )
    base = f"/p/{member.programme.slug}/admin/drafts/{one.id}"

    def here(after: str = "", only: str = shown.only) -> str:
        return address(base, (("only", only), ("q", shown.text), ("after", after)))

    response = member_page(
        ctx,
        member,
        "admin",
        "draft.html",
        status=status,
        draft=one,
        base=base,
        is_busy=is_busy,
        form=form,
        items=found.items if found else [],
        title=words.KINDS[one.kind],
        lead=words.lead(one),
        facts=words.facts(one),
        compared=words.compared(one),
        publishing=words.publishing(one),
        chips=words.chips(one, shown.only, here),
        search=Form(csrf="", values=values_of({"q": shown.text}), prefix="search"),
        only=shown.only,
        edit_href=lambda mentee_id: address(
            f"{base}/people/{mentee_id}", (("back", here(shown.after or "")),)
        ),
        next_href=here(found.next) if found and found.next else None,
        first_href=here() if shown.after else None,
        notice=notice,
        **tabs(member, "/drafts"),
    )
    if is_busy:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@dataclass(frozen=True)
class Place:
    """The mentee of a draft that a page is about; `q` searches mentors, `back` is where it was opened."""

    draft_id: str
    mentee_id: str
    q: str = ""
    back: str = ""


@router.get("/p/{slug}/admin/drafts/{draft_id}/people/{mentee_id}")
async def item(ctx: Ctx, member: PageAdmin, place: Annotated[Place, Depends()]) -> Response:
    return await _item(ctx, member, place, form_for(ctx, member.viewer))


@router.post("/p/{slug}/admin/drafts/{draft_id}/people/{mentee_id}")
async def set_item(draft_id: str, mentee_id: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    one = await _of(ctx, member, draft_id)
    back = words.back_to(sent.text("back"), f"/p/{member.programme.slug}/admin/drafts/{one.id}")
    try:
        await _set(ctx, member, one, mentee_id, sent)
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _item(ctx, member, Place(draft_id, mentee_id, back=back), form, status)
    return go_and_say(ctx, member.viewer.session, back, words.CHANGED)


async def _set(ctx: Context, member: Member, one: DraftOut, mentee_id: str, sent: Sent) -> None:
    do, had = sent.text("do"), sent.all("had")
    if do == "release":
        await acts.change(ctx, member.viewer, one.id, Changes(release=(mentee_id,)))
    elif do == "forbid":
        pairs = tuple((mentee_id, mentor) for mentor in had)
        await acts.change(ctx, member.viewer, one.id, Changes(forbid=pairs))
    else:
        await acts.set_item(ctx, member.viewer, one.id, mentee_id, sent.all("mentor"))


async def _item(ctx: Context, member: Member, place: Place, form: Form, status: int = 200) -> Response:
    one = await _of(ctx, member, place.draft_id)
    found = await reads.item(ctx, member.viewer, one.id, place.mentee_id)
    base = f"/p/{member.programme.slug}/admin/drafts/{one.id}"
    chosen = [choice.mentor.id for choice in found.mentors]
    form.values = {"mentor": list(chosen)} | form.values
    hits = await _candidates(ctx, member, place)
    return member_page(
        ctx,
        member,
        "admin",
        "draft_item.html",
        status=status,
        draft=one,
        item=found,
        form=form,
        base=base,
        back=words.back_to(place.back, base),
        q=place.q,
        search=Form(csrf="", values=values_of({"q": place.q}), prefix="search"),
        most=1 if one.kind is DraftKind.PAIRING else one.per_mentee,
        candidates=[hit for hit in hits if hit.mentor.id not in chosen],
        **tabs(member, "/drafts"),
    )


async def _candidates(ctx: Context, member: Member, place: Place) -> list[MentorHit]:
    """Whom the mentee could ask themselves, closest first; none for somebody who cannot ask anybody."""
    search = Criteria(text=texts.clean(place.q[:200], "q"), limit=CANDIDATES)
    scope, mentee_id = finding_reads.scope_of(member), parse_id(place.mentee_id)
    try:
        found = await finding.find_mentors(ctx.database, ctx.pools, scope, mentee_id, search, ctx.clock())
    except ProcessError:
        return []
    return [
        MentorHit(
            mentor=mentor_out(one.member, member.programme.settings),
            score=one.hit.score,
            reasons=list(one.hit.reasons),
            places_free=one.free,
        )
        for one in found.items
    ]
