"""Weekends and public holidays of a country such as `DE`, or of one of its parts such as `US-CA`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from models.process.calendar import WorkingDays
from models.process.errors import Invalid

YEARS_AHEAD = 2
"""Dates are set at most some months ahead; a process that lives longer gets new ones with its next policy."""


def holidays_in(calendar: str, now: datetime) -> frozenset[date]:
    """The holidays of the year of `now` and the two after it; none for an empty name. Raises Invalid."""
    if not calendar.strip():
        return frozenset()
    country, part = _known(calendar)
    return _holidays(country, part, now.year)


def calendar_name(calendar: str) -> str:
    """As ISO 3166 writes it; empty for none. Raises Invalid."""
    return "-".join(part for part in _known(calendar) if part) if calendar.strip() else ""


def kept_holidays(calendar: str, now: datetime) -> frozenset[date]:
    """Of a calendar that was checked when it was set; none if it is not known any more."""
    try:
        return holidays_in(calendar, now)
    except Invalid:
        return frozenset()


def own_days(country: str, calendar: str, now: datetime) -> WorkingDays | None:
    """Of a person who lives in `country` (ISO 3166-1), in a programme with the holidays of `calendar`.

    None where the days of the programme hold: for no country or an unknown one, and for the programme's own,
    of which the programme may know better. Holidays are left out where the programme has none.
    """
    code = country.strip().upper()
    if code not in _supported() or code == _country_of(calendar):
        return None
    found = _holidays(code, None, now.year) if calendar.strip() else frozenset()
    return WorkingDays(weekdays=_weekdays(code, now.year), holidays=found)


def _country_of(calendar: str) -> str:
    """Empty for a calendar that is not known any more, or for none."""
    try:
        return _known(calendar)[0]
    except Invalid:
        return ""


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    """Countries with their parts. Not everything that the library has by a name is one: there are markets."""
    return holidays.list_supported_countries()


@lru_cache(maxsize=256)
def _known(calendar: str) -> tuple[str, str | None]:
    country, dash, part = calendar.strip().upper().partition("-")
    parts = {one.upper(): one for one in _supported().get(country, ())}
    if country not in _supported() or (dash and part not in parts):
        known = f" The parts of {country} are {', '.join(parts.values())}." if parts else ""
        raise Invalid(
            f"There is no holiday calendar “{calendar[:20]}”. "
            f"Write a country like DE, or one of its parts like US-CA (ISO 3166).{known}",
            field="holiday_calendar",
        )
    # The library also takes other codes of a country, such as UK and DEU.
    return holidays.country_holidays(country).country, parts.get(part)


@lru_cache(maxsize=256)
def _holidays(country: str, part: str | None, year: int) -> frozenset[date]:
    years = range(year, year + YEARS_AHEAD + 1)
    return frozenset(holidays.country_holidays(country, subdiv=part, years=years))


@lru_cache(maxsize=256)
def _weekdays(country: str, year: int) -> tuple[int, ...]:
    """0 is Monday. Countries have moved their weekends, so those of `year` are asked for."""
    found = holidays.country_holidays(country)
    week = (date(year, 7, 1) + timedelta(days=day) for day in range(7))
    return tuple(sorted(day.weekday() for day in week if not found.is_weekend(day)))
