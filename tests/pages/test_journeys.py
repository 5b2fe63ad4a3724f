"""The stops of a request and of a mentoring, and where today is, for each reader."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.relationships.schemas import RelationshipOut, SurveyOut
from api.requests.schemas import RequestOut
from api.web import journeys
from api.web.dates import Dates
from api.web.drawing import course
from api.web.journeys import Journey
from api.web.schemas import PersonRef
from models.process.actors import Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.goals import Goal
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.state import TERMINAL, RequestState

ASKED = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLOSES = ASKED + timedelta(days=14)
MINA, JONAS = PersonRef("m", "Mina"), PersonRef("j", "Jonas")
R, S = RequestState, RelationshipState


def on(days: float) -> Dates:
    return Dates("Europe/Berlin", ASKED + timedelta(days=days))


def request(**facts: Any) -> RequestOut:
    usual: dict[str, Any] = {"state": R.PENDING, "created_at": ASKED, "closes_at": CLOSES, "decided_at": None}
    people: dict[str, Any] = {"mentee": MINA, "mentor": JONAS, "left_to_admins": None}
    return RequestOut.model_construct(**(usual | people | facts))


def together(**facts: Any) -> RelationshipOut:
    usual: dict[str, Any] = {"state": S.ACTIVE, "started_at": ASKED, "ended_at": None, "goals": []}
    usual |= {"signed_by": None, "confirms_at": None, "survey": None, "surveys": []}
    return RelationshipOut.model_construct(**(usual | {"mentee": MINA, "mentor": JONAS} | facts))


def goal(due: date) -> Goal:
    parts: dict[str, Any] = dict.fromkeys(("title", "specific", "measurable", "attainable", "relevant"), "x")
    return Goal(id="g", due=due, set_by="m", created_at=ASKED, updated_at=ASKED, **parts)


def survey(state: SurveyState) -> SurveyOut:
    return SurveyOut(
        person=MINA,
        state=state,
        asked_at=ASKED,
        closes_at=CLOSES,
        settled_at=None,
        questions=[],
        answers={},
    )


def said(journey: Journey) -> str:
    stops = (f"{one.label} {one.when} {one.state}" for one in journey.stops)
    return " | ".join(stops).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("viewer", "state", "answer"),
    [
        (Role.MENTOR, R.PENDING, "You by 16 Mar turn"),
        (Role.MENTEE, R.PENDING, "Answer by 16 Mar now"),
        (Role.ADMIN, R.PENDING, "Answer by 16 Mar now"),
        (Role.MENTEE, R.AMENDMENT_REQUESTED, "You by 16 Mar turn"),
        (Role.MENTOR, R.AMENDMENT_REQUESTED, "Change by 16 Mar now"),
    ],
)
def test_an_open_request_waits_for_one_of_the_two(viewer: Role, state: RequestState, answer: str) -> None:
    found = journeys.of_request(request(state=state), viewer, on(7))
    assert said(found) == f"Asked 2 Mar done | {answer} | Goals  ahead | Done  ahead | Survey  ahead"
    assert found.today == pytest.approx(0.2)
    assert course(found.today, found.stops).current == 1


@pytest.mark.parametrize(("days", "today"), [(0, 0.17), (4, 0.17), (7, 0.2), (13, 0.23), (99, 0.23)])
def test_today_moves_with_the_time_that_passes_and_hides_no_stop(days: int, today: float) -> None:
    assert journeys.of_request(request(), Role.MENTEE, on(days)).today == pytest.approx(today)


def test_a_request_without_a_closing_date_names_none() -> None:
    found = journeys.of_request(request(closes_at=None), Role.MENTEE, on(99))
    assert found.stops[1].when == ""
    assert found.today == pytest.approx(0.2)


def test_a_request_that_coordinators_look_after_is_not_the_mentors_turn() -> None:
    left = request(left_to_admins="mentor-stepped-down")
    assert journeys.of_request(left, Role.MENTOR, on(1)).stops[1].state == "now"


@pytest.mark.parametrize("state", sorted(TERMINAL - {R.ACCEPTED}))
def test_a_request_that_came_to_nothing_ends_with_its_word(state: RequestState) -> None:
    found = journeys.of_request(
        request(state=state, decided_at=ASKED + timedelta(days=3)), Role.MENTEE, on(9)
    )
    word = {"rejected": "Declined"}.get(state, state.capitalize())
    assert said(found) == f"Asked 2 Mar done | {word} 5 Mar end"
    assert course(found.today, found.stops).boat is None


def test_an_accepted_request_leads_on() -> None:
    accepted = request(state=R.ACCEPTED, decided_at=ASKED + timedelta(days=3))
    found = journeys.of_request(accepted, Role.MENTEE, on(9))
    assert said(found).startswith("Asked 2 Mar done | Accepted 5 Mar done | Goals  ahead | Done")
    assert found.today == pytest.approx(0.4)


def test_a_mentoring_without_and_with_goals() -> None:
    asked = ASKED - timedelta(days=60)
    fresh = journeys.of_relationship(together(), Role.MENTEE, on(1), asked)
    assert said(fresh) == "Asked 1 Jan done | Accepted 2 Mar done | Goals  now | Done  ahead | Survey  ahead"
    goals = [goal(date(2026, 6, 30)), goal(date(2027, 1, 5))]
    found = journeys.of_relationship(together(goals=goals), Role.MENTOR, on(1))
    assert said(found) == (
        "Asked  done | Accepted 2 Mar done | Goals 2 set done | Done by 5 Jan 2027 ahead | Survey  ahead"
    )


def test_a_sign_off_waits_for_the_other_one() -> None:
    facts = {
        "state": S.COMPLETING,
        "signed_by": "mentor",
        "confirms_at": CLOSES,
        "goals": [goal(date(2026, 6, 30))],
    }
    for viewer, state in ((Role.MENTEE, "turn"), (Role.MENTOR, "now"), (Role.ADMIN, "now")):
        found = journeys.of_relationship(together(**facts), viewer, on(1))
        assert said(found).endswith(f"Done? by 16 Mar {state} | Survey  ahead")


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"survey": survey(SurveyState.OPEN)}, "Survey by 16 Mar turn"),
        ({"survey": survey(SurveyState.ANSWERED)}, "Survey  done"),
        ({"survey": survey(SurveyState.UNANSWERED)}, ""),
        ({"surveys": [survey(SurveyState.OPEN), survey(SurveyState.ANSWERED)]}, "Surveys by 16 Mar now"),
        ({"surveys": [survey(SurveyState.ANSWERED), survey(SurveyState.UNANSWERED)]}, "Surveys 1 of 2 done"),
        ({}, ""),
    ],
)
def test_a_completed_mentoring_ends_with_its_survey(facts: dict[str, Any], end: str) -> None:
    done = together(state=S.COMPLETED, ended_at=ASKED + timedelta(days=90), **facts)
    found = journeys.of_relationship(done, Role.MENTEE, on(91))
    assert said(found) == " | ".join(
        one for one in ("Asked  done", "Accepted 2 Mar done", "Done 31 May done", end) if one
    )


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.ENDED])
def test_what_was_ended_early_ends_there(state: RelationshipState) -> None:
    ended = together(state=state, ended_at=ASKED + timedelta(days=3), goals=[goal(date(2026, 6, 30))])
    found = journeys.of_relationship(ended, Role.MENTEE, on(4))
    assert said(found) == "Asked  done | Accepted 2 Mar done | Goals 1 set done | Ended 5 Mar end"
