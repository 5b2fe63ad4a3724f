"""What other weights of the score would do to lists as they are today; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, true
from sqlalchemy.orm import Session

from models.matching.criteria import Seeker
from models.matching.search import Criteria
from models.matching.weighing import Placed, compared
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store.database import Database
from models.store.finding import Scope, free_for, seeker_of
from models.store.people import names_of
from models.store.pool import MentorPools, Pool
from models.store.processes import PlaceRow
from models.store.profiles import load_profiles
from models.store.tables import MemberRow

LISTS = 10


@dataclass(frozen=True, slots=True)
class Look:
    """The list of one mentee, by the names of people."""

    mentee_id: str
    placed: tuple[Placed, ...]

    @property
    def is_changed(self) -> bool:
        return any(one.is_moved for one in self.placed)


@dataclass(frozen=True, slots=True)
class Looks:
    """Some lists, with the names of all who are in them by id."""

    lists: tuple[Look, ...]
    names: dict[str, str]


async def look(
    database: Database, pools: MentorPools, scope: Scope, wanted: ProgrammeSettings, now: datetime
) -> Looks:
    """The tops of ten lists under the settings of the scope and under the wanted ones."""
    pool = await pools.get(database, scope.programme_id, scope.people_version)

    def work(session: Session) -> Looks:
        profiles = load_profiles(session, scope.programme_id, _some(session, scope.programme_id))
        lists = tuple(_look(session, pool, scope, wanted, profiles[one], now) for one in sorted(profiles))
        shown = {one.mentor_id for each in lists for one in each.placed} | {each.mentee_id for each in lists}
        return Looks(lists, names_of(session, scope.programme_id, shown))

    return await database.read(work)


def _some(session: Session, programme_id: str) -> list[str]:
    """Mentees from all over the programme, those without a mentor first; the same every time."""
    query = select(MemberRow.person_id).where(
        MemberRow.programme_id == programme_id,
        MemberRow.is_mentee == true(),
        MemberRow.complete == true(),
        MemberRow.left_at.is_(None),
    )
    has_one = exists().where(
        PlaceRow.programme_id == programme_id,
        PlaceRow.mentee_id == MemberRow.person_id,
        PlaceRow.released_at.is_(None),
    )
    seeking = _spread(sorted(session.scalars(query.where(~has_one))), LISTS)
    return seeking + _spread(sorted(session.scalars(query.where(has_one))), LISTS - len(seeking))


def _spread(ids: list[str], count: int) -> list[str]:
    return ids if len(ids) <= count else [ids[len(ids) * at // count] for at in range(count)]


def _look(
    session: Session,
    pool: Pool,
    scope: Scope,
    wanted: ProgrammeSettings,
    mentee: MemberProfile,
    now: datetime,
) -> Look:
    before, after = (_seeker(mentee, settings) for settings in (scope.settings, wanted))
    load = pool.load_now(session, scope.programme_id)
    free = free_for(session, pool, scope, mentee.person_id, now)
    return Look(
        mentee.person_id, compared(pool.directory.pool, before, after, free, load.mentees + load.asked)
    )


def _seeker(mentee: MemberProfile, settings: ProgrammeSettings) -> Seeker:
    return seeker_of(mentee, settings, Criteria())
