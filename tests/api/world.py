"""A small world for the API's tests: two programmes, their people, and HTTP clients that act for them."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from api.app import create_app
from api.web.context import Context, Limits
from api.web.observing import Metrics
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store import access
from models.store.database import Database
from models.store.profiles import is_complete, save_profiles, touch_people
from models.store.skills import ensure_skills
from models.store.tables import MemberRow, PersonRow, ProgrammeRow
from tests.api.gateway import FakeGateway

BASE = "http://localhost:8000"
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEYS = ("a-key-of-the-tests-that-is-long-enough-1", "a-key-of-the-tests-that-is-long-enough-0")
NO_LIMITS = Limits(sign_in_per_address=0, sign_in_per_client=0, link_posts_per_client=0, writes_per_person=0)
SKILLS = ("python", "negotiation", "business skills")
SLUG = "open-doors"
OTHER = "elsewhere"

Json = dict[str, Any]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **period: float) -> None:
        self.now += timedelta(**period)


@dataclass
class Someone:
    """A person with a client that carries their API token."""

    id: str
    email: str
    http: AsyncClient

    async def get(self, path: str, **params: Any) -> Json:
        return expect(await self.http.get(path, params=params), 200)

    async def post(self, path: str, body: Json | None = None, status: int = 200, key: str = "") -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        return expect(await self.http.post(path, json=body, headers=headers), status)


def expect(response: Response, status: int) -> Json:
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    found: Json = response.json() if response.content else {}
    return found


@dataclass
class World:
    database: Database
    clock: Clock
    gateway: FakeGateway
    ctx: Context
    app: FastAPI
    anybody: AsyncClient
    programmes: dict[str, str] = field(default_factory=dict)
    _clients: list[AsyncClient] = field(default_factory=list)

    def client(self, **headers: str) -> AsyncClient:
        """A client of its own: no cookies of others, the headers with every request."""
        made = AsyncClient(
            transport=ASGITransport(app=self.app, raise_app_exceptions=True), base_url=BASE, headers=headers
        )
        self._clients.append(made)
        return made

    async def programme(self, slug: str = SLUG, **settings: Any) -> str:
        """A programme with the skills of these tests; its id."""
        programme_id = str(uuid.uuid4())
        found = ProgrammeSettings(**settings)
        with self.database.writing() as session:
            row = ProgrammeRow(
                id=programme_id, slug=slug, name=slug.title(), settings=found.stored(), created_at=START
            )
            session.add(row)
            session.flush()
            ensure_skills(session, programme_id, SKILLS)
        self.programmes[slug] = programme_id
        return programme_id

    async def person(self, name: str, *roles: str, slug: str = SLUG, **profile: Any) -> Someone:
        """Somebody with a complete profile in the programme (unless `profile` says otherwise) and a token."""
        email, person_id = f"{name.lower()}@example.org", str(uuid.uuid4())
        with self.database.writing() as session:
            session.add(PersonRow(id=person_id, email=email, name=name, created_at=START))
            session.flush()
            token = access.create_api_token(session, person_id, START)
        await self.join(person_id, name, *roles, slug=slug, **profile)
        return Someone(person_id, email, self.client(Authorization=f"Bearer {token}"))

    async def join(self, person_id: str, name: str, *roles: str, slug: str = SLUG, **profile: Any) -> None:
        programme_id = self.programmes[slug]
        with self.database.writing() as session:
            row = session.get_one(ProgrammeRow, programme_id)
            found = MemberProfile(person_id=person_id, name=name, time_zone="Europe/Berlin", joined_at=START)
            found.is_mentee, found.is_mentor, found.is_admin = (
                role in roles for role in ("mentee", "mentor", "admin")
            )
            found.skills = {"python": 2} if found.is_mentee else {"python": 5}
            found.targets = {"python": 4} if found.is_mentee else {}
            for key, value in profile.items():
                setattr(found, key, value)
            found.complete = is_complete(found, ProgrammeSettings.loaded(row.settings))
            save_profiles(session, programme_id, {}, [found])
            touch_people(session, programme_id)

    async def leave(self, person_id: str, slug: str = SLUG) -> None:
        with self.database.writing() as session:
            row = session.get_one(MemberRow, (self.programmes[slug], person_id))
            row.left_at = self.clock()

    async def session_of(self, someone: Someone, **headers: str) -> AsyncClient:
        """A browser in which the person is signed in."""
        with self.database.writing() as session:
            token = access.create_session(session, someone.id, self.clock())
        client = self.client(**headers)
        client.cookies.set("steadfast", token)
        return client

    async def ask(self, mentee: Someone, mentor: Someone, slug: str = SLUG, **more: Any) -> Json:
        body = {"mentor_id": mentor.id, "message": "I would like to learn from you.", **more}
        return await mentee.post(f"/api/v1/programmes/{slug}/requests", body, 201)

    async def paired(self, mentee: Someone, mentor: Someone) -> str:
        """An active relationship of the two; its id."""
        asked = await self.ask(mentee, mentor)
        done = await mentor.post(f"/api/v1/requests/{asked['id']}/accept", {"comment": "Gladly."})
        return str(done["relationship_id"])


@asynccontextmanager
async def world(url: str, **context: Any) -> AsyncIterator[World]:
    """The world over a migrated database. `context` changes fields of the app's context."""
    database, clock = Database(url), Clock()
    gateway = FakeGateway(database, clock)
    plain = Context(database, gateway, base_url=BASE, keys=KEYS, limits=NO_LIMITS, clock=clock)
    ctx = replace(plain, **context)
    with _app_over(ctx) as app:
        made = World(database, clock, gateway, ctx, app, anybody=AsyncClient())
        await made.anybody.aclose()
        made.anybody = made.client()
        try:
            yield made
        finally:
            for client in made._clients:
                await client.aclose()
            await database.close()


_idle: list[FastAPI] = []
"""Apps of worlds that have ended. FastAPI puts the routes together at the first requests, which takes longer
than most tests do."""


@contextmanager
def _app_over(ctx: Context) -> Iterator[FastAPI]:
    app = _idle.pop() if _idle else create_app(ctx)
    routes, page = len(app.routes), app.state.error_page
    app.state.context = ctx
    vars(app.state.metrics).update(vars(Metrics()))
    yield app
    if (len(app.routes), app.state.error_page) == (routes, page):
        _idle.append(app)
