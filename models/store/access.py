"""API tokens, page sessions and sign-in links: made once, stored as SHA-256, looked up by it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from models.store import mails
from models.store.delivery import ApiTokenRow, SessionRow, SignInLinkRow
from models.store.pruning import delete_some
from models.store.tables import PersonRow

PREFIX = "sf_"
"""Of API tokens, so that a leaked one is recognised."""
SESSION_AGE = timedelta(days=30)
KEPT = timedelta(days=1)
"""After its end."""
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Identity:
    """`used_at` is when the page session was last seen, None for other ways."""

    person_id: str
    email: str
    name: str
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedOut:
    """How many ways in were ended."""

    sessions: int
    links: int
    tokens: int


def digest(token: str) -> str:
    """What the database keeps of a token; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_api_token(session: Session, person_id: str, now: datetime, days: int | None = None) -> str:
    """A new API token, shown this once. `days` None: it does not expire."""
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    expires_at = now + timedelta(days=days) if days is not None else None
    row = ApiTokenRow(token_hash=digest(token), person_id=person_id, created_at=now, expires_at=expires_at)
    session.add(row)
    return token


def person_of_api_token(session: Session, token: str, now: datetime) -> Identity | None:
    found = session.execute(_OF_API_TOKEN, {"hash": digest(token), "now": now})
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


def revoke_api_tokens(session: Session, person_id: str, now: datetime) -> int:
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
    done: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]
    return done.rowcount


def create_session(session: Session, person_id: str, now: datetime, agent: str = "") -> str:
    """A new page session; the token goes into the cookie. `agent` is `models.agents.described`."""
    token = secrets.token_urlsafe(_BYTES)
    row = SessionRow(
        token_hash=digest(token),
        person_id=person_id,
        created_at=now,
        expires_at=now + SESSION_AGE,
        used_at=now,
        agent=agent,
    )
    session.add(row)
    return token


def person_of_session(session: Session, token: str, now: datetime, idle_since: datetime) -> Identity | None:
    """Whose session it is, unless it has ended or was not used after `idle_since`."""
    asked = {"hash": digest(token), "now": now, "idle_since": idle_since}
    row = session.execute(_OF_SESSION, asked).one_or_none()
    return Identity(*row) if row else None


_USED_AT = func.coalesce(SessionRow.used_at, SessionRow.created_at)
_OF_SESSION = (
    select(PersonRow.id, PersonRow.email, PersonRow.name, _USED_AT)
    .join(SessionRow, SessionRow.person_id == PersonRow.id)
    .where(
        SessionRow.token_hash == bindparam("hash"),
        SessionRow.expires_at > bindparam("now"),
        # In this order, so that the parameter takes the type of the column.
        _USED_AT > bindparam("idle_since"),  # noqa: SIM300
    )
)


def touch_session(session: Session, token_hash: str, now: datetime) -> None:
    """Notes that the session was used."""
    session.execute(update(SessionRow).where(SessionRow.token_hash == token_hash).values(used_at=now))


def end_session(session: Session, token_hash: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def session_id(token_hash: str) -> str:
    """What a session is called outside: nothing that a cookie or its hash could be made of."""
    return digest(f"session id {token_hash}")[:32]


def sessions_of(session: Session, person_id: str, now: datetime, idle_since: datetime) -> list[SessionRow]:
    """The page sessions of a person that are still good, the one used last first."""
    good = (SessionRow.person_id == person_id, SessionRow.expires_at > now, idle_since < _USED_AT)
    return list(session.scalars(select(SessionRow).where(*good).order_by(_USED_AT.desc())))


def end_one(session: Session, person_id: str, wanted: str) -> str | None:
    """Ends the session of the person that is called `wanted`; the hash of its token, None without one."""
    hashes = session.scalars(select(SessionRow.token_hash).where(SessionRow.person_id == person_id))
    found = next((one for one in hashes if session_id(one) == wanted), None)
    if found is not None:
        end_session(session, found)
    return found


def sign_out(session: Session, person_id: str, now: datetime, *, tokens: bool) -> SignedOut:
    """Ends every page session and every sign-in link of a person, and their API tokens if wanted.

    A sign-in mail that has been asked for and not sent yet is dropped.
    """
    done: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(SessionRow).where(SessionRow.person_id == person_id)
    )
    unused = (SignInLinkRow.person_id == person_id, *_is_good(now))
    links: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(SignInLinkRow).where(*unused).values(used_at=now)
    )
    waiting = mails.drop_sign_ins(session, person_id, now)
    revoked = revoke_api_tokens(session, person_id, now) if tokens else 0
    return SignedOut(done.rowcount, links.rowcount + waiting, revoked)


def find_sign_in(session: Session, token: str, now: datetime) -> Identity | None:
    """Whom the sign-in link would sign in, None when it is no good; using it up is `use_sign_in`."""
    query = (
        select(PersonRow.id, PersonRow.email, PersonRow.name)
        .join(SignInLinkRow, SignInLinkRow.person_id == PersonRow.id)
        .where(*_usable(token, now))
    )
    return _identity(session.execute(query).one_or_none())


def use_sign_in(session: Session, token: str, now: datetime) -> tuple[str, str] | None:
    """Uses the sign-in link up: the person's id and the path to go to, or None when it is no good.

    Those that were mailed before it are worthless from then on.
    """
    statement = (
        update(SignInLinkRow)
        .where(*_usable(token, now))
        .values(used_at=now)
        .returning(SignInLinkRow.person_id, SignInLinkRow.next_path, SignInLinkRow.expires_at)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    elder = (
        SignInLinkRow.person_id == row.person_id,
        SignInLinkRow.expires_at <= row.expires_at,
        SignInLinkRow.used_at.is_(None),
    )
    session.execute(update(SignInLinkRow).where(*elder).values(used_at=now))
    return row.person_id, row.next_path


def prune_sessions(session: Session, now: datetime) -> int:
    """Forgets sessions that ended a day ago."""
    return delete_some(session, SessionRow, SessionRow.expires_at < now - KEPT)


def prune_sign_ins(session: Session, now: datetime) -> int:
    """Forgets sign-in links that ended a day ago."""
    return delete_some(session, SignInLinkRow, SignInLinkRow.expires_at < now - KEPT)


def _usable(token: str, now: datetime) -> tuple[Any, ...]:
    return (SignInLinkRow.token_hash == digest(token), *_is_good(now))


def _is_good(now: datetime) -> tuple[Any, ...]:
    return (SignInLinkRow.used_at.is_(None), SignInLinkRow.expires_at > now)


def _identity(row: Any) -> Identity | None:
    return Identity(row.id, row.email, row.name) if row else None
