"""The settings of the sample programme."""

from models.process.programme import ProgrammeSettings
from models.process.surveys import Question, QuestionKind

SLUG = "sample"
NAME = "Open Source Mentors"

PREFERENCES = (
    "Reading and reviewing code",
    "Contributing to open source",
    "Finding a first job",
    "Preparing for interviews",
    "Changing profession",
    "Leading a team",
    "Planning a career",
    "Balancing work and life",
)

_DECLINE_REASONS = (
    "I have no time at the moment",
    "The topic is not mine",
    "Our time zones are too far apart",
    "Somebody else would fit better",
)

_SURVEY = (
    Question(key="useful", text="How useful was this mentoring for you?"),
    Question(key="goals", text="How far did you get with the goals you set?"),
    Question(key="recommend", text="Would you recommend the programme to a friend?"),
    Question(
        key="next",
        text="What comes next for the two of you?",
        kind=QuestionKind.CHOICE,
        choices=("We stay in touch", "We set new goals", "We part here"),
    ),
    Question(
        key="remark", text="What should we keep, or do differently?", kind=QuestionKind.TEXT, required=False
    ),
)


def sample_settings() -> ProgrammeSettings:
    """Settings with options, reasons and questions filled in; the periods are the defaults."""
    return ProgrammeSettings(
        preferences=PREFERENCES, decline_reasons=_DECLINE_REASONS, survey_questions=_SURVEY
    )
