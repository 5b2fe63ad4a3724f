"""Places: how many mentees a mentor has, and mentors a mentee, held under locks (R9)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import bindparam, select, true, update
from sqlalchemy.orm import Session

from models.mails.frame import ReleaseCause
from models.process.effects import Overtaken
from models.process.profile import places
from models.process.programme import ProgrammeSettings
from models.process.relationship.view import RelationshipView
from models.store.asking import held_by_both, members_of, presence_of
from models.store.processes import PlaceRow, RequestRow
from models.store.requests import roles_in
from models.store.tables import MemberRow, ProgrammeRow

Side = Literal["mentor", "mentee"]


class Place(BaseModel):
    """One place with the mentor and one with the mentee, taken together by one request."""

    model_config = ConfigDict(frozen=True)

    request_id: str
    relationship_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    now: datetime


def claim(session: Session, place: Place) -> Side | None:
    """Takes the places, or says on whose side none was left. For a request that has them it is a success."""
    members_of(session, place.programme_id, (place.mentor_id, place.mentee_id), lock=True)
    if session.get(PlaceRow, place.request_id):
        return None
    full = full_sides(session, place)
    if full:
        return full[0]
    if has_lost(session, place):
        return "mentee"
    session.add(
        PlaceRow(
            request_id=place.request_id,
            relationship_id=place.relationship_id,
            programme_id=place.programme_id,
            mentor_id=place.mentor_id,
            mentee_id=place.mentee_id,
            claimed_at=place.now,
        )
    )
    session.flush()
    return None


def has_lost(session: Session, place: Place) -> bool:
    """Whether another request of the same shortlist has been accepted: only one of them may be."""
    shortlist_id = _shortlist_of(session, place)
    if shortlist_id is None:
        return False
    query = (
        select(PlaceRow.request_id)
        .join(RequestRow, RequestRow.id == PlaceRow.request_id)
        .where(
            PlaceRow.programme_id == place.programme_id,
            PlaceRow.mentee_id == place.mentee_id,
            PlaceRow.released_at.is_(None),
            RequestRow.shortlist_id == shortlist_id,
        )
    )
    return session.scalars(query.limit(1)).first() is not None


def _shortlist_of(session: Session, place: Place) -> str | None:
    return session.scalar(_SHORTLIST, {"id": place.request_id})


_SHORTLIST = select(RequestRow.shortlist_id).where(RequestRow.id == bindparam("id"))


def gone(session: Session, place: Place) -> Side | None:
    """The side that takes part no longer, as the locks of a claim find it; none where the places are taken.

    The end of a membership or of a role locks the same rows: one of the two comes first.
    """
    pair = (place.mentor_id, place.mentee_id)
    members = members_of(session, place.programme_id, pair, lock=True)
    if session.get(PlaceRow, place.request_id):
        return None
    settings = _settings(session, place.programme_id)
    mentor, mentee = members.get(place.mentor_id), members.get(place.mentee_id)
    if mentor is None or not presence_of(mentor).mentors(settings):
        return "mentor"
    return None if mentee is not None and presence_of(mentee).seeks() else "mentee"


def are_claimed(session: Session, view: RelationshipView) -> bool:
    """Whether the request of a relationship has taken places for these two; given back or not."""
    place = session.get(PlaceRow, view.request_id)
    if place is None:
        return False
    taken = (place.relationship_id, place.programme_id, place.mentee_id, place.mentor_id)
    return taken == (view.id, view.programme_id, view.mentee_id, view.mentor_id)


def full_sides(session: Session, place: Place) -> list[Side]:
    """The sides without a free place, the mentee first: there nothing can be raised."""
    settings = _settings(session, place.programme_id)
    mentor = session.get(MemberRow, (place.programme_id, place.mentor_id))
    capacity = places(mentor.capacity if mentor else None, settings.max_capacity)
    held = held_by_both(session, place.programme_id, place.mentor_id, place.mentee_id)
    sides: list[Side] = []
    if held.mentee_places >= settings.mentors_per_mentee:
        sides.append("mentee")
    if held.mentor_places >= capacity:
        sides.append("mentor")
    return sides


def overtaken_by(session: Session, place: Place) -> tuple[Overtaken, ...]:
    """The open requests for which this claim took the last place, and those of the same shortlist.

    Complete, because a request is recorded under the same locks: one that comes later is refused.
    """
    full = full_sides(session, place)
    found = {one.process_id: one for one in _of_same_list(session, place)}
    for side, column, person, cause in (
        ("mentee", RequestRow.mentee_id, place.mentee_id, ReleaseCause.MENTEE_MATCHED),
        ("mentor", RequestRow.mentor_id, place.mentor_id, ReleaseCause.MENTOR_FULL),
    ):
        if side not in full:
            continue
        rows = session.execute(
            select(RequestRow.id, RequestRow.workflow_id).where(
                RequestRow.programme_id == place.programme_id,
                column == person,
                RequestRow.is_open == true(),
                RequestRow.id != place.request_id,
            )
        )
        for process_id, workflow_id in rows:
            found.setdefault(
                process_id, Overtaken(process_id=process_id, workflow_id=workflow_id, cause=cause)
            )
    return tuple(found[key] for key in sorted(found))


def _of_same_list(session: Session, place: Place) -> list[Overtaken]:
    shortlist_id = _shortlist_of(session, place)
    if shortlist_id is None:
        return []
    rows = session.execute(
        select(RequestRow.id, RequestRow.workflow_id).where(
            RequestRow.programme_id == place.programme_id,
            RequestRow.mentee_id == place.mentee_id,
            RequestRow.is_open == true(),
            RequestRow.shortlist_id == shortlist_id,
            RequestRow.id != place.request_id,
        )
    )
    cause = ReleaseCause.MENTEE_MATCHED
    return [Overtaken(process_id=one, workflow_id=flow, cause=cause, same_list=True) for one, flow in rows]


def release(session: Session, relationship_id: str, now: datetime) -> None:
    """Gives both places back; a second time changes nothing."""
    session.execute(
        update(PlaceRow)
        .where(PlaceRow.relationship_id == relationship_id, PlaceRow.released_at.is_(None))
        .values(released_at=now)
    )


def _settings(session: Session, programme_id: str) -> ProgrammeSettings:
    programme = session.get_one(ProgrammeRow, programme_id)
    return ProgrammeSettings.kept(programme.settings)


def is_taken_for(session: Session, relationship_id: str, person_id: str) -> bool:
    """Whether the places of a relationship are taken, and the person is one of the two or an admin."""
    row = session.execute(_TAKEN_FOR, {"id": relationship_id, "person_id": person_id}).one_or_none()
    return row is not None and bool(roles_in(person_id, *row))


_TAKEN_FOR = (
    select(PlaceRow.mentee_id, PlaceRow.mentor_id, MemberRow.is_admin)
    .join(MemberRow, MemberRow.programme_id == PlaceRow.programme_id)
    .where(
        PlaceRow.relationship_id == bindparam("id"),
        MemberRow.person_id == bindparam("person_id"),
        MemberRow.left_at.is_(None),
    )
)
