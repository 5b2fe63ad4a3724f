"""Keys of acts and the answers that were given to them, so that the same act is answered alike again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from models.store.delivery import IdempotencyRow
from models.store.pruning import delete_some
from models.store.upsert import insert, insert_new

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of a key: `status` is None while the first act with it is under way, or failed."""

    request_hash: str
    status: int | None
    location: str | None
    body: str | None


def claim(session: Session, person_id: str, key: str, request_hash: str, now: datetime) -> Earlier | None:
    """None when the key is new and now ours, else what is known of it. One of several is the first."""
    values = {"person_id": person_id, "key": key, "request_hash": request_hash, "created_at": now}
    inserting = insert(session, IdempotencyRow).values(values)
    statement = inserting.on_conflict_do_nothing().returning(IdempotencyRow.key)
    if session.execute(statement).one_or_none() is not None:
        return None
    return find(session, person_id, [key])[0]


def answer(session: Session, person_id: str, key: str, status: int, location: str | None, body: str) -> None:
    """Keeps the first answer given; a later one to the same key changes nothing."""
    given = {"of": person_id, "with_key": key, "status": status, "location": location, "body": body}
    session.connection().execute(_ANSWER, given)


_ROWS = cast("Table", IdempotencyRow.__table__)
_ANSWER = update(_ROWS).where(
    _ROWS.c.person_id == bindparam("of"), _ROWS.c.key == bindparam("with_key"), _ROWS.c.status.is_(None)
)


DONE = 200


def find(session: Session, person_id: str, keys: Collection[str]) -> list[Earlier]:
    """What is known of any of the keys."""
    asked = {"person_id": person_id, "keys": sorted(keys)}
    return [Earlier(*found) for found in session.execute(_FIND, asked)]


_FIND = select(
    IdempotencyRow.request_hash, IdempotencyRow.status, IdempotencyRow.location, IdempotencyRow.body
).where(
    IdempotencyRow.person_id == bindparam("person_id"),
    IdempotencyRow.key.in_(bindparam("keys", expanding=True)),
)


def remember(session: Session, acts: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Acts that a process has taken, as (person, key, hash of the request), with the step they led to."""
    rows = [
        {"person_id": person_id, "key": key, "request_hash": request_hash, "status": DONE, "created_at": now}
        for person_id, key, request_hash in acts
    ]
    insert_new(session, IdempotencyRow, rows)


def prune(session: Session, now: datetime) -> int:
    return delete_some(session, IdempotencyRow, IdempotencyRow.created_at < now - KEPT)
