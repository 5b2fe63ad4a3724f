"""The mentees whom a mentor could make an offer: who looks for a mentor, and how well the two fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from models.folding import fold
from models.matching.reasons import explain
from models.matching.rules import Rules
from models.matching.score import score
from models.matching.search import Criteria
from models.process.match import MatchReason
from models.store import do_not_pair, rules
from models.store.finding import Scope, open_with, seeker_of
from models.store.processes import PlaceRow
from models.store.profiles import load_profiles
from models.store.skills import SkillBooks
from models.store.tables import MemberRow

MOST = 2000
"""So many are compared, who joined first before the others."""


@dataclass(frozen=True, slots=True)
class Seeking:
    """A mentee without a mentor, or with fewer than the programme allows."""

    member: MemberRow
    score: int
    reasons: tuple[MatchReason, ...]


def seeking(
    session: Session, books: SkillBooks, scope: Scope, mentor_id: str, text: str, limit: int, now: datetime
) -> list[Seeking]:
    """Those whom the mentor may make an offer now, closest first; `text` is in their name or headline."""
    rows = _candidates(session, scope, mentor_id, text, now)
    profiles = load_profiles(session, scope.programme_id, (*rows, mentor_id))
    mentor = profiles.get(mentor_id)
    if mentor is None:
        return []
    seekers = {one: seeker_of(profiles[one], scope.settings, Criteria()) for one in rows if one in profiles}
    scored = {one: score(seeker, mentor.skills, mentor.preferences) for one, seeker in seekers.items()}
    best = sorted(scored, key=lambda one: (-scored[one], rows[one].name, one))[:limit]
    book = books.get(session, scope.programme_id, scope.skills_version)
    return [
        Seeking(
            rows[one],
            scored[one],
            explain(
                seekers[one],
                mentor.skills,
                mentor.preferences,
                book.names,
                mentor=scope.settings.terms.mentor.one,
                level_names=scope.settings.level_names,
            ),
        )
        for one in best
    ]


def _candidates(
    session: Session, scope: Scope, mentor_id: str, text: str, now: datetime
) -> dict[str, MemberRow]:
    """By person id: complete, still looking, nothing open between the two, and no hard rule against it."""
    here = scope.programme_id
    full = (
        select(PlaceRow.mentee_id)
        .where(PlaceRow.programme_id == here, PlaceRow.released_at.is_(None))
        .group_by(PlaceRow.mentee_id)
        .having(func.count() >= scope.settings.mentors_per_mentee)
    )
    query = (
        select(MemberRow)
        .where(
            MemberRow.programme_id == here,
            MemberRow.is_mentee == true(),
            MemberRow.complete == true(),
            MemberRow.left_at.is_(None),
            MemberRow.person_id != mentor_id,
            MemberRow.person_id.not_in(full),
        )
        .order_by(MemberRow.joined_at, MemberRow.person_id)
        .limit(MOST)
    )
    apart = set(open_with(session, scope, mentor_id)) | do_not_pair.partners(session, here, mentor_id)
    wanted = fold(text)
    rows = {
        row.person_id: row
        for row in session.scalars(query)
        if row.person_id not in apart and (not wanted or wanted in fold(f"{row.name} {row.headline}"))
    }
    return _allowed(session, scope, mentor_id, rows, now)


def _allowed(
    session: Session, scope: Scope, mentor_id: str, rows: dict[str, MemberRow], now: datetime
) -> dict[str, MemberRow]:
    ours = Rules.of(scope.settings)
    traits = rules.traits_of(session, scope.programme_id, (*rows, mentor_id))
    mine = traits.get(mentor_id)
    return {
        one: row
        for one, row in rows.items()
        if mine and one in traits and not ours.against(traits[one], mine, do_not_pair=False, now=now)
    }
