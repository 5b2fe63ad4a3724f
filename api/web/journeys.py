"""The course of a request and of a mentoring as the journey line draws it: its stops, and where today is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.relationships.schemas import RelationshipOut
from api.requests.schemas import RequestOut
from api.web.dates import Dates
from api.web.drawing import Stop, share
from api.web.words import label
from models.process.actors import Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.kinds import RequestKind
from models.process.request.state import OPEN, RequestState, whose_turn

NEAREST, FARTHEST = 0.35, 0.65
"""How near the boat comes to the stops around it, so that neither hides the other on a phone."""
REACHED = {"done", "end"}


@dataclass(frozen=True, slots=True)
class Journey:
    """`today` lies from 0 to 1 along the stops."""

    today: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class _Leg:
    """A stop with its moment, where that is known."""

    stop: Stop
    at: datetime | None = None


def of_request(request: RequestOut, viewer: Role, dates: Dates) -> Journey:
    """From the message to the survey; a request that came to nothing ends where it ended, and says how."""
    begun = "Offered" if request.kind is RequestKind.OFFER else "Asked"
    asked = _Leg(Stop(begun, dates.short(request.created_at), "done"), request.created_at)
    if request.state in OPEN:
        return _journey([asked, _answer(request, viewer, dates), *_AHEAD], dates)
    at = request.decided_at
    when = dates.short(at) if at else ""
    if request.state is RequestState.ACCEPTED:
        return _journey([asked, _Leg(Stop("Accepted", when, "done"), at), *_AHEAD], dates)
    return _journey([asked, _Leg(Stop(label(request.state).text, when, "end"), at)], dates)


_AHEAD = (_Leg(Stop("Goals")), _Leg(Stop("Done", star=True)), _Leg(Stop("Survey")))


def _answer(request: RequestOut, viewer: Role, dates: Dates) -> _Leg:
    """The stop of an open request: whose turn it is, and until when."""
    changing = request.state is RequestState.AMENDMENT_REQUESTED
    turn = whose_turn(request.state, request.left_to_admins, request.kind) is viewer
    text = "You" if turn else "Change" if changing else "Answer"
    when = f"by {dates.short(request.closes_at)}" if request.closes_at else ""
    return _Leg(Stop(text, when, "turn" if turn else "now"), request.closes_at)


def of_relationship(
    relationship: RelationshipOut, viewer: Role, dates: Dates, asked_at: datetime | None = None
) -> Journey:
    """From the message to the survey; what was ended early ends there. `asked_at`: when it was asked for."""
    legs = [
        _Leg(Stop("Asked", dates.short(asked_at) if asked_at else "", "done"), asked_at),
        _Leg(Stop("Accepted", dates.short(relationship.started_at), "done"), relationship.started_at),
    ]
    count = len(relationship.goals)
    if relationship.state in {RelationshipState.WITHDRAWN, RelationshipState.ENDED}:
        legs += [_goals(count)] if count else []
        ended = relationship.ended_at
        return _journey(
            [*legs, _Leg(Stop("Ended", dates.short(ended) if ended else "", "end"), ended)], dates
        )
    if count or relationship.state is not RelationshipState.COMPLETED:
        legs.append(_goals(count))
    legs.append(_done(relationship, viewer, dates))
    return _journey([*legs, *_survey(relationship, dates)], dates)


def _goals(count: int) -> _Leg:
    return _Leg(Stop("Goals", f"{count} set", "done") if count else Stop("Goals", "", "now"))


def _done(relationship: RelationshipOut, viewer: Role, dates: Dates) -> _Leg:
    if relationship.state is RelationshipState.COMPLETED:
        at = relationship.ended_at
        return _Leg(Stop("Done", dates.short(at) if at else "", "done", star=True), at)
    if relationship.state is RelationshipState.COMPLETING:
        turn = viewer is not Role.ADMIN and relationship.signed_by != viewer
        at = relationship.confirms_at
        when = f"by {dates.short(at)}" if at else ""
        return _Leg(Stop("Done?", when, "turn" if turn else "now", star=True), at)
    last = max((goal.due for goal in relationship.goals), default=None)
    return _Leg(Stop("Done", f"by {dates.short_day(last)}" if last else "", star=True))


def _survey(relationship: RelationshipOut, dates: Dates) -> list[_Leg]:
    """The reader's own survey, or both for admins; none where none was sent or it was not answered."""
    if relationship.state is not RelationshipState.COMPLETED:
        return [_Leg(Stop("Survey"))]
    own = relationship.survey
    if own is not None:
        when = f"by {dates.short(own.closes_at)}" if own.state is SurveyState.OPEN else ""
        states = {SurveyState.OPEN: "turn", SurveyState.ANSWERED: "done"}
        return [_Leg(Stop("Survey", when, states[own.state]))] if own.state in states else []
    waiting = [one.closes_at for one in relationship.surveys if one.state is SurveyState.OPEN]
    if waiting:
        return [_Leg(Stop("Surveys", f"by {dates.short(max(waiting))}", "now"))]
    answered = sum(one.state is SurveyState.ANSWERED for one in relationship.surveys)
    return [_Leg(Stop("Surveys", f"{answered} of {len(relationship.surveys)}", "done"))] if answered else []


def _journey(legs: Sequence[_Leg], dates: Dates) -> Journey:
    return Journey(_today(legs, dates.now), tuple(leg.stop for leg in legs))


def _today(legs: Sequence[_Leg], now: datetime) -> float:
    """Between the last stop that is reached and the next one: as far as the time between them has passed."""
    last = max((place for place, leg in enumerate(legs) if leg.stop.state in REACHED), default=0)
    if last == len(legs) - 1:
        return (last + 0.5) / len(legs)
    since, until = legs[last].at, legs[last + 1].at
    passed = share((now - since).total_seconds(), (until - since).total_seconds()) if since and until else 0.5
    return (last + 0.5 + min(FARTHEST, max(NEAREST, passed))) / len(legs)
