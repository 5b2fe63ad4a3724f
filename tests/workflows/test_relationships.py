"""The lives of a relationship on the real engine, and the acceptance that starts it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.process.errors import IllegalMove, NotAllowed
from models.process.names import relationship_workflow
from models.process.relationship.base import RelationshipState
from models.process.relationship.commands import EndRelationship, WithdrawRelationship
from models.process.relationship.parts.completion import ConfirmCompletion, DeclineCompletion, SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey, SurveyState
from models.process.relationship.view import RelationshipView
from tests.infra.engine import VirtualEngine
from tests.process.factories import GOAL
from tests.store.population import new_id
from tests.workflows.office import MINUTE, Office, office

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

S = RelationshipState
ANSWERS = {"useful": "5", "goals": "4", "recommend": "5", "remark": "Thank you."}


def new_goal() -> SetGoal:
    today = datetime.now().date()  # noqa: DTZ005
    return SetGoal(**{**GOAL, "goal_id": new_id(), "due": today + timedelta(days=90)})


async def test_goals_completion_and_both_surveys(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.paired()
        assert (pair.state, pair.version) == (S.ACTIVE, 1)
        goal = new_goal()
        for actor in (made.mentee, made.mentor):
            pair = await made.say(pair, goal, actor)
        pair = await made.say(pair, ReviseGoal(goal_id=goal.goal_id, progress=100), made.mentor)
        assert [(each.progress, each.set_by) for each in pair.goals] == [(100, made.mentee.person_id)]
        pair = await made.say(pair, SignOff(comment="We did it"), made.mentee)
        with pytest.raises(NotAllowed):
            await made.say(pair, ConfirmCompletion(), made.mentee)
        pair = await made.say(pair, ConfirmCompletion(comment="So we did"), made.mentor)
        assert pair.state is S.COMPLETED
        for actor in (made.mentor, made.mentee):
            pair = await made.say(pair, AnswerSurvey(answers=ANSWERS), actor)
        assert {survey.state for survey in pair.surveys.values()} == {SurveyState.ANSWERED}
        await made.ended(relationship_workflow(pair.id))
        assert await made.happened(pair.id) == [
            "RelationshipStarted",
            "GoalSet",
            "GoalRevised",
            "CompletionSignedOff",
            "CompletionConfirmed",
            "SurveyAnswered",
            "SurveyAnswered",
        ]
        assert await made.mails(pair.id) == [
            ("completion-requested", "mentor 0"),
            ("relationship-started", "mentee 0"),
            ("relationship-started", "mentor 0"),
            ("survey", "mentee 0"),
            ("survey", "mentor 0"),
        ]
        assert {row.state for row in (await made.surveys(pair.id)).values()} == {"answered"}
        assert [row.answers for row in (await made.surveys(pair.id)).values()] == [ANSWERS, ANSWERS]
        assert await made.people.held() == []


async def silence(made: Office, pair: RelationshipView, dates: list[datetime]) -> None:
    """Goes to each date, and sees that nothing happens between them and something on each."""
    workflow_id = relationship_workflow(pair.id)
    for date in dates:
        seen = await made.happened(pair.id)
        await made.engine.fast_forward_to(workflow_id, date - MINUTE)
        assert await made.happened(pair.id) == seen
        await made.engine.fast_forward_to(workflow_id, date)
        assert len(await made.happened(pair.id)) == len(seen) + 1


async def test_a_completion_confirms_itself_and_one_survey_stays_unanswered(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.say(await made.paired(), SignOff(), made.mentor)
        assert pair.confirms_at
        await made.saved(pair)
        await silence(made, pair, [pair.confirms_at])
        completed = await made.handle(relationship_workflow(pair.id)).query(
            "view", result_type=RelationshipView
        )
        assert completed.state is S.COMPLETED
        assert await made.people.held() == []
        answered = await made.say(completed, AnswerSurvey(answers=ANSWERS), made.mentor)
        await made.saved(answered)
        while (await made.happened(pair.id))[-1] != "SurveyUnanswered":
            query = made.handle(relationship_workflow(pair.id)).query("view", result_type=RelationshipView)
            view = await query
            assert view.next_at
            await silence(made, pair, [view.next_at])
        await made.ended(relationship_workflow(pair.id))
        assert (await made.happened(pair.id))[2:] == [
            "CompletionConfirmedByTime",
            "SurveyAnswered",
            *["SurveyReminderSent"] * 3,
            "SurveyUnanswered",
        ]
        assert [mail for mail in await made.mails(pair.id) if mail[0] == "survey-reminder"] == [
            ("survey-reminder", "mentee 0")
        ] * 3
        surveys = await made.surveys(pair.id)
        assert surveys[made.people.mentees[0]].state == "unanswered"
        assert surveys[made.people.mentors[0]].answers == ANSWERS
        with pytest.raises(IllegalMove):
            await made.say(pair, AnswerSurvey(answers=ANSWERS), made.mentee)


async def test_not_yet_and_then_withdrawn(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.say(await made.paired(), SignOff(), made.mentee)
        pair = await made.say(pair, DeclineCompletion(comment="One more talk"), made.mentor)
        assert (pair.state, pair.next_at) == (S.ACTIVE, None)
        pair = await made.say(pair, WithdrawRelationship(comment="Moving away"), made.mentor)
        assert pair.state is S.WITHDRAWN
        await made.ended(relationship_workflow(pair.id))
        assert await made.people.held() == []
        assert ("relationship-withdrawn", "mentee 0") in await made.mails(pair.id)
        assert ("completion-declined", "mentee 0") in await made.mails(pair.id)


async def test_ended_by_an_admin_and_the_pair_may_begin_anew(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.paired()
        await made.say(pair, EndRelationship(comment="The programme is over"), made.admin)
        await made.ended(relationship_workflow(pair.id))
        again = await made.paired()
        assert again.id != pair.id
        assert len(await made.people.held()) == 1


async def test_acts_of_both_at_the_same_time_all_count_once(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.paired()
        goals = [new_goal() for _ in range(10)]
        acts = [
            made.say(pair, goal, actor, f"{actor.role} {goal.goal_id}")
            for goal in goals
            for actor in (made.mentee, made.mentor)
        ]
        await asyncio.gather(*acts, made.say(pair, SignOff(), made.mentee))
        view = await made.say(pair, ConfirmCompletion(), made.mentor)
        assert len(view.goals) == 10
        assert view.version == 1 + 10 + 2
        await made.saved(view)
        assert len(await made.happened(pair.id)) == 13


async def test_after_a_year_it_is_still_there(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        pair = await made.paired()
        await virtual_engine.fast_forward(relationship_workflow(pair.id), timedelta(days=400))
        revised = await made.say(pair, SignOff(), made.mentee)
        assert revised.confirms_at
        assert revised.confirms_at - pair.started_at > timedelta(days=400)
