"""What settled the subject of a mail link: what happened, by whom, when, and what can be done now. Pure."""

from __future__ import annotations

from api.links.links import LinkSubject
from api.relationships.schemas import RelationshipOut
from api.requests.schemas import RequestOut
from api.web import journeys, present
from api.web.dates import Dates
from api.web.journeys import Journey
from api.web.present import Line
from api.web.rendering import Item
from api.web.state_words import RelationshipWords, RequestWords
from models.links import Purpose
from models.process.relationship.parts.completion import ConfirmCompletion
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.commands import AcceptRequest, ResubmitRequest
from models.process.request.state import OPEN
from models.process.terms import Sentence

_SETTLES_REQUEST = frozenset(
    {
        *("RequestSubmitted", "RequestEdited", "RequestResubmitted", "AmendmentRequested"),
        *("RequestAccepted", "RequestRejected", "RequestWithdrawn", "RequestExpired", "RequestClosed"),
        *("RequestReleased", "RequestLeftToAdmins", "RequestGivenBack"),
        "RequestHandedOver",
    }
)
_SETTLES_COMPLETION = frozenset(
    {
        *("CompletionSignedOff", "CompletionConfirmed", "CompletionConfirmedByTime", "CompletionDeclined"),
        *("RelationshipWithdrawn", "RelationshipEnded"),
    }
)
_SETTLES_SURVEY = frozenset({"SurveyAnswered", "SurveyUnanswered"})
_WORDINGS = frozenset({"RequestSubmitted", "RequestEdited", "RequestResubmitted"})
"""Their notes are whole messages, which the page of the request shows."""


def last_of(subject: LinkSubject, dates: Dates) -> Line | None:
    """The last event that counts for what the link was for."""
    process = subject.request or subject.relationship
    if process is None or subject.viewer is None:
        return None
    settles = _SETTLES_REQUEST
    if subject.relationship is not None:
        settles = _SETTLES_SURVEY if subject.purpose is Purpose.SURVEY else _SETTLES_COMPLETION
    entries = [entry for entry in process.timeline if entry.what in settles][-1:]
    viewer_id = subject.viewer.person_id
    hidden = {entry.note or "" for entry in entries if entry.what in _WORDINGS}
    found = present.lines(entries, viewer_id, present.role_in(process, viewer_id), dates, hidden)
    return next(iter(found), None)


def words_of(subject: LinkSubject) -> RequestWords | RelationshipWords | None:
    viewer_id = subject.viewer.person_id if subject.viewer else ""
    if subject.request is not None:
        return present.request_words(subject.request, present.role_in(subject.request, viewer_id))
    if subject.relationship is not None:
        role = present.role_in(subject.relationship, viewer_id)
        return present.relationship_words(subject.relationship, role)
    return None


def journey_of(process: RequestOut | RelationshipOut | None, viewer_id: str, dates: Dates) -> Journey | None:
    """Where a request or a relationship is on its way, as the person of the link sees it."""
    if process is None:
        return None
    role = present.role_in(process, viewer_id)
    if isinstance(process, RequestOut):
        return journeys.of_request(process, role, dates)
    return journeys.of_relationship(process, role, dates)


def way_on(subject: LinkSubject) -> Item:
    """The one thing that the person can do from here."""
    if subject.request is not None:
        return _from_request(subject.request, subject)
    if subject.relationship is not None:
        return _from_relationship(subject.relationship, subject)
    if subject.question is not None:
        return Item("See the question", f"/questions/{subject.question.id}")
    return Item("Sign in", "/")


def _from_request(request: RequestOut, subject: LinkSubject) -> Item:
    path = f"/requests/{request.id}"
    if request.relationship_id:
        return Item("Open your shared area", f"/relationships/{request.relationship_id}")
    if AcceptRequest.name in request.allowed:
        return Item("Sign in and answer", f"{path}#answer")
    if ResubmitRequest.name in request.allowed:
        return Item("Sign in and change it", f"{path}#{ResubmitRequest.name}")
    is_mentee = subject.viewer is not None and subject.viewer.person_id == request.mentee.id
    if is_mentee and request.state not in OPEN:
        return Item(Sentence("Find another {t.mentor}"), f"/p/{request.programme}/mentors")
    return Item(Sentence("See the {t.request}"), path)


def _from_relationship(relationship: RelationshipOut, subject: LinkSubject) -> Item:
    path, survey = f"/relationships/{relationship.id}", relationship.survey
    if ConfirmCompletion.name in relationship.allowed:
        return Item("Sign in and answer", f"{path}#confirm")
    if survey is not None and survey.state is SurveyState.OPEN:
        return Item("Sign in and answer the questions", f"{path}#survey")
    return Item("Open your shared area", path)
