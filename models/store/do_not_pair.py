"""Reads and writes the pairs of people who are not to be paired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, delete, func, or_, select, true
from sqlalchemy.orm import Session

from models.process.actors import Role
from models.store.pair_tables import DoNotPairRow
from models.store.processes import RelationshipRow, RequestRow
from models.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Wish:
    """That two people are not to be paired, which `by` wants in the role `as_role`."""

    id: str
    pair: tuple[str, str]
    by: str
    as_role: Role
    why: str
    at: datetime


def partners(session: Session, programme_id: str, person_id: str) -> set[str]:
    """Ids of all with whom a person is not to be paired, by anybody’s wish."""
    pairs = session.execute(_PARTNERS, {"programme_id": programme_id, "person_id": person_id})
    return {one for pair in pairs for one in pair} - {person_id}


_PERSON: ColumnElement[Any] = bindparam("person_id")
_PARTNERS = select(DoNotPairRow.lower_id, DoNotPairRow.higher_id).where(
    DoNotPairRow.programme_id == bindparam("programme_id"),
    or_(DoNotPairRow.lower_id == _PERSON, DoNotPairRow.higher_id == _PERSON),
)


def all_partners(session: Session, programme_id: str) -> dict[str, set[str]]:
    """The same for everybody of a programme who is in such a pair."""
    query = select(DoNotPairRow.lower_id, DoNotPairRow.higher_id).where(
        DoNotPairRow.programme_id == programme_id
    )
    found: dict[str, set[str]] = {}
    for lower, higher in session.execute(query):
        found.setdefault(lower, set()).add(higher)
        found.setdefault(higher, set()).add(lower)
    return found


def count(one: ColumnElement[Any], other: ColumnElement[Any]) -> ScalarSelect[int]:
    """As a part of a query: how many have set it for two people in the programme of the parameter."""
    return (
        select(func.count())
        .where(
            DoNotPairRow.programme_id == bindparam("programme_id"),
            or_(
                and_(DoNotPairRow.lower_id == one, DoNotPairRow.higher_id == other),
                and_(DoNotPairRow.lower_id == other, DoNotPairRow.higher_id == one),
            ),
        )
        .scalar_subquery()
    )


def add(session: Session, programme_id: str, wish: Wish) -> DoNotPairRow:
    """The row of it: the one that exists where the same person, or another coordinator, has set it before."""
    lower, higher = sorted(wish.pair)
    same = DoNotPairRow.set_by == wish.by
    if wish.as_role is Role.ADMIN:
        same |= DoNotPairRow.set_as == Role.ADMIN.value
    here = DoNotPairRow.programme_id == programme_id
    pair = and_(here, DoNotPairRow.lower_id == lower, DoNotPairRow.higher_id == higher)
    found = session.scalars(select(DoNotPairRow).where(pair, same).limit(1)).one_or_none()
    if found is not None:
        return found
    row = {
        "id": wish.id,
        "programme_id": programme_id,
        "lower_id": lower,
        "higher_id": higher,
        "set_by": wish.by,
        "set_as": wish.as_role.value,
        "set_at": wish.at,
        "why": wish.why,
    }
    # Sent twice at the same moment, it is one row.
    insert_new(session, DoNotPairRow, [row])
    return session.scalars(select(DoNotPairRow).where(pair, same).limit(1)).one()


def find(session: Session, programme_id: str, row_id: str) -> DoNotPairRow | None:
    row = session.get(DoNotPairRow, row_id)
    return row if row is not None and row.programme_id == programme_id else None


def remove(session: Session, row_id: str) -> None:
    session.execute(delete(DoNotPairRow).where(DoNotPairRow.id == row_id))


def own(session: Session, programme_id: str, person_id: str, other_id: str) -> DoNotPairRow | None:
    """The wish of one person about themselves and another one, not as a coordinator."""
    lower, higher = sorted((person_id, other_id))
    query = select(DoNotPairRow).where(
        DoNotPairRow.programme_id == programme_id,
        DoNotPairRow.lower_id == lower,
        DoNotPairRow.higher_id == higher,
        DoNotPairRow.set_by == person_id,
        DoNotPairRow.set_as != Role.ADMIN.value,
    )
    return session.scalars(query).one_or_none()


def page(
    session: Session,
    programme_id: str,
    of: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[DoNotPairRow]:
    """Newest first, of everybody or of one person."""
    query = select(DoNotPairRow).where(DoNotPairRow.programme_id == programme_id)
    if of is not None:
        query = query.where(or_(DoNotPairRow.lower_id == of, DoNotPairRow.higher_id == of))
    if after is not None:
        at, last = after
        older = and_(DoNotPairRow.set_at == at, DoNotPairRow.id < last)
        query = query.where(or_(DoNotPairRow.set_at < at, older))
    order = DoNotPairRow.set_at.desc(), DoNotPairRow.id.desc()
    return list(session.scalars(query.order_by(*order).limit(limit)))


def open_between(session: Session, programme_id: str, pair: tuple[str, str]) -> list[tuple[str, str]]:
    """What runs between the two now: ("request" or "relationship", its id)."""
    kinds = (
        ("request", RequestRow, RequestRow.is_open == true()),
        ("relationship", RelationshipRow, RelationshipRow.ended_at.is_(None)),
    )
    found = []
    for kind, row, runs in kinds:
        sides = row.mentee_id.in_(pair), row.mentor_id.in_(pair)
        query = select(row.id).where(row.programme_id == programme_id, runs, *sides)
        found += [(kind, one) for one in session.scalars(query)]
    return found


def is_forbidden(session: Session, programme_id: str, one: str, other: str) -> bool:
    """Whether anybody has set that the two are not to be paired."""
    return other in partners(session, programme_id, one)
