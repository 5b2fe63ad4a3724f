"""All date arithmetic of the processes: when something is due, in the decider's own zone.

A period of whole days ends at the close of a working day of the person who has to decide; a period with
hours, minutes or seconds ("PT30M") is exact, which suits trials and very short rounds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, WrapSerializer

MAX_SHIFT_DAYS = 60
"""How far a date may be pushed to find a working day; an all-holiday calendar must not loop for ever."""

SPREAD = timedelta(hours=1)
"""What falls on the same minute for many is spread over the hour before it."""


LATE = timedelta(hours=1)
"""A reminder that comes later than that has been held up."""

IN_ORDER = WrapSerializer(lambda found, dumped: sorted(dumped(found)), when_used="json")
"""For a set: what is stored of a process is compared, so it is written the same each time."""

Zone = str | tzinfo
"""An IANA name, which has the rules of this machine, or a zone with rules of its own."""


class DayCount(StrEnum):
    """Whether a period counts every day or only working days."""

    CALENDAR = "calendar"
    WORKING = "working"


class WorkingDays(BaseModel):
    """Of a programme, or of a country. `weekdays` are 0 (Monday) to 6; `holidays` are local dates."""

    model_config = ConfigDict(frozen=True)

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: Annotated[frozenset[date], IN_ORDER] = frozenset()

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays


class WorkingTime(WorkingDays):
    """A programme's idea of working days, and how they count."""

    count: DayCount = DayCount.CALENDAR
    day_ends: time = time(17, 0)

    def on(self, days: WorkingDays | None) -> WorkingTime:
        """The same with the working days of a person who has their own."""
        if days is None:
            return self
        return self.model_copy(update={"weekdays": days.weekdays, "holidays": days.holidays})


def is_whole_days(period: timedelta) -> bool:
    return period.seconds == 0 and period.microseconds == 0


def due(start: datetime, period: timedelta, working: WorkingTime, zone: Zone, spread_key: str) -> datetime:
    """When `period` after `start` (aware) is over for a person who lives in `zone`; aware UTC."""
    if not is_whole_days(period):
        return start + period
    day = _last_day(local_day(start, zone), period.days, working)
    return end_of_day(day, working, zone) - spread(spread_key)


def wait(
    start: datetime,
    remind: Iterable[timedelta],
    close: timedelta | None,
    working: WorkingTime,
    zone: Zone,
    spread_key: str,
) -> tuple[tuple[datetime, ...], datetime | None]:
    """The reminders, in order and each once, and the end of a wait for a person who lives in `zone`."""
    end = due(start, close, working, zone, spread_key) if close else None
    found = set()
    for period in remind:
        at = due(start, period, working, zone, spread_key)
        if end and close and at >= end and period < close and is_whole_days(period):
            # Free days have pushed it onto the very end; a reminder on the working day before still helps.
            at = ahead_of(end, 1, working, zone, spread_key)
        if local_day(at, zone) > local_day(start, zone) or not is_whole_days(period):
            found.add(at)
    return tuple(at for at in sorted(found) if end is None or at < end), end


def end_after(
    reminders: Iterable[datetime],
    end: datetime | None,
    last_wait: timedelta | None,
    now: datetime,
    working: WorkingTime,
    zone: Zone,
    spread_key: str,
) -> datetime | None:
    """The end of a wait in which `reminders` were planned, when the next one leaves `now`.

    One that comes late, after an outage say, leaves the last wait; or what was planned, if that is less.
    """
    planned = max((at for at in reminders if at <= now), default=now)
    if end is None or last_wait is None or now - planned < LATE or end - now >= min(last_wait, end - planned):
        return end
    return max(end, due(now, last_wait, working, zone, spread_key))


def ahead_of(end: datetime, days: int, working: WorkingTime, zone: Zone, spread_key: str) -> datetime:
    """The end of the last working day that lies at least `days` before the day of `end`; aware UTC."""
    day = _working_day_before(local_day(end, zone) - timedelta(days=days), working)
    return end_of_day(day, working, zone) - spread(spread_key)


def local_day(moment: datetime, zone: Zone) -> date:
    """The local date in `zone`."""
    return moment.astimezone(_clock(zone)).date()


def end_of_day(day: date, working: WorkingTime, zone: Zone) -> datetime:
    """The end of the working day in UTC.

    A wall time that the spring change skips is read with the offset before the change, one that happens twice
    in autumn is its first occurrence (`fold=0`): both are what `astimezone` does with a fold of 0.
    """
    return datetime.combine(day, working.day_ends, tzinfo=_clock(zone)).astimezone(UTC)


def _clock(zone: Zone) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def spread(key: str) -> timedelta:
    """A part of an hour derived from `key`: the same for one process always, even over many processes."""
    digest = hashlib.sha256(key.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:4], "big") % int(SPREAD.total_seconds()))


def _last_day(first: date, days: int, working: WorkingTime) -> date:
    if working.count is DayCount.CALENDAR:
        return _next_working_day(first + timedelta(days=days), working)
    day = _next_working_day(first, working)
    for _ in range(days):
        day = _next_working_day(day + timedelta(days=1), working)
    return day


def _next_working_day(day: date, working: WorkingTime) -> date:
    return _nearest_working_day(day, 1, working)


def _working_day_before(day: date, working: WorkingTime) -> date:
    return _nearest_working_day(day, -1, working)


def _nearest_working_day(day: date, step: int, working: WorkingTime) -> date:
    for shift in range(MAX_SHIFT_DAYS):
        candidate = day + timedelta(days=step * shift)
        if working.is_working_day(candidate):
            return candidate
    return day
