"""The settings of a programme: every period, limit and choice that a programme may set, with what it does.

`ProgrammeSettings.changed` takes the text form (`--set key=value`), the database keeps the JSON form.
"""

from __future__ import annotations

import json
import re
from datetime import date, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from models import addresses, zones
from models.folding import fold
from models.process.bounds import (
    MAX_OPTION,
    MAX_OPTIONS,
    Accent,
    Contact,
    Line,
    LogoName,
    Name,
    Options,
    Period,
    Periods,
    Rule,
    Sentences,
    ShortPeriod,
    SkillWeights,
)
from models.process.calendar import DayCount, WorkingTime
from models.process.errors import Invalid
from models.process.policy import ProgrammePolicy, RelationshipPolicy, RequestPolicy, days
from models.process.profile import requirements
from models.process.ready_words import ACCEPT_SENTENCES, AMENDMENT_SENTENCES, DECLINE_SENTENCES
from models.process.setting_reasons import TAKES, reason
from models.process.surveys import Question, QuestionKind
from models.process.terms import USUAL, Terms

DEFAULT_SURVEY = (
    Question(key="useful", text="How useful was this mentoring for you?"),
    Question(key="goals", text="How far did you get with the goals you set?"),
    Question(key="recommend", text="Would you recommend the programme to a colleague?"),
    Question(
        key="remark", text="What should we keep, or do differently?", kind=QuestionKind.TEXT, required=False
    ),
)
DEFAULT_REASONS = (
    "I have no time at the moment",
    "The topic is not mine",
    "Somebody else would fit better",
    "We would be too close in our daily work",
)


Decision = Literal["accept", "request-amendment", "reject", "withdraw", "close"]

