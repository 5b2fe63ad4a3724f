"""People with browsers in the world of the API's tests: for the tests of pages, and for their pictures."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import select

from api.relationships import acts as relationship_acts
from api.relationships.schemas import RelationshipOut
from api.requests import acts as request_acts
from api.requests.schemas import RequestOut
from api.web.access import Member, Viewer, member_of
from api.web.security import cookie_name
from models.links import Purpose, sign
from models.process.commands import Command
from models.process.match import Basis
from models.process.request.commands import AcceptRequest
from models.store import access, links
from models.store.delivery import MailboxRow, MailRow
from models.store.links import NewLink
from models.store.tables import InvitationRow, PersonRow
from tests.api.world import BASE, KEYS, OTHER, SLUG, START, World, world
from tests.e2e.forms import Form, Page

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
OPTIONS = ("Video calls", "In person", "Pairing")


@dataclass(frozen=True)
class Villager:
    """Somebody of the village; `browser` is signed in."""

    village: Village
    id: str
    name: str
    email: str
    browser: AsyncClient

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.id, self.email, self.name)

    async def member(self) -> Member:
        return await member_of(self.village.world.ctx, self.viewer, SLUG)

    async def get(self, path: str) -> Response:
        return await self.browser.get(path)

    async def open(self, path: str) -> Page:
        """The page at the end of all redirects."""
        return Page.of(await self.browser.get(path, follow_redirects=True), self.browser)

    async def ask(self, mentor: Villager, message: str = "May I learn from you?") -> str:
        """The id of a request that is open now."""
        ctx, key = self.village.world.ctx, str(uuid.uuid4())
        acted = await request_acts.ask(ctx, await self.member(), mentor.id, message, Basis.GAPS, key)
        return acted.value.id

    async def tell(self, request_id: str, command: Command) -> RequestOut:
        """Sends a command to a request, past every page."""
        ctx, key = self.village.world.ctx, str(uuid.uuid4())
        return (await request_acts.act_on_request(ctx, self.viewer, request_id, command, key)).value

    async def say(self, relationship_id: str, command: Command) -> RelationshipOut:
        """Sends a command to a relationship, past every page."""
        ctx, key = self.village.world.ctx, str(uuid.uuid4())
        return (
            await relationship_acts.act_on_relationship(ctx, self.viewer, relationship_id, command, key)
        ).value

    async def mentored_by(self, mentor: Villager, message: str = "May I learn from you?") -> str:
        """The id of a relationship that has begun."""
        request_id = await self.ask(mentor, message)
        done = await mentor.tell(request_id, AcceptRequest(comment="Gladly."))
        return done.relationship_id or ""


@dataclass(frozen=True)
class Village:
    world: World
    browsers: list[AsyncClient]

    @property
    def programme_id(self) -> str:
        return self.world.programmes[SLUG]

    def browser(self, headers: dict[str, str] = BROWSER, **more: Any) -> AsyncClient:
        """Somebody's browser, not signed in; other `headers` make it another site's page, or a script."""
        transport = ASGITransport(self.world.app, raise_app_exceptions=False)
        made = AsyncClient(transport=transport, base_url=BASE, headers=headers, **more)
        self.browsers.append(made)
        return made

    async def person(self, name: str, *roles: str, slug: str = SLUG, **profile: Any) -> Villager:
        """A member whose profile is complete, unless `profile` (fields of MemberProfile) says otherwise."""
        person_id = str(uuid.uuid4())
        email = f"{person_id[:8]}@example.org"
        with self.world.database.writing() as session:
            session.add(PersonRow(id=person_id, email=email, name=name, created_at=START))
        usual = {
            "headline": "Builds ships",
            "languages": ["en", "de"],
            "country": "DE",
            "preferences": frozenset({"Video calls"}),
        }
        await self.world.join(person_id, name, *roles, slug=slug, **(usual | profile))
        with self.world.database.writing() as session:
            token = access.create_session(session, person_id, self.world.clock())
        browser = self.browser(cookies={cookie_name(self.world.ctx): token})
        return Villager(self, person_id, name, email, browser)

    async def link(self, purpose: Purpose, subject_id: str, person: Villager | None, round: int = 0) -> str:  # noqa: A002 - the column is called so
        """The path of a mail link."""
        link_id, now = str(uuid.uuid4()), self.world.clock()
        holder = person.id if person else None
        new = NewLink(link_id, purpose, subject_id, holder, round, now + timedelta(days=60))
        with self.world.database.writing() as session:
            links.mint(session, [new], now)
        return f"/links/{sign(purpose, link_id, KEYS)}"

    async def keep_link(self, person: Villager) -> str:
        """The path of the link that the mail about this person's erasure carries."""
        with self.world.database.writing() as session:
            theirs = (MailRow.kind == "erasure-begun", MailRow.to_person == person.id)
            mail = session.scalars(select(MailRow).where(*theirs)).one()
            link_id = links.id_for(mail.id, Purpose.KEEP)
            links.mint(session, [NewLink(link_id, Purpose.KEEP, person.id, person.id, 0, START)], START)
        return f"/links/{sign(Purpose.KEEP, link_id, KEYS)}"

    async def invitation(self, email: str, roles: str = "mentee", name: str = "") -> str:
        """The path of the link of an invitation."""
        invitation_id, now = str(uuid.uuid4()), self.world.clock()
        row = InvitationRow(
            id=invitation_id,
            programme_id=self.programme_id,
            email=email,
            name=name,
            roles=roles,
            created_at=now,
            expires_at=now + timedelta(days=30),
        )
        with self.world.database.writing() as session:
            session.add(row)
        return await self.link(Purpose.INVITATION, invitation_id, None)

    async def keep_mail(self, to: str, subject: str, raw: bytes, kind: str = "sign-in") -> str:
        """A mail in the mailbox; gives its id."""
        mail_id, now = str(uuid.uuid4()), self.world.clock()
        row = MailRow(
            id=mail_id,
            key=mail_id,
            kind=kind,
            programme_id=self.programme_id,
            to_address=to,
            props={},
            state="sent",
            queued_at=now,
            next_attempt_at=now,
            message_id=f"<{mail_id}@localhost>",
        )
        with self.world.database.writing() as session:
            session.add(row)
            session.flush()
            session.add(MailboxRow(mail_id=mail_id, to_address=to, subject=subject, raw=raw, at=now))
        return mail_id


@asynccontextmanager
async def a_village(url: str, mailbox: bool = True, **settings: Any) -> AsyncIterator[Village]:
    """`url` leads to a migrated database; `settings` are the programme's. There is a second programme."""
    async with world(url, mailbox_enabled=mailbox) as made:
        await made.programme(SLUG, **({"preferences": OPTIONS} | settings))
        await made.programme(OTHER)
        village = Village(made, [])
        try:
            yield village
        finally:
            for browser in village.browsers:
                await browser.aclose()


async def send(browser: AsyncClient, form: Form, **filled: str) -> Response:
    """Posts a form as it was shown, with some fields filled in; redirects are not followed."""
    return await browser.post(form.action, data={**form.fields, **filled})
