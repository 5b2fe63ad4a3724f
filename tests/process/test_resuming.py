"""Going on from what a projection shows: what is known stays, what fell due meanwhile starts anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.mails.frame import KINDS
from models.mails.order import AnyMail
from models.mails.request import AmendmentRequested, RequestEdited, RequestReceived, RequestRejected
from models.process.actors import SYSTEM, Role
from models.process.effects import ClaimPlaces
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import RUNNING, RelationshipState
from models.process.relationship.parts.surveys import SurveyReminderDue
from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request import moves as request_moves
from models.process.request.reports import ReminderDue
from models.process.request.state import INNER, OPEN, Request, RequestState
from models.process.request.view import RequestView
from models.process.resuming import (
    Rules,
    relationship_from,
    request_from,
    resume_relationship,
    resume_request,
    still_asks,
)
from models.process.timeline import Audience
from tests.process import factories as f

LATE = f.NOW + timedelta(days=60)


def rules(process: Request | Relationship) -> Rules:
    return Rules(process.policy, process.mentee_zone, process.mentor_zone, process.entries)


@pytest.mark.parametrize("state", sorted(OPEN - INNER))
def test_a_projection_holds_all_of_a_request(state: RequestState) -> None:
    request = f.request_in(state)
    assert request_from(RequestView.of(request), rules(request)) == request


def test_a_reminder_that_was_sent_is_not_sent_again() -> None:
    request = f.pending()
    reminded = request_moves.decide(request, ReminderDue(), SYSTEM, request.reminders[0]).after
    assert len(reminded.reminders) == len(request.reminders) - 1
    assert request_from(RequestView.of(reminded), rules(reminded)) == reminded


@pytest.mark.parametrize("state", sorted({*RUNNING, RelationshipState.COMPLETED}))
def test_a_projection_holds_all_of_a_relationship(state: RelationshipState) -> None:
    before = f.relationship_in(state)
    assert relationship_from(RelationshipView.of(before), rules(before), {}) == before


def test_a_survey_of_which_somebody_was_reminded() -> None:
    before = f.relationship_in(RelationshipState.COMPLETED)
    at = before.surveys[Role.MENTEE].reminders[0]
    after = relationship_moves.decide(before, SurveyReminderDue(side=Role.MENTEE), SYSTEM, at).after
    found = relationship_from(RelationshipView.of(after), rules(after), {Role.MENTEE: at})
    assert found == after


def test_what_is_not_due_stays_and_only_admins_are_told() -> None:
    request = f.pending()
    decision = resume_request(request, f.NOW)
    changed = {"version": 2, "entries": 2, "last_event": "RequestResumed"}
    assert decision.after == request.model_copy(update=changed)
    assert [(entry.what, entry.audience) for entry in decision.entries] == [
        ("RequestResumed", Audience.ADMINS)
    ]
    assert (decision.mails, decision.effects) == ((), ())
    relationship = f.relationship_in(RelationshipState.COMPLETING)
    told = resume_relationship(relationship, f.NOW)
    assert told.after.confirms_at == relationship.confirms_at
    assert [entry.what for entry in told.entries] == ["RelationshipResumed"]
    assert told.mails == ()


def test_a_closing_date_that_nobody_could_keep_starts_anew() -> None:
    decision = resume_request(f.pending(), LATE)
    closes_at = decision.after.closes_at
    assert closes_at
    assert closes_at > LATE + timedelta(days=13)
    assert [at > LATE for at in decision.after.reminders] == [True, True]
    assert [(order.to, order.props.kind) for order in decision.mails] == [
        (f.MENTEE_ID, "request-extended"),
        (f.MENTOR_ID, "request-extended"),
    ]


def test_a_confirmation_and_surveys_that_nobody_could_give_start_anew() -> None:
    signed = resume_relationship(f.relationship_in(RelationshipState.COMPLETING), LATE)
    assert signed.after.confirms_at
    assert signed.after.confirms_at > LATE + timedelta(days=13)
    [order] = signed.mails
    assert (order.to, order.props.kind) == (f.MENTOR_ID, "completion-requested")
    assert still_asks(signed.after, order.to, order.props)
    asked = resume_relationship(f.relationship_in(RelationshipState.COMPLETED), LATE)
    assert {survey.closes_at > LATE for survey in asked.after.surveys.values()} == {True}
    assert [order.props.kind for order in asked.mails] == ["survey-reminder", "survey-reminder"]


def test_an_acceptance_that_was_under_way_takes_its_places_again() -> None:
    decision = resume_request(f.request_in(RequestState.ACCEPTING), LATE)
    assert decision.effects == (ClaimPlaces(),)
    assert decision.after.state is RequestState.ACCEPTING


REQUEST_LINKS = {
    *(one.leads_to for one in KINDS.values() if one.__module__ == RequestReceived.__module__),
} - {None}


def about(request: Request, to: Role, **changes: int) -> list[str]:
    """Which kinds of mail about `request` still ask `to` something."""
    fields = {"request_id": request.id, "revision": request.revision, **changes}
    words = {"message": "", "comment": "", "closes_at": None, "reason": ""}
    mails: list[AnyMail] = [
        RequestReceived.model_validate({**fields, **words, "score": 1, "reasons": (), "reminder_at": None}),
        RequestEdited.model_validate({**fields, **words}),
        AmendmentRequested.model_validate({**fields, **words}),
        RequestRejected.model_validate({**fields, **words}),
    ]
    person = f.MENTEE_ID if to is Role.MENTEE else f.MENTOR_ID
    return [each.kind for each in mails if still_asks(request, person, each)]


@pytest.mark.parametrize("mail", [one for one in KINDS.values() if one.leads_to in REQUEST_LINKS])
def test_a_mail_with_a_link_about_a_request_asks_in_one_of_its_states(mail: Any) -> None:
    """Else a link that a restored database has lost is never sent again."""
    requests = [f.request_in(state) for state in sorted(OPEN - {RequestState.ACCEPTING})]
    assert any(
        still_asks(request, to, mail.model_construct(revision=request.revision))
        for request in requests
        for to in (f.MENTEE_ID, f.MENTOR_ID)
    ), f"still_asks does not know what the link of “{mail.label}” asks, by its purpose {mail.leads_to}"


def test_which_mails_still_ask_something() -> None:
    pending, amending = f.pending(), f.request_in(RequestState.AMENDMENT_REQUESTED)
    assert about(pending, Role.MENTOR) == ["request-received", "request-edited"]
    assert about(pending, Role.MENTOR, revision=7) == []
    assert about(pending, Role.MENTEE) == []
    assert about(amending, Role.MENTEE) == ["amendment-requested"]
    assert about(amending, Role.MENTOR) == []
    assert about(f.request_in(RequestState.REJECTED), Role.MENTOR) == []
