"""Requests and relationships in every state, each reached by the commands that lead there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from models.mails.frame import ReleaseCause
from models.process.actors import SYSTEM, Actor, Role
from models.process.calendar import WorkingTime
from models.process.commands import Command, MailBounced
from models.process.effects import Overtaken
from models.process.match import Basis, MatchReason
from models.process.policy import ProgrammePolicy, RelationshipPolicy, RequestPolicy
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import RelationshipState
from models.process.relationship.commands import EndRelationship, PartyLeft, WithdrawRelationship
from models.process.relationship.parts.completion import (
    ConfirmationOverdue,
    ConfirmCompletion,
    DeclineCompletion,
    SignOff,
)
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey, SurveyOverdue, SurveyReminderDue
from models.process.relationship.state import Relationship
from models.process.request import moves as request_moves
from models.process.request.commands import (
    AcceptRequest,
    CloseRequest,
    EditRequest,
    ExtendRequest,
    HandOverRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from models.process.request.reports import (
    BeOvertaken,
    DeadlinePassed,
    GiveBack,
    HandedOver,
    HandOverRefused,
    LeaveToAdmins,
    NewPolicy,
    PlacesClaimed,
    PlacesRefused,
    ReminderDue,
)
from models.process.request.state import Request, RequestState, relationship_id
from models.process.surveys import Question, QuestionKind

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""A Monday, four weeks before Europe's clocks change."""
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

PROGRAMME_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d01"
MENTEE_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d02"
MENTOR_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d03"
ADMIN_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d04"
OTHER_MENTOR_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d08"
STRANGER_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d05"
REQUEST_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d06"
GOAL_ID = "7b6b6a52-0d62-4c0e-8b57-3f1f5e0a4d07"

MENTEE = Actor(role=Role.MENTEE, person_id=MENTEE_ID)
MENTOR = Actor(role=Role.MENTOR, person_id=MENTOR_ID)
ADMIN = Actor(role=Role.ADMIN, person_id=ADMIN_ID)
ACTORS = {Role.MENTEE: MENTEE, Role.MENTOR: MENTOR, Role.ADMIN: ADMIN, Role.SYSTEM: SYSTEM}

REASON = "I have no time at the moment"
QUESTIONS = (
    Question(key="useful", text="How useful was it?"),
    Question(
        key="again",
        text="Once more?",
        kind=QuestionKind.CHOICE,
        choices=("yes", "no"),
        required=False,
    ),
    Question(key="remark", text="Anything else?", kind=QuestionKind.TEXT, required=False),
)
ANSWERS = {"useful": "5", "remark": "Thank you both."}

GOAL: dict[str, Any] = {
    "goal_id": GOAL_ID,
    "title": "Speak at a conference",
    "specific": "A talk of 20 minutes",
    "measurable": "The talk was held",
    "attainable": "A slot is promised",
    "relevant": "I want to be heard",
    "due": date(2026, 6, 30),
}

WORKING = WorkingTime(day_ends=time(17, 0))
REQUEST_RULES = RequestPolicy(working=WORKING, decline_reasons=(REASON, "Somebody else would fit better"))
RELATIONSHIP_RULES = RelationshipPolicy(working=WORKING, survey_questions=QUESTIONS)
POLICY = ProgrammePolicy(request=REQUEST_RULES, relationship=RELATIONSHIP_RULES)

OVERTAKEN = Overtaken(
    process_id=STRANGER_ID, workflow_id="request/somewhere/else", cause=ReleaseCause.MENTOR_FULL
)


def draft(**changes: Any) -> Request:
    """A request that has not been opened yet."""
    values: dict[str, Any] = {
        "id": REQUEST_ID,
        "programme_id": PROGRAMME_ID,
        "mentee_id": MENTEE_ID,
        "mentor_id": MENTOR_ID,
        "mentee_zone": "America/New_York",
        "mentor_zone": "Europe/Berlin",
        "policy": POLICY,
        "version": 0,
        "basis": Basis.GAPS,
        "score": 87,
        "reasons": (MatchReason(kind="gap", text="Public speaking 2 → 4"),),
        "message": "Would you help me to speak in public?",
        "created_at": NOW,
        "since": NOW,
    }
    return Request(**{**values, **changes})


def rules(**changes: Any) -> ProgrammePolicy:
    """The policy with some rules for requests changed."""
    return POLICY.model_copy(update={"request": REQUEST_RULES.model_copy(update=changes)})


def pending(**changes: Any) -> Request:
    return request_moves.open_request(draft(**changes), NOW).after


