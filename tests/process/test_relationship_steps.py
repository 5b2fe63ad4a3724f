"""What each step of a relationship leaves behind: timeline, mails, effects, version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.mails.relationship import CompletionRequested, SurveyAsked
from models.process.actors import SYSTEM, Role
from models.process.effects import Effect, RecordAnswers, ReleasePlaces
from models.process.errors import Invalid, from_name
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import MOVES, RelationshipState
from models.process.relationship.commands import EndRelationship, PartyLeft, WithdrawRelationship
from models.process.relationship.parts import goals
from models.process.relationship.parts.completion import ConfirmCompletion, DeclineCompletion, SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.relationship.state import Relationship
from models.process.timeline import Audience
from tests.process.factories import (
    ADMIN,
    ADMIN_ID,
    ANSWERS,
    DAY,
    GOAL,
    GOAL_ID,
    MENTEE,
    MENTEE_ID,
    MENTOR,
    MENTOR_ID,
    NOW,
    RELATIONSHIP_COMMANDS,
    active,
    new_relationship,
    relationship_in,
)
from workflows.runner import refusal

S = RelationshipState
LATER = NOW + 3 * DAY
BOTH_SURVEYS = (("survey", MENTEE_ID), ("survey", MENTOR_ID))


@dataclass(frozen=True)
class Left:
    what: str
    by: str | None
    note: str | None = None
    mails: tuple[tuple[str, str], ...] = ()
    effects: tuple[Effect, ...] = ()
    audience: Audience = Audience.BOTH


ANY_TIME = {
    "revise-goal": Left("GoalRevised", MENTOR_ID, "Speak at a conference: 50%"),
    "withdraw": Left(
        "RelationshipWithdrawn",
        MENTOR_ID,
        "I am moving abroad.",
        (("relationship-withdrawn", MENTEE_ID),),
        (ReleasePlaces(),),
    ),
    "end": Left(
        "RelationshipEnded",
        ADMIN_ID,
        "The programme is over.",
        (("relationship-ended", MENTEE_ID), ("relationship-ended", MENTOR_ID)),
        (ReleasePlaces(),),
    ),
    "party-left": Left(
        "RelationshipWithdrawn",
        None,
        "The mentor has left the programme.",
        (("relationship-withdrawn", MENTEE_ID),),
        (ReleasePlaces(),),
    ),
}
BOUNCED = Left("MailBounced", None, "relationship-started", audience=Audience.ADMINS)
STEPS: dict[tuple[RelationshipState, str], Left] = {
    **{(state, name): left for state in (S.ACTIVE, S.COMPLETING) for name, left in ANY_TIME.items()},
    **{(state, "mail-bounced"): BOUNCED for state in (S.ACTIVE, S.COMPLETING, S.COMPLETED)},
    (S.ACTIVE, "complete"): Left(
        "CompletionSignedOff", MENTEE_ID, "We got there.", (("completion-requested", MENTOR_ID),)
    ),
    (S.COMPLETING, "confirm-completion"): Left(
        "CompletionConfirmed", MENTOR_ID, "So we did.", BOTH_SURVEYS, (ReleasePlaces(),)
    ),
    (S.COMPLETING, "confirmation-overdue"): Left(
        "CompletionConfirmedByTime", None, None, BOTH_SURVEYS, (ReleasePlaces(),)
    ),
    (S.COMPLETING, "decline-completion"): Left(
        "CompletionDeclined", MENTOR_ID, "One more rehearsal.", (("completion-declined", MENTEE_ID),)
    ),
    (S.COMPLETED, "survey"): Left(
        "SurveyAnswered",
        MENTEE_ID,
        None,
        (),
        (RecordAnswers(side=Role.MENTEE, answers=ANSWERS),),
        Audience.MENTEE,
    ),
    (S.COMPLETED, "survey-reminder-due"): Left(
        "SurveyReminderSent", None, None, (("survey-reminder", MENTEE_ID),), (), Audience.MENTEE
    ),
    (S.COMPLETED, "party-left"): Left("PartyLeft", None, "The mentor has left the programme."),
    (S.COMPLETED, "survey-overdue"): Left("SurveyUnanswered", None, audience=Audience.MENTEE),
}


def test_every_move_is_described_or_has_a_test_of_its_own() -> None:
    assert set(STEPS) | {(S.ACTIVE, "set-goal"), (S.COMPLETING, "set-goal")} == set(MOVES)


@pytest.mark.parametrize(("state", "name"), STEPS)
def test_what_a_step_leaves_behind(state: RelationshipState, name: str) -> None:
    before, left = relationship_in(state), STEPS[state, name]
    command, actor = RELATIONSHIP_COMMANDS[name]
    decision = relationship_moves.decide(before, command, actor, LATER)
    (entry,) = decision.entries
    assert (entry.what, entry.by, entry.note) == (left.what, left.by, left.note)
    assert (entry.at, entry.seq, entry.audience) == (LATER, before.entries + 1, left.audience)
    assert (decision.after.version, decision.after.last_event) == (before.version + 1, left.what)
    assert tuple((order.props.kind, order.to) for order in decision.mails) == left.mails
    assert len({order.key for order in decision.mails}) == len(left.mails)
    assert decision.effects == left.effects
    assert decision == relationship_moves.decide(before, command, actor, LATER)


def test_a_start_tells_both_and_is_the_same_however_often_it_is_done() -> None:
    once = relationship_moves.start(new_relationship(), NOW)
    assert [(order.props.kind, order.to) for order in once.mails] == [
        ("relationship-started", MENTEE_ID),
        ("relationship-started", MENTOR_ID),
    ]
    assert [(entry.what, entry.by) for entry in once.entries] == [("RelationshipStarted", None)]
    assert once.after.version == 1
    assert once == relationship_moves.start(new_relationship(), NOW)
    closing = relationship_moves.start(new_relationship(), NOW, closes=3)
    assert [getattr(order.props, "closes", None) for order in closing.mails] == [3, 0]


@pytest.mark.parametrize("state", [S.ACTIVE, S.COMPLETING])
@pytest.mark.parametrize("actor", [MENTEE, MENTOR])
def test_both_set_goals_and_each_is_attributed(state: RelationshipState, actor: Any) -> None:
    another = SetGoal(**{**GOAL, "goal_id": MENTOR_ID, "title": " Sleep \n well "})
    decision = relationship_moves.decide(relationship_in(state), another, actor, NOW)
    goal = decision.after.goals[1]
    assert (goal.title, goal.set_by, goal.progress, goal.due) == (
        "Sleep well",
        actor.person_id,
        0,
        date(2026, 6, 30),
    )
    assert (decision.entries[0].what, decision.entries[0].note) == ("GoalSet", "Sleep well")


def test_a_goal_that_is_set_twice_is_one_goal_and_one_entry() -> None:
    before = relationship_in(S.ACTIVE)
    again = relationship_moves.decide(before, SetGoal(**GOAL), MENTOR, LATER)
    assert again.after == before
    assert not again.entries


@pytest.mark.parametrize("part", goals.PARTS)
@pytest.mark.parametrize("text", ["", " \n", "\x00"])
def test_every_part_of_a_goal_is_asked_for(part: str, text: str) -> None:
    for command in (
        SetGoal(**{**GOAL, "goal_id": MENTOR_ID, part: text}),
        ReviseGoal.model_validate({"goal_id": GOAL_ID, part: text}),
    ):
        with pytest.raises(Invalid, match=r"^Please ") as refused:
            relationship_moves.decide(relationship_in(S.ACTIVE), command, MENTEE, NOW)
        assert refused.value.field == part


@pytest.mark.parametrize(("part", "length"), [("title", 201), ("specific", 2001), ("relevant", 2001)])
def test_a_part_of_a_goal_has_a_length(part: str, length: int) -> None:
    command = SetGoal(**{**GOAL, "goal_id": MENTOR_ID, part: "x" * length})
    with pytest.raises(Invalid, match=str(length)) as refused:
        relationship_moves.decide(active(), command, MENTEE, NOW)
    assert refused.value.field == part


def test_a_revision_changes_what_it_names_and_nothing_else() -> None:
    before = relationship_in(S.ACTIVE)
    command = ReviseGoal(goal_id=GOAL_ID, measurable="Fifty people came", progress=100)
    after = relationship_moves.decide(before, command, MENTOR, LATER).after
    assert after.goals[0] == before.goals[0].model_copy(
        update={"measurable": "Fifty people came", "progress": 100, "updated_at": LATER}
    )


@pytest.mark.parametrize("progress", [-1, 101])
def test_progress_is_a_percentage(progress: int) -> None:
    with pytest.raises(Invalid, match="0 to 100") as refused:
        relationship_moves.decide(
            relationship_in(S.ACTIVE), ReviseGoal(goal_id=GOAL_ID, progress=progress), MENTEE, NOW
        )
    assert refused.value.field == "progress"


def test_a_revision_of_nothing_or_of_another_goal_is_refused() -> None:
    relationship = relationship_in(S.ACTIVE)
    with pytest.raises(Invalid, match="what to change"):
        relationship_moves.decide(relationship, ReviseGoal(goal_id=GOAL_ID), MENTEE, NOW)
    with pytest.raises(Invalid, match="no such goal"):
        relationship_moves.decide(relationship, ReviseGoal(goal_id=MENTOR_ID, progress=1), MENTEE, NOW)


@pytest.mark.parametrize(
    ("actor", "earliest"),
    [(MENTEE, date(2026, 3, 2)), (MENTOR, date(2026, 3, 3))],
)
def test_a_goal_is_due_today_or_later_where_its_setter_lives(actor: Any, earliest: date) -> None:
    """Late in the evening of 2 March in New York it is 3 March in Berlin."""
    evening = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    relationship = relationship_in(S.ACTIVE)
    for due in (earliest, date(2099, 1, 1)):
        relationship_moves.decide(relationship, ReviseGoal(goal_id=GOAL_ID, due=due), actor, evening)
    for command in (
        SetGoal(**{**GOAL, "goal_id": MENTOR_ID, "due": earliest - DAY}),
        ReviseGoal(goal_id=GOAL_ID, due=earliest - DAY),
    ):
        with pytest.raises(Invalid, match="still to come") as refused:
            relationship_moves.decide(relationship, command, actor, evening)
        assert refused.value.field == "due"
        # In a replay with other time zone data the day may have passed; what is recorded was in time.
        relationship_moves.decide(relationship, command, actor, evening, recorded=True)


def test_a_goal_that_has_become_due_can_still_be_worked_on() -> None:
    relationship = relationship_in(S.ACTIVE)
    after = relationship_moves.decide(
        relationship, ReviseGoal(goal_id=GOAL_ID, progress=90), MENTEE, NOW + 400 * DAY
    ).after
    assert after.goals[0].progress == 90


def test_there_is_an_end_to_goals() -> None:
    relationship = active()
    for number in range(goals.MAX_GOALS):
        relationship = relationship_moves.decide(
            relationship, SetGoal(**{**GOAL, "goal_id": f"goal-{number}"}), MENTEE, NOW
        ).after
    with pytest.raises(Invalid, match="50 goals"):
        relationship_moves.decide(relationship, SetGoal(**GOAL), MENTEE, NOW)


def test_a_sign_off_says_when_silence_will_confirm_it_and_counts_the_rounds() -> None:
    relationship = active()
    for round_, actor, other in ((1, MENTEE, MENTOR), (2, MENTOR, MENTEE)):
        signed = relationship_moves.decide(relationship, SignOff(comment="Done?"), actor, NOW)
        assert signed.mails[0].props == CompletionRequested(
            relationship_id=relationship.id,
            comment="Done?",
            round=round_,
            confirms_at=signed.after.confirms_at or NOW,
        )
        assert signed.mails[0].to == other.person_id
        assert (signed.after.signed_by, signed.after.since) == (actor.role, NOW)
        declined = relationship_moves.decide(
            signed.after, DeclineCompletion(comment="Not yet."), other, LATER
        )
        relationship = declined.after
        assert (relationship.signed_by, relationship.confirms_at) == (None, None)
        assert declined.mails[0].to == actor.person_id


def test_whoever_says_not_yet_says_what_is_missing() -> None:
    with pytest.raises(Invalid, match="still to be done") as refused:
        relationship_moves.decide(relationship_in(S.COMPLETING), DeclineCompletion(), MENTOR, NOW)
    assert refused.value.field == "comment"


def test_an_admin_who_ends_a_relationship_says_why() -> None:
    with pytest.raises(Invalid, match="say why") as refused:
        relationship_moves.decide(active(), EndRelationship(), ADMIN, NOW)
    assert refused.value.field == "comment"


@pytest.mark.parametrize(
    ("command", "actor"),
    [(SignOff(), MENTEE), (WithdrawRelationship(), MENTOR)],
)
def test_other_comments_are_optional(command: Any, actor: Any) -> None:
    assert relationship_moves.decide(active(), command, actor, NOW).entries[0].note is None


@pytest.mark.parametrize("state", [S.COMPLETED, S.WITHDRAWN, S.ENDED])
def test_what_has_ended_says_when(state: RelationshipState) -> None:
    ended = relationship_in(state)
    assert (ended.ended_at, ended.since, ended.confirms_at) == (NOW, NOW, None)


def survey_of(relationship: Relationship, answers: dict[str, str]) -> None:
    relationship_moves.decide(relationship, AnswerSurvey(answers=answers), MENTEE, NOW)


@pytest.mark.parametrize(
    ("answers", "field", "says"),
    [
        ({}, "useful", "Please answer"),
        ({"useful": "\x00 "}, "useful", "Please answer"),
        ({"useful": "6"}, "useful", "1 to 5"),
        ({"useful": "5", "again": "maybe"}, "again", "one of: yes, no"),
        ({"useful": "5", "remark": "x" * 4001}, "remark", "4001 characters"),
        ({"useful": "5", "other": "?"}, "other", "no question"),
    ],
)
def test_answers_fit_their_questions(answers: dict[str, str], field: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        survey_of(relationship_in(S.COMPLETED), answers)
    assert refused.value.field == field


def test_everything_that_is_wrong_with_a_survey_is_named() -> None:
    """Sent empty it names every question that needs an answer, and the same crosses the engine."""
    with pytest.raises(Invalid) as refused:
        survey_of(relationship_in(S.COMPLETED), {"again": "maybe", "remark": "x" * 4001})
    fields = [refused.value.field, *(field for field, _ in refused.value.further)]
    assert fields == ["useful", "again", "remark"]
    crossed = refusal(refused.value)
    known = from_name(crossed.type, crossed.message, crossed.details[0], crossed.details[1])
    assert known is not None
    assert (known.sentence, known.further) == (refused.value.sentence, refused.value.further)


def test_answers_are_recorded_clean_and_not_kept_by_the_process() -> None:
    command = AnswerSurvey(answers={"useful": " 5\x00", "again": "", "remark": " Thank\r\nyou "})
    decision = relationship_moves.decide(relationship_in(S.COMPLETED), command, MENTOR, NOW)
    assert decision.effects == (
        RecordAnswers(side=Role.MENTOR, answers={"useful": "5", "remark": "Thank\nyou"}),
    )
    assert "Thank" not in decision.after.model_dump_json()


def test_a_confirmation_by_silence_says_so_in_the_survey_mail() -> None:
    for name, by_time in (("confirm-completion", False), ("confirmation-overdue", True)):
        command, actor = RELATIONSHIP_COMMANDS[name]
        decision = relationship_moves.decide(relationship_in(S.COMPLETING), command, actor, NOW)
        for order in decision.mails:
            assert isinstance(order.props, SurveyAsked)
            assert order.props.confirmed_by_time is by_time


def test_a_confirmation_needs_no_comment() -> None:
    decision = relationship_moves.decide(relationship_in(S.COMPLETING), ConfirmCompletion(), MENTOR, NOW)
    assert decision.entries[0].note is None


@pytest.mark.parametrize("side", [Role.MENTEE, Role.MENTOR])
@pytest.mark.parametrize("state", [S.ACTIVE, S.COMPLETING, S.COMPLETED])
def test_whoever_leaves_ends_the_process_and_the_other_side_alone_is_told(
    state: RelationshipState, side: Role
) -> None:
    """Nothing may stay open: the engine forgets only what has ended."""
    before = relationship_in(state)
    decision = relationship_moves.decide(before, PartyLeft(side=side), SYSTEM, LATER)
    assert decision.after.is_finished
    assert relationship_moves.due(decision.after, LATER + 400 * DAY) is None
    other = before.mentee_id if side is Role.MENTOR else before.mentor_id
    told = [] if state is S.COMPLETED else [other]
    assert [order.to for order in decision.mails] == told
