"""API tokens, page sessions and sign-in links: made once, kept as SHA-256, looked up by it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.store.delivery import ApiTokenRow, SessionRow, SignInLinkRow
from models.store.pruning import delete_some
from models.store.tables import PersonRow

PREFIX = "sf_"
"""Of API tokens, so that a leaked one can be told for what it is."""
SESSION_AGE = timedelta(days=30)
KEPT = timedelta(days=1)
"""After its end."""
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Identity:
    person_id: str
    email: str
    name: str


def digest(token: str) -> str:
    """What the database keeps of a token; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


async def create_api_token(
    session: AsyncSession, person_id: str, now: datetime, days: int | None = None
) -> str:
    """A new API token, shown this once. `days` None: it does not expire."""
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    expires_at = now + timedelta(days=days) if days is not None else None
    row = ApiTokenRow(token_hash=digest(token), person_id=person_id, created_at=now, expires_at=expires_at)
    session.add(row)
    return token


async def person_of_api_token(session: AsyncSession, token: str, now: datetime) -> Identity | None:
    found = await session.execute(_OF_API_TOKEN, {"hash": digest(token), "now": now})
    return _identity(found.one_or_none())


_OF_API_TOKEN = (
    select(PersonRow.id, PersonRow.email, PersonRow.name)
    .join(ApiTokenRow, ApiTokenRow.person_id == PersonRow.id)
    .where(
        ApiTokenRow.token_hash == bindparam("hash"),
        ApiTokenRow.revoked_at.is_(None),
        or_(ApiTokenRow.expires_at.is_(None), ApiTokenRow.expires_at > bindparam("now")),
    )
)


async def revoke_api_tokens(session: AsyncSession, person_id: str, now: datetime) -> int:
    """Makes all API tokens of a person worthless; says how many still worked."""
    statement = (
        update(ApiTokenRow)
        .where(
            ApiTokenRow.person_id == person_id,
            ApiTokenRow.revoked_at.is_(None),
            or_(ApiTokenRow.expires_at.is_(None), ApiTokenRow.expires_at > now),
        )
        .values(revoked_at=now)
    )
    done: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]
    return done.rowcount


async def create_session(session: AsyncSession, person_id: str, now: datetime) -> str:
    """A new page session; the token goes into the cookie."""
    token = secrets.token_urlsafe(_BYTES)
    row = SessionRow(
        token_hash=digest(token), person_id=person_id, created_at=now, expires_at=now + SESSION_AGE
    )
    session.add(row)
    return token


async def person_of_session(session: AsyncSession, token: str, now: datetime) -> Identity | None:
    found = await session.execute(_OF_SESSION, {"hash": digest(token), "now": now})
    return _identity(found.one_or_none())


_OF_SESSION = (
    select(PersonRow.id, PersonRow.email, PersonRow.name)
    .join(SessionRow, SessionRow.person_id == PersonRow.id)
    .where(SessionRow.token_hash == bindparam("hash"), SessionRow.expires_at > bindparam("now"))
)


async def end_session(session: AsyncSession, token_hash: str) -> None:
    await session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


async def find_sign_in(session: AsyncSession, token: str, now: datetime) -> bool:
    """Whether the sign-in link would still work; using it up is `use_sign_in`."""
    query = select(SignInLinkRow.person_id).where(*_usable(token, now))
    return (await session.scalars(query)).one_or_none() is not None


async def use_sign_in(session: AsyncSession, token: str, now: datetime) -> tuple[str, str] | None:
    """Uses the sign-in link up: the person's id and the path to go to, or None when it is no good."""
    statement = (
        update(SignInLinkRow)
        .where(*_usable(token, now))
        .values(used_at=now)
        .returning(SignInLinkRow.person_id, SignInLinkRow.next_path)
    )
    row = (await session.execute(statement)).one_or_none()
    return (row.person_id, row.next_path) if row else None


async def prune_sessions(session: AsyncSession, now: datetime) -> int:
    """Forgets sessions that ended a day ago."""
    return await delete_some(session, SessionRow, SessionRow.expires_at < now - KEPT)


async def prune_sign_ins(session: AsyncSession, now: datetime) -> int:
    """Forgets sign-in links that ended a day ago."""
    return await delete_some(session, SignInLinkRow, SignInLinkRow.expires_at < now - KEPT)


def _usable(token: str, now: datetime) -> tuple[Any, ...]:
    return (
        SignInLinkRow.token_hash == digest(token),
        SignInLinkRow.used_at.is_(None),
        SignInLinkRow.expires_at > now,
    )


def _identity(row: Any) -> Identity | None:
    return Identity(row.id, row.email, row.name) if row else None
