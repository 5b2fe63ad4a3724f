"""A relationship: its states, the table of moves, its surveys, and what happens next by itself."""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from models.process import calendar
from models.process.actors import Role
from models.process.calendar import WorkingTime
from models.process.goals import Goal
from models.process.step import Process

SIDES = (Role.MENTEE, Role.MENTOR)


class RelationshipState(StrEnum):
    ACTIVE = "active"
    COMPLETING = "completing"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


S = RelationshipState

RUNNING = frozenset({S.ACTIVE, S.COMPLETING})

IN_TOUCH = frozenset({S.ACTIVE, S.COMPLETING, S.COMPLETED})
"""While a relationship is in one of these, the two may know how to reach each other (L1)."""

MOVES: dict[tuple[RelationshipState, str], frozenset[RelationshipState]] = {
    (S.ACTIVE, "set-goal"): frozenset({S.ACTIVE}),
    (S.ACTIVE, "revise-goal"): frozenset({S.ACTIVE}),
    (S.ACTIVE, "complete"): frozenset({S.COMPLETING}),
    (S.ACTIVE, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.ACTIVE, "end"): frozenset({S.ENDED}),
    (S.ACTIVE, "party-left"): frozenset({S.WITHDRAWN}),
    (S.ACTIVE, "mail-bounced"): frozenset({S.ACTIVE}),
    (S.COMPLETING, "set-goal"): frozenset({S.COMPLETING}),
    (S.COMPLETING, "revise-goal"): frozenset({S.COMPLETING}),
    (S.COMPLETING, "confirm-completion"): frozenset({S.COMPLETED}),
    (S.COMPLETING, "decline-completion"): frozenset({S.ACTIVE}),
    (S.COMPLETING, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.COMPLETING, "end"): frozenset({S.ENDED}),
    (S.COMPLETING, "confirmation-overdue"): frozenset({S.COMPLETED}),
    (S.COMPLETING, "party-left"): frozenset({S.WITHDRAWN}),
    (S.COMPLETING, "mail-bounced"): frozenset({S.COMPLETING}),
    (S.COMPLETED, "survey"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "survey-reminder-due"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "survey-overdue"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "party-left"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "mail-bounced"): frozenset({S.COMPLETED}),
}
"""(state, command) -> the states it may lead to. A completed one lives on until both surveys are settled."""


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


class Relationship(Process):
    """A mentee and a mentor at work, from acceptance to the last survey."""

    request_id: str
    state: RelationshipState = RelationshipState.ACTIVE
    started_at: datetime
    ended_at: datetime | None = None
    goals: tuple[Goal, ...] = ()
    signed_by: Role | None = None
    sign_offs: int = 0
    confirms_at: datetime | None = None
    surveys: dict[Role, Survey] = Field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Nothing more can happen: the process may end."""
        if self.state in RUNNING:
            return False
        return all(survey.state is not SurveyState.OPEN for survey in self.surveys.values())

    def open_survey(self, side: Role) -> Survey | None:
        survey = self.surveys.get(side)
        return survey if survey and survey.state is SurveyState.OPEN else None


class NextStep(BaseModel):
    """What happens by itself, and when; `side` is whose survey it is about."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    what: Literal["confirmation", "survey-reminder", "survey-closing"]
    side: Role | None = None


def next_step(relationship: Relationship) -> NextStep | None:
    if relationship.state is S.COMPLETING and relationship.confirms_at:
        return NextStep(at=relationship.confirms_at, what="confirmation")
    steps = [step for side in SIDES if (step := _survey_step(relationship, side))]
    return min(steps, key=lambda step: step.at, default=None)


def clock(relationship: Relationship, side: Role) -> tuple[WorkingTime, tzinfo]:
    """By which the dates of one side fall due."""
    working = relationship.working_of(side, relationship.policy.relationship.working)
    return working, relationship.zone_of(side)


def survey_reminders(relationship: Relationship, side: Role, asked_at: datetime) -> tuple[datetime, ...]:
    rules = relationship.policy.relationship
    remind, close = rules.survey_remind_after, rules.survey_close_after
    return calendar.wait(asked_at, remind, close, *clock(relationship, side), relationship.id)[0]


def _survey_step(relationship: Relationship, side: Role) -> NextStep | None:
    survey = relationship.open_survey(side)
    if survey is None:
        return None
    if survey.reminders and survey.reminders[0] < survey.closes_at:
        return NextStep(at=survey.reminders[0], what="survey-reminder", side=side)
    return NextStep(at=survey.closes_at, what="survey-closing", side=side)
