"""The settings of a programme: each from text and back, and what is refused names its key."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from typing import Any

import pytest

from models.process.calendar import DayCount
from models.process.errors import Invalid
from models.process.policy import ProgrammePolicy, RelationshipPolicy, RequestPolicy, days
from models.process.programme import DEFAULT_REASONS, DEFAULT_SURVEY, ProgrammeSettings
from models.process.surveys import Question, QuestionKind
from models.process.terms import Term, Terms

CHOICE = Question(key="again", text="Again?", kind=QuestionKind.CHOICE, choices=("yes", "no"))

GOOD: dict[str, tuple[str, Any]] = {
    "time_zone": ("Asia/Kathmandu", "Asia/Kathmandu"),
    "day_count": ("working", DayCount.WORKING),
    "day_ends": ("18:30", time(18, 30)),
    "weekdays": ("6|0|1|2|3", (0, 1, 2, 3, 6)),
    "holiday_calendar": ("DE-BY", "DE-BY"),
    "remind_after": ("P12D|P7D", days(7, 12)),
    "close_after": ("P21D", timedelta(days=21)),
    "last_wait": ("P2D", timedelta(days=2)),
    "amendment_remind_after": ("PT30M", (timedelta(minutes=30),)),
    "amendment_close_after": ("off", None),
    "extend_by": ("P3D", timedelta(days=3)),
    "remind_again_after": ("off", None),
    "gather_edits_for": ("PT30M", timedelta(minutes=30)),
    "stalled_after": ("P1W", timedelta(days=7)),
    "comment_required": ("reject|close", frozenset({"reject", "close"})),
    "decline_reasons": ("No time | Not my topic", ("No time", "Not my topic")),
    "accept_sentences": (" Yes,  gladly. | I am your {t.mentor}.", ("Yes, gladly.", "I am your {t.mentor}.")),
    "amendment_sentences": ("Which topic?", ("Which topic?",)),
    "decline_sentences": ("off", ()),
    "open_requests": ("0", 0),
    "offers_by_mentors": ("true", True),
    "assignments_by_managers": ("true", True),
    "mentor_guide": ("Listen first.", "Listen first."),
    "questions": ("false", False),
    "open_questions": ("off", 0),
    "question_closes_after": ("P7D", timedelta(days=7)),
    "max_capacity": ("10", 10),
    "mentors_per_mentee": ("2", 2),
    "shortlist_maximum": ("3", 3),
    "shortlist_ask_for": ("PT90S", timedelta(seconds=90)),
    "release_overtaken": ("false", False),
    "exclude_manager": ("no", False),
    "list_hidden": ("yes", True),
    "units_must_differ": ("yes", True),
    "hours_apart": ("3", 3),
    "common_language": ("true", True),
    "filterable": ("cohort | Start year", ("cohort", "Start year")),
    "reply_to": (" Programme office <office@example.org> ", "Programme office <office@example.org>"),
    "when_mentor_leaves": ("admins", "admins"),
    "when_unavailable": ("release", "release"),
    "levels": ("4", 4),
    "level_names": ("knows it|teaches it", ("knows it", "teaches it")),
    "eligibility": ("business_skills>=4, coaching >= 2", "business_skills>=4, coaching >= 2"),
    "preferences": ("Career|Leadership", ("Career", "Leadership")),
    "skill_weight": ("0.5", 0.5),
    "skill_weights": ('{"SQL": 2, " Git  Hub ": 0.255, "Python": 1}', {"Git Hub": 0.26, "SQL": 2}),
    "minimum_commitment": ("two hours a month", "two hours a month"),
    "confirm_after": ("P2D", timedelta(days=2)),
    "survey_remind_after": ("off", ()),
    "survey_close_after": ("PT1H", timedelta(hours=1)),
    "survey_questions": (json.dumps([CHOICE.model_dump(mode="json")]), (CHOICE,)),
    "invitation_days": ("7", 7),
    "hold_invitations": ("until_ready", "until_ready"),
    "ready_share": ("75", 75),
    "ready_places": ("0.5", 0.5),
    "self_registration": ("approval", "approval"),
    "registration_roles": ("mentee", "mentee"),
    "registration_domains": ("Example.org| @harbour.example", ("example.org", "harbour.example")),
    "registration_questions": (json.dumps([CHOICE.model_dump(mode="json")]), (CHOICE,)),
    "registration_places": ("100", 100),
    "accent": (" #7A2048 ", "#7a2048"),
    "logo": ("0" * 32 + ".png", "0" * 32 + ".png"),
    "terms": (
        '{"mentor": {"one": " coach ", "many": "coaches"}}',
        Terms(mentor=Term(one="coach", many="coaches")),
    ),
}

BAD = {
    "time_zone": ["Europe/Atlantis", "CEST", "", "../../etc/passwd"],
    "day_count": ["weekly"],
    "day_ends": ["25:00", "noon", "00:30", "17:00+02:00"],
    "weekdays": ["7", "-1", "monday", "off"],
    "remind_after": ["P7D|soon", "P0D", "-P1D", "P999999D"],
    "close_after": ["two weeks", "P0D", "-P1D", "P999999999D"],
    "last_wait": ["P0D", "P31D", "-P1D"],
    "amendment_remind_after": ["0", "x"],
    "amendment_close_after": ["PT0S"],
    "extend_by": ["off", "-PT1S"],
    "remind_again_after": ["P0D", "P3661D"],
    "gather_edits_for": ["P0D", "P31D", "soon"],
    "stalled_after": ["off", "P0D", "-P7D"],
    "comment_required": ["reject|everything"],
    "decline_reasons": ["No time|No time", "x" * 121],
    "accept_sentences": [
        "Yes.|Yes.",
        "x" * 301,
        "|".join(f"Yes {n}." for n in range(11)),
        "I am your {mentor}.",
        "I am your {t.coach}.",
        "I am your {t.mentor.one}.",
        "Yes {",
        "\u200b",
        "\u202e",
    ],
    "amendment_sentences": ["{}"],
    "decline_sentences": ["No.|No."],
    "open_requests": ["-1", "many", "1001", "1.5"],
    "offers_by_mentors": ["maybe"],
    "assignments_by_managers": ["perhaps"],
    "mentor_guide": ["x" * 1001],
    "questions": ["maybe"],
    "open_questions": ["-1", "1001"],
    "question_closes_after": ["P0D", "soon"],
    "max_capacity": ["0", "101"],
    "mentors_per_mentee": ["0"],
    "release_overtaken": ["perhaps"],
    "when_mentor_leaves": ["keep", "", "off"],
    "when_unavailable": ["perhaps", "Release it"],
    "exclude_manager": ["2"],
    "units_must_differ": ["sometimes"],
    "hours_apart": ["-1", "13", "1.5", "near"],
    "common_language": ["English"],
    "filterable": ["cohort|cohort", "x" * 121],
    "reply_to": [
        "office",
        "office@",
        "a@example.org, b@example.org",
        "Office <a@example.org> <b@example.org>",
        "büro@example.org",
        "office@example.org\nBcc: all@example.org",
        "x" * 400 + "@example.org",
    ],
    "levels": ["1", "11"],
    "eligibility": ["good at business", "business>4", "business>=high"],
    "preferences": ["Career|Career", "x" * 121],
    "skill_weight": ["1.1", "-0.1", "nan", "half"],
    "skill_weights": [
        "SQL",
        '["SQL"]',
        '{"SQL": "twice"}',
        '{"SQL": 11}',
        '{"SQL": -1}',
        '{"SQL": NaN}',
        '{"SQL": null}',
        '{"SQL": 2, "sql ": 3}',
        '{" ": 2}',
        json.dumps({f"Skill {n}": 2 for n in range(201)}),
        json.dumps({"x" * 121: 2}),
    ],
    "confirm_after": ["off", "P0D"],
    "survey_remind_after": ["P0D"],
    "survey_close_after": ["off", "never"],
    "survey_questions": [
        "",
        "off",
        "[]",
        "useful",
        '{"key": "a", "text": "b"}',
        '[{"key": "a"}]',
        '[{"key": "a", "text": " "}]',
        '[{"key": "", "text": "b"}]',
        '[{"key": "a", "text": "b"}, {"key": "a", "text": "c"}]',
        '[{"key": "a", "text": "b", "kind": "choice"}]',
        '[{"key": "a", "text": "b", "kind": "choice", "choices": [" "]}]',
        '[{"key": "a", "text": "b", "kind": "essay"}]',
    ],
    "invitation_days": ["0", "366"],
    "hold_invitations": ["yes"],
    "ready_share": ["-1", "101", "most"],
    "ready_places": ["-1", "101", "many"],
    "self_registration": ["perhaps", "yes"],
    "registration_roles": ["admin", "off"],
    "registration_domains": ["example", "a b.org", "http://example.org"],
    "registration_questions": ["", "why", '[{"key": "a"}]', '[{"key": "a", "text": "b", "kind": "essay"}]'],
    "registration_places": ["-1", "many"],
    "accent": ["green", "#12345", "url(x)"],
    "logo": ["logo.png", "https://example.org/logo.png", "0" * 32 + ".gif"],
    "terms": [
        "",
        "coach",
        "[]",
        '{"mentor": "coach"}',
        '{"mentor": {"one": "coach"}}',
        '{"mentor": {"one": "", "many": "coaches"}}',
        '{"mentor": {"one": "x", "many": "%s"}}' % ("x" * 41),
        '{"mentor": {"one": "<b>coach</b>", "many": "coaches"}}',
        '{"mentor": {"one": "{mentor}", "many": "coaches"}}',
        '{"mentor": {"one": "coach\\u202e", "many": "coaches"}}',
        '{"mentor": {"one": "coach\\u0007", "many": "coaches"}}',
        '{"mentor": {"one": "evil.example", "many": "coaches"}}',
        '{"mentor": {"one": "Mentee", "many": "coaches"}}',
        '{"mentor": {"one": "coach", "many": "coaches"}, "request": {"one": "Coach", "many": "asks"}}',
        '{"mentor": {"one": "coach", "many": "coaches", "a": "adviser"}}',
        '{"mentor": {"one": "coach", "many": "coaches", "few": "some"}}',
        '{"mentr": {"one": "coach", "many": "coaches"}}',
    ],
}


def test_every_setting_has_an_example_and_says_what_it_does() -> None:
    assert set(GOOD) == set(ProgrammeSettings.model_fields)
    assert all(field.description for field in ProgrammeSettings.model_fields.values())


@pytest.mark.parametrize("key", GOOD)
def test_a_setting_is_read_from_text_kept_as_json_and_read_again(key: str) -> None:
    text, value = GOOD[key]
    changed = ProgrammeSettings().changed({key: text})
    assert getattr(changed, key) == value
    stored = json.loads(json.dumps(changed.stored()))
    assert ProgrammeSettings.loaded(stored) == changed
    untouched = ProgrammeSettings().model_dump(exclude={key})
    assert changed.model_dump(exclude={key}) == untouched


def test_all_settings_can_be_changed_at_once() -> None:
    changed = ProgrammeSettings().changed({key: text for key, (text, _) in GOOD.items()})
    assert {key: getattr(changed, key) for key in GOOD} == {key: value for key, (_, value) in GOOD.items()}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in BAD.items() for text in texts])
def test_a_bad_value_is_refused_by_a_sentence_that_names_its_key(key: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        ProgrammeSettings().changed({"levels": "4", key: text})
    assert refused.value.field == key
    assert f"The setting “{key}” " in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert "Value error" not in refused.value.sentence


def test_an_unknown_setting_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match=r"no setting “remind_afters”.*remind_after, ") as refused:
        ProgrammeSettings().changed({"remind_afters": "P7D"})
    assert refused.value.field == "remind_afters"
    with pytest.raises(Invalid, match="“colour”"):
        ProgrammeSettings.loaded({"colour": "blue"})


def test_json_is_checked_like_text() -> None:
    for key, value in (
        ("close_after", "P0D"),
        ("decline_reasons", ["No time", " "]),
        ("decline_reasons", ["a|b"]),
        ("weekdays", [8]),
        ("levels", True),
    ):
        with pytest.raises(Invalid) as refused:
            ProgrammeSettings.loaded({key: value})
        assert refused.value.field == key


@pytest.mark.parametrize("text", ["off", "none", " Off ", ""])
def test_reminders_can_be_switched_off(text: str) -> None:
    assert ProgrammeSettings().changed({"remind_after": text}).remind_after == ()


def test_the_defaults_are_those_of_the_product() -> None:
    defaults = ProgrammeSettings()
    assert defaults.remind_after == days(7, 12)
    assert (defaults.close_after, defaults.amendment_close_after) == days(14, 14)
    assert defaults.amendment_remind_after == days(7)
    assert (defaults.open_requests, defaults.max_capacity, defaults.mentors_per_mentee) == (5, 3, 1)
    assert defaults.confirm_after == timedelta(days=14)
    assert defaults.survey_remind_after == days(7, 14, 21)
    assert defaults.decline_reasons == DEFAULT_REASONS


def test_a_policy_carries_what_a_process_needs_and_nothing_else() -> None:
    changed = ProgrammeSettings().changed({key: text for key, (text, _) in GOOD.items()})
    holidays = frozenset({date(2026, 12, 25)})
    policy = changed.policy(holidays)
    working = policy.request.working
    assert policy.relationship.working == working
    assert (working.count, working.day_ends, working.weekdays, working.holidays) == (
        DayCount.WORKING,
        time(18, 30),
        (0, 1, 2, 3, 6),
        holidays,
    )
    assert policy.request == RequestPolicy(
        working=working,
        remind_after=days(7, 12),
        close_after=timedelta(days=21),
        last_wait=timedelta(days=2),
        amendment_remind_after=(timedelta(minutes=30),),
        amendment_close_after=None,
        extend_by=timedelta(days=3),
        comment_required=frozenset({"reject", "close"}),
        remind_again_after=None,
        release_overtaken=False,
        decline_reasons=("No time", "Not my topic"),
    )
    assert policy.relationship == RelationshipPolicy(
        working=working,
        confirm_after=timedelta(days=2),
        last_wait=timedelta(days=2),
        survey_remind_after=(),
        survey_close_after=timedelta(hours=1),
        survey_questions=(CHOICE,),
    )
    assert ProgrammePolicy.model_validate_json(policy.model_dump_json()) == policy


def test_the_survey_that_comes_with_it_can_be_answered() -> None:
    assert all(question.can_be_answered for question in DEFAULT_SURVEY)
    with_blank = Question(key="a", text="b", kind=QuestionKind.CHOICE, choices=(" yes ",))
    assert with_blank.can_be_answered
    with_blank.check("yes")
