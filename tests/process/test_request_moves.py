"""Every state with every command: the table names where it leads, or it is refused and nothing changes."""

from __future__ import annotations

import pytest

from models.mails.frame import ReleaseCause
from models.process.actors import Actor, Role
from models.process.errors import IllegalMove, NotAllowed
from models.process.request import moves as request_moves
from models.process.request.moves import COMMANDS
from models.process.request.reports import BeOvertaken, PlacesRefused
from models.process.request.state import INNER, MOVES, OPEN, TERMINAL, Request, RequestState
from tests.process.factories import ACTORS, NOW, REQUEST_COMMANDS, STRANGER_ID, pending, request_in

S = RequestState
PAIRS = [(state, name) for state in RequestState for name in REQUEST_COMMANDS]


def test_there_is_a_good_command_of_every_name() -> None:
    assert set(REQUEST_COMMANDS) == set(COMMANDS) == {name for _, name in MOVES}


@pytest.mark.parametrize("state", RequestState)
def test_every_state_can_be_reached(state: RequestState) -> None:
    assert request_in(state).state is state


@pytest.mark.parametrize(("state", "name"), PAIRS)
def test_a_move_leads_where_the_table_says_and_any_other_is_refused(state: RequestState, name: str) -> None:
    request = request_in(state)
    before = request.model_copy(deep=True)
    command, actor = REQUEST_COMMANDS[name]
    if (state, name) in MOVES:
        after = request_moves.decide(request, command, actor, NOW).after
        assert after.state in MOVES[state, name]
    else:
        with pytest.raises(IllegalMove) as refused:
            request_moves.decide(request, command, actor, NOW)
        assert refused.value.sentence.startswith("This request ")
    assert request == before


@pytest.mark.parametrize(
    ("overtaken", "full", "leads_to"),
    [
        (None, "mentor", S.PENDING),
        (None, "mentee", S.RELEASED),
        (ReleaseCause.MENTOR_FULL, "mentor", S.RELEASED),
        (ReleaseCause.MENTEE_MATCHED, "mentee", S.RELEASED),
    ],
)
def test_both_ends_of_a_claim_that_failed_are_reached(
    overtaken: ReleaseCause | None, full: str, leads_to: RequestState
) -> None:
    request = request_in(S.ACCEPTING)
    if overtaken:
        request = request_moves.decide(request, BeOvertaken(cause=overtaken), ACTORS[Role.SYSTEM], NOW).after
    refused = PlacesRefused.model_validate({"full": full})
    assert request_moves.decide(request, refused, ACTORS[Role.SYSTEM], NOW).after.state is leads_to


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_what_is_over_takes_nothing(state: RequestState) -> None:
    assert not [name for of_state, name in MOVES if of_state is state]


@pytest.mark.parametrize("state", sorted(OPEN))
def test_whatever_is_open_can_end(state: RequestState) -> None:
    reached = {state}
    while True:
        further = {to for (of, _), targets in MOVES.items() if of in reached for to in targets} | reached
        if further == reached:
            break
        reached = further
    assert reached >= TERMINAL


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", COMMANDS)
def test_only_the_roles_of_the_table_may_send_a_command(name: str, role: Role) -> None:
    state = next(state for state, of_name in MOVES if of_name == name)
    command, _ = REQUEST_COMMANDS[name]
    if role in COMMANDS[name].senders(request_in(state)):
        request_moves.decide(request_in(state), command, ACTORS[role], NOW)
    else:
        with pytest.raises(NotAllowed, match=r"^Only (the|a) "):
            request_moves.decide(request_in(state), command, ACTORS[role], NOW)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (name, role)
        for name, command in COMMANDS.items()
        for role in command.senders(pending()) & {Role.MENTEE, Role.MENTOR}
    ],
)
def test_the_right_role_of_another_request_is_not_enough(name: str, role: Role) -> None:
    state = next(state for state, of_name in MOVES if of_name == name)
    stranger = Actor(role=role, person_id=STRANGER_ID)
    with pytest.raises(NotAllowed, match="do not take part"):
        request_moves.decide(request_in(state), REQUEST_COMMANDS[name][0], stranger, NOW)


@pytest.mark.parametrize(("state", "name"), PAIRS)
def test_who_may_not_is_told_so_before_anything_about_the_state(state: RequestState, name: str) -> None:
    """A person who has no part in it learns nothing of where it stands."""
    stranger = Actor(role=Role.MENTOR, person_id=STRANGER_ID)
    with pytest.raises(NotAllowed):
        request_moves.decide(request_in(state), REQUEST_COMMANDS[name][0], stranger, NOW)


@pytest.mark.parametrize("state", RequestState)
@pytest.mark.parametrize("role", Role)
def test_what_is_offered_is_what_the_tables_allow(state: RequestState, role: Role) -> None:
    offered = request_moves.allowed(request_in(state), role)
    expected = {
        name
        for name, command in COMMANDS.items()
        if role in command.senders(pending()) and (state, name) in MOVES and role is not Role.SYSTEM
    }
    assert set(offered) == expected
    assert len(offered) == len(expected)


def test_the_mentor_of_a_pending_request_is_offered_three_decisions() -> None:
    assert request_moves.allowed(request_in(S.PENDING), Role.MENTOR) == [
        "accept",
        "request-amendment",
        "reject",
    ]


@pytest.mark.parametrize("state", RequestState)
def test_the_inner_state_is_never_shown(state: RequestState) -> None:
    request: Request = request_in(state)
    assert request.public_state is (S.PENDING if state in INNER else state)
    assert request.is_open == (state in OPEN)
