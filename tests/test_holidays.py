"""Holiday calendars by name."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models.holidays import holidays_in
from models.process.errors import Invalid

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_country_and_its_parts() -> None:
    germany, bavaria = holidays_in("DE", NOW), holidays_in("de-by", NOW)
    assert {date(2026, 12, 25), date(2027, 5, 1), date(2028, 10, 3)} <= germany
    assert date(2026, 1, 6) in bavaria - germany
    assert {day.year for day in germany} == {2026, 2027, 2028}


def test_no_calendar_has_no_holidays() -> None:
    assert holidays_in("", NOW) == holidays_in("  ", NOW) == frozenset()


@pytest.mark.parametrize("name", ["XX", "DE-XX", "Germany!", "-", "D" * 500])
def test_unknown_names_are_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        holidays_in(name, NOW)
    assert caught.value.field == "holiday_calendar"
    assert "US-CA" in caught.value.sentence
    assert len(caught.value.sentence) < 200
