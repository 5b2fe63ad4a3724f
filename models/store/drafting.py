"""Reading and writing drafts. The process owns `state` and `version`; coordinators own who is with whom.

Whatever changes an item locks the row of its draft and looks at its state: between two transactions the
process may have begun to publish.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, or_, select, true, update
from sqlalchemy.orm import Session

from models.process.draft.state import (
    KEPT_FOR,
    MOST_OPEN,
    OPEN,
    STANDS,
    DraftKind,
    DraftOptions,
    DraftState,
)
from models.process.errors import IllegalMove, LimitReached
from models.store.drafts import DraftChoiceRow, DraftForbiddenRow, DraftItemRow, DraftRow
from models.store.tables import MemberRow, ProgrammeRow
from models.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class NewDraft:
    """`mentee_ids`: for whom alone it is computed; empty: for everybody."""

    id: str
    programme_id: str
    kind: DraftKind
    options: DraftOptions
    created_by: str
    now: datetime
    mentee_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A mentor for a mentee; `reasons` as JSON."""

    mentor_id: str
    score: int
    reasons: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a computation says of one mentee: the mentors, or why there is none."""

    mentee_id: str
    choices: tuple[Choice, ...] = ()
    why_none: str = ""
    one_more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """`erased`: people who were in the draft when it was computed and are gone."""

    total: int = 0
    matched: int = 0
    unmatched: int = 0
    left_out: int = 0
    changed: int = 0
    erased: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    row: DraftItemRow
    choices: tuple[DraftChoiceRow, ...]


def ask(session: Session, new: NewDraft) -> None:
    """Writes down that a draft is wanted; a second time changes nothing. Raises LimitReached."""
    session.get_one(ProgrammeRow, new.programme_id, with_for_update=True)
    if session.get(DraftRow, new.id):
        return
    if session.scalars(_open(new.programme_id)).one() >= MOST_OPEN:
        raise LimitReached(
            f"There are {MOST_OPEN} drafts already that wait for a decision: publish or discard one of them "
            "first."
        )
    options = new.options.model_copy(update={"only_chosen": bool(new.mentee_ids)})
    session.add(
        DraftRow(
            id=new.id,
            programme_id=new.programme_id,
            kind=new.kind.value,
            state=DraftState.COMPUTING.value,
            version=0,
            options=options.model_dump(mode="json"),
            created_by=new.created_by,
            created_at=new.now,
            expires_at=new.now + KEPT_FOR,
        )
    )
    session.flush()
    if new.mentee_ids:
        _add_items(session, new.id, new.mentee_ids)


def _open(programme_id: str) -> Select[int]:
    states = sorted(state.value for state in OPEN)
    return select(func.count()).where(DraftRow.programme_id == programme_id, DraftRow.state.in_(states))


def _add_items(session: Session, draft_id: str, mentee_ids: Iterable[str]) -> None:
    rows = [
        {"draft_id": draft_id, "mentee_id": one, "round": 0, "by_hand": False, "is_changed": False}
        | {"found": None, "before": None, "why_none": "", "one_more": [], "is_settled": False}
        for one in mentee_ids
    ]
    insert_new(session, DraftItemRow, rows)


def of_admin(session: Session, draft_id: str, person_id: str) -> tuple[DraftRow, ProgrammeRow] | None:
    """A draft with its programme, for an admin of that; None for everybody else."""
    query = (
        select(DraftRow, ProgrammeRow)
        .join(ProgrammeRow, ProgrammeRow.id == DraftRow.programme_id)
        .join(MemberRow, MemberRow.programme_id == DraftRow.programme_id)
        .where(
            DraftRow.id == draft_id,
            MemberRow.person_id == person_id,
            MemberRow.is_admin == true(),
            MemberRow.left_at.is_(None),
        )
    )
    found = session.execute(query).one_or_none()
    return (found[0], found[1]) if found else None


def of_programme(session: Session, programme_id: str, limit: int) -> list[DraftRow]:
    """The newest first."""
    query = select(DraftRow).where(DraftRow.programme_id == programme_id).order_by(DraftRow.created_at.desc())
    return list(session.scalars(query.limit(limit)))


def version_of(session: Session, draft_id: str) -> int:
    found = session.scalar(select(DraftRow.version).where(DraftRow.id == draft_id))
    return -1 if found is None else found


def save(
    session: Session, draft_id: str, state: DraftState, version: int, now: datetime, by: str | None = None
) -> None:
    """The state as the process has it; an older version changes nothing."""
    row = session.get(DraftRow, draft_id, with_for_update=True)
    if row is None or row.version >= version:
        return
    row.state, row.version = state.value, version
    if state in (DraftState.COMPUTING, DraftState.PUBLISHING):
        row.progress = 0
    if state is DraftState.PUBLISHING:
        row.published_by = by
    if state not in OPEN:
        row.settled_at, row.expires_at = now, None
        row.progress = 100 if state is DraftState.PUBLISHED else row.progress


def editable(session: Session, draft_id: str) -> DraftRow:
    """The draft, locked and to be changed. Raises IllegalMove once it is none any more."""
    row = session.get_one(DraftRow, draft_id, with_for_update=True)
    if row.state != DraftState.DRAFT:
        raise IllegalMove(f"This draft {STANDS[DraftState(row.state)]}.")
    return row


def begin_round(session: Session, draft_id: str, number: int) -> None:
    """Keeps what the round before had, to compare with, and forgets it but for what was set by hand."""
    row = session.get_one(DraftRow, draft_id, with_for_update=True)
    if row.round >= number:
        return
    if row.round:
        row.was_total, row.was_matched = row.found_total, row.found_matched
        of_draft = DraftItemRow.draft_id == draft_id
        session.execute(
            update(DraftItemRow).where(of_draft).values(before=DraftItemRow.found, is_changed=False)
        )
    free = select(DraftItemRow.mentee_id).where(
        DraftItemRow.draft_id == draft_id, DraftItemRow.by_hand != true()
    )
    session.execute(
        delete(DraftChoiceRow).where(DraftChoiceRow.draft_id == draft_id, DraftChoiceRow.mentee_id.in_(free))
    )
    row.round, row.progress = number, 0


def is_computing(session: Session, draft_id: str, number: int) -> bool:
    """Whether a computation is still wanted: it may have been discarded."""
    row = session.get(DraftRow, draft_id)
    return row is not None and row.state == DraftState.COMPUTING and row.round == number


def keep_found(session: Session, draft_id: str, number: int, found: Sequence[Found], progress: int) -> None:
    """What was computed for some mentees, in place of what there is; what was set by hand stays."""
    row = session.get_one(DraftRow, draft_id, with_for_update=True)
    row.progress = progress
    _add_items(session, draft_id, [one.mentee_id for one in found])
    ids = {one.mentee_id for one in found}
    of_these = (DraftItemRow.draft_id == draft_id) & DraftItemRow.mentee_id.in_(sorted(ids))
    items = {item.mentee_id: item for item in session.scalars(select(DraftItemRow).where(of_these))}
    free = [one for one in found if not items[one.mentee_id].by_hand]
    _replace(session, draft_id, {one.mentee_id: one.choices for one in free})
    for one in free:
        item = items[one.mentee_id]
        item.why_none, item.one_more = one.why_none, list(one.one_more)
        item.found = one.choices[0].mentor_id if one.choices else None
    set_by_hand = sorted(ids.difference(one.mentee_id for one in free))
    best = (DraftChoiceRow.draft_id == draft_id) & DraftChoiceRow.mentee_id.in_(set_by_hand)
    firsts = select(DraftChoiceRow.mentee_id, DraftChoiceRow.mentor_id).where(best, DraftChoiceRow.place == 0)
    for mentee_id, mentor_id in session.execute(firsts):
        items[mentee_id].found = mentor_id
    for item in items.values():
        item.round, item.is_changed = number, number > 1 and item.before != item.found


def _replace(session: Session, draft_id: str, chosen: dict[str, tuple[Choice, ...]]) -> None:
    session.execute(
        delete(DraftChoiceRow).where(
            DraftChoiceRow.draft_id == draft_id, DraftChoiceRow.mentee_id.in_(sorted(chosen))
        )
    )
    rows = [
        {
            "draft_id": draft_id,
            "mentee_id": mentee_id,
            "mentor_id": one.mentor_id,
            "place": place,
            "score": one.score,
            "reasons": one.reasons,
            "left_out": "",
        }
        for mentee_id, choices in chosen.items()
        for place, one in enumerate(choices)
    ]
    if rows:
        session.execute(insert(DraftChoiceRow), rows)


def end_round(session: Session, draft_id: str, number: int) -> None:
    """Who does not belong into it any more goes, such as a mentee who was matched since the last round."""
    old = (DraftItemRow.draft_id == draft_id) & (DraftItemRow.round < number)
    gone = select(DraftItemRow.mentee_id).where(old)
    session.execute(
        delete(DraftChoiceRow).where(DraftChoiceRow.draft_id == draft_id, DraftChoiceRow.mentee_id.in_(gone))
    )
    session.execute(delete(DraftItemRow).where(old))
    row = session.get_one(DraftRow, draft_id, with_for_update=True)
    counts = counted(session, row)
    row.counted, row.progress = counts.matched + counts.unmatched, 100
    row.found_total, row.found_matched = counts.total, counts.matched


def _items(draft_id: str) -> Select[int]:
    return select(func.count()).where(DraftItemRow.draft_id == draft_id)


def counted(session: Session, row: DraftRow) -> Counts:
    of_draft = DraftItemRow.draft_id == row.id
    has = (
        exists()
        .where(DraftChoiceRow.draft_id == row.id, DraftChoiceRow.mentee_id == DraftItemRow.mentee_id)
        .correlate(DraftItemRow)
    )
    choices = select(func.sum(DraftChoiceRow.score)).where(DraftChoiceRow.draft_id == row.id)
    left_out = select(func.count(DraftChoiceRow.mentee_id.distinct())).where(
        DraftChoiceRow.draft_id == row.id, DraftChoiceRow.left_out != ""
    )
    items = session.scalars(_items(row.id)).one()
    matched = session.scalars(select(func.count()).select_from(DraftItemRow).where(of_draft, has)).one()
    changed = session.scalars(_items(row.id).where(DraftItemRow.is_changed == true())).one()
    return Counts(
        total=session.scalar(choices) or 0,
        matched=matched,
        unmatched=items - matched,
        left_out=session.scalars(left_out).one(),
        changed=changed,
        erased=max(0, row.counted - items),
    )


def items_page(
    session: Session, row: DraftRow, after: str | None, limit: int, only: str = "", text: str = ""
) -> list[tuple[Item, MemberRow]]:
    """Items by the name of the mentee. `only`: `without`, `changed`, `left-out` or `by-hand`; else all."""
    query = (
        select(DraftItemRow, MemberRow)
        .join(
            MemberRow,
            (MemberRow.programme_id == row.programme_id) & (MemberRow.person_id == DraftItemRow.mentee_id),
        )
        .where(DraftItemRow.draft_id == row.id, *_narrowed(row.id, only))
        .order_by(MemberRow.name_folded, MemberRow.person_id)
        .limit(limit)
    )
    if text:
        query = query.where(MemberRow.name_folded.contains(text, autoescape=True))
    last = session.get(MemberRow, (row.programme_id, after)) if after else None
    if last is not None:
        later = or_(MemberRow.name_folded > last.name_folded, MemberRow.person_id > last.person_id)
        query = query.where(MemberRow.name_folded >= last.name_folded, later)
    found = session.execute(query).all()
    items = _with_choices(session, row.id, [item for item, _ in found])
    return [(item, member) for item, (_, member) in zip(items, found, strict=True)]


def _narrowed(draft_id: str, only: str) -> list[ColumnElement[bool]]:
    choice = (
        exists()
        .where(DraftChoiceRow.draft_id == draft_id, DraftChoiceRow.mentee_id == DraftItemRow.mentee_id)
        .correlate(DraftItemRow)
    )
    found: dict[str, list[ColumnElement[bool]]] = {
        "without": [~choice],
        "changed": [DraftItemRow.is_changed == true()],
        "by-hand": [DraftItemRow.by_hand == true()],
        "left-out": [choice.where(DraftChoiceRow.left_out != "")],
    }
    return found.get(only, [])


def item(session: Session, draft_id: str, mentee_id: str) -> Item | None:
    row = session.get(DraftItemRow, (draft_id, mentee_id))
    return _with_choices(session, draft_id, [row])[0] if row else None


def _with_choices(session: Session, draft_id: str, rows: Sequence[DraftItemRow]) -> list[Item]:
    query = (
        select(DraftChoiceRow)
        .where(
            DraftChoiceRow.draft_id == draft_id,
            DraftChoiceRow.mentee_id.in_([row.mentee_id for row in rows]),
        )
        .order_by(DraftChoiceRow.place)
    )
    choices: dict[str, list[DraftChoiceRow]] = defaultdict(list)
    for one in session.scalars(query):
        choices[one.mentee_id].append(one)
    return [Item(row, tuple(choices[row.mentee_id])) for row in rows]


def unsettled(session: Session, draft_id: str, limit: int) -> list[Item]:
    """Items that publishing has not dealt with yet: what there is to go on with, however often it died."""
    query = (
        select(DraftItemRow)
        .where(DraftItemRow.draft_id == draft_id, DraftItemRow.is_settled != true())
        .order_by(DraftItemRow.mentee_id)
        .limit(limit)
    )
    return _with_choices(session, draft_id, list(session.scalars(query)))


def note_progress(session: Session, draft_id: str) -> None:
    """How much of a draft has been published, in per cent."""
    done = session.scalars(_items(draft_id).where(DraftItemRow.is_settled == true())).one()
    whole = session.scalars(_items(draft_id)).one()
    progress = 100 * done // whole if whole else 100
    session.execute(update(DraftRow).where(DraftRow.id == draft_id).values(progress=progress))


def set_by_hand(session: Session, draft_id: str, mentee_id: str, choices: Sequence[Choice]) -> None:
    """What a coordinator wants for one mentee, none included."""
    row = session.get_one(DraftItemRow, (draft_id, mentee_id))
    row.by_hand, row.why_none, row.one_more = True, "", []
    _replace(session, draft_id, {mentee_id: tuple(choices)})


def let_go(session: Session, draft_id: str, mentee_ids: Collection[str]) -> None:
    """Forgets what was set by hand or forbidden for these mentees, for the next computation."""
    ids = sorted(mentee_ids)
    these = (DraftItemRow.draft_id == draft_id) & DraftItemRow.mentee_id.in_(ids)
    session.execute(update(DraftItemRow).where(these).values(by_hand=False))
    session.execute(
        delete(DraftForbiddenRow).where(
            DraftForbiddenRow.draft_id == draft_id, DraftForbiddenRow.mentee_id.in_(ids)
        )
    )


def unpin(session: Session, draft_id: str, mentee_ids: Collection[str]) -> None:
    """What was set for them by hand does not hold any more; they are arranged like everybody else."""
    these = (DraftItemRow.draft_id == draft_id) & DraftItemRow.mentee_id.in_(sorted(mentee_ids))
    session.execute(update(DraftItemRow).where(these).values(by_hand=False))


def forbid(session: Session, draft_id: str, pairs: Iterable[tuple[str, str]]) -> None:
    """(mentee, mentor) pairs that the next computation leaves out; what was set by hand of them goes."""
    rows = [{"draft_id": draft_id, "mentee_id": one, "mentor_id": other} for one, other in pairs]
    insert_new(session, DraftForbiddenRow, rows)
    for row in rows:
        choice = session.get(DraftChoiceRow, (draft_id, row["mentee_id"], row["mentor_id"]))
        if choice is not None:
            session.delete(choice)
            session.get_one(DraftItemRow, (draft_id, row["mentee_id"])).by_hand = False


def forbidden(session: Session, draft_id: str) -> dict[str, set[str]]:
    """Mentors that are not wanted, by mentee."""
    found: dict[str, set[str]] = defaultdict(set)
    query = select(DraftForbiddenRow.mentee_id, DraftForbiddenRow.mentor_id)
    for mentee, mentor in session.execute(query.where(DraftForbiddenRow.draft_id == draft_id)):
        found[mentee].add(mentor)
    return found


def by_hand(session: Session, draft_id: str) -> dict[str, list[tuple[str, int]]]:
    """What coordinators have set: mentors with their scores, by mentee."""
    query = select(DraftItemRow.mentee_id).where(
        DraftItemRow.draft_id == draft_id, DraftItemRow.by_hand == true()
    )
    found: dict[str, list[tuple[str, int]]] = {mentee: [] for mentee in session.scalars(query)}
    choices = select(DraftChoiceRow).where(DraftChoiceRow.draft_id == draft_id).order_by(DraftChoiceRow.place)
    for one in session.scalars(choices):
        if one.mentee_id in found:
            found[one.mentee_id].append((one.mentor_id, one.score))
    return found


def used_by_others(session: Session, draft_id: str, mentor_id: str, mentee_id: str) -> int:
    """How many places of a mentor a draft gives to other mentees."""
    query = select(func.count()).where(
        DraftChoiceRow.draft_id == draft_id,
        DraftChoiceRow.mentor_id == mentor_id,
        DraftChoiceRow.mentee_id != mentee_id,
    )
    return session.scalars(query).one()
