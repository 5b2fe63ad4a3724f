"""What the API and the pages read of drafts. Only admins of the programme know of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.drafts.schemas import BeforeOut, ChosenOut, DraftItemOut, DraftOut, MentorRef
from api.web.access import Viewer
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import cut, parse_id
from api.web.schemas import Page, PersonRef
from models.folding import searchable
from models.process.draft.state import DraftKind, DraftOptions, DraftState, acts
from models.process.match import MatchReason
from models.process.programme import ProgrammeSettings
from models.store import drafting, people
from models.store.asking import members_of
from models.store.drafting import Item
from models.store.drafts import DraftRow
from models.store.tables import MemberRow, ProgrammeRow


@dataclass(frozen=True)
class Known:
    """A draft that the caller may see."""

    row: DraftRow
    programme: ProgrammeRow

    @property
    def kind(self) -> DraftKind:
        return DraftKind(self.row.kind)

    @property
    def settings(self) -> ProgrammeSettings:
        return ProgrammeSettings.kept(self.programme.settings)


def known(session: Session, who: Viewer, draft_id: str) -> Known:
    """Raises NotFound for everybody but an admin of the programme."""
    found = drafting.of_admin(session, parse_id(draft_id), who.person_id)
    if found is None:
        raise NotFound
    return Known(*found)


async def draft(ctx: Context, who: Viewer, draft_id: str, state: DraftState | None = None) -> DraftOut:
    """`state`: as the process has just said, where the database is behind."""
    return await ctx.database.read(lambda session: shown(session, known(session, who, draft_id), state))


def shown(session: Session, one: Known, state: DraftState | None = None) -> DraftOut:
    row, counts = one.row, drafting.counted(session, one.row)
    options = DraftOptions.model_validate(row.options)
    names = people.names_of(session, row.programme_id, {row.created_by})
    now = state or DraftState(row.state)
    return DraftOut(
        id=row.id,
        programme=one.programme.slug,
        kind=one.kind,
        state=now,
        progress=row.progress,
        total_score=counts.total,
        matched=counts.matched,
        unmatched=counts.unmatched,
        left_out=counts.left_out,
        erased=counts.erased,
        changed=counts.changed,
        before=_before(row),
        per_mentee=options.per_mentee if one.kind is DraftKind.RECOMMENDATIONS else None,
        minimum_score=options.minimum_score,
        fair=options.fair,
        created_at=row.created_at,
        created_by=PersonRef(row.created_by, names.get(row.created_by, "")),
        settled_at=row.settled_at,
        expires_at=row.expires_at,
        allowed=acts(now),
    )


def _before(row: DraftRow) -> BeforeOut | None:
    if row.was_total is None or row.was_matched is None:
        return None
    return BeforeOut(total_score=row.was_total, matched=row.was_matched)


async def drafts(ctx: Context, programme_id: str, slug: str, limit: int) -> list[DraftOut]:
    """Of a programme, the newest first, for its admins."""

    def work(session: Session) -> list[DraftOut]:
        programme = session.get_one(ProgrammeRow, programme_id)
        rows = drafting.of_programme(session, programme_id, limit)
        return [shown(session, Known(row, programme)) for row in rows]

    return await ctx.database.read(work)


@dataclass(frozen=True)
class Wanted:
    """Which items: `text` is a part of the name of the mentee."""

    limit: int
    after: str | None = None
    only: str = ""
    text: str = ""


async def items(ctx: Context, who: Viewer, draft_id: str, wanted: Wanted) -> Page[DraftItemOut]:
    """Items by the name of the mentee."""

    def work(session: Session) -> Page[DraftItemOut]:
        one = known(session, who, draft_id)
        after = parse_id(wanted.after) if wanted.after else None
        found, more = cut(
            drafting.items_page(
                session, one.row, after, wanted.limit + 1, wanted.only, searchable(wanted.text)
            ),
            wanted.limit,
        )
        shown_items = items_out(session, one, [item for item, _ in found])
        return Page[DraftItemOut](items=shown_items, next=found[-1][1].person_id if more else None)

    return await ctx.database.read(work)


async def item(ctx: Context, who: Viewer, draft_id: str, mentee_id: str) -> DraftItemOut:
    """Raises NotFound for a mentee who is not in the draft."""
    return await ctx.database.read(
        lambda session: one_item(session, known(session, who, draft_id), mentee_id)
    )


def one_item(session: Session, one: Known, mentee_id: str) -> DraftItemOut:
    found = drafting.item(session, one.row.id, parse_id(mentee_id))
    if found is None:
        raise NotFound
    return items_out(session, one, [found])[0]


def items_out(session: Session, one: Known, found: list[Item]) -> list[DraftItemOut]:
    ids = {item.row.mentee_id for item in found} | {item.row.before or "" for item in found}
    ids |= {mentor for item in found for mentor in item.row.one_more}
    ids |= {choice.mentor_id for item in found for choice in item.choices}
    members = members_of(session, one.row.programme_id, tuple(ids), lock=False)
    return [_item(item, members) for item in found]


def _item(item: Item, members: dict[str, MemberRow]) -> DraftItemOut:
    row = item.row
    return DraftItemOut(
        mentee=_person(members, row.mentee_id),
        mentors=[_chosen(choice, members) for choice in item.choices],
        why_none=None if item.choices else row.why_none or _why_none(row.by_hand),
        one_more=[
            _person(members, one) for one in row.one_more if not item.choices and _is_there(members, one)
        ],
        by_hand=row.by_hand,
        changed=row.is_changed,
        before=_person(members, row.before) if row.before and row.is_changed else None,
    )


def _is_there(members: dict[str, MemberRow], person_id: str) -> bool:
    return person_id in members and members[person_id].left_at is None


def _why_none(by_hand: bool) -> str:
    """Where no computation has said it."""
    return "A coordinator has left them without." if by_hand else "Who was found for them is gone."


def _chosen(choice: Any, members: dict[str, MemberRow]) -> ChosenOut:
    mentor = members.get(choice.mentor_id)
    return ChosenOut(
        mentor=MentorRef(
            id=choice.mentor_id,
            name=mentor.name if mentor else "",
            headline=mentor.headline if mentor else "",
        ),
        score=choice.score,
        reasons=[MatchReason.model_validate(one) for one in choice.reasons],
        left_out=choice.left_out or None,
    )


def _person(members: dict[str, MemberRow], person_id: str) -> PersonRef:
    member = members.get(person_id)
    return PersonRef(person_id, member.name if member else "")
