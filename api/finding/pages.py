"""Finding a mentor: the ranked list with its reasons, and what to relax when nobody is on it (M2-M4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.finding import reads as finding_reads
from api.finding.chips import Chips
from api.finding.filters import Choices, Filter
from api.finding.reads import MentorSearch
from api.finding.schemas import MentorHit, MentorPage
from api.profile import reads as profile_reads
from api.web import present
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, values_of
from api.web.notices import Notice, Said
from api.web.pages import PageMember, form_for, member_page
from api.web.rendering import Item
from api.web.words import Stage
from models.process.actors import Role
from models.process.errors import Invalid, Refused
from models.process.match import Basis
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

choices = Choices()


@router.get("/p/{slug}/mentors")
async def mentors(request: Request, ctx: Ctx, member: PageMember, said: Said) -> Response:
    if Role.MENTEE not in member.roles or not member.complete:
        return await not_yet(ctx, member)
    asked = {name: request.query_params.getlist(name) for name in request.query_params}
    filters = await choices.get(ctx, member)
    marked = await finding_reads.marked(ctx, member)
    search = read(asked, filters, marked)
    form = Form(csrf="", values=values_of(asked) | {"basis": [search.basis]}, prefix="s")
    try:
        found = await finding_reads.find_mentors(ctx, member, search)
    except Invalid as error:
        form.errors = {"": error.sentence}
        found = MentorPage(items=[], total=0)
    except Refused as error:
        return await not_yet(ctx, member, error.sentence)
    return await _page(ctx, member, Asked(asked, search, filters, len(marked), said), form, found)


@dataclass(frozen=True, slots=True)
class Asked:
    """The address of the page and what it asks for; how many the reader has marked; what was just done."""

    address: dict[str, list[str]]
    search: MentorSearch
    filters: tuple[Filter, ...]
    marked: int
    notice: Notice


def read(
    asked: dict[str, list[str]], filters: tuple[Filter, ...], marked: Collection[str] = ()
) -> MentorSearch:
    """The search in the address of the page; what it does not know is left out."""
    first = {name: values[0].strip() for name, values in asked.items() if values}
    picked = {one.name: first.get(one.name, "") for one in filters}
    return MentorSearch(
        basis=Basis.PREFERENCES if first.get("basis") == Basis.PREFERENCES else Basis.GAPS,
        exact=bool(first.get("exact")),
        text=first.get("q", "")[:MAX_TEXT],
        skills=tuple(filter(None, (part.strip() for part in first.get("skill", "")[:MAX_TEXT].split(",")))),
        filters={name: (value,) for name, value in picked.items() if value},
        limit=SHOWN,
        cursor=first.get("cursor") or None,
        only=frozenset(marked) if first.get("marked") else None,
        everybody=bool(first.get("marked")),
    )


MAX_TEXT = 300
SHOWN = 20
"""Mentors on a page, which keeps it under 60 kB."""
MOST_COLUMNS = 3


async def _page(ctx: Context, member: Member, wanted: Asked, form: Form, found: MentorPage) -> Response:
    asked, search, filters = wanted.address, wanted.search, wanted.filters
    base = f"/p/{member.programme.slug}/mentors"
    here = present.address(base, [(name, value) for name, values in asked.items() for value in values])
    kept = [(name, value) for name, values in asked.items() if name != "cursor" for value in values]
    chips = Chips(base, kept, search, filters, found.without, wanted.marked)
    return member_page(
        ctx,
        member,
        "mentors",
        "mentors.html",
        form=form,
        page=found,
        filters=filters,
        chips=chips.on,
        # Narrowing an empty list further helps nobody.
        offered=chips.offered(await finding_reads.card(ctx, member.programme.id, member.person_id))
        if found.items
        else [],
        skill_names=await profile_reads.skills(ctx, member),
        lead=_LEADS[search.basis],
        heading=_heading(found, narrowed=bool(chips.on)),
        levels=member.programme.settings.levels,
        may_question=member.programme.settings.questions,
        drawn=_drawn(found.items),
        columns=_columns(found.items),
        meant=_meant(base, kept, search, found),
        ask_href=lambda mentor_id: present.address(
            f"{base}/{mentor_id}/ask",
            (
                ("basis", search.basis if search.basis is not Basis.GAPS else None),
                ("back", here if here != base else None),
            ),
        ),
        next_href=present.address(base, [*kept, ("cursor", found.next)]) if found.next else None,
        first_href=present.address(base, kept) if search.cursor else None,
        here=here,
        plain_form=form_for(ctx, member.viewer),
        notice=wanted.notice,
    )


def _drawn(hits: Iterable[MentorHit]) -> list[tuple[int, int, int]]:
    """The levels of which dots are drawn, each once: the rows refer to them, which keeps a page small."""
    return sorted({reason.levels for hit in hits for reason in hit.reasons if reason.is_gap})


def _columns(hits: Sequence[MentorHit]) -> list[str]:
    """The skills that each row shows while it is closed, in the same order in all of them."""
    gaps = (reason.skill_words for hit in hits[:1] for reason in hit.reasons if reason.is_gap)
    return list(gaps)[:MOST_COLUMNS]


def _meant(base: str, kept: list[tuple[str, str]], search: MentorSearch, found: MentorPage) -> list[Item]:
    """The same search with each of the skills that may be meant instead of the unknown one."""
    others = [pair for pair in kept if pair[0] != "skill"]

    def address(name: str) -> str:
        skills = (name if one == found.unknown_skill else one for one in search.skills)
        return present.address(base, [*others, ("skill", ", ".join(skills))])

    # The field separates skills by commas, so that a name with one cannot stand in it.
    return [Item(name, address(name)) for name in found.did_you_mean if "," not in name]


_LEADS = {
    Basis.GAPS: "Closest to what you want to learn first. A low match never stops you from asking.",
    Basis.PREFERENCES: "Closest to your preferences first. A low match never stops you from asking.",
}


def _heading(found: MentorPage, *, narrowed: bool) -> str:
    count = (
        Sentence("One {t.mentor}")
        if found.total == 1
        else Sentence("{count} {t.mentors}", count=f"{found.total:,}")
    )
    which = "with your filters" if narrowed else "you can ask now"
    return Sentence("{count} {which}", count=count, which=which)


async def not_yet(ctx: Context, member: Member, sentence: str = "") -> Response:
    """Why somebody cannot look for a mentor at the moment, and what to do about it."""
    profile = await profile_reads.profile(ctx, member)
    is_mentee = Role.MENTEE in member.roles
    title = "First, a few things about you" if is_mentee else Sentence("You take part as {t.a_mentor}")
    text = (
        "A match is made from your profile, and it is not complete yet."
        if is_mentee
        else Sentence("To look for {t.a_mentor} of your own, tick “{t.Mentee}” in your profile.")
    )
    return member_page(
        ctx,
        member,
        "mentors",
        "not_yet.html",
        title=title,
        text=sentence or text,
        hints=present.lacking(profile) if is_mentee else [],
        stages=[
            Stage(
                Sentence(
                    "As soon as your profile is complete, {t.mentors} are ranked for you here, closest first."
                )
            )
        ],
        way=Item("Go to your profile", f"/p/{member.programme.slug}/profile"),
    )
