"""Finds mentors for a mentee: the ranked list of M2-M4, and the score of one pair."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session

from models.matching.criteria import WHOLE, Seeker, SkillLevels, chosen_gaps, own_gaps, weighed
from models.matching.directory import Directory, Mask
from models.matching.names import Named
from models.matching.reasons import explain
from models.matching.rules import Rules
from models.matching.score import score
from models.matching.search import Criteria, Hit, Search
from models.matching.skills import SkillBook
from models.matching.suggest import asked
from models.process.errors import Refused
from models.process.match import Basis, Match
from models.process.member import MemberProfile
from models.process.profile import places
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence
from models.store import do_not_pair, rules
from models.store.asking import is_listed
from models.store.database import Database
from models.store.pool import MentorPools, Pool
from models.store.processes import PlaceRow, RequestRow
from models.store.profiles import load_profiles
from models.store.recommended import recommended
from models.store.skills import SkillBooks
from models.store.tables import MemberRow


@dataclass(frozen=True, slots=True)
class Scope:
    """The programme that is searched, as read together with the versions of its people and its skills."""

    programme_id: str
    settings: ProgrammeSettings
    people_version: int
    skills_version: int = 0


@dataclass(frozen=True, slots=True)
class FoundMentor:
    """One row: what everybody in the programme may know about the mentor, the score and why, free places."""

    member: MemberRow
    hit: Hit
    free: int
    askable: bool = True
    """Whether the mentee could ask now; False only in a search for everybody."""


@dataclass(frozen=True, slots=True)
class FoundMentors:
    """A page; `advice` says what to relax when the list is empty, or that the skill `unknown` is."""

    items: tuple[FoundMentor, ...]
    total: int
    next: str | None
    advice: str | None
    unknown: UnknownSkill | None = None
    without: Mapping[str, int] = field(default_factory=dict)
    """How many there would be without each restriction, with an empty list."""


@dataclass(frozen=True, slots=True)
class UnknownSkill:
    """A skill in a search that the programme does not have; `near` are names that may be meant."""

    written: str
    near: tuple[str, ...]

    @property
    def advice(self) -> str:
        return f"Nobody here names “{self.written}”.{asked(self.near)}"


async def find_mentors(
    database: Database,
    pools: MentorPools,
    scope: Scope,
    person_id: str,
    criteria: Criteria,
    now: datetime,
    *,
    for_mentee: bool = False,
) -> FoundMentors:
    """The mentors whom the person may ask, closest first. `for_mentee`: those alone whom they are shown.

    In a large programme the ranking may be some seconds late (`models.store.pool`, `models.store.loads`), but
    nobody is shown who takes no requests or is full at this moment: a page may be shorter for that.
    Raises Refused for a person who is no mentee with a complete profile (P4), Invalid for a bad cursor.
    """
    pool = await pools.get(database, scope.programme_id, scope.people_version)

    def work(session: Session) -> FoundMentors:
        book = pools.books.get(session, scope.programme_id, scope.skills_version)
        wanted = _shown(session, scope, person_id, criteria) if for_mentee else criteria
        return _ranked(session, pool, book, scope, person_id, wanted, now)

    return await database.read(work)


def _ranked(
    session: Session,
    pool: Pool,
    book: SkillBook,
    scope: Scope,
    person_id: str,
    criteria: Criteria,
    now: datetime,
) -> FoundMentors:
    mentee = _mentee(session, scope, person_id)
    wanted, unknown = _known_skills(book, _known_options(scope, criteria))
    allowed, free = masks_for(session, pool, scope, person_id, now)
    listed = (allowed if criteria.everybody else free) & _within(pool.directory, criteria)
    hits = search_of(session, pool, book, scope, mentee, listed, wanted).run(wanted)
    rows, positions = (
        _rows(session, scope, [hit.mentor_id for hit in hits.items]),
        pool.directory.pool.positions,
    )
    found = (
        _found(rows[hit.mentor_id], hit, bool(free[positions[hit.mentor_id]]), now)
        for hit in hits.items
        if hit.mentor_id in rows
    )
    items = tuple(one for one in found if one.askable or criteria.everybody)
    advice = unknown.advice if unknown else hits.advice
    return FoundMentors(items, hits.total, hits.next, advice, unknown, hits.without)


def free_for(session: Session, pool: Pool, scope: Scope, person_id: str, now: datetime) -> Mask:
    """Shape (mentors,), true for those whom the person may ask."""
    return masks_for(session, pool, scope, person_id, now)[1]


def masks_for(session: Session, pool: Pool, scope: Scope, person_id: str, now: datetime) -> tuple[Mask, Mask]:
    """Shape (mentors,): those whom no hard rule keeps from the person, and of them those who may be asked."""
    directory, load = pool.directory, pool.load_now(session, scope.programme_id)
    allowed = _allowed(session, scope, person_id, directory, now)
    free = directory.available(now) & directory.with_room(load.mentees, scope.settings.max_capacity)
    return allowed, allowed & free & ~directory.pool.mask(open_with(session, scope, person_id))


def search_of(
    session: Session,
    pool: Pool,
    book: SkillBook,
    scope: Scope,
    mentee: MemberProfile,
    free: Mask,
    wanted: Criteria = Criteria(),  # noqa: B008
) -> Search:
    """The search of a mentee under the settings of the scope."""
    settings, load = scope.settings, pool.load_now(session, scope.programme_id)
    return Search(
        pool.directory,
        seeker_of(mentee, settings, wanted),
        free,
        load.mentees + load.asked,
        book,
        settings.level_names,
        settings.terms.mentor.one,
        settings.shows,
    )


def match_pair(
    session: Session, books: SkillBooks, scope: Scope, mentee_id: str, mentor_id: str, basis: Basis
) -> Match:
    """How well two members fit by their profiles as they are now; what a request carries from then on (R3).

    Raises LookupError when one of them is not a member.
    """
    profiles = load_profiles(session, scope.programme_id, (mentee_id, mentor_id))
    if len(profiles) < len({mentee_id, mentor_id}):
        raise LookupError("One of the two is not in the programme.")
    seeker = seeker_of(profiles[mentee_id], scope.settings, Criteria(basis=basis))
    mentor = profiles[mentor_id]
    book = books.get(session, scope.programme_id, scope.skills_version)
    return Match(
        score=score(seeker, mentor.skills, mentor.preferences),
        reasons=explain(
            seeker,
            mentor.skills,
            mentor.preferences,
            book.names,
            mentor=scope.settings.terms.mentor.one,
            level_names=scope.settings.level_names,
        ),
    )


def seeker_of(mentee: MemberProfile, settings: ProgrammeSettings, criteria: Criteria) -> Seeker:
    """What the search is scored by: the mentee's own gaps and preferences where the criteria name none."""
    standings = {
        name: SkillLevels(mentee.skills.get(name, 0), mentee.targets.get(name))
        for name in mentee.skills.keys() | mentee.targets.keys()
    }
    picked = set(criteria.skills)
    gaps = chosen_gaps(standings, picked, settings.levels) if picked else own_gaps(standings)
    return Seeker(
        basis=criteria.basis,
        gaps=weighed(gaps, settings.skill_weights),
        preferences=frozenset(criteria.preferences) or mentee.preferences,
        skill_weight=round(settings.skill_weight * WHOLE),
    )


