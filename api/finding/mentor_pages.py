"""One mentor on a page of their own, up to three side by side, and marking them (M6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.finding import marking, reads
from api.finding.pages import not_yet
from api.finding.schemas import MentorDetail
from api.web import present, words
from api.web.access import Ctx, Member
from api.web.errors import NotFound
from api.web.notices import Said, go_and_say
from api.web.pages import PageMember, Posted, form_for, local_path, member_page
from api.web.paging import parse_id
from models.process.errors import Refused
from models.process.match import Basis, MatchReason

router = APIRouter(include_in_schema=False)

MOST_COMPARED = 3
MOST_SKILLS = 4
"""Skills of which the comparison has a column each."""


def _base(member: Member) -> str:
    return f"/p/{member.programme.slug}/mentors"


def _way_back(member: Member, back: str) -> str:
    """The list with the search that somebody came from, or another page that shows mentors."""
    base = _base(member)
    return local_path(back[:1000], lambda path: path.partition("?")[0] in {base, f"{base}/compare"}, base)


@router.get("/p/{slug}/mentors/compare")
async def compare(
    ctx: Ctx, member: PageMember, c: Annotated[list[str] | None, Query()] = None, back: str = ""
) -> Response:
    ids = list(dict.fromkeys(filter(None, map(_known, c or ()))))
    try:
        found = await reads.several(ctx, member, ids[:MOST_COMPARED])
    except Refused as error:
        return await not_yet(ctx, member, error.sentence)
    return member_page(
        ctx,
        member,
        "mentors",
        "compare.html",
        mentors=found,
        skills=_skills(found),
        too_many=len(ids) > MOST_COMPARED,
        back=_way_back(member, back),
        levels=member.programme.settings.levels,
    )


def _known(text: str) -> str:
    try:
        return parse_id(text)
    except NotFound:
        return ""


def _skills(mentors: Sequence[MentorDetail]) -> list[tuple[str, list[MatchReason | None]]]:
    """What the reader wants to learn: the name of the skill, and how each mentor stands to it."""
    names = dict.fromkeys(one.skill_words for hit in mentors for one in hit.reasons if one.is_gap)
    by_mentor = [{one.skill_words: one for one in hit.reasons if one.is_gap} for hit in mentors]
    return [(name, [found.get(name) for found in by_mentor]) for name in list(names)[:MOST_SKILLS]]


@router.get("/p/{slug}/mentors/{mentor_id}")
async def one_mentor(
    mentor_id: str, ctx: Ctx, member: PageMember, said: Said, basis: str = "", back: str = ""
) -> Response:
    wanted = Basis.PREFERENCES if basis == Basis.PREFERENCES else Basis.GAPS
    try:
        hit = await reads.detail(ctx, member, mentor_id, wanted)
    except Refused as error:
        return await not_yet(ctx, member, error.sentence)
    marked = [one.mentor.id for one in await reads.bookmarked(ctx, member) if one.mentor.id != hit.mentor.id]
    base, way = _base(member), _way_back(member, back)
    others = marked[: MOST_COMPARED - 1]
    return member_page(
        ctx,
        member,
        "mentors",
        "mentor.html",
        hit=hit,
        form=form_for(ctx, member.viewer),
        levels=member.programme.settings.levels,
        may_question=member.programme.settings.questions,
        ask_href=present.address(
            f"{base}/{hit.mentor.id}/ask",
            (("basis", wanted if wanted is not Basis.GAPS else None), ("back", way if way != base else None)),
        ),
        compare_href=present.address(
            f"{base}/compare", [("c", one) for one in (hit.mentor.id, *others)] if others else ()
        ),
        others=len(others),
        here=f"{base}/{hit.mentor.id}",
        back=way,
        notice=said,
    )


@router.post("/p/{slug}/bookmarks")
async def mark(ctx: Ctx, member: PageMember, sent: Posted) -> Response:
    """Marks the mentor `on`, or takes the mark of `off` away; then goes on where it was pressed."""
    off = sent.has("off")
    mentor_id = sent.text("off" if off else "on")
    if off:
        await marking.unmark(ctx, member, mentor_id)
    else:
        await marking.mark(ctx, member, mentor_id)
    base = _base(member)
    here = f"{base}/{mentor_id}"
    where = local_path(sent.text("back")[:1000], lambda path: path.partition("?")[0] in {here, base}, here)
    return go_and_say(ctx, member.viewer.session, where, words.DONE["unmarked" if off else "marked"])
