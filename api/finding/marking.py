"""Marking mentors, to come back to them (M6)."""

from __future__ import annotations

from api.finding import reads
from api.finding.schemas import MentorDetail
from api.web.access import Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import parse_id
from models.process.actors import Role
from models.process.errors import Invalid, Refused
from models.process.terms import Sentence
from models.store import bookmarks


async def mark(ctx: Context, member: Member, mentor_id: str) -> MentorDetail:
    """Marks a mentor; marked already, nothing changes.

    Raises NotFound for one whom the member is not shown, Refused for a member who is no mentee.
    """
    found = await reads.detail(ctx, member, mentor_id)
    programme_id, now = member.programme.id, ctx.clock()
    await ctx.database.write(
        lambda session: bookmarks.add(session, programme_id, member.person_id, found.mentor.id, now)
    )
    return found.model_copy(update={"bookmarked": True})


async def mark_named(ctx: Context, member: Member, mentor_id: str) -> MentorDetail:
    """Like `mark`, for an id in a body. Raises Invalid for one whom the member is not shown."""
    try:
        return await mark(ctx, member, mentor_id)
    except NotFound:
        raise Invalid(_NO_MENTOR, field="mentor_id") from None


_NO_MENTOR = Sentence("There is no such {t.mentor} in this programme.")


async def unmark(ctx: Context, member: Member, mentor_id: str) -> None:
    """Takes a mark away. Raises NotFound, Refused for a member who is no mentee."""
    programme_id, wanted = member.programme.id, parse_id(mentor_id)
    await reads.check_mentor(ctx, member, wanted)
    if Role.MENTEE not in member.roles:
        raise Refused(Sentence("You are not {t.a_mentee} of this programme."))
    await ctx.database.write(
        lambda session: bookmarks.remove(session, programme_id, member.person_id, wanted)
    )
