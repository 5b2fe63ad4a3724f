"""Every setting has bounds, whichever is added later; and what settings lead to together is said."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from models.process.errors import Invalid
from models.process.policy import days
from models.process.programme import ProgrammeSettings
from models.process.programme_notes import notes_on

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
    ("key", "takes"),
    [
        *(
            (key, "an ISO 8601 period such as P7D or PT30M")
            for key in ("confirm_after", "survey_close_after")
        ),
        ("extend_by", "an ISO 8601 period such as P7D or PT30M"),
        ("levels", "a whole number from 2 to 10"),
        ("skill_weight", "a number from 0 to 1"),
        ("day_ends", "a time of day from 01:00 to 23:59, such as 17:00"),
    ],
)
def test_what_cannot_be_switched_off_says_what_it_takes(key: str, takes: str) -> None:
    with pytest.raises(Invalid) as refused:
        ProgrammeSettings().changed({key: "off"})
    assert refused.value.sentence == f"The setting “{key}” cannot be switched off: it takes {takes}."


NONSENSE = [
    *("-1", "0x10", "1e400", "nan", "P", "P7D,P12D", "24:00", "{}", "null", "\ud800", "ü\u200b", "🙂"),
    *("x" * MANY, "[" * MANY, "|".join(f"o{number}" for number in range(MANY))),
    *('[{"key": 1}]', '[{"key": "a", "txt": "b"}]'),
]


def _refusal(key: str, text: str) -> Invalid | None:
    try:
        ProgrammeSettings().changed({key: text})
    except Invalid as refused:
        return refused
    return None


@pytest.mark.parametrize("key", FIELDS)
def test_nonsense_is_refused_in_the_words_of_the_product(key: str) -> None:
    found = [refused for text in NONSENSE if (refused := _refusal(key, text))]
    assert found
    for refused in found:
        assert refused.field == key
        assert len(refused.sentence) < 300
        assert not re.search(r"input should|unable to|valid|parse", refused.sentence), refused.sentence


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("day_ends", "24:00", "takes a time of day from 01:00 to 23:59, such as 17:00."),
        ("day_count", "Working", "takes calendar or working."),
        ("when_mentor_leaves", "off", "takes release or admins."),
        ("comment_required", "Accept", "takes accept or request-amendment or reject or withdraw or close"),
        ("release_overtaken", "maybe", "takes true or false."),
        ("open_requests", "1001", "takes a whole number from 0 to 1000."),
        ("weekdays", "Mon|Tue", "takes days from 0 (Monday) to 6 (Sunday), several separated by |."),
        ("survey_questions", "off", "cannot be switched off: it takes questions such as"),
        ("survey_questions", '[{"key": "a", "text": "b", "kind": "stars"}]', "(scale, text or choice)"),
        ("survey_questions", '[{"key": "a", "text": "b", "optional": true}]', "a question with “optional”"),
        ("time_zone", "CEST", "An abbreviation does not say which place is meant"),
    ],
)
def test_a_refusal_says_what_the_setting_takes(key: str, text: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        ProgrammeSettings().changed({key: text})
    assert says in refused.value.sentence


def test_choices_are_kept_once_each_and_without_empty_ones() -> None:
    text = '[{"key": "a", "text": "b", "kind": "choice", "choices": ["x", " x ", " ", "y"]}]'
    assert ProgrammeSettings().changed({"survey_questions": text}).survey_questions[0].choices == ("x", "y")


def test_no_limit_can_be_written_as_off() -> None:
    assert ProgrammeSettings().changed({"open_requests": "off"}).open_requests == 0


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
    assert notes_on(ProgrammeSettings()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"close_after": days(5)[0]}, "Nobody is reminded before a request closes (close_after is P5D)"),
        ({"close_after": days(10)[0]}, "No reminder is ever sent after P12D, because"),
        ({"remind_after": ()}, "remind_after is off"),
        ({"close_after": days(3)[0], "remind_after": days(4, 5, 6)}, "remind_after is P4D, P5D and P6D."),
        ({"close_after": None}, "stays open for ever"),
        ({"amendment_close_after": days(7)[0]}, "a request that waits for a change closes"),
        ({"survey_close_after": days(14)[0]}, "No reminder is ever sent after P14D and P21D"),
        ({"stalled_after": days(14)[0]}, "No request is ever listed as stalled"),
        ({"levels": 3, "eligibility": "python>=4"}, "Nobody can be a mentor"),
    ],
)
def test_what_settings_lead_to_together_is_said(changed: dict[str, Any], said: str) -> None:
    found = notes_on(ProgrammeSettings(**changed))
    assert any(said in sentence for sentence in found), found
    assert all(sentence.endswith(".") for sentence in found)
