"""An acceptance takes its places outside of the process: every order in which the answers can come."""

from __future__ import annotations

from itertools import permutations

import pytest

from models.mails.frame import ReleaseCause
from models.mails.request import RequestReleased
from models.process.actors import SYSTEM
from models.process.commands import Command
from models.process.effects import ReleaseOthers, StartRelationship
from models.process.errors import IllegalMove
from models.process.request import moves as request_moves
from models.process.request.commands import AcceptRequest
from models.process.request.reports import BeOvertaken, DeadlinePassed, PlacesClaimed, PlacesRefused
from models.process.request.state import Request, RequestState, next_step
from models.process.step import Decision
from tests.process.factories import (
    DAY,
    MENTEE_ID,
    MENTOR,
    MENTOR_ID,
    NOW,
    OVERTAKEN,
    pending,
    request_in,
    rules,
)

S = RequestState
ACCEPT = AcceptRequest(comment="Gladly.")
FULL = BeOvertaken(cause=ReleaseCause.MENTOR_FULL)
MATCHED = BeOvertaken(cause=ReleaseCause.MENTEE_MATCHED)


def run(request: Request, *commands: Command) -> list[Decision[Request]]:
    """Like the process: a report that comes too late is passed over."""
    decisions = []
    for command in commands:
        actor = MENTOR if isinstance(command, AcceptRequest) else SYSTEM
        try:
            decisions.append(request_moves.decide(request, command, actor, NOW))
        except IllegalMove:
            continue
        request = decisions[-1].after
    return decisions


@pytest.mark.parametrize("cause", ReleaseCause)
def test_overtaken_before_the_claim_is_answered_and_the_claim_wins(cause: ReleaseCause) -> None:
    decisions = run(pending(), ACCEPT, BeOvertaken(cause=cause), PlacesClaimed())
    assert decisions[-1].after.state is S.ACCEPTED


@pytest.mark.parametrize("cause", ReleaseCause)
@pytest.mark.parametrize("full", ["mentor", "mentee"])
def test_overtaken_and_refused_releases_once_in_either_order(cause: ReleaseCause, full: str) -> None:
    refused = PlacesRefused.model_validate({"full": full})
    for order in permutations((BeOvertaken(cause=cause), refused)):
        decisions = run(pending(), ACCEPT, *order)
        last = decisions[-1].after
        taken_back = cause is ReleaseCause.TAKEN_BACK and last.overtaken is cause
        assert last.state is (S.WITHDRAWN if taken_back else S.RELEASED)
        ended = "RequestWithdrawn" if taken_back else "RequestReleased"
        assert [entry.what for each in decisions for entry in each.entries] == [ended]
        assert last.overtaken is not None
        assert last.accepting is None


def test_a_full_mentor_can_raise_the_capacity_and_accept_again() -> None:
    refused = run(pending(), ACCEPT, PlacesRefused(full="mentor"))[-1].after
    assert (refused.state, refused.version, refused.comment) == (S.PENDING, 1, "")
    assert (refused.closes_at, refused.reminders) == (pending().closes_at, pending().reminders)
    again = run(refused, ACCEPT, PlacesClaimed())[-1].after
    assert (again.state, again.version) == (S.ACCEPTED, 2)


def test_a_mentee_who_is_matched_is_released_by_the_refusal_itself() -> None:
    decision = run(pending(), ACCEPT, PlacesRefused(full="mentee"))[-1]
    assert decision.after.overtaken is ReleaseCause.MENTEE_MATCHED
    assert [order.to for order in decision.mails] == [MENTEE_ID, MENTOR_ID]
    assert decision.entries[0].by is None


def test_a_programme_may_keep_requests_waiting_instead() -> None:
    waiting = pending(policy=rules(release_overtaken=False))
    refused = run(waiting, ACCEPT, PlacesRefused(full="mentee"))[-1].after
    assert refused.state is S.PENDING
    claimed = run(waiting, ACCEPT, PlacesClaimed(overtaken=(OVERTAKEN,)))[-1]
    assert [type(effect) for effect in claimed.effects] == [StartRelationship]


def test_an_acceptance_that_overtakes_nobody_releases_nobody() -> None:
    claimed = run(pending(), ACCEPT, PlacesClaimed())[-1]
    assert not any(isinstance(effect, ReleaseOthers) for effect in claimed.effects)


def test_a_start_is_told_how_many_other_requests_of_the_mentee_it_closes() -> None:
    mine = OVERTAKEN.model_copy(update={"cause": ReleaseCause.MENTEE_MATCHED})
    claimed = run(pending(), ACCEPT, PlacesClaimed(overtaken=(mine, OVERTAKEN, mine)))[-1]
    assert [one.closes for one in claimed.effects if isinstance(one, StartRelationship)] == [2]
    waiting = pending(policy=rules(release_overtaken=False))
    kept = run(waiting, ACCEPT, PlacesClaimed(overtaken=(mine,)))[-1]
    assert [one.closes for one in kept.effects if isinstance(one, StartRelationship)] == [0]


def test_whoever_reads_of_a_release_elsewhere_gets_no_mail_about_it() -> None:
    """A mentor knows that their last place is taken; a mentee that they have found a mentor."""
    full, matched = run(pending(), FULL)[-1], run(pending(), MATCHED)[-1]
    assert [order.to for order in full.mails] == [MENTEE_ID]
    assert [order.to for order in matched.mails] == [MENTOR_ID]
    assert full.mails[0].props == RequestReleased(
        request_id=pending().id, revision=1, cause=ReleaseCause.MENTOR_FULL
    )


def test_of_two_acceptances_the_second_is_refused() -> None:
    with pytest.raises(IllegalMove, match="being accepted at this moment"):
        request_moves.decide(request_in(S.ACCEPTING), ACCEPT, MENTOR, NOW)


def test_time_stands_still_while_the_places_are_taken() -> None:
    accepting = request_in(S.ACCEPTING)
    assert next_step(accepting) is None
    assert request_moves.due(accepting, NOW + 100 * DAY) is None
    with pytest.raises(IllegalMove):
        request_moves.decide(accepting, DeadlinePassed(), SYSTEM, NOW + 100 * DAY)


def test_a_date_that_passed_meanwhile_is_made_up_for_when_the_claim_fails() -> None:
    refused = run(request_in(S.ACCEPTING), PlacesRefused(full="mentor"))[-1].after
    assert isinstance(request_moves.due(refused, NOW + 100 * DAY), DeadlinePassed)
