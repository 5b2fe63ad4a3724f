"""A request as it would be sent now: what it carries of the two, the match and the programme's rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.holidays import kept_holidays, own_days
from models.process.match import Basis
from models.process.policy import ProgrammePolicy
from models.process.programme import ProgrammeSettings
from models.process.request.state import Request
from models.store import finding
from models.store.finding import Scope
from models.store.skills import SkillBooks
from models.store.tables import MemberRow


def draft(
    session: Session,
    books: SkillBooks,
    scope: Scope,
    pair: tuple[MemberRow, MemberRow],
    now: datetime,
    *,
    revision: int,
    basis: Basis,
    **given: Any,
) -> Request:
    """Version 0. `pair`: mentee and mentor; `revision`: of the settings; `given`: all else it begins with,
    id and message at the least."""
    mentee, mentor = pair
    match = finding.match_pair(session, books, scope, mentee.person_id, mentor.person_id, basis)
    calendar = scope.settings.holiday_calendar
    begins = {
        "policy": policy_now(scope.settings, revision, now),
        "basis": basis,
        "score": match.score,
        "reasons": match.reasons,
    }
    return Request(
        version=0,
        programme_id=scope.programme_id,
        mentee_id=mentee.person_id,
        mentor_id=mentor.person_id,
        mentee_zone=mentee.time_zone,
        mentor_zone=mentor.time_zone,
        mentee_days=own_days(mentee.country, calendar, now),
        mentor_days=own_days(mentor.country, calendar, now),
        since=now,
        created_at=now,
        **{**begins, **given},
    )


def policy_now(settings: ProgrammeSettings, revision: int, now: datetime) -> ProgrammePolicy:
    """The rules under which a process lives that begins now."""
    return settings.policy(kept_holidays(settings.holiday_calendar, now), revision)
