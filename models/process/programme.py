"""The settings of a programme: every period, limit and choice that a programme may set, with what it does.

`ProgrammeSettings.changed` takes the text form (`--set key=value`), the database keeps the JSON form.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import cache
from typing import Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from models.process.calendar import DayCount, WorkingTime
from models.process.errors import Invalid
from models.process.policy import ProgrammePolicy, RelationshipPolicy, RequestPolicy, days
from models.process.profile import requirements
from models.process.surveys import Question, QuestionKind

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

LONGEST = timedelta(days=3660)
"""Ten years: a date beyond what a calendar can hold would stop the process that computes it."""
MAX_OPTION = 120


class ProgrammeSettings(BaseModel):
    """Periods are ISO 8601 durations (`P7D`, `PT30M`); lists in text form are separated by `|`.

    `off` switches a period off, or empties a list.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: str = Field("UTC", description="IANA zone of the programme and of people who state none.")
    day_count: DayCount = Field(DayCount.CALENDAR, description="Periods count calendar days or working days.")
    day_ends: time = Field(time(17, 0), description="End of the working day, at which dates fall due.")
    weekdays: tuple[int, ...] = Field((0, 1, 2, 3, 4), description="Working days, 0 is Monday.")
    holiday_calendar: str = Field("", description="Country, or country-subdivision: DE, US-CA. Empty: none.")

    remind_after: tuple[timedelta, ...] = Field(days(7, 12), description="Reminders to the mentor.")
    close_after: timedelta | None = Field(timedelta(days=14), description="An unanswered request expires.")
    amendment_remind_after: tuple[timedelta, ...] = Field(days(7), description="Reminders to the mentee.")
    amendment_close_after: timedelta | None = Field(
        timedelta(days=14), description="A request whose change does not come expires."
    )
    extend_by: timedelta = Field(timedelta(days=7), description="What `extend` adds when no number is given.")
    stalled_after: timedelta = Field(timedelta(days=7), description="A request that waits longer is stalled.")
    comment_required: frozenset[Decision] = Field(
        frozenset({"accept", "request-amendment", "reject", "close"}),
        description="Decisions that need a comment.",
    )
    decline_reasons: tuple[str, ...] = Field(DEFAULT_REASONS, description="Reasons for declining.")

    open_requests: int = Field(5, ge=0, le=1000, description="Open requests per mentee; 0: no limit.")
    max_capacity: int = Field(3, ge=1, le=100, description="Mentees per mentor at the most.")
    mentors_per_mentee: int = Field(1, ge=1, le=100, description="Mentors per mentee at the same time.")
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

    levels: int = Field(5, ge=2, le=10, description="The level scale runs from 1 to this.")
    level_names: tuple[str, ...] = Field((), description="What each level is called, from 1 on; or none.")
    eligibility: str = Field(
        "", description="Who may mentor, such as `Business skills>=4`. Empty: everybody."
    )
    preferences: tuple[str, ...] = Field(
        (), description="Options that people tick; empty: none are asked for."
    )
    skill_weight: float = Field(0.7, ge=0, le=1, description="Share of the skill gaps in the score.")
    minimum_commitment: str = Field("one hour a month", description="What a mentor acknowledges to give.")

    confirm_after: timedelta = Field(timedelta(days=14), description="A completion confirms itself.")
    survey_remind_after: tuple[timedelta, ...] = Field(days(7, 14, 21), description="Survey reminders.")
    survey_close_after: timedelta = Field(timedelta(days=28), description="A survey closes as unanswered.")
    survey_questions: tuple[Question, ...] = Field(DEFAULT_SURVEY, description="The survey, as JSON.")
    invitation_days: int = Field(30, ge=1, le=365, description="How long an invitation is good for.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError("is not an IANA time zone; write it like Europe/Berlin")
        return value

    @field_validator("day_ends")
    @classmethod
    def _in_the_day(cls, value: time) -> time:
        # Dates are spread over the hour before it, which has to lie on the same day.
        if value.tzinfo is not None or value < time(1):
            raise ValueError("takes a time of day from 01:00 on, such as 17:00")
        return value

    @field_validator("weekdays")
    @classmethod
    def _real_weekdays(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or any(day not in range(7) for day in value):
            raise ValueError("takes days from 0 (Monday) to 6 (Sunday), at least one")
        return tuple(sorted(set(value)))

    @field_validator("remind_after", "amendment_remind_after", "survey_remind_after")
    @classmethod
    def _positive_list(cls, value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        if not all(timedelta() < period <= LONGEST for period in value):
            raise ValueError("takes periods longer than zero, up to ten years")
        return tuple(sorted(set(value)))

    @field_validator(
        "close_after",
        "amendment_close_after",
        "extend_by",
        "stalled_after",
        "confirm_after",
        "survey_close_after",
    )
    @classmethod
    def _positive(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and not timedelta() < value <= LONGEST:
            raise ValueError("takes a period longer than zero, up to ten years")
        return value

    @field_validator("decline_reasons", "level_names", "preferences")
    @classmethod
    def _options(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        options = tuple(option.strip() for option in value)
        if len(set(options)) < len(options) or not all(
            0 < len(o) <= MAX_OPTION and "|" not in o for o in options
        ):
            raise ValueError(f"takes different texts of 1 to {MAX_OPTION} characters, without “|”")
        return options

    @field_validator("eligibility")
    @classmethod
    def _rule(cls, value: str) -> str:
        try:
            requirements(value)
        except Invalid as error:
            raise ValueError("is a rule like business_skills>=4, several separated by commas") from error
        return value.strip()

    @field_validator("survey_questions")
    @classmethod
    def _answerable(cls, value: tuple[Question, ...]) -> tuple[Question, ...]:
        if not value or len({question.key for question in value}) < len(value):
            raise ValueError("takes at least one question, each with a key of its own")
        if not all(question.can_be_answered for question in value):
            raise ValueError(
                "takes questions with a key and a text, and with choices where one is to be chosen"
            )
        return value

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
            raise Invalid(f"The setting “{key}” {_reason(first['msg'])}.", field=key) from error

    def stored(self) -> dict[str, Any]:
        """The JSON form for the database."""
        return self.model_dump(mode="json")

    def policy(self, holidays: frozenset[date] = frozenset()) -> ProgrammePolicy:
        """What of these settings travels with a process."""
        working = WorkingTime(
            count=self.day_count, day_ends=self.day_ends, weekdays=self.weekdays, holidays=holidays
        )
        request = RequestPolicy(working=working, **_picked(self, RequestPolicy))
        return ProgrammePolicy(
            request=request,
            relationship=RelationshipPolicy(working=working, **_picked(self, RelationshipPolicy)),
        )


@cache
def _zones() -> frozenset[str]:
    """Kept: reading the names walks through the whole zone database, which takes 10 ms."""
    return frozenset(available_timezones())


def _picked(settings: ProgrammeSettings, policy: type[BaseModel]) -> dict[str, Any]:
    names = set(policy.model_fields) - {"working"}
    return {name: getattr(settings, name) for name in names}


def _from_text(key: str, text: str, current: Any) -> Any:
    if key == "survey_questions":
        return _questions(text)
    off = text.strip().lower() in {"off", "none"}
    if isinstance(current, list):
        return [] if off else [part.strip() for part in text.split("|") if part.strip()]
    return None if off else text.strip()


def _questions(text: str) -> Any:
    try:
        return TypeAdapter(list[Question]).validate_json(text)
    except ValidationError as error:
        sentence = (
            'The setting “survey_questions” takes a JSON list such as [{"key": "useful", "text": "..."}].'
        )
        raise Invalid(sentence, field="survey_questions") from error


def _reason(message: str) -> str:
    own = message.removeprefix("Value error, ")
    if own != message:
        return own
    if "timedelta" in message:
        return "takes ISO 8601 periods such as P7D or PT30M, several separated by |"
    return f"is not valid: {message[:1].lower()}{message[1:]}"
