"""A request as it would be sent, with what the database says of the two: zones, holidays, how they fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.finding.reads import scope_of
from api.web.access import Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import parse_id
from models.process.asking import Facts
from models.process.errors import Invalid
from models.process.match import Basis
from models.process.request.kinds import RequestKind
from models.process.request.state import Request
from models.process.terms import Sentence
from models.store import request_drafts
from models.store.asking import facts_between, members_of
from models.store.recommended import check_shown
from models.store.tables import MemberRow

NO_MENTEE = Sentence("There is no such {t.mentee} in this programme.")
NO_MENTOR = Sentence("There is no such {t.mentor} in this programme.")


@dataclass(frozen=True)
class Wanted:
    """A request between two people, and the id that it will have."""

    id: str
    mentee_id: str
    mentor_id: str
    message: str
    basis: Basis
    kind: RequestKind = RequestKind.REQUEST

    @property
    def pair(self) -> tuple[str, str]:
        return self.mentee_id, self.mentor_id


def mentor_id_in(text: str) -> str:
    """Raises Invalid for what is no id."""
    return _id_in(text, Invalid(NO_MENTOR, field="mentor_id"))


def mentee_id_in(text: str) -> str:
    """Raises Invalid for what is no id."""
    return _id_in(text, Invalid(NO_MENTEE, field="mentee_id"))


def _id_in(text: str, wrong: Invalid) -> str:
    try:
        return parse_id(text)
    except NotFound:
        raise wrong from None


async def drafted(
    ctx: Context, member: Member, wanted: Wanted, check: Callable[[Facts], None] | None
) -> Request:
    """The request, not sent. Raises Invalid where one of the two is unknown here, and what `check` raises.

    `member`: whoever sends it, or a coordinator.
    """
    settings, programme, now = member.programme.settings, member.programme, ctx.clock()

    def work(session: Session) -> Request:
        pair = _members(session, programme.id, wanted)
        if check is not None:
            facts = facts_between(
                session, programme, settings, wanted.pair, now, lock=False, kind=wanted.kind
            )
            check(facts)
            if member.person_id == wanted.mentee_id:
                check_shown(session, programme.id, settings, *wanted.pair)
        return request_drafts.draft(
            session,
            ctx.pools.books,
            scope_of(member),
            pair,
            now,
            revision=programme.settings_revision,
            basis=wanted.basis,
            id=wanted.id,
            kind=wanted.kind,
            message=wanted.message,
        )

    return await ctx.database.read(work)


def _members(session: Session, programme_id: str, wanted: Wanted) -> tuple[MemberRow, MemberRow]:
    """Raises Invalid when whoever is asked is not what they are asked as."""
    members = members_of(session, programme_id, wanted.pair, lock=False)
    mentee, mentor = members.get(wanted.mentee_id), members.get(wanted.mentor_id)
    if wanted.kind is RequestKind.OFFER and (mentee is None or not mentee.is_mentee):
        raise Invalid(NO_MENTEE, field="mentee_id")
    if mentee is None or mentor is None or not mentor.is_mentor:
        raise Invalid(NO_MENTOR, field="mentor_id")
    return mentee, mentor
