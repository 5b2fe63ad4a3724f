"""What the API and the pages read of mentors, and who sees what of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.finding.schemas import MentorHit, MentorOut, MentorPage
from api.profile.profiles import mentor_out
from api.web.access import Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import parse_id
from models.matching.search import Criteria
from models.process import asking
from models.process.match import Basis, Match
from models.process.terms import in_terms
from models.store import finding, people
from models.store.asking import load_facts, members_of
from models.store.tables import MemberRow

MentorSearch = Criteria


async def find_mentors(ctx: Context, member: Member, search: Criteria) -> MentorPage:
    """The ranked list (M2-M4). Raises Refused for a mentee whose profile is not complete."""
    found = await finding.find_mentors(
        ctx.database, ctx.pools, scope_of(member), member.person_id, search, ctx.clock()
    )
    hits = [
        MentorHit(
            mentor=mentor_out(one.member),
            score=one.hit.score,
            exact=one.hit.exact,
            reasons=list(one.hit.reasons),
            places_free=one.free,
        )
        for one in found.items
    ]
    return MentorPage(
        items=hits,
        next=found.next,
        total=found.total,
        advice=found.advice and in_terms(found.advice, member.programme.settings.terms.words),
        unknown_skill=found.unknown.written if found.unknown else None,
        did_you_mean=list(found.unknown.near) if found.unknown else [],
        without=dict(found.without),
    )


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
        fit = finding.match_pair(session, ctx.pools.books, scope_of(member), *ids, basis)
        return found, fit

    found, fit = await ctx.database.read(work)
    return MentorHit(mentor=mentor_out(found[ids[1]]), score=fit.score, reasons=list(fit.reasons))


def scope_of(member: Member) -> finding.Scope:
    programme = member.programme
    return finding.Scope(programme.id, programme.settings, programme.people_version, programme.skills_version)


async def card(ctx: Context, programme_id: str, person_id: str) -> MentorOut | None:
    """What somebody says about themselves to everybody in the programme."""
    row = await ctx.database.read(lambda session: people.member(session, programme_id, person_id))
    return mentor_out(row) if row else None