def _mentee(session: Session, scope: Scope, person_id: str) -> MemberProfile:
    found = load_profiles(session, scope.programme_id, (person_id,)).get(person_id)
    if found is None or not found.is_mentee or found.left_at is not None:
        raise Refused(Sentence("You are not {t.a_mentee} of this programme."))
    if not found.complete:
        raise Refused(Sentence("Please complete your profile first; then you can look for {t.a_mentor}."))
    return found


def _known_skills(book: SkillBook, criteria: Criteria) -> tuple[Criteria, UnknownSkill | None]:
    """The criteria with the keys of the skills that are meant, and the first unknown one.

    Unknown ones are left out. If all are, they stay, so that the list is empty.
    """
    if not criteria.skills:
        return criteria, None
    found = {written: book.find(written) for written in criteria.skills}
    keys = tuple(dict.fromkeys(skill.key for skill in found.values() if skill))
    unknown = next((written for written, skill in found.items() if skill is None), None)
    hint = UnknownSkill(unknown, book.near(unknown)) if unknown else None
    return replace(criteria, skills=keys or tuple(found)), hint


def _known_options(scope: Scope, criteria: Criteria) -> Criteria:
    """The criteria with the preferences as the programme writes them."""
    options = Named(scope.settings.preferences)
    return replace(criteria, preferences=tuple(options.find(one) or one for one in criteria.preferences))


