"""A programme with mentees and mentors in a database, and views of processes between them."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.process.match import Basis
from models.process.names import request_workflow
from models.process.programme import ProgrammeSettings
from models.process.request.state import Request, relationship_id
from models.process.request.view import RequestView
from models.store.database import Database
from models.store.places import Place
from models.store.processes import PlaceRow
from models.store.tables import MemberRow, PersonRow, ProgrammeRow

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Population:
    database: Database
    programme_id: str
    mentees: tuple[str, ...]
    mentors: tuple[str, ...]

    def place(self, mentee_id: str, mentor_id: str) -> Place:
        request_id = new_id()
        return Place(
            request_id=request_id,
            relationship_id=relationship_id(request_id),
            programme_id=self.programme_id,
            mentee_id=mentee_id,
            mentor_id=mentor_id,
            now=NOW,
        )

    def request(self, mentee_id: str, mentor_id: str, **changes: Any) -> Request:
        values: dict[str, Any] = {
            "id": new_id(),
            "programme_id": self.programme_id,
            "mentee_id": mentee_id,
            "mentor_id": mentor_id,
            "mentee_zone": "America/New_York",
            "mentor_zone": "Europe/Berlin",
            "policy": ProgrammeSettings().policy(),
            "version": 0,
            "basis": Basis.GAPS,
            "score": 87,
            "message": "Would you help me?",
            "created_at": NOW,
            "since": NOW,
        }
        return Request(**{**values, **changes})

    def view(self, mentee_id: str, mentor_id: str, **changes: Any) -> RequestView:
        """Of a pending request, version 0."""
        return RequestView.of(self.request(mentee_id, mentor_id)).model_copy(update=changes)

    def workflow_id(self, view: RequestView) -> str:
        return request_workflow(view.programme_id, view.mentee_id, view.mentor_id)

    async def held(self) -> list[PlaceRow]:
        with self.database.reading() as session:
            return list(session.scalars(select(PlaceRow).where(PlaceRow.released_at.is_(None))))


@asynccontextmanager
async def population(
    url: str, mentees: int = 1, mentors: int = 1, capacity: int | None = None, **settings: Any
) -> AsyncIterator[Population]:
    """`capacity` is that of every mentor; `settings` are those of the programme."""
    database = Database(url)
    found = Population(
        database,
        new_id(),
        tuple(new_id() for _ in range(mentees)),
        tuple(new_id() for _ in range(mentors)),
    )
    try:
        await add_programme(found, capacity, ProgrammeSettings(**settings))
        yield found
    finally:
        await database.close()


async def add_programme(
    wanted: Population, capacity: int | None, settings: ProgrammeSettings, *, people_exist: bool = False
) -> None:
    since = NOW - timedelta(days=100)
    with wanted.database.writing() as session:
        session.add(
            ProgrammeRow(
                id=wanted.programme_id,
                slug=wanted.programme_id[:8],
                name="Open doors",
                settings=settings.stored(),
                created_at=since,
            )
        )
        people = (*wanted.mentees, *wanted.mentors)
        if not people_exist:
            session.add_all(
                PersonRow(id=each, email=f"{each}@example.org", name="Somebody", created_at=since)
                for each in people
            )
        session.flush()
        session.add_all(
            MemberRow(
                programme_id=wanted.programme_id,
                person_id=each,
                name="Somebody",
                time_zone="Europe/Berlin",
                is_mentee=each in wanted.mentees,
                is_mentor=each in wanted.mentors,
                capacity=capacity if each in wanted.mentors else None,
                complete=True,
                languages=[],
                attributes={},
                joined_at=since,
            )
            for each in people
        )
