"""What the API and the pages read of mentors, and who sees what of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from api.finding.schemas import (
    MentorDetail,
    MentorHit,
    MentorOut,
    MentorPage,
    MentorSkill,
    Recommendation,
)
from api.profile.profiles import mentor_out
from api.web.access import Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import parse_id
from models.folding import order
from models.matching.search import Criteria
from models.matching.skills import SkillBook
from models.process import asking
from models.process.errors import Refused
from models.process.match import Basis, Match
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.process.terms import in_terms
from models.store import bookmarks, finding, people
from models.store.asking import load_facts, members_of
from models.store.profiles import load_profiles
from models.store.recommended import check_shown, recommended
from models.store.tables import MemberRow, ProgrammeRow

MentorSearch = Criteria


async def find_mentors(ctx: Context, member: Member, search: Criteria) -> MentorPage:
    """The ranked list (M2-M4). Raises Refused for a mentee whose profile is not complete."""
    pushed = await _pushed(ctx, member)
    first = await _in_order(ctx, member, search, pushed)
    found = await _found(ctx, member, replace(search, without=search.without.union(pushed)))
    mine = await marked(ctx, member)
    # Those who are recommended begin the first page, and stand on no other.
    hits = [
        _hit(member, one, mine, pushed) for one in (*(first if search.cursor is None else ()), *found.items)
    ]
    return MentorPage(
        items=hits,
        next=found.next,
        total=found.total + len(first),
        advice=None
        if first
        else found.advice and in_terms(found.advice, member.programme.settings.terms.words),
        unknown_skill=found.unknown.written if found.unknown else None,
        did_you_mean=list(found.unknown.near) if found.unknown else [],
        without={} if first else dict(found.without),
    )


async def _pushed(ctx: Context, member: Member) -> tuple[str, ...]:
    """Whom coordinators recommend to the member, the best first."""
    programme = member.programme
    found = await ctx.database.read(
        lambda session: recommended(session, programme.id, programme.settings, member.person_id)
    )
    return found.mentors


async def _in_order(
    ctx: Context, member: Member, search: Criteria, ids: Sequence[str]
) -> list[finding.FoundMentor]:
    """Those of the mentors whom the search finds, in the order of `ids`."""
    if not ids:
        return []
    only = frozenset(ids) if search.only is None else search.only.intersection(ids)
    wanted = replace(search, only=only, limit=len(ids), cursor=None)
    hits = {one.hit.mentor_id: one for one in (await _found(ctx, member, wanted)).items}
    return [hits[one] for one in ids if one in hits]


async def _found(ctx: Context, member: Member, search: Criteria) -> finding.FoundMentors:
    return await finding.find_mentors(
        ctx.database, ctx.pools, scope_of(member), member.person_id, search, ctx.clock(), for_mentee=True
    )


async def marked(ctx: Context, member: Member) -> Collection[str]:
    """Ids of those whom the member has marked."""
    return await ctx.database.read(
        lambda session: bookmarks.of_person(session, member.programme.id, member.person_id)
    )


def _hit(
    member: Member, one: finding.FoundMentor, mine: Collection[str], pushed: Collection[str] = ()
) -> MentorHit:
    return MentorHit(
        mentor=mentor_out(one.member, member.programme.settings),
        score=one.hit.score,
        exact=one.hit.exact,
        reasons=list(one.hit.reasons),
        places_free=one.free,
        bookmarked=one.hit.mentor_id in mine,
        askable=one.askable,
        pushed=one.hit.mentor_id in pushed,
    )


async def bookmarked(ctx: Context, member: Member) -> list[MentorHit]:
    """The mentors whom the member has marked, closest first, those who cannot be asked now among them.

    Who takes part no more, or may not be shown to the member, is left out.
    """
    mine = await marked(ctx, member)
    wanted = Criteria(only=frozenset(mine), everybody=True, limit=bookmarks.MOST)
    found = await _found(ctx, member, wanted)
    return [_hit(member, one, mine) for one in found.items]


async def several(
    ctx: Context, member: Member, mentor_ids: Sequence[str], basis: Basis = Basis.GAPS
) -> list[MentorDetail]:
    """Some mentors with all that they name, in this order; who may not be shown to the member is left out."""
    ids = list(dict.fromkeys(mentor_ids))
    wanted = Criteria(basis=basis, only=frozenset(ids), everybody=True, limit=max(1, len(ids)))
    hits = {one.hit.mentor_id: one for one in (await _found(ctx, member, wanted)).items}
    mine, programme, now = await marked(ctx, member), member.programme, ctx.clock()

    def work(session: Session) -> list[MentorDetail]:
        profiles = load_profiles(session, programme.id, list(hits))
        book = ctx.pools.books.get(session, programme.id, programme.skills_version)
        return [
            MentorDetail(
                **dict(_hit(member, hits[one], mine)),
                skills=_skills(profiles[one], book, programme.settings.level_names),
                preferences=[
                    each for each in programme.settings.preferences if each in profiles[one].preferences
                ],
                why_not=_why_not(session, member, one, now),
            )
            for one in ids
            if one in hits and one in profiles
        ]

    return await ctx.database.read(work)


def _skills(profile: MemberProfile, book: SkillBook, level_names: Sequence[str]) -> list[MentorSkill]:
    named = dict(enumerate(level_names, 1))
    found = [
        MentorSkill(name=book.name(key), level=level, level_name=named.get(level, ""))
        for key, level in profile.skills.items()
    ]
    return sorted(found, key=lambda one: (-one.level, order(one.name)))


def _why_not(session: Session, member: Member, mentor_id: str, now: datetime) -> str | None:
    programme = member.programme
    facts = load_facts(session, programme, programme.settings, member.person_id, mentor_id, now, lock=False)
    try:
        asking.check(facts)
    except Refused as error:
        return in_terms(error.sentence, programme.settings.terms.words)
    return None


async def detail(ctx: Context, member: Member, mentor_id: str, basis: Basis = Basis.GAPS) -> MentorDetail:
    """One mentor with all that they name. Raises NotFound, also for one whom the member is not shown."""
    wanted = parse_id(mentor_id)
    await check_mentor(ctx, member, wanted)
    found = await several(ctx, member, [wanted], basis)
    if not found:
        raise NotFound
    return found[0]


async def check_mentor(ctx: Context, member: Member, mentor_id: str) -> None:
    """Raises NotFound for an id that is not that of a member who is, or was, a mentor here."""
    row = await ctx.database.read(lambda session: people.member(session, member.programme.id, mentor_id))
    if row is None or not row.is_mentor:
        raise NotFound


async def recommendations(
    ctx: Context, member: Member, count: int, without: Collection[str] = ()
) -> tuple[list[Recommendation], int]:
    """Whom the member could ask next, those whom coordinators recommend first, and how many are listed."""
    pushed = await _pushed(ctx, member)
    mine = await marked(ctx, member)
    first = await _in_order(ctx, member, Criteria(without=frozenset(without)), pushed)
    best = await _found(ctx, member, Criteria(without=frozenset((*without, *pushed)), limit=count))
    hits = [_hit(member, one, mine, pushed) for one in (*first, *best.items)]
    return [Recommendation(**dict(one)) for one in hits[:count]], best.total + len(first)


async def mentor(ctx: Context, member: Member, mentor_id: str, basis: Basis) -> MentorHit:
    """One mentor whom the member may ask now. Raises NotFound, or the rule that stands against asking."""
    ids = (member.person_id, parse_id(mentor_id))
    programme, now = member.programme, ctx.clock()

    def work(session: Session) -> tuple[dict[str, MemberRow], Match]:
        found = members_of(session, programme.id, ids, lock=False)
        if ids[1] not in found or not found[ids[1]].is_mentor:
            raise NotFound
        facts = load_facts(session, programme, programme.settings, *ids, now, lock=False)
        asking.check(facts)
        check_shown(session, programme.id, programme.settings, *ids)
        fit = finding.match_pair(session, ctx.pools.books, scope_of(member), *ids, basis)
        return found, fit

    found, fit = await ctx.database.read(work)
    return MentorHit(
        mentor=mentor_out(found[ids[1]], programme.settings), score=fit.score, reasons=list(fit.reasons)
    )


def scope_of(member: Member) -> finding.Scope:
    programme = member.programme
    return finding.Scope(programme.id, programme.settings, programme.people_version, programme.skills_version)


async def card(ctx: Context, programme_id: str, person_id: str) -> MentorOut | None:
    """What somebody says about themselves to everybody in the programme."""

    def work(session: Session) -> MentorOut | None:
        row = people.member(session, programme_id, person_id)
        programme = session.get(ProgrammeRow, programme_id)
        return mentor_out(row, ProgrammeSettings.kept(programme.settings)) if row and programme else None

    return await ctx.database.read(work)
