"""Ids and cursors as callers pass them back."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from api.web.errors import NotFound
from models.process.errors import Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_MAX_LENGTH = 4000

T = TypeVar("T")


def cursor_of(at: datetime, last: str) -> str:
    """A cursor for lists that are ordered by a time and an id."""
    return written(at.isoformat(), last)


def read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The time (UTC) and the id of the last one shown; None without a cursor. Raises Invalid."""
    if cursor is None:
        return None
    at, last = parts_of(cursor, 2)
    try:
        found = datetime.fromisoformat(at)
        if found.tzinfo is None:
            raise _bad()
        # Some hours at both ends of the calendar are none in UTC, and the database keeps UTC.
        return found.astimezone(UTC), str(uuid.UUID(last))
    except (ValueError, OverflowError) as error:
        raise _bad() from error


def written(*parts: str) -> str:
    """A cursor for lists that are ordered by these texts of the last one shown."""
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode().rstrip("=")


def parts_of(cursor: str, count: int) -> tuple[str, ...]:
    """The texts in a cursor of so many. Raises Invalid."""
    if len(cursor) > _MAX_LENGTH:
        raise _bad()
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _bad() from error
    if not (isinstance(found, list) and len(found) == count and all(isinstance(one, str) for one in found)):
        raise _bad()
    return tuple(found)


def parse_id(text: str) -> str:
    """An id as the database writes it. Raises NotFound: what is no id names nothing."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise NotFound from None


def cut(found: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """One page of rows that were read with one more than `limit`, and whether there is another."""
    return found[:limit], len(found) > limit


def _bad() -> Invalid:
    return Invalid("This is not a cursor of this list; begin without one.", field="cursor")


LONGEST = timedelta(days=36_500)
"""A century: the longest age that a list can be asked for."""


def before(now: datetime, age: timedelta | None) -> datetime | None:
    if age is None:
        return None
    if not timedelta() <= age <= LONGEST:
        raise Invalid("This takes an age such as P7D, up to a hundred years.", field="older_than")
    return now - age
