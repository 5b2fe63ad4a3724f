"""An installation of one's own for a test: real engine, real database, real mail, driven over HTTP only.

The API runs in the test's own process (ASGI), as it would under uvicorn; everything behind it is what
production runs. Time passes only where a test moves it.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import ASGITransport, AsyncClient

import worker
from api.app import create_app
from api.web.context import Context, Limits
from api.web.gateway import Gateway
from models.process import names
from models.process.programme import ProgrammeSettings
from models.store import access
from models.store.database import Database
from models.store.tables import (
    MemberPreferenceRow,
    MemberRow,
    MemberSkillRow,
    PersonRow,
    ProgrammeRow,
    SkillRow,
)
from settings import Settings
from tests.e2e.forms import Page
from tests.e2e.postbox import Mail, Postbox
from tests.infra.engine import VirtualEngine

BASE = "http://localhost:8000"
SLUG = "town"
NO_LIMITS = Limits(sign_in_per_address=0, sign_in_per_client=0, link_posts_per_client=0, writes_per_person=0)
QUIET = timedelta(milliseconds=300)

Json = dict[str, Any]


@dataclass
class Someone:
    """A person with an API token and a mailbox; `browser` is where they open links, signed in or not."""

    town: Town
    id: str
    email: str
    http: AsyncClient
    browser: AsyncClient

    async def get(self, path: str, **params: Any) -> Json:
        response = await self.http.get(path, params=params)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def post(self, path: str, *, expect: int = 200, key: str | None = None, **body: Any) -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        response = await self.http.post(path, json=body, headers=headers)
        assert response.status_code == expect, response.text
        return dict(response.json())

    async def ask(self, mentor: Someone, message: str = "May I learn Python from you?", **more: Any) -> Json:
        body = {"mentor_id": mentor.id, "message": message, "basis": "gaps"}
        return await self.post(f"/api/v1/programmes/{SLUG}/requests", **{"expect": 201, **body, **more})

    async def request(self, request_id: str) -> Json:
        return await self.get(f"/api/v1/requests/{request_id}")

    async def tell(self, request: Json, command: str, *, expect: int = 200, **body: Any) -> Json:
        return await self.post(f"/api/v1/requests/{request['id']}/{command}", expect=expect, **body)

    async def relationship(self, relationship_id: str) -> Json:
        return await self.get(f"/api/v1/relationships/{relationship_id}")

    async def say(self, relationship: Json, command: str, *, expect: int = 200, **body: Any) -> Json:
        return await self.post(f"/api/v1/relationships/{relationship['id']}/{command}", expect=expect, **body)

    async def mail(self, kind: str, count: int = 1) -> Mail:
        return await self.town.postbox.wait(self.email, kind, count)

    def mails(self, kind: str | None = None) -> list[Mail]:
        return self.town.postbox.to(self.email, kind)

    async def open(self, link: str) -> Page:
        return Page.of(await self.browser.get(link, follow_redirects=True), self.browser)

    async def decide(self, mail: Mail, decision: str, **filled: str) -> Page:
        """Opens the mail's link, fills in the page's form as a person does and presses the button."""
        page = await self.open(mail.link)
        form = page.form_with("decision", decision)
        return await page.submit(form, decision=decision, **filled)


@dataclass
class Town:
    engine: VirtualEngine
    database: Database
    postbox: Postbox
    app: Any
    programme_id: str
    exits: AsyncExitStack
    people: dict[str, Someone] = field(default_factory=dict)

    async def person(self, name: str, *roles: str, **profile: Any) -> Someone:
        """A member with a complete profile: mentees want Python at 4 and are at 1, mentors are at 5."""
        person_id = str(uuid.uuid4())
        email = f"{name.lower().replace(' ', '.')}@example.org"
        with self.database.writing() as session:
            now = datetime.now(UTC)
            session.add(PersonRow(id=person_id, email=email, name=name, created_at=now))
            session.flush()
            session.add(_member(self.programme_id, person_id, name, roles, profile))
            session.flush()
            session.add(_skill(self.programme_id, person_id, is_mentor="mentor" in roles))
            session.add(
                MemberPreferenceRow(programme_id=self.programme_id, person_id=person_id, option="by video")
            )
            programme = session.get_one(ProgrammeRow, self.programme_id)
            programme.people_version += 1
            token = access.create_api_token(session, person_id, now, 30)
        someone = Someone(self, person_id, email, await self._client(token), await self._client())
        self.people[name] = someone
        return someone

    async def mentee(self, name: str = "Mina Mentee", **profile: Any) -> Someone:
        return await self.person(name, "mentee", **profile)

    async def mentor(self, name: str = "Momo Mentor", **profile: Any) -> Someone:
        return await self.person(name, "mentor", **profile)

    async def admin(self, name: str = "Ada Admin") -> Someone:
        return await self.person(name, "admin")

    async def pass_until(self, request: Json, moment: str | datetime) -> None:
        """Moves the request's clock to one second past `moment` (RFC 3339)."""
        await self.engine.fast_forward_to(self._workflow_of(request), _moment(moment))

    async def pass_until_before(self, request: Json, moment: str | datetime) -> None:
        """Moves the request's clock to a minute before `moment`."""
        goal = _moment(moment) - timedelta(minutes=1, seconds=1)
        await self.engine.fast_forward_to(self._workflow_of(request), goal)

    async def pass_in_relationship(self, relationship: Json, by: timedelta) -> None:
        await self.engine.fast_forward(names.relationship_workflow(relationship["id"]), by)

    async def quiet(self) -> None:
        """Long enough for a mail that should not come to have come."""
        await asyncio.sleep(QUIET.total_seconds())

    def _workflow_of(self, request: Json) -> str:
        return names.request_workflow(self.programme_id, request["mentee"]["id"], request["mentor"]["id"])

    async def _client(self, token: str | None = None) -> AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = AsyncClient(transport=ASGITransport(self.app), base_url=BASE, headers=headers, timeout=30)
        return await self.exits.enter_async_context(client)


