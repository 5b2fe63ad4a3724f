"""Who calls, and what they are in a programme. Every route begins with one of these dependencies.

Unknown and foreign are the same 404 everywhere; 403 is only for a caller who may see a thing but not do this.
"""

from __future__ import annotations

import hmac
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.routing import Match

from api.web import limits
from api.web.context import Context, context
from api.web.errors import NotFound, SignInNeeded, Unauthorised
from api.web.security import SAFE_METHODS, check_same_origin, session_cookie
from models.process.actors import Role, Via
from models.process.errors import NotAllowed
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence
from models.store import access as store
from models.store import desk, faults, people, turns
from models.store import requests as request_store
from models.store.turns import NONE, Turns

Ctx = Annotated[Context, Depends(context)]

NOTED_EVERY = timedelta(minutes=10)
"""How exactly it is known when a session was last used; a write for each page would be too many."""
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Viewer:
    """A known person. `session` is the hash of their page session, None for a token or a mail link."""

    person_id: str
    email: str
    name: str
    session: str | None = field(default=None, repr=False)
    via: Via | None = None
    used_at: datetime | None = field(default=None, repr=False, compare=False)
    """When the session was last noted to be used."""


@dataclass(frozen=True)
class Programme:
    """A programme with its settings read."""

    id: str
    slug: str
    name: str
    settings: ProgrammeSettings
    people_version: int = 0
    skills_version: int = 0
    settings_revision: int = 1


@dataclass(frozen=True)
class Member:
    """A viewer in one of their programmes, with the roles they have there."""

    viewer: Viewer
    programme: Programme
    roles: frozenset[Role]
    complete: bool
    """Whether their profile is complete (P4)."""
    time_zone: str
    """IANA, for the dates that pages show them."""
    waiting: int = 0
    """How many open requests wait too long, where they are to be told as an admin of it."""
    turns: Turns = NONE
    """What waits for them, where they are to be told."""

    @property
    def person_id(self) -> str:
        return self.viewer.person_id

    @property
    def is_admin(self) -> bool:
        return Role.ADMIN in self.roles


async def viewer(request: Request, ctx: Ctx) -> Viewer:
    """Dependency: the person behind the bearer token or the page session. 401 problem without one.

    A session counts on an unsafe method only for a request that comes from our own pages (CSRF).
    """
    who = await ctx.database.read(lambda session: _known(session, ctx, request))
    await _guard(ctx, request, who)
    return who


async def member(slug: str, request: Request, ctx: Ctx) -> Member:
    """Dependency: the caller in the programme `slug` of the path. 404 where they have no part in it."""

    def work(session: Session) -> tuple[Viewer, Member]:
        who = _known(session, ctx, request)
        found = _membership(session, who, slug)
        return who, found

    who, found = await ctx.database.read(work)
    await _guard(ctx, request, who)
    return found


async def admin(one: Annotated[Member, Depends(member)]) -> Member:
    """Dependency: like `member`, 403 for those who are not admins of the programme."""
    return require_admin(one)


async def page_viewer(request: Request, ctx: Ctx) -> Viewer:
    """Dependency of pages: like `viewer`, session only; without one a redirect to sign-in and back."""
    who = await ctx.database.read(lambda session: _signed_in(session, ctx, request))
    await _guard(ctx, request, who)
    return who


async def page_member(slug: str, request: Request, ctx: Ctx) -> Member:
    """Dependency of pages: like `member`, signing in first."""

    def work(session: Session) -> tuple[Viewer, Member]:
        who = _signed_in(session, ctx, request)
        found = _with_waiting(session, ctx, _membership(session, who, slug))
        return who, found

    who, found = await ctx.database.read(work)
    await _guard(ctx, request, who)
    return found


async def page_admin(one: Annotated[Member, Depends(page_member)]) -> Member:
    """Dependency of pages: like `admin`, signing in first."""
    return require_admin(one)


async def signed_in(request: Request, ctx: Ctx) -> Viewer | None:
    """Dependency of pages that are open to anyone: the caller, if known."""

    def work(session: Session) -> Viewer | None:
        if _bearer(request) is None:
            return _by_session(session, ctx, request)
        return _known(session, ctx, request)

    return await ctx.database.read(work)


async def installation(request: Request, ctx: Ctx) -> None:
    """Dependency: a machine of the installation, by the secret that its operator has set. 404 without one.

    No cookie counts, so no browser can be made to send it.
    """
    if not ctx.bounce_secret:
        raise NotFound
    _check_secret(request, ctx.bounce_secret, "STEADFAST_BOUNCE_SECRET")


async def watcher(request: Request, ctx: Ctx) -> None:
    """Dependency: whatever reads the metrics, by the token where the operator has set one."""
    if ctx.metrics_token:
        _check_secret(request, ctx.metrics_token, "STEADFAST_METRICS_TOKEN")


