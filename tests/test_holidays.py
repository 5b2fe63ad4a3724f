"""Holiday calendars by name."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models.holidays import calendar_name, holidays_in, kept_holidays, own_days
from models.process.calendar import WorkingDays
from models.process.errors import Invalid

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NO_CALENDARS = (
    *("XX", "DE-XX", "DE-", "Germany!", "-", "D" * 500),
    *("bank", "NYSE", "XECB", "HolidayBase", "_", "date"),
)
"""Those in the second line are in the library by that name."""


def test_a_country_and_its_parts() -> None:
    germany, bavaria = holidays_in("DE", NOW), holidays_in("de-by", NOW)
    assert {date(2026, 12, 25), date(2027, 5, 1), date(2028, 10, 3)} <= germany
    assert date(2026, 1, 6) in bavaria - germany
    assert {day.year for day in germany} == {2026, 2027, 2028}


def test_no_calendar_has_no_holidays() -> None:
    assert holidays_in("", NOW) == holidays_in("  ", NOW) == frozenset()


@pytest.mark.parametrize("name", NO_CALENDARS)
def test_unknown_names_are_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        holidays_in(name, NOW)
    assert caught.value.field == "holiday_calendar"
    assert "US-CA" in caught.value.sentence
    assert len(caught.value.sentence) < 250


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *((" de-by ", "DE-BY"), ("gb-eng", "GB-ENG"), ("UK-ENG", "GB-ENG"), ("UK", "GB"), ("DEU", "DE")),
        *(("us-ca", "US-CA"), ("", ""), (" ", "")),
    ],
)
def test_a_calendar_is_called_as_the_standard_calls_it(written: str, name: str) -> None:
    assert calendar_name(written) == name
    assert holidays_in(written, NOW) == holidays_in(name, NOW)


def test_the_parts_of_a_country_are_named_to_who_wrote_another() -> None:
    with pytest.raises(Invalid, match="The parts of DE are BB, BE, BW, BY, "):
        holidays_in("DE-XX", NOW)


@pytest.mark.parametrize("calendar", ["GB-ENG", "UK-ENG", "uk-eng"])
def test_the_calendar_of_the_programme_holds_in_its_country_however_it_is_written(calendar: str) -> None:
    assert own_days("GB", calendar, NOW) is None
    assert own_days("GB", "DE", NOW) is not None


def test_a_calendar_that_is_not_known_any_more_has_no_holidays() -> None:
    assert kept_holidays("NYSE", NOW) == frozenset()
    assert kept_holidays("DE", NOW) == holidays_in("DE", NOW)


@pytest.mark.parametrize(
    ("country", "weekdays"),
    [
        ("SA", (0, 1, 2, 3, 6)),
        ("sa", (0, 1, 2, 3, 6)),
        ("IL", (0, 1, 2, 3, 6)),
        ("AE", (0, 1, 2, 3, 4)),  # Friday and Saturday until 2021
        ("DE", (0, 1, 2, 3, 4)),
    ],
)
def test_people_have_the_weekend_of_their_country(country: str, weekdays: tuple[int, ...]) -> None:
    assert own_days(country, "", NOW) == WorkingDays(weekdays=weekdays)


def test_holidays_are_those_of_ones_own_country_where_the_programme_has_any() -> None:
    found = own_days("SA", "DE", NOW)
    assert found
    assert found.holidays == holidays_in("SA", NOW)
    assert date(2026, 9, 23) in found.holidays


@pytest.mark.parametrize(
    ("country", "calendar"), [("", "DE"), ("XX", "DE"), ("DE", "DE"), ("de", "de-by"), ("", "")]
)
def test_the_days_of_the_programme_hold_without_a_country_and_in_its_own(country: str, calendar: str) -> None:
    assert own_days(country, calendar, NOW) is None
