"""Every setting has bounds, whichever is added later; and what settings lead to together is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.process.consequences import consequences
from models.process.errors import Invalid
from models.process.policy import days
from models.process.programme import ProgrammeSettings

FIELDS = ProgrammeSettings.model_fields
MANY = 10_000


def _beyond(default: Any) -> list[Any]:
    """Values that no setting of the kind of `default` may take."""
    if isinstance(default, timedelta):
        return ["P0D", "-P1D", "P999999D"]
    if isinstance(default, int | float) and not isinstance(default, bool):
        return [-1, 10**9]
    if isinstance(default, tuple | frozenset):
        return [_many(default), ["x" * MANY], [[]]]
    return ["x" * MANY]


def _many(default: Any) -> list[Any]:
    like = next(iter(default), "x")
    if isinstance(like, timedelta):
        return [f"P{number + 1}D" for number in range(3000)]
    if isinstance(like, int):
        return [number % 7 for number in range(MANY)]
    if isinstance(like, str):
        return [f"option {number}" for number in range(MANY)]
    return [{"key": str(number), "text": "Why?"} for number in range(MANY)]


@pytest.mark.parametrize("key", FIELDS)
def test_every_setting_has_bounds(key: str) -> None:
    for value in _beyond(FIELDS[key].get_default()):
        with pytest.raises(Invalid) as refused:
            ProgrammeSettings.loaded({key: value})
        assert refused.value.field == key
        assert len(refused.value.sentence) < 300


@pytest.mark.parametrize(
    "key", ["confirm_after", "survey_close_after", "extend_by", "stalled_after", "levels"]
)
def test_what_cannot_be_switched_off_says_what_it_takes(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        ProgrammeSettings().changed({key: "off"})
    like = ProgrammeSettings().stored()[key]
    said = f"The setting “{key}” cannot be switched off: it takes a value such as {like}."
    assert refused.value.sentence == said


def test_off_empties_what_may_be_empty() -> None:
    found = ProgrammeSettings(holiday_calendar="DE", eligibility="python>=2").changed(
        {"holiday_calendar": "off", "eligibility": "off", "release_overtaken": "off", "last_wait": "off"}
    )
    assert (found.holiday_calendar, found.eligibility, found.release_overtaken) == ("", "", False)
    assert found.last_wait is None


def test_what_was_kept_and_is_refused_now_is_read_as_its_default() -> None:
    kept = {"time_zone": "Factory", "levels": 3, "preferences": ["x"] * MANY, "colour": "blue"}
    assert ProgrammeSettings.kept(kept) == ProgrammeSettings(levels=3)
    assert set(ProgrammeSettings.refused(kept)) == {"time_zone", "preferences", "colour"}


def test_the_defaults_lead_to_nothing_unsaid() -> None:
    assert consequences(ProgrammeSettings()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"close_after": days(5)[0]}, "Nobody is reminded before a request closes (close_after is P5D)"),
        ({"close_after": days(10)[0]}, "The reminder after P12D is never sent"),
        ({"remind_after": ()}, "remind_after is off"),
        ({"close_after": None}, "stays open for ever"),
        ({"amendment_close_after": days(7)[0]}, "a request that waits for a change closes"),
        ({"survey_close_after": days(14)[0]}, "The reminder after P14D and P21D is never sent"),
        ({"stalled_after": days(14)[0]}, "No request is ever listed as stalled"),
        ({"levels": 3, "eligibility": "python>=4"}, "Nobody can mentor"),
    ],
)
def test_what_settings_lead_to_together_is_said(changed: dict[str, Any], said: str) -> None:
    found = consequences(ProgrammeSettings(**changed))
    assert any(said in sentence for sentence in found), found
    assert all(sentence.endswith(".") for sentence in found)
