"""Whether a programme is ready to open (A10): mentors with complete profiles, places for its mentees."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from models.process.profile import is_available, missing, places, requirements
from models.process.programme import ProgrammeSettings
from models.store.invitations import release_held
from models.store.profiles import load_profiles
from models.store.programmes import locked_settings
from models.store.tables import InvitationRow, MemberRow, ProgrammeRow

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Readiness:
    """`places` are those of mentors with a complete profile who are available. `invited` are mentees whose
    invitation is open, `held` those whose invitation waits for the opening. `lacking`: what the unfinished
    profiles of mentors lack, by the part of the profile."""

    mentors: int
    complete: int
    away: int
    places: int
    mentees: int
    invited: int
    held: int
    lacking: dict[str, int]
    share_aim: int
    places_aim: float

    @property
    def share(self) -> int | None:
        """Of the mentors, in percent, that have a complete profile; None without any."""
        return round(100 * self.complete / self.mentors) if self.mentors else None

    @property
    def expected(self) -> int:
        """Mentees who are there or will be asked to come."""
        return self.mentees + self.invited + self.held

    @property
    def places_per_mentee(self) -> float | None:
        return round(self.places / self.expected, 2) if self.expected else None

    @property
    def has_share(self) -> bool:
        return self.share is not None and 100 * self.complete >= self.share_aim * self.mentors

    @property
    def has_places(self) -> bool:
        return self.places > 0 and self.places >= self.places_aim * self.expected

    @property
    def places_missing(self) -> int:
        """So many more are needed to reach the aim."""
        needed = -int(-self.places_aim * self.expected // 1)
        return max(0, needed - self.places)

    @property
    def is_ready(self) -> bool:
        return self.has_share and self.has_places


def readiness(
    session: Session, programme_id: str, settings: ProgrammeSettings, now: datetime, *, detailed: bool = True
) -> Readiness:
    """`detailed`: what profiles lack is counted too, which reads each of them."""
    counts = session.execute(_counts(programme_id)).one()
    free, away = _places(session, programme_id, settings, now)
    open_ones = session.execute(_invitations(programme_id, now)).one()
    return Readiness(
        mentors=counts.mentors,
        complete=counts.complete,
        away=away,
        places=free,
        mentees=counts.mentees,
        invited=open_ones.invited,
        held=open_ones.held,
        lacking=_lacking(session, programme_id, settings) if detailed else {},
        share_aim=settings.ready_share,
        places_aim=settings.ready_places,
    )


def _counts(programme_id: str) -> Select[int, int, int]:
    is_mentor = MemberRow.is_mentor == true()
    return select(
        func.count().filter(is_mentor).label("mentors"),
        func.count().filter(is_mentor & (MemberRow.complete == true())).label("complete"),
        func.count().filter(MemberRow.is_mentee == true()).label("mentees"),
    ).where(MemberRow.programme_id == programme_id, MemberRow.left_at.is_(None))


def _places(
    session: Session, programme_id: str, settings: ProgrammeSettings, now: datetime
) -> tuple[int, int]:
    """Places of the mentors with a complete profile who are available, and how many of them are away."""
    alike = (MemberRow.capacity, MemberRow.available, MemberRow.available_from, MemberRow.time_zone)
    query = (
        select(*alike, func.count().label("many"))
        .where(
            MemberRow.programme_id == programme_id,
            MemberRow.left_at.is_(None),
            MemberRow.is_mentor == true(),
            MemberRow.complete == true(),
        )
        .group_by(*alike)
    )
    found = away = 0
    for row in session.execute(query):
        if is_available(row.available, row.available_from, row.time_zone, now):
            found += row.many * places(row.capacity, settings.max_capacity)
        else:
            away += row.many
    return found, away


def _invitations(programme_id: str, now: datetime) -> Select[int, int]:
    is_held = InvitationRow.held_at.is_not(None)
    return select(
        func.count().filter(~is_held & (InvitationRow.expires_at > now)).label("invited"),
        func.count().filter(is_held).label("held"),
    ).where(
        InvitationRow.programme_id == programme_id,
        InvitationRow.accepted_at.is_(None),
        InvitationRow.revoked_at.is_(None),
        InvitationRow.roles.contains("mentee"),
    )


def _lacking(session: Session, programme_id: str, settings: ProgrammeSettings) -> dict[str, int]:
    query = select(MemberRow.person_id).where(
        MemberRow.programme_id == programme_id,
        MemberRow.left_at.is_(None),
        MemberRow.is_mentor == true(),
        MemberRow.complete.is_not(True),
    )
    ids, found = list(session.scalars(query)), Counter[str]()
    needed = requirements(settings.eligibility)
    for start in range(0, len(ids), AT_ONCE):
        profiles = load_profiles(session, programme_id, ids[start : start + AT_ONCE])
        for profile in profiles.values():
            found.update({one.field for one in missing(profile.facts(), settings.preferences, needed)})
    return dict(found.most_common())


def waves(session: Session, now: datetime) -> list[str]:
    """Programmes that hold invitations and are ready now to send them by themselves."""
    holding = select(InvitationRow.programme_id).where(InvitationRow.held_at.is_not(None)).distinct()
    found = []
    for programme_id in session.scalars(holding).all():
        settings = ProgrammeSettings.kept(session.get_one(ProgrammeRow, programme_id).settings)
        if _goes(session, programme_id, settings, now):
            found.append(programme_id)
    return found


def release_ready(session: Session, programme_id: str, now: datetime) -> int:
    """Sends the held invitations of a programme that is still ready, under its lock; says how many."""
    settings = locked_settings(session, programme_id)
    if not _goes(session, programme_id, settings, now):
        return 0
    return release_held(session, programme_id, settings, now)


def _goes(session: Session, programme_id: str, settings: ProgrammeSettings, now: datetime) -> bool:
    # Where nothing is held any more by the settings, what was held before goes too.
    if settings.hold_invitations == "off":
        return True
    if settings.hold_invitations != "until_ready":
        return False
    return readiness(session, programme_id, settings, now, detailed=False).is_ready
