"""Silence in a relationship: the confirmation that comes by itself, the surveys and their ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.process import calendar
from models.process.actors import SYSTEM, Actor, Role
from models.process.policy import ProgrammePolicy, days
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.completion import ConfirmationOverdue, ConfirmCompletion, SignOff
from models.process.relationship.parts.surveys import (
    AnswerSurvey,
    SurveyOverdue,
    SurveyReminderDue,
    SurveyState,
)
from models.process.relationship.state import Relationship, next_step
from tests.process.factories import (
    ANSWERS,
    DAY,
    MENTEE,
    MENTOR,
    NOW,
    RELATIONSHIP_RULES,
    SECOND,
    active,
    relationship_in,
)

S = RelationshipState
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
SPREAD = calendar.spread(active().id)


def at_five(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=zone).astimezone(UTC) - SPREAD


def pass_time(
    relationship: Relationship, until: datetime
) -> tuple[Relationship, list[tuple[datetime, str, str]]]:
    happened = []
    while (step := next_step(relationship)) and step.at <= until:
        command = relationship_moves.due(relationship, step.at)
        assert command is not None
        decision = relationship_moves.decide(relationship, command, SYSTEM, step.at)
        happened.append((step.at, decision.entries[0].what, step.side or ""))
        relationship = decision.after
    return relationship, happened


def test_while_it_is_active_nothing_happens_by_itself() -> None:
    assert next_step(active()) is None
    assert relationship_moves.due(active(), NOW + 10_000 * DAY) is None
    assert not active().is_finished


@pytest.mark.parametrize(("signer", "zone"), [(MENTEE, BERLIN), (MENTOR, NEW_YORK)])
def test_a_completion_confirms_itself_in_the_zone_of_whoever_is_silent(signer: Actor, zone: ZoneInfo) -> None:
    signed = relationship_moves.decide(active(), SignOff(), signer, NOW).after
    due_at = at_five(date(2026, 3, 16), zone)
    assert signed.confirms_at == due_at
    assert relationship_moves.due(signed, due_at - SECOND) is None
    assert isinstance(relationship_moves.due(signed, due_at), ConfirmationOverdue)


def test_two_surveys_that_nobody_answers_are_reminded_of_thrice_and_close() -> None:
    ended, happened = pass_time(relationship_in(S.COMPLETED), NOW + 100 * DAY)
    expected = [
        (at_five(date(2026, 3, day), zone), "SurveyReminderSent", side)
        for day in (9, 16, 23)
        for zone, side in ((NEW_YORK, "mentee"), (BERLIN, "mentor"))
    ] + [
        (at_five(date(2026, 3, 30), NEW_YORK), "SurveyUnanswered", "mentee"),
        (at_five(date(2026, 3, 30), BERLIN), "SurveyUnanswered", "mentor"),
    ]
    assert happened == sorted(expected)
    assert {survey.state for survey in ended.surveys.values()} == {SurveyState.UNANSWERED}
    assert ended.is_finished
    assert ended.state is S.COMPLETED


def test_a_survey_that_was_answered_is_left_alone_and_the_other_goes_on() -> None:
    completed = relationship_in(S.COMPLETED)
    answered = relationship_moves.decide(completed, AnswerSurvey(answers=ANSWERS), MENTOR, NOW).after
    assert answered.surveys[Role.MENTOR].state is SurveyState.ANSWERED
    assert answered.surveys[Role.MENTOR].settled_at == NOW
    assert not answered.is_finished
    ended, happened = pass_time(answered, NOW + 100 * DAY)
    assert {side for _, _, side in happened} == {"mentee"}
    assert ended.surveys[Role.MENTEE].state is SurveyState.UNANSWERED
    assert ended.is_finished


def test_with_both_surveys_answered_all_is_over() -> None:
    relationship = relationship_in(S.COMPLETED)
    for actor in (MENTEE, MENTOR):
        assert not relationship.is_finished
        relationship = relationship_moves.decide(
            relationship, AnswerSurvey(answers=ANSWERS), actor, NOW
        ).after
    assert relationship.is_finished
    assert next_step(relationship) is None


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.ENDED])
def test_what_ends_early_asks_for_no_survey(state: RelationshipState) -> None:
    assert relationship_in(state).surveys == {}
    assert relationship_in(state).is_finished


def test_after_an_outage_a_survey_is_reminded_of_once_and_one_that_closed_not_at_all() -> None:
    completed = relationship_in(S.COMPLETED)
    late = NOW + 17 * DAY
    seen = []
    while command := relationship_moves.due(completed, late):
        seen.append(command.name)
        completed = relationship_moves.decide(completed, command, SYSTEM, late).after
    assert seen == ["survey-reminder-due", "survey-reminder-due"]
    much_later = NOW + 60 * DAY
    overdue = relationship_moves.due(completed, much_later)
    assert isinstance(overdue, SurveyOverdue)


@pytest.mark.parametrize("side", [Role.MENTEE, Role.MENTOR])
def test_a_survey_that_closed_unreminded_is_reminded_of_and_closes_a_last_wait_later(side: Role) -> None:
    rules = RELATIONSHIP_RULES.model_copy(update={"last_wait": DAY})
    signed = relationship_moves.decide(
        active(policy=ProgrammePolicy(relationship=rules)), SignOff(), MENTEE, NOW
    ).after
    completed = relationship_moves.decide(signed, ConfirmCompletion(), MENTOR, NOW).after
    planned = completed.surveys[side].closes_at
    back = planned + 2 * DAY
    decision = relationship_moves.decide(completed, SurveyReminderDue(side=side), SYSTEM, back)
    survey = decision.after.surveys[side]
    assert (survey.state, survey.reminders, survey.closes_at) == (SurveyState.OPEN, (), planned + 3 * DAY)
    day = survey.closes_at.astimezone(NEW_YORK if side is Role.MENTEE else BERLIN).date()
    assert [(entry.what, entry.note, entry.audience.value) for entry in decision.entries] == [
        ("ClosingDateMoved", day.isoformat(), side.value),
        ("SurveyReminderSent", None, side.value),
    ]
    assert [getattr(order.props, "closes_at", None) for order in decision.mails] == [survey.closes_at]
    other = Role.MENTOR if side is Role.MENTEE else Role.MENTEE
    assert decision.after.surveys[other] == completed.surveys[other]


def test_after_an_outage_both_surveys_are_reminded_of_first_and_closed_only_after_the_last_wait() -> None:
    rules = RELATIONSHIP_RULES.model_copy(update={"last_wait": DAY})
    signed = relationship_moves.decide(
        active(policy=ProgrammePolicy(relationship=rules)), SignOff(), MENTEE, NOW
    ).after
    relationship = relationship_moves.decide(signed, ConfirmCompletion(), MENTOR, NOW).after
    back, seen = NOW + 60 * DAY, []
    while command := relationship_moves.due(relationship, back):
        seen.append(command.name)
        relationship = relationship_moves.decide(relationship, command, SYSTEM, back).after
    assert seen == ["survey-reminder-due", "survey-reminder-due"]
    ended, happened = pass_time(relationship, back + 10 * DAY)
    assert [what for _, what, _ in happened] == ["SurveyUnanswered", "SurveyUnanswered"]
    assert all(at >= back + DAY / 2 for at, _, _ in happened)
    assert ended.is_finished


def test_a_reminder_that_would_fall_on_the_end_or_after_it_is_left_out() -> None:
    rules = RELATIONSHIP_RULES.model_copy(
        update={"survey_remind_after": days(7, 14, 21), "survey_close_after": 14 * DAY}
    )
    relationship = active(policy=ProgrammePolicy(relationship=rules))
    signed = relationship_moves.decide(relationship, SignOff(), MENTEE, NOW).after
    completed = relationship_moves.decide(signed, ConfirmCompletion(), MENTOR, NOW).after
    assert completed.surveys[Role.MENTOR].reminders == (at_five(date(2026, 3, 9), BERLIN),)


def test_a_completed_relationship_says_what_comes_next_and_for_whom() -> None:
    step = next_step(relationship_in(S.COMPLETED))
    assert step
    assert (step.what, step.side) == ("survey-reminder", Role.MENTOR)
    signed = next_step(relationship_in(S.COMPLETING))
    assert signed
    assert (signed.what, signed.side) == ("confirmation", None)
