"""A relationship, put together of its parts, and what happens next by itself: the earliest of their steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from models.process.actors import Role
from models.process.calendar import WorkingTime
from models.process.relationship.base import RUNNING, NextStep, Part, RelationshipState
from models.process.relationship.parts.completion import Completion, CompletionPart
from models.process.relationship.parts.goals import Goals, GoalsPart
from models.process.relationship.parts.surveys import Surveys, SurveysPart, SurveyState
from models.process.step import Process

PARTS: tuple[Part, ...] = (GoalsPart(), CompletionPart(), SurveysPart())
"""Of two steps of the same moment, that of the part that comes first is the next one."""


class Relationship(Goals, Completion, Surveys, Process):
    """A mentee and a mentor at work, from acceptance to the last survey. The parts add their fields to it."""

    request_id: str
    state: RelationshipState = RelationshipState.ACTIVE
    started_at: datetime
    ended_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Nothing more can happen: the process may end."""
        if self.state in RUNNING:
            return False
        return all(survey.state is not SurveyState.OPEN for survey in self.surveys.values())

    @property
    def may_lead_on(self) -> bool:
        """Like that of a request."""
        return not self.is_finished

    def clock(self, side: Role) -> tuple[WorkingTime, tzinfo]:
        """By which the dates of one side fall due."""
        return self.working_of(side, self.policy.relationship.working), self.zone_of(side)

    def shifted(self, by: timedelta) -> Relationship:
        """With all dates that are still to come moved by `by`, as after a pause."""
        changes = {name: value for part in PARTS for name, value in part.shifted(self, by).items()}
        return self.model_copy(update=changes)


for _part in PARTS:
    if not issubclass(Relationship, _part.fields):
        raise TypeError(f"Relationship lacks the fields of {type(_part).__name__}")


def steps(relationship: Relationship) -> Iterator[tuple[Part, NextStep]]:
    """The next step of each part that has one."""
    for part in PARTS:
        if step := part.next_step(relationship):
            yield part, step


def next_step(relationship: Relationship) -> NextStep | None:
    return min((step for _, step in steps(relationship)), key=lambda step: step.at, default=None)
