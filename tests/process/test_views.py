"""What a process shows of itself, and errors on their way through the engine."""

from __future__ import annotations

import json

import pytest

from models.process import errors
from models.process.actors import Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.view import RelationshipView
from models.process.request.state import INNER, TERMINAL, RequestState
from models.process.request.view import RequestView
from models.process.whole import process_from, rest_of, view_of
from tests.process.factories import NOW, pending, relationship_in, request_in
from workflows.messages import RequestAnswer


@pytest.mark.parametrize("state", RequestState)
def test_a_request_shows_its_public_state_and_survives_the_way_through_json(state: RequestState) -> None:
    view = RequestView.of(request_in(state))
    assert view.state not in INNER
    assert RequestView.model_validate_json(view.model_dump_json()) == view


def test_the_words_of_an_acceptance_are_shown_when_it_is_one() -> None:
    assert RequestView.of(request_in(RequestState.ACCEPTING)).comment == ""
    assert RequestView.of(request_in(RequestState.ACCEPTED)).comment == "Gladly."


def test_a_pending_request_shows_its_dates_and_its_match() -> None:
    request = pending()
    view = RequestView.of(request)
    assert (view.next_reminder_at, view.closes_at) == (request.reminders[0], request.closes_at)
    assert view.reasons == request.reasons
    assert (view.version, view.revision, view.last_event) == (1, 1, "RequestSubmitted")


def test_an_open_request_says_what_a_decision_has_to_bring() -> None:
    policy = pending().policy.request
    rules = RequestView.of(pending()).rules
    assert rules is not None
    assert set(rules.comment_required) == policy.comment_required
    assert rules.decline_reasons == policy.decline_reasons
    assert RequestView.of(request_in(RequestState.REJECTED)).rules is None


def test_the_last_wait_before_the_closing_date_shows_no_reminder() -> None:
    view = RequestView.of(pending().model_copy(update={"reminders": ()}))
    assert view.next_reminder_at is None
    assert view.closes_at is not None


@pytest.mark.parametrize("state", RelationshipState)
def test_a_relationship_shows_what_comes_next(state: RelationshipState) -> None:
    view = RelationshipView.of(relationship_in(state))
    assert RelationshipView.model_validate_json(view.model_dump_json()) == view
    expected = {
        RelationshipState.COMPLETING: "confirmation",
        RelationshipState.COMPLETED: "survey-reminder",
    }
    assert view.next_what == expected.get(state)
    assert (view.next_at is None) == (state not in expected)


def test_a_completed_relationship_shows_both_surveys_without_their_reminders() -> None:
    view = RelationshipView.of(relationship_in(RelationshipState.COMPLETED))
    assert set(view.surveys) == {Role.MENTEE, Role.MENTOR}
    assert view.surveys[Role.MENTEE].asked_at == NOW
    assert "reminders" not in view.surveys[Role.MENTEE].model_dump()


def _below(error: type[errors.ProcessError]) -> list[type[errors.ProcessError]]:
    return [each for child in error.__subclasses__() for each in (child, *_below(child))]


@pytest.mark.parametrize("error", _below(errors.ProcessError))
def test_an_error_crosses_the_engine_as_a_name_and_a_sentence(error: type[errors.ProcessError]) -> None:
    assert f"{error.__name__} " in (errors.__doc__ or "")
    crossed = errors.from_name(error.__name__, "No.", "comment")
    assert type(crossed) is error
    assert crossed is not None
    assert (crossed.sentence, crossed.field, str(crossed)) == ("No.", "comment", "No.")
    assert error.title != errors.ProcessError.title or error is errors.Refused
    assert error.status in {403, 409, 422}


@pytest.mark.parametrize("name", ["", None, "ValueError", "ProcessError"])
def test_what_is_not_of_the_tree_is_not_taken_for_it(name: str | None) -> None:
    assert errors.from_name(name, "No.") is None


@pytest.mark.parametrize("state", [*RequestState, *RelationshipState])
def test_a_view_and_the_rest_are_the_whole_process(state: RequestState | RelationshipState) -> None:
    process = request_in(state) if isinstance(state, RequestState) else relationship_in(state)
    rest = json.loads(json.dumps(rest_of(process)))
    found = process_from(view_of(process), rest)
    assert found == (process if process.may_lead_on else None)


def test_nothing_is_kept_beside_the_view_of_what_is_over() -> None:
    over = {state for state in RequestState if not rest_of(request_in(state))}
    assert over == TERMINAL - {RequestState.ACCEPTED}


def test_the_words_of_an_acceptance_that_is_not_one_yet_are_in_the_rest() -> None:
    rest = rest_of(request_in(RequestState.ACCEPTING))
    assert (rest["state"], rest["comment"]) == ("accepting", "Gladly.")
    assert "message" not in rest


def test_answers_of_before_0_3_are_read_and_theirs_can_read_ours() -> None:
    view = RequestView.of(pending())
    old = RequestAnswer.model_validate_json(view.model_dump_json())
    assert (old.request_hash, old.attempt, old.message) == ("", "", view.message)
    new = RequestAnswer(**dict(view), request_hash="hash", attempt="1")
    assert RequestView.model_validate_json(new.model_dump_json()) == view
