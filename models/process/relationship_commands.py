"""What can be said to a relationship. `name` is the word for it in paths, tables and histories."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from models.process.actors import Role
from models.process.commands import Command


class SetGoal(Command):
    """`goal_id` is chosen by the caller (a UUID), so that a repeated command sets one goal."""

    name = "set-goal"
    goal_id: str
    title: str
    specific: str
    measurable: str
    attainable: str
    relevant: str
    due: date


class ReviseGoal(Command):
    """What is None stays as it is."""

    name = "revise-goal"
    goal_id: str
    title: str | None = None
    specific: str | None = None
    measurable: str | None = None
    attainable: str | None = None
    relevant: str | None = None
    due: date | None = None
    progress: int | None = None


class SignOff(Command):
    name = "complete"
    comment: str = ""


class ConfirmCompletion(Command):
    name = "confirm-completion"
    comment: str = ""


class DeclineCompletion(Command):
    """The other side is not done yet: the relationship goes on."""

    name = "decline-completion"
    comment: str = ""


class WithdrawRelationship(Command):
    name = "withdraw"
    comment: str = ""


class AnswerSurvey(Command):
    """`answers`: question key -> text."""

    name = "survey"
    answers: dict[str, str] = Field(default_factory=dict)


class EndRelationship(Command):
    name = "end"
    comment: str = ""


class ConfirmationOverdue(Command):
    name = "confirmation-overdue"


class SurveyReminderDue(Command):
    name = "survey-reminder-due"
    side: Role


class SurveyOverdue(Command):
    name = "survey-overdue"
    side: Role


class PartyLeft(Command):
    """Reported by an erasure: the person on `side` is going for good, and the process ends with that."""

    name = "party-left"
    side: Role
    process_id: str = ""
    """Of the process that is meant; versions before 0.3 did not say."""
