"""What the API and the pages read of a person and their profile, and who sees what of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.profile.profiles import profile_out, roles_of
from api.profile.schemas import MeOut, ProfileOut, ProgrammeRef
from api.web.access import Member, Viewer
from api.web.context import Context
from api.web.errors import NotFound
from models.matching.skills import SkillBook
from models.process.member import MemberProfile
from models.process.programme import contact_of
from models.store import people
from models.store.profiles import load_profiles


async def me(ctx: Context, viewer: Viewer) -> MeOut:
    rows = await ctx.database.read(lambda session: people.programmes_of(session, viewer.person_id))
    listed = [
        ProgrammeRef(
            slug=row.slug,
            name=row.name,
            roles=roles_of(row.is_mentee, row.is_mentor, row.is_admin),
            contact=contact_of(row.reply_to) or None,
        )
        for row in rows
    ]
    return MeOut(id=viewer.person_id, name=viewer.name, email=viewer.email, programmes=listed)


async def profile(ctx: Context, member: Member) -> ProfileOut:
    programme = member.programme

    def work(session: Session) -> tuple[dict[str, MemberProfile], SkillBook]:
        found = load_profiles(session, programme.id, [member.person_id])
        book = skill_book(ctx, session, member)
        return found, book

    found, book = await ctx.database.read(work)
    if member.person_id not in found:
        raise NotFound
    return profile_out(found[member.person_id], member.viewer.email, programme.settings, book, ctx.clock())


def skill_book(ctx: Context, session: Session, member: Member) -> SkillBook:
    """The skills of the programme, as of when the member was looked up or later."""
    programme = member.programme
    return ctx.pools.books.get(session, programme.id, programme.skills_version)


async def skills(ctx: Context, member: Member) -> list[str]:
    """The names of all skills of the programme, in order."""
    return await ctx.database.read(lambda session: list(skill_book(ctx, session, member).names.values()))
