"""Every state of a shortlist with every command, and what ends the whole list."""

from __future__ import annotations

import pytest

from models.mails.frame import ReleaseCause
from models.process.actors import SYSTEM, Actor, Role
from models.process.commands import Command, MailBounced
from models.process.errors import IllegalMove, Invalid
from models.process.match import Basis
from models.process.request.state import RequestState
from models.process.shortlist import moves
from models.process.shortlist.commands import ReorderShortlist, WithdrawShortlist
from models.process.shortlist.reasons import SENTENCES, Why
from models.process.shortlist.reports import AskEnded, AsksChosen, MenteeGone, PassedOver
from models.process.shortlist.state import MOVES, Ask, AskState, Mode, Shortlist, ShortlistState
from tests.process.factories import MENTEE_ID, NOW

S = ShortlistState
MENTEE = Actor(role=Role.MENTEE, person_id=MENTEE_ID)
ENDED = AskEnded(request_id="r1", state=RequestState.REJECTED)
GOOD: dict[str, tuple[Command, Actor]] = {
    "reorder": (ReorderShortlist(mentors=("m3",)), MENTEE),
    "withdraw": (WithdrawShortlist(), MENTEE),
    "asks-chosen": (AsksChosen(passed=(PassedOver(mentor_id="m2", why=Why.FULL),)), SYSTEM),
    "ask-ended": (ENDED, SYSTEM),
    "mentee-gone": (MenteeGone(), SYSTEM),
    "mail-bounced": (MailBounced(process_id="s", kind="shortlist-exhausted"), SYSTEM),
}


def a_list(state: ShortlistState = S.RUNNING, mode: Mode = Mode.IN_ORDER) -> Shortlist:
    """The first is asked, the second waits; at once both are asked."""
    both = mode is Mode.AT_ONCE
    second = Ask(mentor_id="m2", state=AskState.ASKED, request_id="r2") if both else Ask(mentor_id="m2")
    return Shortlist(
        id="s",
        programme_id="p",
        mentee_id=MENTEE_ID,
        since=NOW,
        created_at=NOW,
        state=state,
        mode=mode,
        basis=Basis.GAPS,
        message="Please.",
        asks=(Ask(mentor_id="m1", state=AskState.ASKED, request_id="r1"), second),
        maximum=2,
    )


def after(shortlist: Shortlist, command: Command, actor: Actor = SYSTEM) -> Shortlist:
    return moves.decide(shortlist, command, actor, NOW).after


@pytest.mark.parametrize("state", ShortlistState)
@pytest.mark.parametrize("name", sorted(moves.COMMANDS))
def test_a_move_leads_where_the_table_says_and_any_other_is_refused(state: ShortlistState, name: str) -> None:
    command, actor = GOOD[name]
    if (state, name) in MOVES:
        assert after(a_list(state), command, actor).state in MOVES[state, name]
    else:
        with pytest.raises(IllegalMove):
            after(a_list(state), command, actor)


def test_the_mentor_who_is_asked_keeps_a_list_that_is_taken_back_until_that_has_ended() -> None:
    taken = after(a_list(), WithdrawShortlist(), MENTEE)
    assert (taken.state, taken.ending, taken.chooses) == (S.RUNNING, Why.TAKEN_BACK, False)
    with pytest.raises(IllegalMove):
        after(taken, ReorderShortlist(mentors=()), MENTEE)
    gone = after(taken, ENDED.model_copy(update={"state": RequestState.WITHDRAWN}))
    assert (gone.state, gone.why, gone.goes_on) == (S.WITHDRAWN, Why.TAKEN_BACK, False)
    won = after(taken, ENDED.model_copy(update={"state": RequestState.ACCEPTED, "relationship_id": "x"}))
    assert (won.state, won.why, won.relationship_id) == (S.MATCHED, None, "x")


def test_losers_that_are_heard_of_before_the_winner_do_not_end_the_list_otherwise() -> None:
    both = a_list(mode=Mode.AT_ONCE)
    lost = AskEnded(request_id="r2", state=RequestState.RELEASED, cause=ReleaseCause.MENTEE_MATCHED)
    heard = after(both, lost)
    assert (heard.state, heard.chooses) == (S.RUNNING, False)
    won = after(heard, ENDED.model_copy(update={"state": RequestState.ACCEPTED, "relationship_id": "x"}))
    assert (won.state, won.why, won.relationship_id) == (S.MATCHED, None, "x")
    elsewhere = after(heard, ENDED.model_copy(update={"state": RequestState.RELEASED, "cause": lost.cause}))
    assert (elsewhere.state, elsewhere.why, elsewhere.relationship_id) == (
        S.MATCHED,
        Why.FOUND_ELSEWHERE,
        None,
    )


@pytest.mark.parametrize(
    "mentors", [("m2", "m2"), (MENTEE_ID,), ("m2", "m3")], ids=["twice", "oneself", "too many"]
)
def test_what_cannot_be_a_list_is_refused_with_a_sentence(mentors: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        after(a_list(), ReorderShortlist(mentors=mentors), MENTEE)
    assert refused.value.field == "mentors"


def test_counts_as_one_in_order_and_as_many_as_are_out_at_once() -> None:
    assert a_list().counts == 1
    assert a_list(mode=Mode.AT_ONCE).counts == 2
    assert a_list(S.WITHDRAWN).counts == 0


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Why)
