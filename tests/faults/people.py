"""Who lives in the town: programmes of different paces, and people with complete profiles and API tokens."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from models.process.programme import ProgrammeSettings
from models.store import access
from models.store.database import Database
from models.store.tables import MemberRow, PersonRow, ProgrammeRow

TOKEN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Someone:
    id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Programme:
    """With an admin, and as many pairs of people as there may be lives."""

    id: str
    slug: str
    admin: Someone
    mentees: tuple[Someone, ...]
    mentors: tuple[Someone, ...]


def seconds(*numbers: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=number) for number in numbers)


CALM = ProgrammeSettings(gather_edits_for=None)
"""Nobody is hurried: what happens here is done by people."""
CROWDED = ProgrammeSettings(max_capacity=1, gather_edits_for=None)


def hasty(pace: float) -> ProgrammeSettings:
    """Whoever is silent is reminded and passed over; `pace` is the shortest wait in seconds."""
    return ProgrammeSettings(
        gather_edits_for=None,
        remind_after=seconds(pace, 2 * pace),
        close_after=timedelta(seconds=3 * pace),
        amendment_remind_after=seconds(pace),
        amendment_close_after=timedelta(seconds=2 * pace),
        confirm_after=timedelta(seconds=pace),
        survey_remind_after=seconds(pace, 2 * pace),
        survey_close_after=timedelta(seconds=3 * pace),
    )


async def settle_in(database: Database, slug: str, settings: ProgrammeSettings, pairs: int) -> Programme:
    programme_id, now = str(uuid.uuid4()), datetime.now(UTC)
    with database.writing() as session:
        session.add(
            ProgrammeRow(
                id=programme_id, slug=slug, name=slug.title(), settings=settings.stored(), created_at=now
            )
        )
    admin = await _people(database, programme_id, f"{slug}.admin", 1, is_admin=True)
    mentees = await _people(database, programme_id, f"{slug}.mentee", pairs, is_mentee=True)
    mentors = await _people(database, programme_id, f"{slug}.mentor", pairs, is_mentor=True)
    return Programme(programme_id, slug, admin[0], mentees, mentors)


async def _people(
    database: Database, programme_id: str, name: str, count: int, **roles: bool
) -> tuple[Someone, ...]:
    now = datetime.now(UTC)
    named = {str(uuid.uuid4()): f"{name}.{number}" for number in range(count)}
    with database.writing() as session:
        session.add_all(
            PersonRow(id=person_id, email=f"{called}@example.org", name=called, created_at=now)
            for person_id, called in named.items()
        )
        session.flush()
        session.add_all(
            _member(programme_id, person_id, called, roles) for person_id, called in named.items()
        )
        tokens = {each: access.create_api_token(session, each, now, TOKEN_DAYS) for each in named}
    return tuple(Someone(person_id, token) for person_id, token in tokens.items())


def _member(programme_id: str, person_id: str, name: str, roles: dict[str, bool]) -> MemberRow:
    now = datetime.now(UTC)
    everyone: dict[str, Any] = {"is_mentee": False, "is_mentor": False, "is_admin": False}
    return MemberRow(
        programme_id=programme_id,
        person_id=person_id,
        name=name,
        time_zone="Europe/Berlin",
        headline="Builds things that others can rely on",
        about="Likes to learn.",
        contact="By mail, please.",
        languages=["en"],
        attributes={},
        complete=True,
        commitment_at=now,
        joined_at=now,
        **{**everyone, **roles},
    )