def _moment(moment: str | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)


def _member(
    programme_id: str, person_id: str, name: str, roles: tuple[str, ...], profile: dict[str, Any]
) -> MemberRow:
    values = {
        "name": name,
        "time_zone": "Europe/Berlin",
        "headline": f"{name}'s headline",
        "about": "Likes to learn.",
        "contact": f"+49 30 {abs(hash(name)) % 10**6}",
        "complete": True,
        "commitment_at": datetime.now(UTC),
        "joined_at": datetime.now(UTC),
        "is_mentee": "mentee" in roles,
        "is_mentor": "mentor" in roles,
        "is_admin": "admin" in roles,
        **profile,
    }
    return MemberRow(
        programme_id=programme_id, person_id=person_id, languages=["en"], attributes={}, **values
    )


PYTHON = "00000000-0000-4000-8000-000000000001"


def _skill(programme_id: str, person_id: str, *, is_mentor: bool) -> MemberSkillRow:
    level, target = (5, None) if is_mentor else (1, 4)
    return MemberSkillRow(
        programme_id=programme_id, person_id=person_id, skill_id=PYTHON, level=level, target=target
    )


@asynccontextmanager
async def a_town(engine: VirtualEngine, url: str, settings: ProgrammeSettings) -> AsyncIterator[Town]:
    """Everything runs until the end of the block. `url` leads to a migrated database."""
    postbox = Postbox()
    installation = Settings(
        base_url=BASE,
        database_url=url,
        smtp_url=await postbox.start(),
        secret_keys=engine.secrets,
        mail_from="Town <town@example.org>",
    )
    database = Database(url)
    programme_id = await _programme(database, settings)
    app = create_app(
        Context(
            database=database,
            gateway=Gateway(engine.client),
            base_url=BASE,
            keys=installation.secret_keys,
            limits=NO_LIMITS,
        )
    )
    stop = asyncio.Event()
    async with AsyncExitStack() as exits:
        working = asyncio.create_task(worker.build(engine.client, database, installation).run(stop))
        try:
            yield Town(engine, database, postbox, app, programme_id, exits)
        finally:
            stop.set()
            await working
            await database.close()
            await postbox.stop()


async def _programme(database: Database, settings: ProgrammeSettings) -> str:
    programme_id = str(uuid.uuid4())
    with database.writing() as session:
        now = datetime.now(UTC)
        session.add(
            ProgrammeRow(id=programme_id, slug=SLUG, name="Town", settings=settings.stored(), created_at=now)
        )
        session.flush()
        session.add(SkillRow(id=PYTHON, programme_id=programme_id, name="python"))
    return programme_id