MAX_QUESTION = 500
_DOMAIN = re.compile(r"(?=.{4,100}$)([a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
MAX_KEY = 64


Weekdays = Annotated[tuple[int, ...], Field(max_length=7)]
Questions = Annotated[tuple[Question, ...], Field(max_length=MAX_OPTIONS)]


class ProgrammeSettings(BaseModel):
    """Periods are ISO 8601 durations (`P7D`, `PT30M`); lists in text form are separated by `|`.

    `off` switches a period off, or empties a list.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: Name = Field("UTC", description="IANA zone of the programme and of people who state none.")
    day_count: DayCount = Field(DayCount.CALENDAR, description="Periods count calendar days or working days.")
    day_ends: time = Field(time(17, 0), description="End of the working day, at which dates fall due.")
    weekdays: Weekdays = Field((0, 1, 2, 3, 4), description="Working days, 0 is Monday.")
    holiday_calendar: Name = Field("", description="Country, or country-subdivision: DE, US-CA. Empty: none.")

    reply_to: Contact = Field(
        "",
        description="The programme's contact, such as `Office <office@example.org>`: answers to its mails go "
        "there, and its mails and pages show it. Empty: none.",
    )

    accent: Accent = Field(
        "",
        description="The programme's colour, such as `#0d6455`: those of its pages and mails follow from it, "
        "darker or lighter where they could not be read. Empty: the usual green.",
    )
    logo: LogoName = Field(
        "",
        description="The programme’s logo on its pages, and as a PNG in its mails: an SVG or PNG of up "
        "to 48 kB, as a data URI (`logo=@FILE` on the command line). Read, it is the name of it. "
        "Empty: none.",
    )

    terms: Terms = Field(
        USUAL,
        description="What a mentor, mentee, coordinator, request and relationship are called, as JSON.",
    )

    remind_after: Periods = Field(days(7, 12), description="Reminders to the mentor.")
    close_after: Period | None = Field(timedelta(days=14), description="An unanswered request expires.")
    last_wait: ShortPeriod | None = Field(
        timedelta(days=1), description="What is left after a reminder that came too late, before the end."
    )
    amendment_remind_after: Periods = Field(days(7), description="Reminders to the mentee.")
    amendment_close_after: Period | None = Field(
        timedelta(days=14), description="A request whose change does not come expires."
    )
    extend_by: Period = Field(timedelta(days=7), description="What `extend` adds when no number is given.")
    remind_again_after: Period | None = Field(
        timedelta(days=1),
        description="How long after an admin sent a reminder the next one can be sent.",
    )
    gather_edits_for: ShortPeriod | None = Field(
        timedelta(minutes=10), description="Edits of a request within this time go out as one mail."
    )
    stalled_after: Period = Field(timedelta(days=7), description="A request that waits longer is stalled.")
    comment_required: frozenset[Decision] = Field(
        frozenset({"accept", "request-amendment", "reject", "close"}),
        description="Decisions that need a comment.",
    )
    decline_reasons: Options = Field(DEFAULT_REASONS, description="Reasons for declining.")
    accept_sentences: Sentences = Field(
        ACCEPT_SENTENCES,
        description="Ready words to choose from where a mentor accepts; `{t.mentor}` and the like stand for "
        "the programme's terms. Empty: none.",
    )
    amendment_sentences: Sentences = Field(
        AMENDMENT_SENTENCES, description="The same where a mentor asks for a change."
    )
    decline_sentences: Sentences = Field(DECLINE_SENTENCES, description="The same where a mentor declines.")

    open_requests: int = Field(
        5, ge=0, le=1000, description="Open requests per mentee, and open offers per mentor; 0: no limit."
    )
    offers_by_mentors: bool = Field(
        False, description="Mentors see who looks for a mentor, and can offer to be theirs."
    )
    questions: bool = Field(
        True, description="Members may write to a mentor they could ask, and to each other about a request."
    )
    open_questions: int = Field(
        3,
        ge=0,
        le=1000,
        description="Open questions per mentee, which count towards no other limit; 0: no limit.",
    )
    assignments_by_managers: bool = Field(
        False, description="Line managers assign mentors to the mentees they manage, as admins do."
    )
    mentor_guide: Rule = Field(
        "", description="What a mentor does in this programme, in own words, on the page about it."
    )
    question_closes_after: Period | None = Field(
        timedelta(days=14), description="An unanswered question closes, and both are told."
    )
    max_capacity: int = Field(3, ge=1, le=100, description="Mentees per mentor at the most.")
    mentors_per_mentee: int = Field(1, ge=1, le=100, description="Mentors per mentee at the same time.")
    shortlist_maximum: int = Field(
        5, ge=1, le=20, description="Mentors on a shortlist at a time; 1: nobody needs one."
    )
    shortlist_ask_for: Period = Field(
        timedelta(days=3), description="How long each mentor of a shortlist is asked."
    )
    release_overtaken: bool = Field(True, description="Release requests that an acceptance overtakes.")
    when_mentor_leaves: Literal["release", "admins"] = Field(
        "release",
        description="Open requests of a mentor who leaves or stops mentoring: release them, or leave them to "
        "the admins. Also of those who have gone already.",
    )
    when_unavailable: Literal["keep", "release", "admins"] = Field(
        "keep",
        description="Open requests of a mentor who is not available: keep them waiting, release them, or "
        "leave them to the admins. Also of those who are away already.",
    )
    exclude_manager: bool = Field(True, description="Do not list one's own line manager.")
    list_hidden: bool = Field(
        False,
        description="Show mentees the mentors whom coordinators have recommended to them, and nobody else.",
    )
    units_must_differ: bool = Field(
        False, description="Do not list people of one's own unit; it does not apply to people without a unit."
    )
    hours_apart: int | None = Field(
        None,
        ge=0,
        le=12,
        description="Do not list people whose clock is more hours apart than this, by the time zones as "
        "they are that day. Off: it does not matter.",
    )
    common_language: bool = Field(
        False,
        description="Do not list people without a language in common; it does not apply to people who state "
        "none.",
    )

    filterable: Options = Field(
        (),
        description="Attributes of profiles, such as imported columns, that everybody in the programme sees "
        "and can filter by. Others are private.",
    )

    levels: int = Field(5, ge=2, le=10, description="The level scale runs from 1 to this.")
    level_names: Options = Field((), description="What each level is called, from 1 on; or none.")
    eligibility: Rule = Field(
        "", description="Who may mentor, such as `Business skills>=4`. Empty: everybody."
    )
    preferences: Options = Field((), description="Options that people tick; empty: none are asked for.")
    skill_weight: float = Field(0.7, ge=0, le=1, description="Share of the skill gaps in the score.")
    skill_weights: SkillWeights = Field(
        {},
        description='How much a skill counts in the score, as JSON by its name: `{"SQL": 2}` counts twice as '
        "much as usual, 0 not at all. Empty: all count alike.",
    )
    minimum_commitment: Line = Field("one hour a month", description="What a mentor acknowledges to give.")

    confirm_after: Period = Field(timedelta(days=14), description="A completion confirms itself.")
    survey_remind_after: Periods = Field(days(7, 14, 21), description="Survey reminders.")
    survey_close_after: Period = Field(timedelta(days=28), description="A survey closes as unanswered.")
    survey_questions: Questions = Field(DEFAULT_SURVEY, description="The survey, as JSON.")
    invitation_days: int = Field(30, ge=1, le=365, description="How long an invitation is good for.")
    hold_invitations: Literal["off", "until_released", "until_ready"] = Field(
        "off",
        description="Invitations to mentees wait: not at all, until an admin sends them all, or at the "
        "longest until the programme is ready.",
    )
    ready_share: int = Field(
        80,
        ge=0,
        le=100,
        description="Ready to open: percent of the mentors that have a complete profile.",
    )
    ready_places: float = Field(
        1.0, ge=0, le=100, description="Ready to open: places for each mentee who is there or invited."
    )
    self_registration: Literal["off", "approval", "open"] = Field(
        "off",
        description="Whether people join by themselves at /p/SLUG/join: not at all, after an admin's "
        "approval, or at once.",
    )
    registration_roles: Literal["mentee", "mentor", "both"] = Field(
        "both", description="As what people can join by themselves."
    )
    registration_domains: Options = Field(
        (), description="Domains of the addresses that can join, such as example.org. Empty: all."
    )
    registration_questions: Questions = Field(
        (), description="What people answer when they join by themselves, as JSON like the survey."
    )
    registration_places: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="Mentees and mentors of the programme, from whom on others who join by themselves wait "
        "until a place is free; 0: no limit.",
    )

    @property
    def contact(self) -> str:
        """The address alone of `reply_to`, or empty."""
        return contact_of(self.reply_to)

    def shows(self, attribute: str) -> bool:
        """Whether everybody in the programme may see and filter by an attribute of profiles."""
        return fold(attribute) in {fold(one) for one in self.filterable}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        found = zones.find(value)
        if found is None:
            hint = zones.suggestion(value)
            like = f".{hint} Write it like" if hint else "; write it like"
            raise ValueError(f"is not an IANA time zone{like} Europe/Berlin")
        return found

    @field_validator("day_ends")
    @classmethod
    def _in_the_day(cls, value: time) -> time:
        # Dates are spread over the hour before it, which has to lie on the same day.
        if value.tzinfo is not None or value < time(1):
            raise ValueError(TAKES["day_ends"])
        return value

    @field_validator("weekdays")
    @classmethod
    def _real_weekdays(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or any(day not in range(7) for day in value):
            raise ValueError(TAKES["weekdays"] + ", at least one")
        return tuple(sorted(set(value)))

    @field_validator("eligibility")
    @classmethod
    def _rule(cls, value: str) -> str:
        try:
            requirements(value)
        except Invalid as error:
            raise ValueError("is a rule like business_skills>=4, several separated by commas") from error
        return value.strip()

    @field_validator("survey_questions", "registration_questions", mode="before")
    @classmethod
    def _without_misspelt_parts(cls, value: Any) -> Any:
        """A part that is not known would be dropped without a word."""
        for question in value if isinstance(value, list | tuple) else ():
            unknown = (
                sorted(question.keys() - Question.model_fields.keys()) if isinstance(question, dict) else []
            )
            if unknown:
                known = ", ".join(Question.model_fields)
                raise ValueError(
                    f"has a question with “{unknown[0][:20]}”, which it does not know: write {known}"
                )
        return value

    @field_validator("registration_domains")
    @classmethod
    def _domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(one.strip().lower().removeprefix("@") for one in value))
        if not all(_DOMAIN.fullmatch(one) for one in found):
            raise ValueError("takes domains such as example.org, several separated by |, or off")
        return found

    @field_validator("survey_questions")
    @classmethod
    def _some(cls, value: tuple[Question, ...]) -> tuple[Question, ...]:
        if not value:
            raise ValueError("takes at least one question, each with a key of its own")
        return value

    @field_validator("survey_questions", "registration_questions")
    @classmethod
    def _answerable(cls, value: tuple[Question, ...]) -> tuple[Question, ...]:
        if len({question.key for question in value}) < len(value):
            raise ValueError("takes at least one question, each with a key of its own")
        if not all(question.can_be_answered for question in value):
            raise ValueError(
                "takes questions with a key and a text, and with choices where one is to be chosen"
            )
        if any(_is_too_long(question) for question in value):
            raise ValueError(
                f"takes keys of up to {MAX_KEY} characters, texts of up to {MAX_QUESTION}, and up to "
                f"{MAX_OPTIONS} choices of up to {MAX_OPTION}"
            )
        return tuple(_with_different_choices(question) for question in value)

    def changed(self, pairs: dict[str, str]) -> Self:
        """These settings with some set from text. Raises Invalid that names the key and what it takes."""
        values = self.model_dump(mode="json")
        for key, text in pairs.items():
            if key not in type(self).model_fields:
                known = ", ".join(sorted(type(self).model_fields))
                raise Invalid(f"There is no setting “{key}”. The settings are: {known}.", field=key)
            values[key] = _from_text(key, text, values[key])
        return self.loaded(values)

    @classmethod
    def loaded(cls, values: dict[str, Any]) -> Self:
        """From the JSON form. Raises Invalid that names the key and what it takes."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            key = str(first["loc"][0]) if first["loc"] else ""
            raise Invalid(
                f"The setting “{key}” {reason(key, cls.model_fields.get(key), first)}", field=key
            ) from error

    @staticmethod
    def kept(values: dict[str, Any]) -> ProgrammeSettings:
        """From the database. What was taken once and is refused now is read as its default."""
        return _kept(json.dumps(values))

    @classmethod
    def refused(cls, values: dict[str, Any]) -> dict[str, str]:
        """Setting -> what it would have to be, as the end of a sentence."""
        try:
            cls.model_validate(values)
        except ValidationError as error:
            found = [(str(one["loc"][0]), one) for one in error.errors() if one["loc"]]
            return {key: reason(key, cls.model_fields.get(key), one) for key, one in found}
        return {}

    def stored(self) -> dict[str, Any]:
        """The JSON form for the database."""
        return self.model_dump(mode="json")

    def policy(self, holidays: frozenset[date] = frozenset(), revision: int = 0) -> ProgrammePolicy:
        """What of these settings travels with a process; `revision` is that of the programme's settings."""
        working = WorkingTime(
            count=self.day_count, day_ends=self.day_ends, weekdays=self.weekdays, holidays=holidays
        )
        request = RequestPolicy(working=working, **_picked(self, RequestPolicy))
        relationship = RelationshipPolicy(working=working, **_picked(self, RelationshipPolicy))
        return ProgrammePolicy(request=request, relationship=relationship, revision=revision)


@lru_cache(maxsize=1024)
def _kept(stored: str) -> ProgrammeSettings:
    """To check all of them takes half a millisecond, and every act reads them several times."""
    values = json.loads(stored)
    refused = ProgrammeSettings.refused(values)
    return ProgrammeSettings.loaded({key: value for key, value in values.items() if key not in refused})


def contact_of(reply_to: str | None) -> str:
    """The address alone of the setting `reply_to`, or empty."""
    found = addresses.contact(reply_to or "")
    return found.addr_spec if found else ""


def _with_different_choices(question: Question) -> Question:
    choices = dict.fromkeys(choice.strip() for choice in question.choices)
    return question.model_copy(update={"choices": tuple(filter(None, choices))})


def _is_too_long(question: Question) -> bool:
    choices = question.choices
    return (
        len(question.key) > MAX_KEY
        or len(question.text) > MAX_QUESTION
        or len(choices) > MAX_OPTIONS
        or any(len(choice) > MAX_OPTION for choice in choices)
    )


def _picked(settings: ProgrammeSettings, policy: type[BaseModel]) -> dict[str, Any]:
    names = set(policy.model_fields) & set(type(settings).model_fields)
    return {name: getattr(settings, name) for name in names}


def _from_text(key: str, text: str, current: Any) -> Any:
    text = text.strip()
    off = text.lower() in {"off", "none"}
    if off and key in _OFF:
        return _OFF[key]
    if key in {"survey_questions", "registration_questions"}:
        return _json(key, text, list)
    if key in {"terms", "skill_weights"}:
        return {} if off else _json(key, text, dict)
    if isinstance(current, list):
        return [] if off else [part.strip() for part in text.split("|") if part.strip()]
    if not off or isinstance(_default(key), bool | Enum):
        return text
    return "" if isinstance(_default(key), str) else None


_OFF: dict[str, Any] = {
    "survey_questions": None,
    "registration_questions": [],
    "open_requests": 0,
    "open_questions": 0,
    "registration_places": 0,
    "self_registration": "off",
    "hold_invitations": "off",
}
"""What `off` makes of a setting, where that does not follow from its default."""


def _default(key: str) -> Any:
    return ProgrammeSettings.model_fields[key].get_default()


def _json(key: str, text: str, kind: type) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise Invalid(f"The setting “{key}” takes {_JSON[key]}.", field=key)
    return found


_JSON = {
    "survey_questions": 'a JSON list such as [{"key": "useful", "text": "..."}]',
    "registration_questions": 'a JSON list such as [{"key": "why", "text": "...", "kind": "text"}], or off',
    "terms": 'a JSON object such as {"mentor": {"one": "coach", "many": "coaches"}}, or off',
    "skill_weights": 'a JSON object such as {"SQL": 2, "Python": 0.5}, or off',
}
