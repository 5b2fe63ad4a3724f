"""Reads from the database how a mentee and a mentor stand, for `models.process.asking.check`.

Two requests or acceptances that race would both read "one place left". With `lock` the rows of both members
are locked first, always in the order of their ids so that two such transactions cannot wait for each other.
On SQLite the writing transaction itself (`BEGIN IMMEDIATE`) is that lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from models.matching.rules import Rule, Rules
from models.process.asking import A_WHILE, Facts
from models.process.departures import Presence
from models.process.profile import is_available, places
from models.process.programme import ProgrammeSettings
from models.process.request.kinds import RequestKind
from models.process.terms import Sentence
from models.store import do_not_pair, rules
from models.store.processes import PlaceRow, RequestRow, ShortlistRow
from models.store.tables import MemberRow


class Identified(Protocol):
    """A programme, as a row or otherwise."""

    @property
    def id(self) -> str: ...


def load_facts(
    session: Session,
    programme: Identified,
    settings: ProgrammeSettings,
    mentee_id: str,
    mentor_id: str,
    now: datetime,
    lock: bool,
) -> Facts:
    """What stands between the two where the mentee asks; see `facts_between`."""
    return facts_between(session, programme, settings, (mentee_id, mentor_id), now, lock)


def facts_between(
    session: Session,
    programme: Identified,
    settings: ProgrammeSettings,
    pair: tuple[str, str],
    now: datetime,
    lock: bool,
    kind: RequestKind = RequestKind.REQUEST,
) -> Facts:
    """What stands between mentee and mentor at `now` (aware). A person outside the programme cannot ask.

    `lock` needs a session of `Database.write`.
    """
    mentee_id, mentor_id = pair
    members = members_of(session, programme.id, pair, lock)
    mentee, mentor = members.get(mentee_id), members.get(mentor_id)
    between = _between(session, programme.id, mentee_id, mentor_id, now, kind)
    return Facts(
        is_self=mentee_id == mentor_id,
        forbidden=_forbidden(session, settings, mentee, mentor, now, do_not_pair=between.do_not_pair > 0),
        mentee_may_ask=mentee is not None and mentee.is_mentee and mentee.complete and not mentee.left_at,
        mentor_is_listed=mentor is not None and is_listed(mentor, now),
        open_between=between.open > 0,
        active_between=between.active > 0,
        asked_lately=between.asked_lately,
        open_requests=between.open_requests,
        limit=settings.open_requests,
        mentor_places=between.mentor_places,
        mentor_capacity=places(mentor.capacity if mentor else None, settings.max_capacity),
        mentee_places=between.mentee_places,
        mentee_maximum=settings.mentors_per_mentee,
    )


def members_of(
    session: Session, programme_id: str, person_ids: tuple[str, ...], lock: bool
) -> dict[str, MemberRow]:
    """The memberships by person id, those who have left among them; locked in the order of ids if `lock`."""
    asked = {"programme_id": programme_id, "ids": sorted(person_ids)}
    return {row.person_id: row for row in session.scalars(_LOCKED_MEMBERS if lock else _MEMBERS, asked)}


_MEMBERS = (
    select(MemberRow)
    .where(
        MemberRow.programme_id == bindparam("programme_id"),
        MemberRow.person_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(MemberRow.person_id)
)
_LOCKED_MEMBERS = _MEMBERS.with_for_update().execution_options(populate_existing=True)


def _requests(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    # `== true()` rather than `.is_(True)`: the partial index of SQLite is only used for `is_open = 1`.
    here = RequestRow.programme_id == bindparam("programme_id")
    return select(func.count()).where(here, RequestRow.is_open == true(), *which).scalar_subquery()


def _places(which: ColumnElement[bool]) -> ScalarSelect[int]:
    here = PlaceRow.programme_id == bindparam("programme_id")
    return select(func.count()).where(here, PlaceRow.released_at.is_(None), which).scalar_subquery()


_MENTEE: ColumnElement[Any] = bindparam("mentee_id")
_MENTOR: ColumnElement[Any] = bindparam("mentor_id")
_HELD = select(
    _places(PlaceRow.mentor_id == _MENTOR).label("mentor_places"),
    _places(PlaceRow.mentee_id == _MENTEE).label("mentee_places"),
)


def _asked_lately(kind: RequestKind) -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(
            RequestRow.programme_id == bindparam("programme_id"),
            RequestRow.kind == kind.value,
            RequestRow.mentee_id == _MENTEE,
            RequestRow.mentor_id == _MENTOR,
            RequestRow.created_at > bindparam("lately"),
        )
        .scalar_subquery()
    )


_OPEN_OFFERS: ColumnElement[Any] = _requests(
    RequestRow.mentor_id == _MENTOR, RequestRow.kind == RequestKind.OFFER.value
)
_OPEN_REQUESTS: ColumnElement[Any] = (
    _requests(
        RequestRow.mentee_id == _MENTEE,
        RequestRow.kind == RequestKind.REQUEST.value,
        RequestRow.shortlist_id.is_(None),
    )
    + select(func.coalesce(func.sum(ShortlistRow.counts), 0))
    .where(
        ShortlistRow.programme_id == bindparam("programme_id"),
        ShortlistRow.mentee_id == _MENTEE,
        ShortlistRow.is_open == true(),
    )
    .scalar_subquery()
)


def _counted(kind: RequestKind) -> Select[Any]:
    """All that is counted where one of the two asks the other: what the sender has open is of this kind."""
    open_ones = _OPEN_OFFERS if kind is RequestKind.OFFER else _OPEN_REQUESTS
    return _HELD.add_columns(
        _asked_lately(kind).label("asked_lately"),
        open_ones.label("open_requests"),
        _requests(RequestRow.pair == bindparam("pair")).label("open"),
        _places(
            or_(
                (PlaceRow.mentor_id == _MENTEE) & (PlaceRow.mentee_id == _MENTOR),
                (PlaceRow.mentor_id == _MENTOR) & (PlaceRow.mentee_id == _MENTEE),
            )
        ).label("active"),
        do_not_pair.count(_MENTEE, _MENTOR).label("do_not_pair"),
    )


_BETWEEN = {kind: _counted(kind) for kind in RequestKind}


class Held(NamedTuple):
    """How many places are held, from acceptance to the end of the relationship."""

    mentor_places: int
    mentee_places: int


def held_places(session: Session, programme_id: str, whose: ColumnElement[bool]) -> int:
    """How many are held; `whose` picks the side."""
    query = select(func.count()).where(
        PlaceRow.programme_id == programme_id, whose, PlaceRow.released_at.is_(None)
    )
    return session.scalars(query).one()


@dataclass(frozen=True, slots=True)
class Room:
    """Places of a mentor that are taken; `capacity` is their own number, None for the programme's.

    `committed`: the mentor has acknowledged the minimum commitment.
    """

    taken: int
    capacity: int | None
    committed: bool = False


def room_of(session: Session, programme_id: str, mentor_id: str) -> Room:
    taken = held_places(session, programme_id, PlaceRow.mentor_id == mentor_id)
    row = session.get(MemberRow, (programme_id, mentor_id))
    return Room(taken, row.capacity, row.commitment_at is not None) if row else Room(taken, 0)


def held_by_both(session: Session, programme_id: str, mentor_id: str, mentee_id: str) -> Held:
    """By the mentor as a mentor, and by the mentee as a mentee."""
    asked = {"programme_id": programme_id, "mentor_id": mentor_id, "mentee_id": mentee_id}
    return Held._make(session.execute(_HELD, asked).one())


def _between(
    session: Session, programme_id: str, mentee_id: str, mentor_id: str, now: datetime, kind: RequestKind
) -> Any:
    """All that is counted for a request of a kind, in one query."""
    asked = {
        "programme_id": programme_id,
        "mentee_id": mentee_id,
        "mentor_id": mentor_id,
        "pair": "/".join(sorted((mentee_id, mentor_id))),
        "lately": now - A_WHILE,
    }
    return session.execute(_BETWEEN[kind], asked).one()


def presence_of(row: Any) -> Presence:
    """What a member, or a row with the same columns, says about taking part."""
    return Presence(
        is_mentee=row.is_mentee,
        is_mentor=row.is_mentor,
        has_left=row.left_at is not None,
        stepped_down=row.stepped_down,
        available=row.available,
        available_from=row.available_from,
        time_zone=row.time_zone,
    )


def is_listed(mentor: MemberRow, now: datetime) -> bool:
    """Whether a member takes requests at `now` (aware), full or not."""
    return away(mentor, now) is None


def away(mentor: MemberRow, now: datetime) -> str | None:
    """Why a member takes no requests from anybody at `now` (aware), full or not; None where they do."""
    if mentor.left_at:
        return Sentence("The second has left the programme.")
    if not mentor.is_mentor:
        return Sentence("The second is no {t.mentor}.")
    if not mentor.complete:
        return Sentence("The {t.mentor}’s profile is not complete.")
    if not is_available(mentor.available, mentor.available_from, mentor.time_zone, now):
        return Sentence("The {t.mentor} takes no {t.requests} at the moment.")
    return None


def _forbidden(
    session: Session,
    settings: ProgrammeSettings,
    mentee: MemberRow | None,
    mentor: MemberRow | None,
    now: datetime,
    *,
    do_not_pair: bool,
) -> tuple[Rule, ...]:
    if mentee is None or mentor is None:
        return ()
    ours = Rules.of(settings)
    pair = rules.traits_of_rows(session, [mentee, mentor])
    return ours.against(pair[mentee.person_id], pair[mentor.person_id], do_not_pair=do_not_pair, now=now)
