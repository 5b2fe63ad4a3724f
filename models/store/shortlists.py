"""The projection of shortlists: written by their processes, read by lists, pages and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, true
from sqlalchemy.orm import Session

from models.process.request.state import RequestState
from models.process.shortlist.reasons import Why
from models.process.shortlist.reports import AskEnded
from models.process.shortlist.state import Shortlist, ShortlistView, rest_of
from models.store.newest import newest
from models.store.processes import RequestRow, ShortlistRow
from models.store.projections import projected, to_newer
from models.store.requests import need_defaults, rest_in, values_of
from models.store.tables import MemberRow, ProgrammeRow
from models.store.upsert import replace_older


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lists: `after` is the (created_at, id) of the last one seen; newest first."""

    programme_id: str
    mentee_id: str | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50
    running: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A list with the programme's slug, and whether the person who asked for it is its mentee."""

    view: ShortlistView
    slug: str
    is_mine: bool
    ending: bool


def reserve(session: Session, shortlist: Shortlist, workflow_id: str) -> None:
    """The first row of a list, version 0: from then on it counts. Raises IntegrityError for a known id."""
    session.connection().execute(_NEW, _row(shortlist, workflow_id))


_NEW = insert(ShortlistRow)


def save(session: Session, shortlist: Shortlist, workflow_id: str) -> None:
    replace_older(session, ShortlistRow, [_row(shortlist, workflow_id)], to_newer)


def _row(shortlist: Shortlist, workflow_id: str) -> dict[str, Any]:
    return {
        **projected(ShortlistRow, ShortlistView.of(shortlist), rest_of(shortlist)),
        "is_open": shortlist.goes_on,
        "counts": shortlist.counts,
        "workflow_id": workflow_id,
    }


def find(session: Session, shortlist_id: str, person_id: str) -> Found | None:
    """The list as far as the person may know of it: as its mentee or as an admin; else None."""
    found = session.execute(_FOR_PERSON, {"id": shortlist_id, "person_id": person_id}).one_or_none()
    if found is None:
        return None
    row, slug, is_admin = found
    is_mine = row.mentee_id == person_id
    if not is_mine and not is_admin:
        return None
    return Found(view_of(row), slug, is_mine, is_ending(row))


_FOR_PERSON = (
    select(ShortlistRow, ProgrammeRow.slug, MemberRow.is_admin)
    .join(ProgrammeRow, ProgrammeRow.id == ShortlistRow.programme_id)
    .join(MemberRow, MemberRow.programme_id == ShortlistRow.programme_id)
    .where(
        ShortlistRow.id == bindparam("id"),
        MemberRow.person_id == bindparam("person_id"),
        MemberRow.left_at.is_(None),
    )
)


def is_ending(row: ShortlistRow) -> bool:
    """Whether it takes no more acts although it has not ended yet."""
    return bool((rest_in(row).get("process") or {}).get("ending"))


def version_of(session: Session, shortlist_id: str) -> int:
    """How far the projection has come; -1 before there is a row."""
    found = session.scalar(_VERSION, {"id": shortlist_id})
    return -1 if found is None else found


_VERSION = select(ShortlistRow.version).where(ShortlistRow.id == bindparam("id"))


def recorded(session: Session, request_ids: Sequence[str]) -> set[str]:
    """Those of the requests that have begun."""
    if not request_ids:
        return set()
    return set(session.scalars(_RECORDED, {"ids": sorted(request_ids)}))


_RECORDED = select(RequestRow.id).where(
    RequestRow.id.in_(bindparam("ids", expanding=True)), RequestRow.version > 0
)


def page(session: Session, wanted: Wanted) -> list[ShortlistRow]:
    """At most `limit` lists that have begun, newest first."""
    where = [ShortlistRow.programme_id == wanted.programme_id, ShortlistRow.version > 0]
    if wanted.mentee_id is not None:
        where.append(ShortlistRow.mentee_id == wanted.mentee_id)
    if wanted.running:
        where.append(ShortlistRow.state == "running")
    of_one = wanted.mentee_id is not None
    query = newest(
        ShortlistRow, ShortlistRow.created_at, where, (), wanted.after, wanted.limit, of_one=of_one
    )
    return list(session.scalars(query))


def view_of(row: ShortlistRow) -> ShortlistView:
    return ShortlistView.model_validate(values_of(row, ShortlistView))


need_defaults(ShortlistView, ShortlistRow)


def open_processes(session: Session, after: str, limit: int) -> list[Shortlist]:
    """The lists that have something to hear, as they were saved, in the order of their ids."""
    query = (
        select(ShortlistRow)
        .where(ShortlistRow.id > after, ShortlistRow.is_open == true(), ShortlistRow.version > 0)
        .order_by(ShortlistRow.id)
        .limit(limit)
    )
    kept = [rest_in(row).get("process") for row in session.scalars(query)]
    return [Shortlist.model_validate(one) for one in kept if one]


def ended_asks(session: Session, shortlist: Shortlist) -> list[AskEnded]:
    """What the requests that are out would have said at their end, where that was lost with the engine.

    One that was never recorded is as good as refused.
    """
    ended = []
    for ask in shortlist.out:
        row = session.get(RequestRow, ask.request_id or "")
        if row is not None and row.is_open:
            continue
        ended.append(
            AskEnded(
                process_id=shortlist.id,
                request_id=ask.request_id or "",
                state=RequestState(row.state) if row else RequestState.RELEASED,
                relationship_id=row.relationship_id if row else None,
                refusal=None if row else Why.UNAVAILABLE,
            )
        )
    return ended