def _check_secret(request: Request, secret: str, variable: str) -> None:
    if not hmac.compare_digest((_bearer(request) or "").encode(), secret.encode()):
        raise Unauthorised(f"Send the secret of {variable} as bearer.")


async def member_of(ctx: Context, who: Viewer, slug: str) -> Member:
    """`who` in the programme, for a page. Raises NotFound."""
    return await ctx.database.read(
        lambda session: _with_waiting(session, ctx, _membership(session, who, slug))
    )


def require_admin(one: Member) -> Member:
    """Raises NotAllowed (403)."""
    if not one.is_admin:
        raise NotAllowed(Sentence("Only {t.a_coordinator} of the programme can do this."))
    return one


def _known(session: Session, ctx: Context, request: Request) -> Viewer:
    token = _bearer(request)
    if token is None:
        found = _by_session(session, ctx, request)
        if found is None:
            raise Unauthorised
        return found
    person = store.person_of_api_token(session, token, ctx.clock())
    if person is None:
        raise Unauthorised("This API token is unknown or has expired.")
    return Viewer(person.person_id, person.email, person.name)


def _bearer(request: Request) -> str | None:
    """The token of the header; empty for another scheme, None without the header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _signed_in(session: Session, ctx: Context, request: Request) -> Viewer:
    found = _by_session(session, ctx, request)
    if found is None:
        raise SignInNeeded(_way_back(request))
    return found


def _way_back(request: Request) -> str:
    """The page that was asked for; for a form, the page that it stands on, as far as that can be opened."""
    page = urlsplit(str(request.url))
    if request.method not in SAFE_METHODS:
        page = urlsplit(request.headers.get("referer", ""))
        asked = dict(request.scope) | {"method": "GET", "path": page.path}
        is_ours = page.netloc == request.url.netloc
        if not is_ours or not any(one.matches(asked)[0] is Match.FULL for one in request.app.routes):
            return "/"
    return f"{page.path}?{page.query}" if page.query else page.path


def _by_session(session: Session, ctx: Context, request: Request) -> Viewer | None:
    token = session_cookie(ctx, request)
    if not token:
        return None
    now = ctx.clock()
    found = store.person_of_session(session, token, now, now - ctx.session_idle)
    if found is None:
        return None
    return Viewer(found.person_id, found.email, found.name, store.digest(token), used_at=found.used_at)


async def _guard(ctx: Context, request: Request, who: Viewer) -> None:
    """What an unsafe request has to pass besides having a known caller. Raises Forbidden or TooMany."""
    if request.method not in SAFE_METHODS:
        if who.session is not None:
            check_same_origin(ctx, request)
        await limits.write(ctx, who.person_id)
    await _note_use(ctx, who)


async def _note_use(ctx: Context, who: Viewer) -> None:
    now, used = ctx.clock(), who.session
    if used is None or (who.used_at is not None and who.used_at > now - NOTED_EVERY):
        return
    # A page that only reads does not fail because this cannot be written just now.
    with suppress(*faults.ANY):
        await ctx.database.write(lambda session: store.touch_session(session, used, now))


def _with_waiting(session: Session, ctx: Context, found: Member) -> Member:
    """With the numbers that the navigation shows."""
    if found.roles - {Role.ADMIN}:
        found = replace(found, turns=turns.of_member(session, found.programme.id, found.person_id))
    if not found.is_admin:
        return found
    before = ctx.clock() - found.programme.settings.stalled_after
    return replace(found, waiting=session.scalars(desk.overlong(found.programme.id, before)).one())


def _membership(session: Session, who: Viewer, slug: str) -> Member:
    found = people.membership(session, slug, who.person_id) if SLUG.fullmatch(slug) else None
    if found is None:
        raise NotFound
    row = found.programme
    settings = ProgrammeSettings.kept(row.settings)
    versions = (row.people_version, row.skills_version, row.settings_revision)
    programme = Programme(row.id, row.slug, row.name, settings, *versions)
    sides = (
        (Role.MENTEE, found.is_mentee),
        (Role.MENTOR, found.is_mentor),
        (Role.ADMIN, found.is_admin),
    )
    roles = frozenset(role for role, is_so in sides if is_so)
    return Member(who, programme, roles, found.complete, found.time_zone)


def as_role(member: Member, wanted: Role | None) -> Role:
    """In which role a list is read. Raises NotAllowed for admin without being one."""
    if wanted is Role.ADMIN:
        require_admin(member)
    if wanted is not None:
        return wanted
    return next(
        (role for role in (Role.MENTEE, Role.MENTOR, Role.ADMIN) if role in member.roles), Role.MENTEE
    )


def roles_in(member: Member, mentee_id: str, mentor_id: str) -> tuple[Role, ...]:
    return request_store.roles_in(member.person_id, mentee_id, mentor_id, member.is_admin)
