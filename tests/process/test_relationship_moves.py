"""Every state of a relationship with every command, and every role with every command."""

from __future__ import annotations

import pytest

from models.process.actors import Actor, Role
from models.process.commands import Command
from models.process.errors import IllegalMove, NotAllowed
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import MOVES, RUNNING, RelationshipState
from models.process.relationship.moves import COMMANDS
from models.process.relationship.parts.completion import ConfirmCompletion, DeclineCompletion
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.relationship.view import RelationshipView
from tests.process.factories import (
    ACTORS,
    ADMIN,
    ANSWERS,
    MENTEE,
    MENTOR,
    NOW,
    RELATIONSHIP_COMMANDS,
    STRANGER_ID,
    relationship_in,
)

S = RelationshipState
PAIRS = [(state, name) for state in RelationshipState for name in RELATIONSHIP_COMMANDS]
FROM = {name: next(state for state, of_name in MOVES if of_name == name) for _, name in MOVES}


def test_there_is_a_good_command_of_every_name() -> None:
    assert set(RELATIONSHIP_COMMANDS) == set(COMMANDS) == {name for _, name in MOVES}


@pytest.mark.parametrize("state", RelationshipState)
def test_every_state_can_be_reached(state: RelationshipState) -> None:
    assert relationship_in(state).state is state


@pytest.mark.parametrize(("state", "name"), PAIRS)
def test_a_move_leads_where_the_table_says_and_any_other_is_refused(
    state: RelationshipState, name: str
) -> None:
    relationship = relationship_in(state)
    before = relationship.model_copy(deep=True)
    command, actor = RELATIONSHIP_COMMANDS[name]
    if (state, name) in MOVES:
        after = relationship_moves.decide(relationship, command, actor, NOW).after
        assert after.state in MOVES[state, name]
    else:
        with pytest.raises(IllegalMove, match=r"^This relationship "):
            relationship_moves.decide(relationship, command, actor, NOW)
    assert relationship == before


@pytest.mark.parametrize("state", sorted(RUNNING))
@pytest.mark.parametrize("actor", [MENTEE, MENTOR])
def test_either_may_withdraw_at_any_time(state: RelationshipState, actor: Actor) -> None:
    command, _ = RELATIONSHIP_COMMANDS["withdraw"]
    after = relationship_moves.decide(relationship_in(state), command, actor, NOW).after
    assert after.state is S.WITHDRAWN


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", COMMANDS)
def test_only_the_roles_of_the_table_may_send_a_command(name: str, role: Role) -> None:
    command, _ = RELATIONSHIP_COMMANDS[name]
    relationship = relationship_in(FROM[name])
    if name in {"confirm-completion", "decline-completion"} and role is Role.MENTEE:
        relationship = relationship.model_copy(update={"signed_by": Role.MENTOR})
    if role in COMMANDS[name].by:
        relationship_moves.decide(relationship, command, ACTORS[role], NOW)
    else:
        with pytest.raises(NotAllowed, match=r"^Only (the|a) "):
            relationship_moves.decide(relationship, command, ACTORS[role], NOW)


@pytest.mark.parametrize(("state", "name"), PAIRS)
@pytest.mark.parametrize("role", [Role.MENTEE, Role.MENTOR])
def test_a_stranger_is_refused_whatever_the_state(state: RelationshipState, name: str, role: Role) -> None:
    stranger = Actor(role=role, person_id=STRANGER_ID)
    with pytest.raises(NotAllowed):
        relationship_moves.decide(relationship_in(state), RELATIONSHIP_COMMANDS[name][0], stranger, NOW)


@pytest.mark.parametrize("command", [ConfirmCompletion(), DeclineCompletion(comment="Not yet.")])
def test_nobody_confirms_what_they_signed_off_themselves(command: Command) -> None:
    with pytest.raises(NotAllowed, match="the other side confirms"):
        relationship_moves.decide(relationship_in(S.COMPLETING), command, MENTEE, NOW)


def test_a_survey_is_answered_once() -> None:
    completed = relationship_in(S.COMPLETED)
    answered = relationship_moves.decide(completed, AnswerSurvey(answers=ANSWERS), MENTEE, NOW).after
    with pytest.raises(IllegalMove, match="closed already"):
        relationship_moves.decide(answered, AnswerSurvey(answers=ANSWERS), MENTEE, NOW)
    relationship_moves.decide(answered, AnswerSurvey(answers=ANSWERS), MENTOR, NOW)


@pytest.mark.parametrize("state", RelationshipState)
@pytest.mark.parametrize("role", Role)
def test_what_is_offered_is_taken_and_what_is_not_is_refused(state: RelationshipState, role: Role) -> None:
    relationship = relationship_in(state)
    offered = relationship_moves.allowed(RelationshipView.of(relationship), role)
    assert role is not Role.SYSTEM or offered == []
    assert len(offered) == len(set(offered))
    for name, (command, _) in RELATIONSHIP_COMMANDS.items():
        if role is Role.SYSTEM:
            continue
        if name in offered:
            relationship_moves.decide(relationship, command, ACTORS[role], NOW)
        else:
            with pytest.raises((IllegalMove, NotAllowed)):
                relationship_moves.decide(relationship, command, ACTORS[role], NOW)


def test_the_buttons_of_a_completion() -> None:
    view = RelationshipView.of(relationship_in(S.COMPLETING))
    assert relationship_moves.allowed(view, Role.MENTEE) == ["set-goal", "revise-goal", "withdraw"]
    assert relationship_moves.allowed(view, Role.MENTOR) == [
        "set-goal",
        "revise-goal",
        "confirm-completion",
        "decline-completion",
        "withdraw",
    ]
    assert relationship_moves.allowed(view, ADMIN.role) == ["end"]


def test_an_answered_survey_is_offered_no_more() -> None:
    completed = relationship_in(S.COMPLETED)
    answered = relationship_moves.decide(completed, AnswerSurvey(answers=ANSWERS), MENTEE, NOW).after
    view = RelationshipView.of(answered)
    assert relationship_moves.allowed(view, Role.MENTEE) == []
    assert relationship_moves.allowed(view, Role.MENTOR) == ["survey"]
