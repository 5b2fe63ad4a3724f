"""Date arithmetic: working days, holidays, clocks that change, the date line, senseless calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.process import calendar
from models.process.calendar import DayCount, WorkingTime
from tests.process.test_request_random import ZONES, periods, working_times

KEY = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d06"
SPREAD = calendar.spread(KEY)
HOUR = timedelta(hours=1)
DAYS = WorkingTime()
WORKING = WorkingTime(count=DayCount.WORKING)
EVERY_DAY = WorkingTime(weekdays=tuple(range(7)))
SUNDAY_TO_THURSDAY = (0, 1, 2, 3, 6)


def due(start: datetime, period: timedelta, working: WorkingTime = DAYS, zone: str = "UTC") -> datetime:
    return calendar.due(start, period, working, zone, KEY) + SPREAD


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


MONDAY = utc(2026, 3, 2, 9, 30)


@pytest.mark.parametrize(
    ("days", "working", "ends"),
    [
        (1, DAYS, date(2026, 3, 3)),
        (4, DAYS, date(2026, 3, 6)),
        (5, DAYS, date(2026, 3, 9)),  # a Saturday
        (6, DAYS, date(2026, 3, 9)),  # a Sunday
        (7, DAYS, date(2026, 3, 9)),
        (14, DAYS, date(2026, 3, 16)),
        (5, EVERY_DAY, date(2026, 3, 7)),
        (4, WORKING, date(2026, 3, 6)),
        (5, WORKING, date(2026, 3, 9)),
        (10, WORKING, date(2026, 3, 16)),
        (4, WorkingTime(weekdays=SUNDAY_TO_THURSDAY), date(2026, 3, 8)),  # Friday and Saturday are free
        (4, WorkingTime(count=DayCount.WORKING, weekdays=SUNDAY_TO_THURSDAY), date(2026, 3, 8)),
        (7, WorkingTime(weekdays=(2,)), date(2026, 3, 11)),  # only Wednesdays
        (3, WorkingTime(count=DayCount.WORKING, weekdays=(2,)), date(2026, 3, 25)),
        (2, WorkingTime(holidays=frozenset({date(2026, 3, 4)})), date(2026, 3, 5)),
        (
            4,
            WorkingTime(holidays=frozenset({date(2026, 3, 6), date(2026, 3, 9)})),
            date(2026, 3, 10),
        ),
        (
            3,
            WorkingTime(count=DayCount.WORKING, holidays=frozenset({date(2026, 3, 4), date(2026, 3, 5)})),
            date(2026, 3, 9),
        ),
    ],
)
def test_whole_days_end_with_a_working_day(days: int, working: WorkingTime, ends: date) -> None:
    assert due(MONDAY, timedelta(days=days), working) == datetime.combine(ends, time(17), UTC)


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        (utc(2026, 3, 7, 12), date(2026, 3, 10)),  # Saturday: the count begins on Monday
        (utc(2026, 3, 8, 23, 59), date(2026, 3, 10)),
        (utc(2026, 3, 6, 23), date(2026, 3, 9)),  # late on Friday
    ],
)
def test_working_days_begin_with_one(start: datetime, ends: date) -> None:
    assert due(start, timedelta(days=1), WORKING) == datetime.combine(ends, time(17), UTC)


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        # Spring forward on 29 March 2026 and back on 25 October.
        ("Europe/Berlin", utc(2026, 3, 20, 9), utc(2026, 3, 27, 16)),
        ("Europe/Berlin", utc(2026, 3, 23, 9), utc(2026, 3, 30, 15)),
        ("Europe/Berlin", utc(2026, 10, 16, 9), utc(2026, 10, 23, 15)),
        ("Europe/Berlin", utc(2026, 10, 19, 9), utc(2026, 10, 26, 16)),
        # 8 March and 1 November.
        ("America/New_York", utc(2026, 2, 27, 15), utc(2026, 3, 6, 22)),
        ("America/New_York", utc(2026, 3, 2, 15), utc(2026, 3, 9, 21)),
        ("America/New_York", utc(2026, 10, 26, 15), utc(2026, 11, 2, 22)),
        # Half an hour, on 5 April (back) and 4 October (forward).
        ("Australia/Lord_Howe", utc(2026, 3, 27, 0), utc(2026, 4, 3, 6)),
        ("Australia/Lord_Howe", utc(2026, 3, 30, 0), utc(2026, 4, 6, 6, 30)),
        ("Australia/Lord_Howe", utc(2026, 9, 28, 0), utc(2026, 10, 5, 6)),
        # A quarter of an hour off, and never changed.
        ("Asia/Kathmandu", utc(2026, 3, 2, 9), utc(2026, 3, 9, 11, 15)),
        # Back by an hour for Ramadan, from 15 February to 22 March 2026.
        ("Africa/Casablanca", utc(2026, 3, 2, 9), utc(2026, 3, 9, 17)),
        ("Africa/Casablanca", utc(2026, 3, 18, 9), utc(2026, 3, 25, 16)),
        # 13 hours ahead: Monday morning there is Sunday evening in UTC.
        ("Pacific/Apia", utc(2026, 3, 1, 20), utc(2026, 3, 9, 4)),
        ("Pacific/Apia", utc(2026, 3, 2, 9), utc(2026, 3, 9, 4)),
    ],
)
def test_a_week_ends_at_five_on_the_wall_of_whoever_decides(
    zone: str, start: datetime, expected: datetime
) -> None:
    found = due(start, timedelta(days=7), DAYS, zone)
    assert found == expected
    assert found.astimezone(ZoneInfo(zone)).time() == time(17)


def test_the_day_begins_where_the_decider_lives() -> None:
    late = utc(2026, 3, 3, 2)  # still Monday in New York
    assert due(late, timedelta(days=1), DAYS, "America/New_York").date() == date(2026, 3, 3)
    assert due(late, timedelta(days=1), DAYS, "Europe/Berlin").date() == date(2026, 3, 4)


def test_a_day_that_a_country_skipped_is_the_day_after() -> None:
    """Samoa crossed the date line: it had no 30 December 2011."""
    at_end_of = calendar.end_of_day(date(2011, 12, 30), EVERY_DAY, ZoneInfo("Pacific/Apia"))
    assert at_end_of.astimezone(ZoneInfo("Pacific/Apia")) == datetime(
        2011, 12, 31, 17, tzinfo=ZoneInfo("Pacific/Apia")
    )


@pytest.mark.parametrize(
    ("day", "ends", "expected"),
    [
        (date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 30)),  # the clock skips it: offset of before
        (date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),  # it comes twice: the first
    ],
)
def test_a_wall_time_that_does_not_exist_or_comes_twice(day: date, ends: time, expected: datetime) -> None:
    working = WorkingTime(day_ends=ends, weekdays=tuple(range(7)))
    assert calendar.end_of_day(day, working, ZoneInfo("Europe/Berlin")) == expected


@pytest.mark.parametrize("period", [timedelta(seconds=1), timedelta(minutes=30), timedelta(days=1, hours=1)])
def test_a_period_with_hours_is_exact(period: timedelta) -> None:
    saturday = utc(2026, 3, 7, 12)
    assert calendar.due(saturday, period, WORKING, "Europe/Berlin", KEY) == saturday + period


def test_24_hours_are_a_day() -> None:
    assert due(MONDAY, timedelta(hours=24)) == due(MONDAY, timedelta(days=1))


def test_without_any_working_day_dates_still_come() -> None:
    holidays = frozenset(date(2026, 1, 1) + timedelta(days=number) for number in range(2000))
    for count in DayCount:
        working = WorkingTime(count=count, holidays=holidays)
        assert MONDAY < due(MONDAY, timedelta(days=14), working) < MONDAY + timedelta(days=100)


def test_the_spread_is_stable_within_the_hour_and_even() -> None:
    assert calendar.spread(KEY) == calendar.spread(KEY) == timedelta(seconds=3438)
    spreads = [calendar.spread(f"process-{number}") for number in range(6000)]
    assert all(timedelta() <= each < HOUR for each in spreads)
    quarters = [sum(each // timedelta(minutes=15) == quarter for each in spreads) for quarter in range(4)]
    assert all(1350 < count < 1650 for count in quarters)
    assert len(set(spreads)) > 2000


def test_what_is_due_lies_in_the_last_hour_of_the_day() -> None:
    for number in range(50):
        at = calendar.due(MONDAY, timedelta(days=1), DAYS, "UTC", f"process-{number}")
        assert utc(2026, 3, 3, 16) < at <= utc(2026, 3, 3, 17)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, date(2026, 3, 10)),
        (1, date(2026, 3, 9)),
        (2, date(2026, 3, 6)),
        (3, date(2026, 3, 6)),
        (5, date(2026, 3, 5)),
    ],
)
def test_ahead_of_a_date_is_a_working_day_too(days: int, expected: date) -> None:
    tuesday = due(MONDAY, timedelta(days=8)) - SPREAD
    at = calendar.ahead_of(tuesday, days, DAYS, "UTC", KEY) + SPREAD
    assert at == datetime.combine(expected, time(17), UTC)


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.lists(periods, max_size=4),
    st.none() | periods,
    working_times,
    st.sampled_from(ZONES),
)
def test_a_wait_is_in_order_and_never_in_the_past(
    start: datetime, remind: list[timedelta], close: timedelta | None, working: WorkingTime, zone: str
) -> None:
    reminders, end = calendar.wait(start, remind, close, working, zone, KEY)
    assert list(reminders) == sorted(set(reminders))
    assert len(reminders) <= len(remind)
    assert (end is None) == (close is None)
    assert all(start < at and (end is None or at < end) for at in reminders)
    assert end is None or start < end
    assert (reminders, end) == calendar.wait(start, remind, close, working, zone, KEY)


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 60),
    working_times,
    st.sampled_from(ZONES),
)
def test_longer_periods_never_end_earlier(
    start: datetime, days: int, working: WorkingTime, zone: str
) -> None:
    shorter, longer = (
        calendar.due(start, timedelta(days=count), working, zone, KEY) for count in (days, days + 1)
    )
    assert start < shorter <= longer
