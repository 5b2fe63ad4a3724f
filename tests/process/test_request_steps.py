"""What each step of a request leaves behind: the timeline entry, the mails, the effects, the version."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from models.mails.frame import ADMINS, ReleaseCause
from models.mails.request import RequestReceived, RequestReminder
from models.process.actors import SYSTEM, Actor, Role
from models.process.commands import Command
from models.process.effects import (
    ClaimPlaces,
    Effect,
    ReleaseOthers,
    StartRelationship,
    StartSuccessor,
)
from models.process.errors import Invalid, Superseded
from models.process.policy import RequestPolicy
from models.process.request import moves as request_moves
from models.process.request.commands import (
    AcceptRequest,
    EditRequest,
    ExtendRequest,
    RejectRequest,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from models.process.request.reports import BeOvertaken
from models.process.request.state import MOVES, Request, RequestState, relationship_id
from models.process.step import Decision
from models.process.timeline import Audience
from tests.process.factories import (
    ADMIN,
    ADMIN_ID,
    DAY,
    MENTEE,
    MENTEE_ID,
    MENTOR,
    MENTOR_ID,
    NOW,
    OVERTAKEN,
    REASON,
    REQUEST_COMMANDS,
    REQUEST_ID,
    draft,
    pending,
    request_in,
    rules,
)

S = RequestState
STARTED = relationship_id(REQUEST_ID)
LATER = NOW + 3 * DAY


@dataclass(frozen=True)
class Left:
    """`mails`: (kind, to whom)."""

    what: str
    by: str | None
    note: str | None
    mails: tuple[tuple[str, str], ...] = ()
    effects: tuple[Effect, ...] = ()
    audience: Audience = Audience.BOTH


STOPPED = Left(
    "RequestLeftToAdmins",
    None,
    "The mentor is no mentor of this programme any more.",
    (("request-left-to-admins", MENTEE_ID), ("request-needs-admin", ADMINS)),
)
STEPS: dict[tuple[RequestState, str], Left | None] = {
    (S.PENDING, "accept"): None,
    (S.PENDING, "request-amendment"): Left(
        "AmendmentRequested", MENTOR_ID, "Which kind of talk?", (("amendment-requested", MENTEE_ID),)
    ),
    (S.PENDING, "reject"): Left(
        "RequestRejected", MENTOR_ID, f"{REASON}\nNot this year.", (("request-rejected", MENTEE_ID),)
    ),
    (S.PENDING, "edit"): Left(
        "RequestEdited",
        MENTEE_ID,
        "Would you help me to speak at a conference?",
        (("request-edited", MENTOR_ID),),
    ),
    (S.PENDING, "withdraw"): Left(
        "RequestWithdrawn", MENTEE_ID, "My plans have changed.", (("request-withdrawn", MENTOR_ID),)
    ),
    (S.PENDING, "remind"): Left("ReminderSent", ADMIN_ID, None, (("request-reminder", MENTOR_ID),)),
    (S.PENDING, "extend"): Left(
        "RequestExtended",
        ADMIN_ID,
        "2026-03-23",
        (("request-extended", MENTEE_ID), ("request-extended", MENTOR_ID)),
    ),
    (S.PENDING, "close"): Left(
        "RequestClosed",
        ADMIN_ID,
        "The mentor is on leave.",
        (("request-closed", MENTEE_ID), ("request-closed", MENTOR_ID)),
    ),
    (S.PENDING, "hand-over"): None,
    (S.HANDING_OVER, "handed-over"): Left(
        "RequestHandedOver",
        ADMIN_ID,
        "She has time now.",
        (("request-handed-over", MENTOR_ID),),
        (StartSuccessor(),),
    ),
    (S.HANDING_OVER, "hand-over-refused"): None,
    (S.HANDING_OVER, "overtaken"): None,
    (S.HANDING_OVER, "leave-to-admins"): None,
    (S.HANDING_OVER, "mail-bounced"): Left("MailBounced", None, "request-received", audience=Audience.ADMINS),
    (S.PENDING, "reminder-due"): Left("ReminderSent", None, None, (("request-reminder", MENTOR_ID),)),
    (S.PENDING, "deadline-passed"): Left(
        "RequestExpired", None, None, (("request-expired", MENTEE_ID), ("request-expired", MENTOR_ID))
    ),
    (S.PENDING, "overtaken"): Left(
        "RequestReleased",
        None,
        "The mentor's last place has been taken.",
        (("request-released", MENTEE_ID),),
    ),
    (S.PENDING, "leave-to-admins"): STOPPED,
    (S.PENDING, "give-back"): None,
    (S.PENDING, "mail-bounced"): Left("MailBounced", None, "request-received", audience=Audience.ADMINS),
    (S.PENDING, "new-policy"): Left("RulesChanged", None, None),
    (S.ACCEPTING, "places-claimed"): Left(
        "RequestAccepted",
        MENTOR_ID,
        "Gladly.",
        (),
        (StartRelationship(relationship_id=STARTED), ReleaseOthers(others=(OVERTAKEN,))),
    ),
    (S.ACCEPTING, "places-refused"): None,
    (S.ACCEPTING, "overtaken"): None,
    (S.ACCEPTING, "leave-to-admins"): None,
    (S.ACCEPTING, "mail-bounced"): Left("MailBounced", None, "request-received", audience=Audience.ADMINS),
    (S.AMENDMENT_REQUESTED, "resubmit"): Left(
        "RequestResubmitted",
        MENTEE_ID,
        "A talk at our meeting in June.",
        (("request-received", MENTOR_ID),),
    ),
    (S.AMENDMENT_REQUESTED, "withdraw"): Left(
        "RequestWithdrawn", MENTEE_ID, "My plans have changed.", (("request-withdrawn", MENTOR_ID),)
    ),
    (S.AMENDMENT_REQUESTED, "remind"): Left(
        "ReminderSent", ADMIN_ID, None, (("amendment-reminder", MENTEE_ID),)
    ),
    (S.AMENDMENT_REQUESTED, "extend"): Left(
        "RequestExtended",
        ADMIN_ID,
        "2026-03-23",
        (("request-extended", MENTEE_ID), ("request-extended", MENTOR_ID)),
    ),
    (S.AMENDMENT_REQUESTED, "close"): Left(
        "RequestClosed",
        ADMIN_ID,
        "The mentor is on leave.",
        (("request-closed", MENTEE_ID), ("request-closed", MENTOR_ID)),
    ),
    (S.AMENDMENT_REQUESTED, "hand-over"): None,
    (S.AMENDMENT_REQUESTED, "reminder-due"): Left(
        "ReminderSent", None, None, (("amendment-reminder", MENTEE_ID),)
    ),
    (S.AMENDMENT_REQUESTED, "deadline-passed"): Left(
        "RequestExpired", None, None, (("request-expired", MENTEE_ID), ("request-expired", MENTOR_ID))
    ),
    (S.AMENDMENT_REQUESTED, "overtaken"): Left(
        "RequestReleased",
        None,
        "The mentor's last place has been taken.",
        (("request-released", MENTEE_ID),),
    ),
    (S.AMENDMENT_REQUESTED, "leave-to-admins"): STOPPED,
    (S.AMENDMENT_REQUESTED, "give-back"): None,
    (S.AMENDMENT_REQUESTED, "new-policy"): Left("RulesChanged", None, None),
    (S.AMENDMENT_REQUESTED, "mail-bounced"): Left(
        "MailBounced", None, "request-received", audience=Audience.ADMINS
    ),
}
"""None: the step is not visible to anybody."""


def mails_of(decision: Decision[Request]) -> tuple[tuple[str, str], ...]:
    return tuple((order.props.kind, order.to) for order in decision.mails)


def test_every_move_is_described() -> None:
    assert set(STEPS) == set(MOVES)


@pytest.mark.parametrize(("state", "name"), STEPS)
def test_what_a_step_leaves_behind(state: RequestState, name: str) -> None:
    before, left = request_in(state), STEPS[state, name]
    command, actor = REQUEST_COMMANDS[name]
    decision = request_moves.decide(before, command, actor, LATER)
    if left is None:
        assert not decision.entries
        assert not decision.mails
        assert decision.after.version == before.version
        return
    (entry,) = decision.entries
    assert (entry.what, entry.by, entry.note) == (left.what, left.by, left.note)
    assert (entry.at, entry.audience, entry.on_behalf_of) == (LATER, left.audience, None)
    assert (entry.seq, decision.after.entries) == (before.entries + 1, before.entries + 1)
    assert decision.after.version == before.version + 1
    assert decision.after.last_event == left.what
    assert mails_of(decision) == left.mails
    assert decision.effects == left.effects


@pytest.mark.parametrize(("state", "name"), STEPS)
def test_a_step_that_is_decided_again_orders_the_same_mails(state: RequestState, name: str) -> None:
    command, actor = REQUEST_COMMANDS[name]
    first = request_moves.decide(request_in(state), command, actor, LATER)
    again = request_moves.decide(request_in(state), command, actor, LATER)
    assert first == again
    assert len({order.key for order in first.mails}) == len(first.mails)


def test_no_two_steps_of_a_life_order_the_same_mail() -> None:
    keys: list[str] = []
    decision = request_moves.open_request(draft(), NOW)
    keys += [order.key for order in decision.mails]
    for name in (
        "edit",
        "remind",
        "remind",
        "request-amendment",
        "resubmit",
        "request-amendment",
        "resubmit",
    ):
        command, actor = REQUEST_COMMANDS[name]
        decision = request_moves.decide(decision.after, command, actor, NOW)
        keys += [order.key for order in decision.mails]
    assert len(keys) == len(set(keys)) == 8
    assert all(key.startswith(f"{REQUEST_ID}/") for key in keys)


def test_an_opened_request_reaches_the_mentor_with_everything_that_the_decision_needs() -> None:
    decision = request_moves.open_request(draft(), NOW)
    (order,) = decision.mails
    request = decision.after
    assert (request.version, request.state, request.revision) == (1, S.PENDING, 1)
    assert decision.entries[0].what == "RequestSubmitted"
    assert decision.entries[0].note == request.message
    assert order.to == MENTOR_ID
    assert order.props == RequestReceived(
        request_id=REQUEST_ID,
        revision=1,
        message=request.message,
        score=87,
        reasons=("Public speaking 2 → 4",),
        reminder_at=request.reminders[0],
        closes_at=request.closes_at,
    )


def test_opening_a_draft_twice_is_the_same_step() -> None:
    assert request_moves.open_request(draft(), NOW) == request_moves.open_request(draft(), NOW)
    reopened = request_moves.open_request(pending(version=7), NOW)
    assert reopened.after.version == 1


def test_an_acceptance_is_in_the_name_of_the_mentor_who_sent_it() -> None:
    claimed, system = REQUEST_COMMANDS["places-claimed"]
    decision = request_moves.decide(request_in(S.ACCEPTING), claimed, system, NOW)
    assert (decision.entries[0].by, decision.entries[0].by_role) == (MENTOR_ID, Role.MENTOR)
    assert decision.after.relationship_id == STARTED
    assert decision.after.accepting is None


def test_the_relationship_of_a_request_is_always_the_same_one() -> None:
    assert relationship_id(REQUEST_ID) == STARTED
    assert relationship_id(MENTEE_ID) != STARTED


def test_an_amendment_keeps_every_revision_on_the_timeline() -> None:
    request, notes = pending(), []
    for round_ in range(3):
        for command, actor in (
            (RequestAmendment(comment=f"More, {round_}"), MENTOR),
            (ResubmitRequest(message=f"Better, {round_}"), MENTEE),
        ):
            decision = request_moves.decide(request, command, actor, NOW)
            request = decision.after
            notes.append(decision.entries[0].note)
    assert request.revision == 4
    assert request.message == "Better, 2"
    assert notes == ["More, 0", "Better, 0", "More, 1", "Better, 1", "More, 2", "Better, 2"]


@pytest.mark.parametrize(
    "command",
    [
        AcceptRequest(comment="Yes", revision=1),
        RequestAmendment(comment="More", revision=1),
        RejectRequest(comment="No", reason=REASON, revision=1),
    ],
)
def test_a_decision_about_an_older_wording_is_refused(command: Command) -> None:
    edited = request_moves.decide(pending(), EditRequest(message="Something else"), MENTEE, NOW).after
    with pytest.raises(Superseded, match="read it again"):
        request_moves.decide(edited, command, MENTOR, NOW)
    request_moves.decide(edited, command.model_copy(update={"revision": 2}), MENTOR, NOW)
    request_moves.decide(edited, command.model_copy(update={"revision": None}), MENTOR, NOW)


@pytest.mark.parametrize(
    ("state", "name", "actor"),
    [
        (S.PENDING, "accept", MENTOR),
        (S.PENDING, "request-amendment", MENTOR),
        (S.PENDING, "reject", MENTOR),
        (S.PENDING, "withdraw", MENTEE),
        (S.PENDING, "close", ADMIN),
    ],
)
def test_a_comment_is_asked_for_where_the_programme_wants_one(
    state: RequestState, name: str, actor: Actor
) -> None:
    command, _ = REQUEST_COMMANDS[name]
    silent = command.model_copy(update={"comment": " \u200b\n"})
    wanting = request_in(state, policy=rules(comment_required=frozenset({name})))
    with pytest.raises(Invalid, match="Please write a sentence or two") as refused:
        request_moves.decide(wanting, silent, actor, NOW)
    assert refused.value.field == "comment"
    easy = request_in(state, policy=rules(comment_required=frozenset()))
    request_moves.decide(easy, silent, actor, NOW)


def test_by_default_each_decision_needs_a_comment_and_a_withdrawal_does_not() -> None:
    assert RequestPolicy().comment_required == {"accept", "request-amendment", "reject", "close"}
    decision = request_moves.decide(pending(), WithdrawRequest(), MENTEE, NOW)
    assert decision.entries[0].note is None


@pytest.mark.parametrize("reason", ["", "Because", REASON.upper()])
def test_a_decline_needs_one_of_the_reasons(reason: str) -> None:
    with pytest.raises(Invalid, match="Please choose one of the reasons: I have no time") as refused:
        request_moves.decide(pending(), RejectRequest(comment="No", reason=reason), MENTOR, NOW)
    assert refused.value.field == "reason"


def test_a_reason_is_taken_with_blanks_around_it() -> None:
    rejected = request_moves.decide(
        pending(), RejectRequest(comment="No", reason=f" {REASON}\n"), MENTOR, NOW
    ).after
    assert (rejected.reason, rejected.comment) == (REASON, "No")


def test_without_a_list_there_is_no_reason() -> None:
    request = pending(policy=rules(decline_reasons=()))
    request_moves.decide(request, RejectRequest(comment="No"), MENTOR, NOW)
    with pytest.raises(Invalid, match="no list of reasons"):
        request_moves.decide(request, RejectRequest(comment="No", reason="Any"), MENTOR, NOW)


@pytest.mark.parametrize("name", ["edit", "resubmit"])
@pytest.mark.parametrize("message", ["", "   ", "\x00", "\u200b", "x" * 4001])
def test_a_request_always_has_a_message(name: str, message: str) -> None:
    state = next(state for state, of_name in MOVES if of_name == name)
    command, actor = REQUEST_COMMANDS[name]
    with pytest.raises(Invalid) as refused:
        request_moves.decide(request_in(state), command.model_copy(update={"message": message}), actor, NOW)
    assert refused.value.field == "message"


@pytest.mark.parametrize("days", [0, -1, 91, 10**9])
def test_an_extension_is_of_a_sensible_length(days: int) -> None:
    with pytest.raises(Invalid, match="1 to 90 days") as refused:
        request_moves.decide(pending(), ExtendRequest(days=days), ADMIN, NOW)
    assert refused.value.field == "days"


def test_what_never_closes_cannot_be_extended() -> None:
    with pytest.raises(Invalid, match="nothing to extend"):
        request_moves.decide(pending(policy=rules(close_after=None)), ExtendRequest(), ADMIN, NOW)


def test_a_new_revision_lets_the_dates_stand() -> None:
    before = pending()
    after = request_moves.decide(before, EditRequest(message="Something else"), MENTEE, LATER).after
    assert (after.reminders, after.closes_at, after.since) == (
        before.reminders,
        before.closes_at,
        before.since,
    )


def test_an_admin_reminder_says_that_a_person_asked_for_it_and_moves_no_date() -> None:
    before = pending()
    command, admin = REQUEST_COMMANDS["remind"]
    decision = request_moves.decide(before, command, admin, LATER)
    props = decision.mails[0].props
    assert isinstance(props, RequestReminder)
    assert props.by_admin
    assert (props.asked_at, props.closes_at) == (NOW, before.closes_at)
    assert decision.after.reminders == before.reminders


def test_claiming_is_asked_for_once_and_shows_nothing() -> None:
    decision = request_moves.decide(pending(), AcceptRequest(comment="Yes"), MENTOR, LATER)
    assert decision.effects == (ClaimPlaces(),)
    assert decision.after.since == NOW
    assert decision.after.accepting == MENTOR


@pytest.mark.parametrize("state", [S.ACCEPTED, S.REJECTED, S.WITHDRAWN, S.EXPIRED, S.CLOSED, S.RELEASED])
def test_what_has_ended_says_when_and_has_no_dates_left(state: RequestState) -> None:
    ended = request_in(state)
    assert (ended.decided_at, ended.since) == (NOW, NOW)
    assert (ended.reminders, ended.closes_at) == ((), None)


@pytest.mark.parametrize("state", [S.PENDING, S.AMENDMENT_REQUESTED])
@pytest.mark.parametrize(
    ("cause", "told", "note"),
    [
        (ReleaseCause.MENTOR_LEFT, MENTEE_ID, "The mentor has left the programme."),
        (ReleaseCause.MENTEE_LEFT, MENTOR_ID, "The mentee has left the programme."),
        (
            ReleaseCause.MENTOR_STOPPED,
            MENTEE_ID,
            "The mentor is no mentor of this programme any more.",
        ),
        (
            ReleaseCause.MENTEE_STOPPED,
            MENTOR_ID,
            "The mentee does not look for a mentor in this programme any more.",
        ),
        (ReleaseCause.MENTOR_AWAY, MENTEE_ID, "The mentor is not available at the moment."),
    ],
)
def test_a_request_is_released_when_one_leaves_and_the_other_is_told(
    state: RequestState, cause: ReleaseCause, told: str, note: str
) -> None:
    decision = request_moves.decide(request_in(state), BeOvertaken(cause=cause), SYSTEM, LATER)
    assert decision.after.state is S.RELEASED
    assert [order.to for order in decision.mails] == [told]
    assert [(entry.what, entry.note) for entry in decision.entries] == [("RequestReleased", note)]
