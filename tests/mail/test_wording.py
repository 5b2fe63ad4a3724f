"""Dates and people's words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.wording import as_roles, begun, day, lines, moment, one_line, quoted, upright


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        (
            datetime(2026, 3, 3, 15, 42, tzinfo=UTC),
            "Europe/Berlin",
            "Tuesday 3 March 2026 at 16:42, Berlin time",
        ),
        (
            datetime(2026, 7, 3, 15, 42, tzinfo=UTC),
            "Europe/Berlin",
            "Friday 3 July 2026 at 17:42, Berlin time",
        ),
        (
            datetime(2026, 3, 3, 23, 0, tzinfo=UTC),
            "Asia/Tokyo",
            "Wednesday 4 March 2026 at 08:00, Tokyo time",
        ),
        (
            datetime(2026, 1, 1, tzinfo=UTC),
            "America/New_York",
            "Wednesday 31 December 2025 at 19:00, New York time",
        ),
        (
            datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))),
            "UTC",
            "Wednesday 31 December 2025 at 22:00, UTC",
        ),
        (datetime(2026, 1, 1, tzinfo=UTC), "Etc/GMT+5", "Wednesday 31 December 2025 at 19:00, UTC-5"),
        (datetime(2026, 1, 1, tzinfo=UTC), "localtime", "Thursday 1 January 2026 at 00:00, UTC"),
        (datetime(2026, 1, 1, tzinfo=UTC), "Factory", "Thursday 1 January 2026 at 00:00, UTC"),
        (datetime(2026, 1, 1, tzinfo=UTC), "Mars/Olympus", "Thursday 1 January 2026 at 00:00, UTC"),
        (datetime(2026, 1, 1, tzinfo=UTC), "../etc/passwd", "Thursday 1 January 2026 at 00:00, UTC"),
        (datetime(2026, 1, 1, tzinfo=UTC), "", "Thursday 1 January 2026 at 00:00, UTC"),
    ],
)
def test_dates_are_written_out_in_the_readers_zone(at: datetime, zone: str, expected: str) -> None:
    assert moment(at, zone) == expected
    assert day(at, zone) == expected.partition(" at ")[0]


@settings(deadline=None)
@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() in ([], [line])
    assert line.isprintable() or all(
        c.isprintable() or c in "\u00ad\u200b\u200d" or ord(c) > 127 for c in line
    )
    assert len(line) <= 200


def test_one_line_cuts_and_keeps_the_order_of_words() -> None:
    assert one_line("a\r\nBcc: b@c  d\t\u202eevil\u2028x") == "a Bcc: b@c d evil x"
    assert one_line("word " * 100, 12) == "word word w…"


@settings(deadline=None)
@given(st.text())
def test_no_line_of_a_quotation_passes_for_ours(text: str) -> None:
    assert all(line.startswith(">") for line in quoted(text).splitlines())


def test_quotations_keep_their_line_breaks() -> None:
    assert quoted("a\n\n  b") == "> a\n>\n>   b"
    assert lines("a <b>\n\n  c & d") == "a &lt;b&gt;<br><br>&nbsp;&nbsp;c &amp; d"


def test_roles() -> None:
    assert as_roles(("mentor",)) == "a mentor"
    assert as_roles(("mentee", "mentor")) == "both a mentee and a mentor"
    assert as_roles(("mentee", "mentor", "admin")) == "a mentee, a mentor and a coordinator"


def test_a_sentence_that_begins_with_a_name_is_not_turned_around() -> None:
    names = ("נועה לוי", "Jørgen Lindqvist")
    assert upright("נועה לוי asks you", names) == "\u200eנועה לוי asks you"
    assert upright("Jørgen Lindqvist asks you", names) == "Jørgen Lindqvist asks you"
    for untouched in ("נועה לוי", "> נועה לוי wrote", "Hello נועה לוי,", "שלום, נועה לוי", ""):
        assert upright(untouched, names) == untouched


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("giving feedback: you are at 4.", "Giving feedback: you are at 4."),
        ("émotions", "Émotions"),
        ("iOS: you are at 4.", "iOS: you are at 4."),
        ("You both chose it.", "You both chose it."),
        ("3 of 4", "3 of 4"),
        ("", ""),
    ],
)
def test_a_reason_begins_with_a_capital_letter(reason: str, expected: str) -> None:
    assert begun(reason) == expected
