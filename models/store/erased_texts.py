"""The statements that take a person's data out of each table: one function for each kind of place."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.process.erasure import FORMER, GONE, OURS, placeholder_address, traces, without
from models.process.goals import PARTS
from models.store import mails
from models.store.delivery import IdempotencyRow, LinkRow, MailboxRow, MailRow
from models.store.privacy import ExportRow
from models.store.processes import GoalRow, PlaceRow, RelationshipRow, RequestRow, SurveyRow, TimelineRow
from models.store.tables import (
    InvitationRow,
    MemberPreferenceRow,
    MemberRow,
    MemberSkillRow,
    PersonRow,
    folded,
)

FAREWELLS = ("request-released", "relationship-withdrawn")
"""The mails that tell the other sides of the leaving; no word of anybody is in them."""

BY_ADMINS = ("request-closed", "relationship-ended")
"""The mails that carry the comment of an admin."""


@dataclass(frozen=True)
class Erased:
    """Who goes: `names` are all that the person is called by, `now` the time of the process."""

    person_id: str
    address: str
    names: tuple[str, ...]
    now: datetime

    @cached_property
    def traces(self) -> tuple[str, ...]:
        return traces(self.names, self.address)

    def party(self, row: type[RequestRow] | type[RelationshipRow]) -> ColumnElement[bool]:
        return or_(row.mentee_id == self.person_id, row.mentor_id == self.person_id)

    @property
    def requests(self) -> Select[str]:
        return select(RequestRow.id).where(self.party(RequestRow))

    @property
    def relationships(self) -> Select[str]:
        return select(RelationshipRow.id).where(self.party(RelationshipRow))

    @property
    def ended(self) -> Select[str]:
        """Ids of the processes that the person ended as an admin."""
        return select(TimelineRow.process_id).where(
            TimelineRow.by == self.person_id, TimelineRow.what.in_(("RequestClosed", "RelationshipEnded"))
        )

    def within(self, column: Any) -> ColumnElement[bool]:
        """Whether a column names a process that the person took part in."""
        return or_(column.in_(self.requests), column.in_(self.relationships))


def others_of(person_id: str) -> Any:
    """The ids of all whom the person had a request or a relationship with."""
    pairs = [(row.mentee_id, row.mentor_id) for row in (RequestRow, RelationshipRow)]
    sides = [(mine, other) for pair in pairs for mine, other in (pair, pair[::-1])]
    return union(*(select(other).where(mine == person_id) for mine, other in sides))


async def erase_texts(session: AsyncSession, who: Erased) -> None:
    """All of it, in one transaction of the caller's. Running it again changes nothing more."""
    for part in _PARTS:
        await part(session, who)


async def _mails(session: AsyncSession, who: Erased) -> None:
    """Before the processes, whose ids the mails are found by."""
    address = MailRow.to_address == who.address
    mine = or_(MailRow.to_person == who.person_id, MailRow.to_address == who.address)
    concerned = or_(mine, who.within(MailRow.process_id))
    farewell = MailRow.kind.in_(FAREWELLS) & (MailRow.to_person != who.person_id)
    found = select(MailRow.id).where(concerned)
    await session.execute(delete(MailboxRow).where(MailboxRow.mail_id.in_(found)))
    await session.execute(delete(MailboxRow).where(MailboxRow.to_address == who.address))
    await session.execute(delete(MailRow).where(address))
    waiting = update(MailRow).where(concerned, ~farewell, MailRow.state == mails.QUEUED)
    await session.execute(waiting.values(state=mails.DROPPED, settled_at=who.now))
    keeps_props = farewell & (MailRow.state == mails.QUEUED)
    await session.execute(update(MailRow).where(concerned, ~keeps_props).values(props={}, error=None))


async def _invitations(session: AsyncSession, who: Erased) -> None:
    """Those to the person go; of those by the person, the word that came with them."""
    to_person = select(InvitationRow.id).where(InvitationRow.email == who.address)
    by_person = select(InvitationRow.id).where(InvitationRow.invited_by == who.person_id)
    ids = list(await session.scalars(by_person))
    keys = [f"invitation/{one}" for one in ids]
    for start in range(0, len(keys), 500):
        sent = select(MailRow).where(MailRow.key.in_(keys[start : start + 500]))
        for row in await session.scalars(sent):
            row.props = {**row.props, "note": ""} if row.props else row.props
            await session.execute(delete(MailboxRow).where(MailboxRow.mail_id == row.id))
    await session.execute(delete(LinkRow).where(LinkRow.subject_id.in_(to_person)))
    await session.execute(delete(InvitationRow).where(InvitationRow.email == who.address))


async def _answers(session: AsyncSession, who: Erased) -> None:
    """Answers that were kept for idempotency keys: the person's own, and others' that speak of them."""
    body = IdempotencyRow.body
    speaks = or_(body.contains(who.person_id, autoescape=True), body.contains(who.address, autoescape=True))
    await session.execute(
        delete(IdempotencyRow).where(or_(IdempotencyRow.person_id == who.person_id, speaks))
    )


