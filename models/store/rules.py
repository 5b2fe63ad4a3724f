"""Reads what the hard rules (`models.matching.rules`) know of people."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.matching.rules import Traits
from models.store.tables import MemberRow, PersonRow


def traits_of(session: Session, programme_id: str, person_ids: Collection[str]) -> dict[str, Traits]:
    """By person id; those who are not members are left out."""
    query = select(MemberRow).where(
        MemberRow.programme_id == programme_id, MemberRow.person_id.in_(sorted(person_ids))
    )
    return traits_of_rows(session, list(session.scalars(query)))


def traits_of_rows(session: Session, members: Iterable[MemberRow]) -> dict[str, Traits]:
    """The same of members that have been read."""
    rows = list(members)
    managers = _ids_of(session, {row.manager_email for row in rows if row.manager_email})
    return {
        row.person_id: Traits(
            row.person_id,
            row.unit,
            row.time_zone,
            tuple(row.languages),
            managers.get(row.manager_email),
        )
        for row in rows
    }


def _ids_of(session: Session, addresses: set[str]) -> dict[str, str]:
    if not addresses:
        return {}
    return {row[0]: row[1] for row in session.execute(_BY_ADDRESS, {"addresses": sorted(addresses)})}


_BY_ADDRESS = select(PersonRow.email, PersonRow.id).where(
    PersonRow.email.in_(bindparam("addresses", expanding=True))
)
