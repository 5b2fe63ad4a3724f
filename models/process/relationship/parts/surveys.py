"""The brief survey of each side at the end. `models.process.surveys` checks its questions and answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from models.mails.relationship import SurveyAsked, SurveyReminder
from models.process import calendar, surveys
from models.process.actors import Role
from models.process.commands import BY_BOTH, BY_SYSTEM, Command
from models.process.effects import RecordAnswers
from models.process.errors import IllegalMove, ProcessError
from models.process.inputs import Offer, Place
from models.process.relationship.base import SIDES, NextStep, Part, RelationshipCommand
from models.process.timeline import Audience

if TYPE_CHECKING:
    from models.process.relationship.state import Relationship
    from models.process.relationship.step import RelationshipStep
    from models.process.relationship.view import RelationshipView


class SurveyState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


class Survey(BaseModel):
    """One side's survey. The answers are written to the database and are no part of the state."""

    model_config = ConfigDict(frozen=True)

    state: SurveyState = SurveyState.OPEN
    asked_at: datetime
    reminders: tuple[datetime, ...]
    closes_at: datetime
    settled_at: datetime | None = None

    def settled(self, state: SurveyState, now: datetime) -> Survey:
        return self.model_copy(update={"state": state, "settled_at": now, "reminders": ()})


class Surveys(BaseModel):
    """The fields of the part in the state of the relationship."""

    surveys: dict[Role, Survey] = Field(default_factory=dict)

    def open_survey(self, side: Role) -> Survey | None:
        survey = self.surveys.get(side)
        return survey if survey and survey.state is SurveyState.OPEN else None


class AnswerSurvey(RelationshipCommand):
    """Answers one's own survey; the other side does not see the answers, admins do."""

    name = "survey"
    event = ("SurveyAnswered", "The survey was answered")
    by = BY_BOTH
    offer = Offer("Send my answers", done="Thank you for your answers.", place=Place.OWN)
    answers: dict[str, str] = Field(default_factory=dict)
    """Question key -> text."""

    @classmethod
    def hindrance(cls, relationship: Relationship | RelationshipView, role: Role) -> ProcessError | None:
        survey = relationship.surveys.get(role)
        if survey is not None and survey.state is SurveyState.OPEN:
            return None
        return IllegalMove("Your survey is closed already; thank you.")

    def do(self, step: RelationshipStep) -> None:
        side = step.actor.role
        answers = surveys.checked(step.process.policy.relationship.survey_questions, self.answers)
        _put(step, side, step.process.surveys[side].settled(SurveyState.ANSWERED, step.now))
        step.note("SurveyAnswered", audience=Audience(side.value))
        step.effects.append(RecordAnswers(side=side, answers=answers))


class SurveyReminderDue(RelationshipCommand):
    name = "survey-reminder-due"
    event = ("SurveyReminderSent", "A reminder of the survey was sent")
    by = BY_SYSTEM
    side: Role

    def do(self, step: RelationshipStep) -> None:
        survey = step.process.surveys[self.side]
        left = tuple(at for at in survey.reminders if at > step.now)
        closes_at, audience = _end(step, self.side, survey), Audience(self.side.value)
        if closes_at != survey.closes_at:
            day = calendar.local_day(closes_at, step.process.zone_of(self.side))
            step.note("ClosingDateMoved", day.isoformat(), audience)
        _put(step, self.side, survey.model_copy(update={"reminders": left, "closes_at": closes_at}))
        step.note("SurveyReminderSent", audience=audience)
        props = SurveyReminder(relationship_id=step.process.id, closes_at=closes_at)
        step.send(self.side, props)


class SurveyOverdue(RelationshipCommand):
    name = "survey-overdue"
    event = ("SurveyUnanswered", "The survey closed without an answer")
    by = BY_SYSTEM
    side: Role

    def do(self, step: RelationshipStep) -> None:
        survey = step.process.surveys[self.side]
        _put(step, self.side, survey.settled(SurveyState.UNANSWERED, step.now))
        step.note("SurveyUnanswered", audience=Audience(self.side.value))


