"""Somebody takes part no longer: what becomes of what is open, whoever it is and however they went (R10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.mails.frame import ADMINS, ReleaseCause
from models.process.actors import SYSTEM, Role
from models.process.departures import NOTES, TOLD, Fate, Presence, fate, mentee_gone, mentor_gone
from models.process.errors import IllegalMove
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.process.request import moves as request_moves
from models.process.request.reports import (
    BeOvertaken,
    DeadlinePassed,
    GiveBack,
    LeaveToAdmins,
    PlacesClaimed,
    PlacesRefused,
)
from models.process.request.state import Request, RequestState, next_step
from models.process.request.view import RequestView
from models.process.step import Decision
from tests.process.factories import (
    DAY,
    MENTEE_ID,
    MENTOR_ID,
    NOW,
    REQUEST_COMMANDS,
    pending,
    request_in,
)

S = RequestState
OPTIONS = ProgrammeSettings(preferences=("Career", "Technology"))
HERE: dict[str, Any] = {
    "is_mentee": True,
    "is_mentor": True,
    "has_left": False,
    "stepped_down": False,
    "available": True,
    "available_from": None,
    "time_zone": "Europe/Berlin",
}
STOP = LeaveToAdmins(cause=ReleaseCause.MENTOR_STOPPED)
LATER = NOW + DAY


def left(state: RequestState = S.PENDING) -> Request:
    return request_moves.decide(request_in(state), STOP, SYSTEM, NOW).after


def mails(decision: Decision[Request]) -> list[tuple[str, str]]:
    return [(order.props.kind, order.to) for order in decision.mails]


def test_every_cause_has_its_words_and_somebody_who_is_told() -> None:
    assert set(NOTES) == set(TOLD) == set(ReleaseCause)


@pytest.mark.parametrize(
    ("changes", "as_mentor", "as_mentee"),
    [
        ({}, None, None),
        ({"has_left": True}, ReleaseCause.MENTOR_LEFT, ReleaseCause.MENTEE_LEFT),
        ({"is_mentor": False}, ReleaseCause.MENTOR_STOPPED, None),
        ({"is_mentee": False}, None, ReleaseCause.MENTEE_STOPPED),
        ({"stepped_down": True}, ReleaseCause.MENTOR_STOPPED, None),
        ({"available": False}, ReleaseCause.MENTOR_AWAY, None),
        (
            {"available": False, "available_from": date(2026, 3, 9)},
            ReleaseCause.MENTOR_AWAY,
            None,
        ),
        ({"available": False, "available_from": date(2026, 3, 2)}, None, None),
    ],
)
def test_why_somebody_is_gone(
    changes: dict[str, Any], as_mentor: ReleaseCause | None, as_mentee: ReleaseCause | None
) -> None:
    who = Presence(**{**HERE, **changes})
    assert mentor_gone(who, OPTIONS, NOW) is as_mentor
    assert mentee_gone(who) is as_mentee


def test_who_unticked_all_options_is_a_mentor_again_once_the_programme_has_none() -> None:
    who = Presence(**{**HERE, "stepped_down": True})
    assert mentor_gone(who, ProgrammeSettings(), NOW) is None


@pytest.mark.parametrize(
    ("settings", "cause", "wanted"),
    [
        ({}, ReleaseCause.MENTOR_LEFT, Fate.RELEASE),
        ({}, ReleaseCause.MENTOR_STOPPED, Fate.RELEASE),
        ({}, ReleaseCause.MENTOR_AWAY, Fate.KEEP),
        ({"when_mentor_leaves": "admins"}, ReleaseCause.MENTOR_LEFT, Fate.ADMINS),
        ({"when_mentor_leaves": "admins"}, ReleaseCause.MENTOR_STOPPED, Fate.ADMINS),
        ({"when_mentor_leaves": "admins"}, ReleaseCause.MENTOR_AWAY, Fate.KEEP),
        ({"when_unavailable": "release"}, ReleaseCause.MENTOR_AWAY, Fate.RELEASE),
        ({"when_unavailable": "admins"}, ReleaseCause.MENTOR_AWAY, Fate.ADMINS),
        ({"when_mentor_leaves": "admins"}, ReleaseCause.MENTEE_LEFT, Fate.RELEASE),
        ({"when_mentor_leaves": "admins"}, ReleaseCause.MENTEE_STOPPED, Fate.RELEASE),
    ],
)
def test_what_the_programme_wants(settings: dict[str, Any], cause: ReleaseCause, wanted: Fate) -> None:
    assert fate(cause, ProgrammeSettings(**settings)) is wanted


def profile(**values: Any) -> MemberProfile:
    return MemberProfile(person_id="p", name="P", time_zone="UTC", joined_at=NOW, **values)


def test_a_mentor_who_unticks_all_steps_down_until_one_is_ticked_again() -> None:
    mentor = profile(is_mentor=True, preferences=frozenset({"Career"}))
    mentor.ticks(frozenset(), OPTIONS.preferences)
    assert mentor.stepped_down
    mentor.ticks(frozenset(), OPTIONS.preferences)
    assert mentor.stepped_down
    mentor.ticks(frozenset({"Technology"}), OPTIONS.preferences)
    assert not mentor.stepped_down


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        ({"is_mentor": True}, OPTIONS.preferences),
        ({"is_mentee": True, "preferences": frozenset({"Career"})}, OPTIONS.preferences),
        ({"is_mentor": True, "preferences": frozenset({"Career"})}, ()),
    ],
    ids=["ticked nothing before", "no mentor", "an option that is no longer on offer"],
)
def test_nobody_else_steps_down(values: dict[str, Any], offered: tuple[str, ...]) -> None:
    one = profile(**values)
    one.ticks(frozenset(), offered)
    assert not one.stepped_down


def test_who_comes_back_has_none_of_the_roles_of_before() -> None:
    gone = profile(is_mentor=True, is_admin=True, left_at=NOW)
    back = gone.returned()
    assert (back.is_mentor, back.is_admin, back.left_at) == (False, False, None)
    assert profile(is_admin=True).returned().is_admin


@pytest.mark.parametrize("state", [S.PENDING, S.AMENDMENT_REQUESTED])
def test_left_to_the_admins_both_are_told_once_and_nobody_is_reminded(state: RequestState) -> None:
    before = request_in(state)
    decision = request_moves.decide(before, STOP, SYSTEM, LATER)
    after = decision.after
    assert mails(decision) == [("request-left-to-admins", MENTEE_ID), ("request-needs-admin", ADMINS)]
    assert (after.state, after.reminders, after.closes_at) == (state, (), before.closes_at)
    assert RequestView.of(after).left_to_admins is ReleaseCause.MENTOR_STOPPED
    step = next_step(after)
    assert step is not None
    assert step.what == "expiry"
    again = request_moves.decide(after, STOP, SYSTEM, LATER)
    assert (again.after, again.mails, again.entries) == (after, (), ())


@pytest.mark.parametrize("name", ["accept", "request-amendment", "reject", "edit", "resubmit", "remind"])
@pytest.mark.parametrize("state", [S.PENDING, S.AMENDMENT_REQUESTED])
def test_what_needs_a_mentor_is_neither_offered_nor_taken(state: RequestState, name: str) -> None:
    command, actor = REQUEST_COMMANDS[name]
    with pytest.raises(IllegalMove):
        request_moves.decide(left(state), command, actor, LATER)
    assert name not in request_moves.allowed(left(state), actor.role)


@pytest.mark.parametrize("name", ["withdraw", "extend", "close", "deadline-passed"])
def test_it_ends_and_goes_on_without_a_word_to_the_mentor(name: str) -> None:
    command, actor = REQUEST_COMMANDS[name]
    decision = request_moves.decide(left(), command, actor, LATER)
    assert MENTOR_ID not in {to for _, to in mails(decision)}
    assert decision.after.reminders == ()


def test_the_admins_are_offered_what_they_can_do() -> None:
    assert request_moves.allowed(left(), Role.ADMIN) == ["extend", "close", "hand-over"]
    assert request_moves.allowed(left(), Role.MENTEE) == ["withdraw"]


def test_silence_ends_it_all_the_same() -> None:
    waits = left()
    assert waits.closes_at is not None
    assert isinstance(request_moves.due(waits, waits.closes_at), DeadlinePassed)


def test_a_mentor_who_is_back_is_asked_anew_with_dates_of_their_own() -> None:
    decision = request_moves.decide(left(), GiveBack(), SYSTEM, LATER)
    assert mails(decision) == [("request-received", MENTOR_ID)]
    assert decision.after.left_to_admins is None
    assert decision.after.reminders
    assert [entry.what for entry in decision.entries] == ["RequestGivenBack"]
    command, actor = REQUEST_COMMANDS["accept"]
    assert request_moves.decide(decision.after, command, actor, LATER).after.state is S.ACCEPTING
    nothing = request_moves.decide(pending(), GiveBack(), SYSTEM, LATER)
    assert (nothing.after, nothing.mails) == (pending(), ())


def test_an_acceptance_under_way_wins_and_a_refused_one_is_left_to_the_admins() -> None:
    told = request_moves.decide(request_in(S.ACCEPTING), STOP, SYSTEM, NOW).after
    won = request_moves.decide(told, PlacesClaimed(), SYSTEM, NOW)
    assert won.after.state is S.ACCEPTED
    lost = request_moves.decide(told, PlacesRefused(full="mentor", gone=True), SYSTEM, NOW)
    assert mails(lost) == [("request-left-to-admins", MENTEE_ID), ("request-needs-admin", ADMINS)]
    assert (lost.after.state, lost.after.left_to_admins) == (S.PENDING, ReleaseCause.MENTOR_STOPPED)


@pytest.mark.parametrize("full", ["mentor", "mentee"])
def test_a_claim_that_was_refused_since_somebody_is_gone_releases_nothing_by_itself(full: str) -> None:
    """Their erasure may still be called off; whoever has gone for good is told of apart."""
    refused = PlacesRefused.model_validate({"full": full, "gone": True})
    decision = request_moves.decide(request_in(S.ACCEPTING), refused, SYSTEM, NOW)
    assert (decision.after.state, decision.mails) == (S.PENDING, ())
    released = request_moves.decide(
        decision.after, BeOvertaken(cause=ReleaseCause.MENTOR_STOPPED), SYSTEM, NOW
    )
    assert mails(released) == [("request-released", MENTEE_ID)]


def test_a_mentor_who_leaves_after_stopping_releases_what_was_left_to_the_admins() -> None:
    decision = request_moves.decide(left(), BeOvertaken(cause=ReleaseCause.MENTOR_LEFT), SYSTEM, LATER)
    assert decision.after.state is S.RELEASED
    assert mails(decision) == [("request-released", MENTEE_ID)]
