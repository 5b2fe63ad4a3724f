"""People of a measured programme, written straight into the tables: complete profiles and API tokens."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert

from models.process.programme import ProgrammeSettings
from models.sample.people import Source, sources
from models.sample.programme import PREFERENCES, sample_settings
from models.store import access
from models.store.database import Database
from models.store.delivery import ApiTokenRow
from models.store.tables import (
    Base,
    MemberPreferenceRow,
    MemberRow,
    MemberSkillRow,
    PersonRow,
    ProgrammeRow,
    SkillRow,
)

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Europe/London")
JOINED = datetime(2026, 1, 5, tzinfo=UTC)
ABOUT = "I have been in the trade for some years and like to look at code together with others. " * 3
BATCH = 2000

Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Someone:
    """`token` is good for the API."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class Programme:
    id: str
    slug: str
    settings: ProgrammeSettings
    skills: dict[str, str]
    """Skill name -> id."""


class Draw:
    """The same people every time; ids are random, as real ones are, so that indexes are as scattered."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))


async def load(database: Database, table: type[Base], rows: Rows) -> None:
    """Inserts any number of rows in one transaction."""
    source = iter(rows)
    with database.writing() as session:
        while batch := list(islice(source, BATCH)):
            session.execute(insert(table), batch)


async def add_programme(database: Database, slug: str, **settings: Any) -> Programme:
    draw = Draw(slug)
    chosen = sample_settings().model_copy(update=settings)
    found = Programme(draw.id(), slug, chosen, {name: draw.id() for one in SOURCES for name in one.skills})
    row = {"id": found.id, "slug": slug, "name": slug.title(), "created_at": JOINED, "people_version": 1}
    await load(database, ProgrammeRow, [row | {"settings": chosen.stored()}])
    named = found.skills.items()
    await load(
        database, SkillRow, ({"id": own, "programme_id": found.id, "name": name} for name, own in named)
    )
    return found


async def add_people(database: Database, programme: Programme, role: str, count: int) -> list[Someone]:
    """`role`: mentee, mentor or admin. Mentees aim at what mentors know, by the sample's distribution."""
    draw = Draw(f"{programme.slug}/{role}")
    people = [Someone(draw.id(), f"{access.PREFIX}{role}-{number}") for number in range(count)]
    await load(database, PersonRow, (_person(one, programme.slug, role) for one in people))
    await load(database, MemberRow, (_member(one, programme.id, role, draw) for one in people))
    await load(database, MemberSkillRow, _skills(people, programme, role, draw))
    await load(database, MemberPreferenceRow, _preferences(people, programme.id, draw))
    return people


async def add_tokens(database: Database, people: Sequence[Someone]) -> None:
    await load(
        database,
        ApiTokenRow,
        (
            {"token_hash": access.digest(one.token), "person_id": one.id, "created_at": JOINED}
            for one in people
        ),
    )


SOURCES: list[Source] = sources()


def _person(one: Someone, slug: str, role: str) -> dict[str, Any]:
    number = one.token.rpartition("-")[2]
    name = f"{role.title()} Number {number}"
    return {"id": one.id, "email": f"{role}.{number}@{slug}.example.org", "name": name, "created_at": JOINED}


def _member(one: Someone, programme_id: str, role: str, draw: Draw) -> dict[str, Any]:
    return {
        "programme_id": programme_id,
        "person_id": one.id,
        "is_mentee": role == "mentee",
        "is_mentor": role == "mentor",
        "is_admin": role == "admin",
        "name": f"{role.title()} Number {one.token.rpartition('-')[2]}",
        "time_zone": draw.random.choice(ZONES),
        "headline": "Builds things that others can rely on",
        "about": ABOUT,
        "unit": draw.random.choice(("North", "South", "East", "West")),
        "country": draw.random.choice(("DE", "US", "IN", "GB")),
        "languages": ["en"],
        "attributes": {"experience": draw.random.choice(("under 5 years", "over 5 years"))},
        "contact": "By mail, please.",
        "commitment_at": JOINED,
        "complete": True,
        "joined_at": JOINED,
    }


def _skills(
    people: Sequence[Someone], programme: Programme, role: str, draw: Draw
) -> Iterator[dict[str, Any]]:
    for one in people:
        for name in draw.random.choice(SOURCES).skills[:6]:
            aims = role == "mentee"
            yield {
                "programme_id": programme.id,
                "person_id": one.id,
                "skill_id": programme.skills[name],
                "level": draw.random.randint(1, 2) if aims else draw.random.randint(2, 5),
                "target": draw.random.randint(3, 5) if aims else None,
            }


def _preferences(people: Sequence[Someone], programme_id: str, draw: Draw) -> Iterator[dict[str, Any]]:
    for one in people:
        for option in draw.random.sample(PREFERENCES, 3):
            yield {"programme_id": programme_id, "person_id": one.id, "option": option}
