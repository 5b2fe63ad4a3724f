"""Public holidays by the name of a calendar: a country such as `DE`, or one of its parts such as `US-CA`."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

import holidays

from models.process.errors import Invalid

YEARS_AHEAD = 2
"""Dates are set at most some months ahead; a process that lives longer gets new ones with its next policy."""


def holidays_in(calendar: str, now: datetime) -> frozenset[date]:
    """The holidays of the year of `now` and the two after it; none for an empty name. Raises Invalid."""
    return _holidays(calendar.strip().upper(), now.year) if calendar.strip() else frozenset()


@lru_cache(maxsize=256)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    country, _, part = calendar.partition("-")
    years = range(year, year + YEARS_AHEAD + 1)
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError as error:
        raise Invalid(
            f"There is no holiday calendar “{calendar[:20]}”. "
            "Write a country like DE, or one of its parts like US-CA (ISO 3166).",
            field="holiday_calendar",
        ) from error
    return frozenset(found)
