"""The rows behind the tokens of mail links."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from models.links import Purpose
from models.store.delivery import LinkRow
from models.store.pruning import delete_some
from models.store.upsert import insert_new

KEPT = timedelta(days=365)
"""After its expiry."""


def id_for(mail_id: str, purpose: Purpose) -> str:
    """The link of a mail: derived from it, so that a repeated delivery carries the same link."""
    return str(uuid.uuid5(uuid.UUID(mail_id), f"link/{purpose}"))


FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NewLink:
    """`subject_id` is what the link is about: a request, a relationship or an invitation. `person_id` is whom
    it speaks for, None where there is no person yet. `round`: see `models.links.Purpose`."""

    id: str
    purpose: Purpose
    subject_id: str
    person_id: str | None
    round: int
    expires_at: datetime


def unsubscribing(programme_id: str, person_id: str) -> NewLink:
    """The one link of a member to switch mails off: the same in all, and good while they are known."""
    link_id = str(uuid.uuid5(uuid.UUID(programme_id), f"unsubscribe/{person_id}"))
    return NewLink(link_id, Purpose.UNSUBSCRIBE, programme_id, person_id, 0, FOR_EVER)


def mint(session: Session, links: Sequence[NewLink], now: datetime) -> None:
    """Makes every link that does not exist; one that exists keeps its expiry and its revocation."""
    rows = [
        {
            "id": link.id,
            "purpose": str(link.purpose),
            "subject_id": link.subject_id,
            "person_id": link.person_id,
            "round": link.round,
            "created_at": now,
            "expires_at": link.expires_at,
        }
        # In one order, so that two who make the same links do not wait for each other.
        for link in sorted(links, key=lambda link: link.id)
    ]
    insert_new(session, LinkRow, rows)


def find(session: Session, link_id: str, purpose: Purpose) -> LinkRow | None:
    """The link of a token that was read, or None. The caller looks at `expires_at` and `revoked_at`."""
    row = session.get(LinkRow, link_id)
    return row if row is not None and row.purpose == purpose else None


def revoke(
    session: Session,
    subject_id: str,
    now: datetime,
    *,
    purpose: Purpose | None = None,
    person_id: str | None = None,
) -> int:
    """Makes the links about `subject_id` worthless, all or those of a purpose or a person. Says how many."""
    statement = update(LinkRow).where(LinkRow.subject_id == subject_id, LinkRow.revoked_at.is_(None))
    if purpose is not None:
        statement = statement.where(LinkRow.purpose == str(purpose))
    if person_id is not None:
        statement = statement.where(LinkRow.person_id == person_id)
    done: CursorResult[Any] = session.execute(statement.values(revoked_at=now))  # type: ignore[assignment]
    return done.rowcount


def prune(session: Session, now: datetime) -> int:
    """Forgets links that expired a year ago; until then their page can say where things stand."""
    return delete_some(session, LinkRow, LinkRow.expires_at < now - KEPT)
