"""A relationship is made of parts: the earliest of their steps is the next one; all dates shift at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.process.actors import SYSTEM
from models.process.relationship import moves
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.surveys import AnswerSurvey, SurveyState
from models.process.relationship.state import PARTS, Relationship, next_step
from tests.process.factories import ANSWERS, DAY, MENTEE, NOW, RELATIONSHIP_COMMANDS, SECOND, relationship_in

S = RelationshipState
PAUSE = timedelta(days=40)


def dates(relationship: Relationship) -> list[date | None]:
    """Everything that is still to come, in a fixed order."""
    surveys = [one for one in relationship.surveys.values() if one.state is SurveyState.OPEN]
    return [
        relationship.confirms_at,
        *(goal.due for goal in relationship.goals),
        *(at for one in surveys for at in (*one.reminders, one.closes_at)),
    ]


@pytest.mark.parametrize("state", S)
def test_all_dates_that_are_to_come_shift_at_once_and_nothing_else_changes(state: RelationshipState) -> None:
    before = relationship_in(state)
    after = before.shifted(PAUSE)
    assert dates(after) == [at + PAUSE if at else None for at in dates(before)]
    assert after.shifted(-PAUSE) == before


@pytest.mark.parametrize("state", [S.COMPLETING, S.COMPLETED])
def test_the_next_step_comes_later_by_the_shift_and_not_before(state: RelationshipState) -> None:
    before = relationship_in(state)
    after = before.shifted(PAUSE)
    first, shifted = next_step(before), next_step(after)
    assert first is not None
    assert shifted == first.model_copy(update={"at": first.at + PAUSE})
    assert moves.due(before, first.at) is not None
    assert moves.due(after, shifted.at - SECOND) is None
    assert moves.due(after, shifted.at) == moves.due(before, first.at)


def test_a_survey_that_is_answered_keeps_its_dates() -> None:
    completed = relationship_in(S.COMPLETED)
    answered = moves.decide(completed, AnswerSurvey(answers=ANSWERS), MENTEE, NOW).after
    mine = answered.surveys[MENTEE.role]
    assert answered.shifted(PAUSE).surveys[MENTEE.role] == mine


def test_a_shifted_life_goes_on_as_it_would_have() -> None:
    """Silence to the end leads through the same steps, each later by the shift."""
    plain, shifted = relationship_in(S.COMPLETING), relationship_in(S.COMPLETING).shifted(PAUSE)
    said: list[list[str]] = []
    for start, later in ((plain, timedelta()), (shifted, PAUSE)):
        relationship, now, said_here = start, NOW + later, list[str]()
        while not relationship.is_finished:
            now += DAY
            while command := moves.due(relationship, now):
                relationship = moves.decide(relationship, command, SYSTEM, now).after
                said_here.append(relationship.last_event)
        said.append(said_here)
    assert said[0] == said[1]
    assert said[0][-1] == "SurveyUnanswered"


def test_the_day_of_a_goal_shifts_too() -> None:
    command, actor = RELATIONSHIP_COMMANDS["set-goal"]
    before = moves.decide(relationship_in(S.ACTIVE), command, actor, NOW).after
    assert len(before.goals) == 1
    assert [goal.due for goal in before.shifted(PAUSE).goals] == [before.goals[0].due + PAUSE]


@pytest.mark.parametrize("state", S)
def test_the_next_step_is_the_earliest_of_those_of_the_parts(state: RelationshipState) -> None:
    relationship = relationship_in(state)
    found = [step.at for part in PARTS if (step := part.next_step(relationship))]
    step = next_step(relationship)
    assert (step.at if step else None) == min(found, default=None)