REQUEST_COMMANDS: dict[str, tuple[Command, Actor]] = {
    "accept": (AcceptRequest(comment="Gladly."), MENTOR),
    "request-amendment": (RequestAmendment(comment="Which kind of talk?"), MENTOR),
    "reject": (RejectRequest(comment="Not this year.", reason=REASON), MENTOR),
    "resubmit": (ResubmitRequest(message="A talk at our meeting in June."), MENTEE),
    "edit": (EditRequest(message="Would you help me to speak at a conference?"), MENTEE),
    "withdraw": (WithdrawRequest(comment="My plans have changed."), MENTEE),
    "remind": (RemindNow(), ADMIN),
    "extend": (ExtendRequest(days=7), ADMIN),
    "close": (CloseRequest(comment="The mentor is on leave."), ADMIN),
    "hand-over": (
        HandOverRequest(
            mentor_id=OTHER_MENTOR_ID, comment="She has time now.", to=draft(mentor_id=OTHER_MENTOR_ID)
        ),
        ADMIN,
    ),
    "places-claimed": (PlacesClaimed(overtaken=(OVERTAKEN,)), SYSTEM),
    "places-refused": (PlacesRefused(full="mentor"), SYSTEM),
    "handed-over": (HandedOver(), SYSTEM),
    "hand-over-refused": (HandOverRefused(), SYSTEM),
    "reminder-due": (ReminderDue(), SYSTEM),
    "deadline-passed": (DeadlinePassed(), SYSTEM),
    "overtaken": (BeOvertaken(cause=ReleaseCause.MENTOR_FULL), SYSTEM),
    "leave-to-admins": (LeaveToAdmins(cause=ReleaseCause.MENTOR_STOPPED), SYSTEM),
    "give-back": (GiveBack(), SYSTEM),
    "mail-bounced": (MailBounced(process_id=REQUEST_ID, kind="request-received"), SYSTEM),
    "new-policy": (
        NewPolicy(process_id=REQUEST_ID, policy=POLICY.model_copy(update={"revision": 2})),
        SYSTEM,
    ),
}
"""One good command of each name, and who sends it."""

_TO_REQUEST: dict[RequestState, tuple[str, ...]] = {
    RequestState.PENDING: (),
    RequestState.ACCEPTING: ("accept",),
    RequestState.HANDING_OVER: ("hand-over",),
    RequestState.AMENDMENT_REQUESTED: ("request-amendment",),
    RequestState.ACCEPTED: ("accept", "places-claimed"),
    RequestState.REJECTED: ("reject",),
    RequestState.WITHDRAWN: ("withdraw",),
    RequestState.EXPIRED: ("deadline-passed",),
    RequestState.CLOSED: ("close",),
    RequestState.RELEASED: ("overtaken",),
}


def request_in(state: RequestState, **changes: Any) -> Request:
    request = pending(**changes)
    for name in _TO_REQUEST[state]:
        command, actor = REQUEST_COMMANDS[name]
        request = request_moves.decide(request, command, actor, NOW).after
    return request


def new_relationship(**changes: Any) -> Relationship:
    """A relationship that has not been started yet."""
    values: dict[str, Any] = {
        "id": relationship_id(REQUEST_ID),
        "programme_id": PROGRAMME_ID,
        "mentee_id": MENTEE_ID,
        "mentor_id": MENTOR_ID,
        "mentee_zone": "America/New_York",
        "mentor_zone": "Europe/Berlin",
        "policy": POLICY,
        "version": 0,
        "request_id": REQUEST_ID,
        "started_at": NOW,
        "since": NOW,
    }
    return Relationship(**{**values, **changes})


def active(**changes: Any) -> Relationship:
    return relationship_moves.start(new_relationship(**changes), NOW).after


RELATIONSHIP_COMMANDS: dict[str, tuple[Command, Actor]] = {
    "set-goal": (SetGoal(**GOAL), MENTEE),
    "revise-goal": (ReviseGoal(goal_id=GOAL_ID, progress=50), MENTOR),
    "complete": (SignOff(comment="We got there."), MENTEE),
    "confirm-completion": (ConfirmCompletion(comment="So we did."), MENTOR),
    "decline-completion": (DeclineCompletion(comment="One more rehearsal."), MENTOR),
    "withdraw": (WithdrawRelationship(comment="I am moving abroad."), MENTOR),
    "survey": (AnswerSurvey(answers=ANSWERS), MENTEE),
    "end": (EndRelationship(comment="The programme is over."), ADMIN),
    "confirmation-overdue": (ConfirmationOverdue(), SYSTEM),
    "survey-reminder-due": (SurveyReminderDue(side=Role.MENTEE), SYSTEM),
    "survey-overdue": (SurveyOverdue(side=Role.MENTEE), SYSTEM),
    "party-left": (PartyLeft(side=Role.MENTOR), SYSTEM),
    "mail-bounced": (MailBounced(process_id=REQUEST_ID, kind="relationship-started"), SYSTEM),
}

_TO_RELATIONSHIP: dict[RelationshipState, tuple[str, ...]] = {
    RelationshipState.ACTIVE: ("set-goal",),
    RelationshipState.COMPLETING: ("set-goal", "complete"),
    RelationshipState.COMPLETED: ("set-goal", "complete", "confirm-completion"),
    RelationshipState.WITHDRAWN: ("set-goal", "withdraw"),
    RelationshipState.ENDED: ("set-goal", "end"),
}


def relationship_in(state: RelationshipState, **changes: Any) -> Relationship:
    """With the one goal of `GOAL` in it."""
    relationship = active(**changes)
    for name in _TO_RELATIONSHIP[state]:
        command, actor = RELATIONSHIP_COMMANDS[name]
        relationship = relationship_moves.decide(relationship, command, actor, NOW).after
    return relationship
