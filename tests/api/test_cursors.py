"""Cursors of lists: what was given out is read again, all else is refused with a sentence."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from api.web.paging import cursor_of, parts_of, read_cursor, written
from models.process.errors import Invalid

ID = "6f822f7b-1685-42a8-ae6e-4e7b8ab1d864"
ODD = (
    written("0001-01-01T00:00:00+01:00", ID),
    written("9999-12-31T23:59:59-01:00", ID),
    written("2026-03-03T09:00:00", ID),
    written("2026-03-03T09:00:00+00:00", "x"),
    written("2026-03-03T09:00:00+00:00", "\0"),
    written("2026-03-03T09:00:00+00:00"),
    written("2026-03-03T09:00:00+00:00", ID, ID),
)
"""Well made, but no times in UTC and no ids; a zero is not even text to PostgreSQL."""
MADE_UP = ("", "x", "Zm9v", "ä", "=", "AAAA", "W10", "e30", "x" * 5000, "WyJ4Iiwg")


def test_what_was_given_out_is_read_again() -> None:
    at = datetime(2026, 3, 3, 9, 0, 0, 123456, tzinfo=UTC)
    assert read_cursor(cursor_of(at, ID)) == (at, ID)
    assert read_cursor(None) is None
    names = ("strasse", "Straße", "نور")
    assert parts_of(written(*names), 3) == names


@pytest.mark.parametrize("cursor", [*ODD, *MADE_UP])
def test_anything_else_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="not a cursor"):
        read_cursor(cursor)


@pytest.mark.parametrize(
    "content", [b"[1, 2]", b"[null, 2]", b'{"a": 1}', b"[[], {}]", b"7", b"\xff\xfe", b"[" * 3000]
)
def test_texts_alone_stand_in_a_cursor(content: bytes) -> None:
    with pytest.raises(Invalid, match="not a cursor"):
        parts_of(base64.urlsafe_b64encode(content).decode(), 2)