def open_with(session: Session, scope: Scope, me: str) -> Collection[str]:
    """Everybody with whom something is open or running (M4)."""
    here = scope.programme_id
    asked = select(RequestRow.mentee_id, RequestRow.mentor_id).where(
        RequestRow.programme_id == here,
        RequestRow.is_open == true(),
        or_(RequestRow.mentee_id == me, RequestRow.mentor_id == me),
    )
    paired = select(PlaceRow.mentee_id, PlaceRow.mentor_id).where(
        PlaceRow.programme_id == here,
        PlaceRow.released_at.is_(None),
        or_(PlaceRow.mentee_id == me, PlaceRow.mentor_id == me),
    )
    return {one for pair in session.execute(asked.union_all(paired)) for one in pair}


def _allowed(session: Session, scope: Scope, me: str, directory: Directory, now: datetime) -> Mask:
    """Whom no hard rule keeps from the mentee."""
    masks = Rules.of(scope.settings).over(directory, now)
    mine = rules.traits_of(session, scope.programme_id, (me,))[me]
    return masks.allowed(mine, do_not_pair.partners(session, scope.programme_id, me))


def _shown(session: Session, scope: Scope, person_id: str, criteria: Criteria) -> Criteria:
    """The search among those alone whom the programme shows to the mentee."""
    found = recommended(session, scope.programme_id, scope.settings, person_id)
    if not found.alone:
        return criteria
    only = frozenset(found.mentors)
    return replace(criteria, only=only if criteria.only is None else only & criteria.only)


def _within(directory: Directory, criteria: Criteria) -> Mask:
    """Those among whom is searched."""
    found = ~directory.pool.mask(criteria.without)
    return found if criteria.only is None else found & directory.pool.mask(criteria.only)


def _found(row: tuple[MemberRow, int], hit: Hit, askable: bool, now: datetime) -> FoundMentor:
    """`askable` may be some seconds late; what was read with the row is not."""
    member, free = row
    return FoundMentor(member, hit, max(free, 0), askable and free > 0 and is_listed(member, now))


def _rows(session: Session, scope: Scope, ids: Sequence[str]) -> dict[str, tuple[MemberRow, int]]:
    """Those of the mentors who are in the programme still, read anew, with the number of free places."""
    members = select(MemberRow).where(
        MemberRow.programme_id == scope.programme_id, MemberRow.person_id.in_(ids)
    )
    held = (
        select(PlaceRow.mentor_id, func.count())
        .where(
            PlaceRow.programme_id == scope.programme_id,
            PlaceRow.mentor_id.in_(ids),
            PlaceRow.released_at.is_(None),
        )
        .group_by(PlaceRow.mentor_id)
    )
    taken = dict(session.execute(held).all())
    return {
        row.person_id: (row, places(row.capacity, scope.settings.max_capacity) - taken.get(row.person_id, 0))
        for row in session.scalars(members)
        if row.is_mentor and row.complete and not row.left_at
    }
