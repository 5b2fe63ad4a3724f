"""The projection of requests, as lists and pages read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import bindparam, select, true
from sqlalchemy.orm import Session

from models.process.actors import Role
from models.process.request.state import INNER, OPEN, RequestState
from models.process.request.view import RequestView
from models.store.newest import newest
from models.store.processes import RelationshipRow, RequestRow, ShortlistRow
from models.store.tables import Base, MemberRow, ProgrammeRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests: `after` is the (created_at, id) of the last one seen; newest first."""

    programme_id: str
    mentee_id: str | None = None
    mentor_id: str | None = None
    states: Sequence[RequestState] = ()
    created_before: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A request with the programme's slug and what the person who asked for it is there."""

    view: RequestView
    slug: str
    roles: tuple[Role, ...]


def find(session: Session, request_id: str, person_id: str) -> Found | None:
    """The request as far as the person may know of it: as one of the two or as an admin; else None."""
    row = session.execute(_FOR_PERSON, {"id": request_id, "person_id": person_id}).one_or_none()
    if row is None:
        return None
    request, slug, is_admin = row
    roles = roles_in(person_id, request.mentee_id, request.mentor_id, is_admin)
    return Found(view_of(request), slug, roles) if roles else None


_FOR_PERSON = (
    select(RequestRow, ProgrammeRow.slug, MemberRow.is_admin)
    .join(ProgrammeRow, ProgrammeRow.id == RequestRow.programme_id)
    .join(MemberRow, MemberRow.programme_id == RequestRow.programme_id)
    .where(
        RequestRow.id == bindparam("id"),
        MemberRow.person_id == bindparam("person_id"),
        MemberRow.left_at.is_(None),
    )
)


def roles_in(person_id: str, mentee_id: str, mentor_id: str, is_admin: bool) -> tuple[Role, ...]:
    """What a person is in a process of these two: their own side first; empty for a stranger."""
    sides = ((Role.MENTEE, person_id == mentee_id), (Role.MENTOR, person_id == mentor_id))
    return tuple(role for role, is_so in (*sides, (Role.ADMIN, is_admin)) if is_so)


def version_of(session: Session, request_id: str) -> int:
    """How far the projection has come; -1 before there is a row."""
    found = session.scalar(_VERSION, {"id": request_id})
    return -1 if found is None else found


_VERSION = select(RequestRow.version).where(RequestRow.id == bindparam("id"))


def among(session: Session, ids: Collection[str]) -> dict[str, RequestView]:
    """Each request by its id, as far as the projection has come."""
    rows = session.scalars(_AMONG, {"ids": sorted(ids)}) if ids else ()
    return {row.id: view_of(row) for row in rows}


_AMONG = select(RequestRow).where(RequestRow.id.in_(bindparam("ids", expanding=True)))


def page(session: Session, wanted: Wanted) -> list[RequestView]:
    """At most `limit` requests, newest first, each from one of the indexes that end in `created_at`."""
    states = _stored(wanted.states)
    where = [RequestRow.programme_id == wanted.programme_id]
    if wanted.mentee_id is not None:
        where.append(RequestRow.mentee_id == wanted.mentee_id)
    if wanted.mentor_id is not None:
        where.append(RequestRow.mentor_id == wanted.mentor_id)
    if wanted.created_before is not None:
        where.append(RequestRow.created_at <= wanted.created_before)
    of_one = wanted.mentee_id is not None or wanted.mentor_id is not None
    if of_one and states and OPEN.issuperset(states):
        where.append(RequestRow.is_open == true())
    query = newest(
        RequestRow, RequestRow.created_at, where, states, wanted.after, wanted.limit, of_one=of_one
    )
    return [view_of(row) for row in session.scalars(query)]


def _stored(states: Sequence[RequestState]) -> list[str]:
    extra = INNER if RequestState.PENDING in states else frozenset()
    return sorted(state.value for state in {*states, *extra})


def view_of(row: RequestRow) -> RequestView:
    """The view that was saved."""
    shown = values_of(row, RequestView)
    if row.state in INNER:
        shown["state"] = RequestState.PENDING
    return RequestView.model_validate(shown)


def values_of(row: RequestRow | RelationshipRow | ShortlistRow, view: type[BaseModel]) -> dict[str, Any]:
    """What a projection holds of the fields of a view: in columns, or else in what is stored beside them."""
    columns, rest = row.__table__.columns, rest_in(row)
    return {
        name: getattr(row, name) if name in columns else rest[name]
        for name in view.model_fields
        if name in columns or name in rest
    }


def need_defaults(view: type[BaseModel], row: type[Base], apart: Collection[str] = ()) -> None:
    """Raises TypeError for a field that rows of earlier versions, and of erased people, do not have."""
    for name, shown in view.model_fields.items():
        if shown.is_required() and name not in row.__table__.columns and name not in apart:
            raise TypeError(
                f"Give {view.__name__}.{name} a default: no column holds it, and some rows lack it."
            )


need_defaults(RequestView, RequestRow)


def rest_in(row: RequestRow | RelationshipRow | ShortlistRow) -> dict[str, Any]:
    """What the columns do not hold. Nothing where they are newer: a worker of before 0.3 has saved them."""
    rest = row.rest or {}
    return rest if rest.get("version") == row.version else {}