async def _links(session: AsyncSession, who: Erased) -> None:
    own = or_(LinkRow.person_id == who.person_id, LinkRow.subject_id == who.person_id)
    await session.execute(delete(LinkRow).where(own))


async def _timeline(session: AsyncSession, who: Erased) -> None:
    """What was said in the person's processes, by either, and what the person said in others'."""
    said = TimelineRow.by.is_not(None) & TimelineRow.what.not_in(OURS)
    concerned = or_(TimelineRow.by == who.person_id, who.within(TimelineRow.process_id))
    await session.execute(
        update(TimelineRow).where(said, concerned, TimelineRow.note.is_not(None)).values(note=None)
    )
    # An admin's comment stands in the request and in its mails as well.
    theirs = update(RequestRow).where(RequestRow.id.in_(who.ended), RequestRow.comment != "")
    await session.execute(theirs.values(comment=GONE))
    told = select(MailRow).where(MailRow.process_id.in_(who.ended), MailRow.kind.in_(BY_ADMINS))
    for row in await session.scalars(told):
        row.props = {**row.props, "comment": ""} if row.props else row.props
        await session.execute(delete(MailboxRow).where(MailboxRow.mail_id == row.id))


async def _requests(session: AsyncSession, who: Erased) -> None:
    of_person = update(RequestRow).where(who.party(RequestRow))
    await session.execute(of_person.values(message=GONE, comment="", reason="", reasons=[]))
    # The engine does not know these any more, or they would have been released by their process.
    lost = of_person.where(RequestRow.is_open)
    await session.execute(
        lost.values(
            state="released", is_open=False, decided_at=who.now, closes_at=None, next_reminder_at=None
        )
    )


async def _relationships(session: AsyncSession, who: Erased) -> None:
    of_person = update(RelationshipRow).where(who.party(RelationshipRow), RelationshipRow.ended_at.is_(None))
    await session.execute(
        of_person.values(state="withdrawn", ended_at=who.now, next_at=None, next_what=None, confirms_at=None)
    )
    held = update(PlaceRow).where(PlaceRow.released_at.is_(None))
    await session.execute(
        held.where(or_(PlaceRow.mentee_id == who.person_id, PlaceRow.mentor_id == who.person_id)).values(
            released_at=who.now
        )
    )


async def _goals(session: AsyncSession, who: Erased) -> None:
    """The person's own goals lose their words; the other side's lose the person's name."""
    ours = GoalRow.relationship_id.in_(who.relationships)
    mine = update(GoalRow).where(ours, GoalRow.set_by == who.person_id)
    await session.execute(mine.values(dict.fromkeys(PARTS, GONE)))
    for goal in await session.scalars(select(GoalRow).where(ours, GoalRow.set_by != who.person_id)):
        for name in PARTS:
            setattr(goal, name, without(getattr(goal, name), who.traces))


async def _surveys(session: AsyncSession, who: Erased) -> None:
    ours = SurveyRow.relationship_id.in_(who.relationships)
    mine = update(SurveyRow).where(ours, SurveyRow.person_id == who.person_id)
    await session.execute(mine.values(answers={}))
    lost = update(SurveyRow).where(ours, SurveyRow.state == "open")
    await session.execute(lost.values(state="unanswered", settled_at=who.now))
    for survey in await session.scalars(select(SurveyRow).where(ours, SurveyRow.person_id != who.person_id)):
        survey.answers = {
            key: without(text, who.traces) if isinstance(text, str) else text
            for key, text in survey.answers.items()
        }


async def _profile(session: AsyncSession, who: Erased) -> None:
    for row in (MemberSkillRow, MemberPreferenceRow):
        await session.execute(delete(row).where(row.person_id == who.person_id))
    blank: dict[str, Any] = {
        **dict.fromkeys(("headline", "about", "unit", "location", "country", "contact", "manager_email"), ""),
        **dict.fromkeys(("capacity", "available_from", "commitment_at"), None),
        **dict.fromkeys(("available", "stepped_down", "complete", "is_admin"), False),
    }
    of_person = update(MemberRow).where(MemberRow.person_id == who.person_id)
    await session.execute(
        of_person.values(
            name=FORMER, name_folded=folded(FORMER), time_zone="UTC", languages=[], attributes={}, **blank
        )
    )
    managed = update(MemberRow).where(MemberRow.manager_email == who.address)
    await session.execute(managed.values(manager_email=""))


async def _person(session: AsyncSession, who: Erased) -> None:
    """The copies that others have asked for tell of the person too; they can ask again."""
    copies = or_(ExportRow.person_id == who.person_id, ExportRow.person_id.in_(others_of(who.person_id)))
    await session.execute(delete(ExportRow).where(copies))
    of_person = update(PersonRow).where(PersonRow.id == who.person_id)
    address = placeholder_address(who.person_id)
    await session.execute(of_person.values(name=FORMER, email=address, email_folded=folded(address)))


Part = Callable[[AsyncSession, Erased], Coroutine[Any, Any, None]]

_PARTS: tuple[Part, ...] = (
    _mails,
    _invitations,
    _answers,
    _links,
    _timeline,
    _requests,
    _relationships,
    _goals,
    _surveys,
    _profile,
    _person,
)
