from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.process.errors import Invalid
from models.process.profile import (
    LONGEST_AWAY,
    ProfileFacts,
    Requirement,
    back_at,
    checked_back,
    is_available,
    missing,
    places,
    requirements,
    unmet,
)

MENTOR = ProfileFacts(
    is_mentor=True, name="Ada", time_zone="UTC", levels={"business skills": 4}, preferences=("x",)
)
MENTEE = ProfileFacts(is_mentee=True, name="Ben", time_zone="UTC", targets={"python": 3})
RULE = requirements("business_skills>=4")


def lacking(profile: ProfileFacts, **changes: Any) -> list[str]:
    changed = replace(profile, **changes)
    return [entry.field for entry in missing(changed, ("x", "y"), RULE)]


def test_a_complete_profile_lacks_nothing() -> None:
    assert lacking(MENTOR) == []
    assert lacking(MENTEE) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"time_zone": ""}, ["time_zone"]),
        ({"levels": {}}, ["skills"]),
        ({"levels": {"business skills": 3}}, ["skills"]),
        ({"preferences": ()}, ["preferences"]),
        ({"name": "", "levels": {}, "preferences": ()}, ["name", "skills", "preferences"]),
    ],
)
def test_a_mentor_is_told_everything_that_is_missing(changes: dict[str, object], fields: list[str]) -> None:
    assert lacking(MENTOR, **changes) == fields


def test_a_mentee_needs_an_aim_or_a_preference() -> None:
    assert lacking(MENTEE, targets={}) == ["targets"]
    assert lacking(MENTEE, targets={}, preferences=("x",)) == []


def test_where_the_programme_has_no_options_and_no_rule_fewer_things_are_missing() -> None:
    assert missing(replace(MENTOR, preferences=(), levels={"go": 1})) == []
    (skills,) = missing(replace(MENTOR, levels={}))
    assert skills.sentence == "Name at least one skill that you can help with."
    (aim,) = missing(replace(MENTEE, targets={}))
    assert aim.sentence.endswith("with its target.")


def test_whoever_mentors_too_needs_no_aim_of_their_own() -> None:
    assert lacking(MENTOR, is_mentee=True) == []


def test_an_admin_needs_a_name_and_a_zone_alone() -> None:
    assert missing(ProfileFacts(name="Eve", time_zone="UTC"), ("x",), RULE) == []


def test_the_rule_for_mentors_is_read_and_explained() -> None:
    assert requirements("") == requirements(" , ") == ()
    assert requirements("business_skills>=4, public speaking >= 2") == (
        Requirement(skill="business_skills", level=4),
        Requirement(skill="public speaking", level=2),
    )
    (short,) = missing(replace(MENTOR, levels={"go": 5}), (), RULE)
    assert short.sentence == "To be a mentor here you need Business skills at level 4 or above."


@pytest.mark.parametrize("rule", ["business_skills", "python>4", ">=4", "python>=x", "python>=4;go>=2"])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        requirements(rule)
    assert refused.value.field == "eligibility"


def test_a_skill_of_the_rule_is_found_in_any_spelling() -> None:
    assert unmet({"Business  Skills": 4}, RULE) == []
    assert unmet({"business_skills": 3}, RULE) == list(RULE)


def test_somebody_is_back_at_midnight_of_their_own_day() -> None:
    day = date(2027, 3, 1)
    assert back_at(False, day, "Asia/Tokyo") == datetime(2027, 2, 28, 15, tzinfo=UTC)
    midnight = datetime(2027, 3, 1, 5, tzinfo=UTC)
    assert is_available(False, day, "America/New_York", midnight)
    assert not is_available(False, day, "America/New_York", midnight - timedelta(seconds=1))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
def test_the_first_and_the_last_day_of_the_calendar_are_days_like_others(zone: str) -> None:
    """One mentor who wrote such a day was an error in everybody's search."""
    now = datetime(2027, 3, 1, tzinfo=UTC)
    assert is_available(False, date.min, zone, now)
    assert not is_available(False, date.max, zone, now)


def test_the_day_back_is_after_today_and_not_too_far_off() -> None:
    today = date(2027, 3, 1)
    for day in (date(2027, 3, 2), today + LONGEST_AWAY):
        assert checked_back(day, today) == day
    for day in (date.min, date(2027, 2, 28), today, today + LONGEST_AWAY + timedelta(days=1), date.max):
        with pytest.raises(Invalid) as refused:
            checked_back(day, today, "until")
        assert refused.value.field == "until"


def test_availability_without_a_date_is_as_it_says() -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    assert is_available(True, None, "UTC", now)
    assert is_available(True, date(2030, 1, 1), "UTC", now)
    assert not is_available(False, None, "UTC", now)
    assert back_at(False, None, "UTC") is None


@pytest.mark.parametrize(("own", "expected"), [(None, 3), (1, 1), (3, 3), (7, 3), (0, 0)])
def test_places_are_the_own_number_within_the_maximum(own: int | None, expected: int) -> None:
    assert places(own, 3) == expected
