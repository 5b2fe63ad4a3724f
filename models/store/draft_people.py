"""Reads everybody whom a draft is computed for, and all that keeps two of them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import Session

from models.matching.directory import Directory
from models.matching.draft import HAS_ENOUGH, UNFINISHED, Candidate, Ground
from models.matching.rules import Traits
from models.matching.search import Criteria
from models.process.draft.state import DraftKind, DraftState
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store import do_not_pair, loads
from models.store.drafts import DraftChoiceRow, DraftItemRow, DraftRow
from models.store.finding import Scope, seeker_of
from models.store.processes import PlaceRow, RequestRow
from models.store.profiles import load_profiles
from models.store.skills import load_book
from models.store.tables import MemberRow, PersonRow, ProgrammeRow

AT_ONCE = 200
"""Mentees who are read and saved together."""


@dataclass(frozen=True, slots=True, eq=False)
class Circle:
    """What keeps people of a programme apart. `open`: by person, with whom something is open or running;
    `not_to_be`: who are not to be paired; `managers`: people by the address under which they are named as a
    line manager; `held`: mentors that a mentee has, where it is any; `went_without`: mentees whom a published
    pairing has left without."""

    settings: ProgrammeSettings
    open: Mapping[str, Collection[str]]
    not_to_be: Mapping[str, Collection[str]]
    managers: Mapping[str, str]
    held: Mapping[str, int]
    went_without: Collection[str]

    def candidate(self, mentee: MemberProfile, ruled_out: Collection[str]) -> Candidate:
        own = mentee.person_id
        return Candidate(
            Traits(
                own,
                mentee.unit,
                mentee.time_zone,
                tuple(mentee.languages),
                self.managers.get(mentee.manager_email),
            ),
            seeker_of(mentee, self.settings, Criteria()),
            mentee.joined_at,
            frozenset((*self.open.get(own, ()), *self.not_to_be.get(own, ()))),
            frozenset(ruled_out),
            own in self.went_without,
        )

    def why_not(self, mentee: MemberProfile) -> str:
        """Why nobody is sought for a mentee; empty where somebody is."""
        if not mentee.complete:
            return UNFINISHED
        return HAS_ENOUGH if self.held.get(mentee.person_id, 0) >= self.settings.mentors_per_mentee else ""


def scope_of(session: Session, programme_id: str) -> Scope:
    row = session.get_one(ProgrammeRow, programme_id)
    settings = ProgrammeSettings.kept(row.settings)
    return Scope(row.id, settings, row.people_version, row.skills_version)


def read(session: Session, programme_id: str, directory: Directory, now: datetime) -> tuple[Ground, Circle]:
    """Everything that a draft is computed from, besides the mentees."""
    scope = scope_of(session, programme_id)
    load = loads.count(session, programme_id, None).of(directory)
    book = load_book(session, programme_id)
    ground = Ground.of(scope.settings, directory, book, load.mentees, load.asked, now)
    circle = Circle(
        settings=scope.settings,
        open=_apart(session, programme_id),
        not_to_be=do_not_pair.all_partners(session, programme_id),
        managers=_managers(session, programme_id),
        held=_held(session, programme_id),
        went_without=_went_without(session, programme_id),
    )
    return ground, circle


def _apart(session: Session, programme_id: str) -> dict[str, set[str]]:
    asked = select(RequestRow.mentee_id, RequestRow.mentor_id).where(
        RequestRow.programme_id == programme_id, RequestRow.is_open == true()
    )
    paired = select(PlaceRow.mentee_id, PlaceRow.mentor_id).where(
        PlaceRow.programme_id == programme_id, PlaceRow.released_at.is_(None)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in session.execute(asked.union_all(paired)):
        found[one].add(other)
        found[other].add(one)
    return found


def _managers(session: Session, programme_id: str) -> dict[str, str]:
    named = select(MemberRow.manager_email).where(
        MemberRow.programme_id == programme_id, MemberRow.manager_email != ""
    )
    query = select(PersonRow.email, PersonRow.id).where(PersonRow.email.in_(named))
    return dict(session.execute(query).all())


def _held(session: Session, programme_id: str) -> dict[str, int]:
    query = (
        select(PlaceRow.mentee_id, func.count())
        .where(PlaceRow.programme_id == programme_id, PlaceRow.released_at.is_(None))
        .group_by(PlaceRow.mentee_id)
    )
    return dict(session.execute(query).all())


def _went_without(session: Session, programme_id: str) -> set[str]:
    got = exists().where(
        DraftChoiceRow.draft_id == DraftItemRow.draft_id,
        DraftChoiceRow.mentee_id == DraftItemRow.mentee_id,
        DraftChoiceRow.left_out == "",
    )
    query = (
        select(DraftItemRow.mentee_id)
        .join(DraftRow, DraftRow.id == DraftItemRow.draft_id)
        .where(
            DraftRow.programme_id == programme_id,
            DraftRow.kind == DraftKind.PAIRING.value,
            DraftRow.state == DraftState.PUBLISHED.value,
            ~got.correlate(DraftItemRow),
        )
    )
    return set(session.scalars(query))


def mentees(
    session: Session, programme_id: str, draft_id: str | None, after: str, limit: int
) -> list[MemberProfile]:
    """Mentees by ascending id, complete or not: all who have not left, or those of a draft."""
    query = (
        select(MemberRow.person_id)
        .where(
            MemberRow.programme_id == programme_id,
            MemberRow.is_mentee == true(),
            MemberRow.left_at.is_(None),
            MemberRow.person_id > after,
        )
        .order_by(MemberRow.person_id)
        .limit(limit)
    )
    if draft_id is not None:
        query = query.where(
            MemberRow.person_id.in_(select(DraftItemRow.mentee_id).where(DraftItemRow.draft_id == draft_id))
        )
    found = load_profiles(session, programme_id, list(session.scalars(query)))
    return [found[one] for one in sorted(found)]


def count_mentees(session: Session, programme_id: str, draft_id: str | None) -> int:
    query = select(func.count()).where(
        MemberRow.programme_id == programme_id, MemberRow.is_mentee == true(), MemberRow.left_at.is_(None)
    )
    if draft_id is not None:
        query = query.where(
            MemberRow.person_id.in_(select(DraftItemRow.mentee_id).where(DraftItemRow.draft_id == draft_id))
        )
    return session.scalars(query).one()


def unknown_mentees(session: Session, programme_id: str, ids: Sequence[str]) -> list[str]:
    """Those of the ids who are no mentees of the programme."""
    found: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        query = select(MemberRow.person_id).where(
            MemberRow.programme_id == programme_id,
            MemberRow.is_mentee == true(),
            MemberRow.left_at.is_(None),
            MemberRow.person_id.in_(ids[start : start + AT_ONCE]),
        )
        found.update(session.scalars(query))
    return [one for one in ids if one not in found]