def ask_both(step: RelationshipStep, *, confirmed_by_time: bool) -> None:
    for side in SIDES:
        survey = _new(step, side)
        _put(step, side, survey)
        props = SurveyAsked(
            relationship_id=step.process.id, closes_at=survey.closes_at, confirmed_by_time=confirmed_by_time
        )
        step.send(side, props)


def close_open(step: RelationshipStep) -> None:
    """Closes as unanswered what nobody waits for any more."""
    for side, survey in step.process.surveys.items():
        if survey.state is SurveyState.OPEN:
            _put(step, side, survey.settled(SurveyState.UNANSWERED, step.now))


def planned_reminders(relationship: Relationship, side: Role, asked_at: datetime) -> tuple[datetime, ...]:
    rules = relationship.policy.relationship
    remind, close = rules.survey_remind_after, rules.survey_close_after
    return calendar.wait(asked_at, remind, close, *relationship.clock(side), relationship.id)[0]


def _new(step: RelationshipStep, side: Role) -> Survey:
    reminders = planned_reminders(step.process, side, step.now)
    closes_at = step.after(step.process.policy.relationship.survey_close_after, side)
    return Survey(asked_at=step.now, reminders=reminders, closes_at=closes_at)


def _end(step: RelationshipStep, side: Role, survey: Survey) -> datetime:
    """When it closes once the reminder that is due leaves now: later than before if it comes too late."""
    last_wait, key = step.process.policy.relationship.last_wait, step.process.id
    clock = step.process.clock(side)
    end = calendar.end_after(survey.reminders, survey.closes_at, last_wait, step.now, *clock, key)
    return end or survey.closes_at


def _put(step: RelationshipStep, side: Role, survey: Survey) -> None:
    step.set(surveys={**step.process.surveys, side: survey})


class SurveysPart(Part):
    fields = Surveys

    def next_step(self, relationship: Relationship) -> NextStep | None:
        steps = [step for side in SIDES if (step := self._next_of(relationship, side))]
        return min(steps, key=lambda step: step.at, default=None)

    def _next_of(self, relationship: Relationship, side: Role) -> NextStep | None:
        survey = relationship.open_survey(side)
        if survey is None:
            return None
        if survey.reminders and survey.reminders[0] < survey.closes_at:
            return NextStep(at=survey.reminders[0], what="survey-reminder", side=side)
        return NextStep(at=survey.closes_at, what="survey-closing", side=side)

    def due(self, relationship: Relationship, step: NextStep, now: datetime) -> Command:
        """A reminder that was missed as well goes before the end."""
        side = step.side or SIDES[0]
        is_over = relationship.surveys[side].closes_at <= now
        if step.what == "survey-closing" or (is_over and relationship.policy.relationship.last_wait is None):
            return SurveyOverdue(side=side)
        return SurveyReminderDue(side=side)

    def shifted(self, relationship: Relationship, by: timedelta) -> Mapping[str, Any]:
        return {"surveys": {side: _shifted(survey, by) for side, survey in relationship.surveys.items()}}

    def renew(self, step: RelationshipStep) -> None:
        for side in SIDES:
            survey = step.process.open_survey(side)
            if survey is None or survey.closes_at > step.now:
                continue
            fresh = _new(step, side)
            dates = {"reminders": fresh.reminders, "closes_at": fresh.closes_at}
            _put(step, side, survey.model_copy(update=dates))
            props = SurveyReminder(relationship_id=step.process.id, closes_at=fresh.closes_at)
            step.send(side, props)


def _shifted(survey: Survey, by: timedelta) -> Survey:
    if survey.state is not SurveyState.OPEN:
        return survey
    reminders = tuple(at + by for at in survey.reminders)
    return survey.model_copy(update={"reminders": reminders, "closes_at": survey.closes_at + by})
