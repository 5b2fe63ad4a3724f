"""Going on with a process that the engine has lost, from what the database or an ended run still knows.

What fell due while no act was possible starts anew: a date does not count on which no answer would have been
taken. What a projection of before 0.3 does not hold (zones, rules) is what it is for a process that begins
now; later ones hold all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from models.links import Purpose
from models.mails.order import AnyMail
from models.mails.request import RequestExtended
from models.process.actors import SYSTEM, Part, Role
from models.process.calendar import WorkingDays
from models.process.effects import ClaimPlaces, HandOn
from models.process.policy import ProgrammePolicy
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.surveys import Survey, planned_reminders
from models.process.relationship.state import PARTS, Relationship
from models.process.relationship.step import RelationshipStep
from models.process.relationship.view import RelationshipView, SurveyView
from models.process.request.state import Request, RequestState, schedule
from models.process.request.step import RequestStep
from models.process.request.view import RequestView
from models.process.step import Decision
from models.process.timeline import Audience


@dataclass(frozen=True, slots=True)
class Rules:
    """What a projection of before 0.3 does not hold; `entries` is the number of the last timeline entry."""

    policy: ProgrammePolicy
    mentee_zone: str
    mentor_zone: str
    entries: int
    mentee_days: WorkingDays | None = None
    mentor_days: WorkingDays | None = None

    def fields(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def request_from(view: RequestView, rules: Rules) -> Request:
    """The state of a request as its projection shows it. `view.version` 0: it was never opened."""
    shared = {name: getattr(view, name) for name in RequestView.model_fields if name in Request.model_fields}
    request = Request(**shared, **rules.fields())
    return request.model_copy(update={"reminders": _reminders(request, view.next_reminder_at)})


def _reminders(request: Request, following: datetime | None) -> tuple[datetime, ...]:
    """The next one is known; those after it are where the rules put them."""
    if following is None:
        return ()
    later, _ = schedule(request, request.since)
    end = request.closes_at
    return (following, *(at for at in later if at > following and (end is None or at < end)))


def relationship_from(
    view: RelationshipView, rules: Rules, reminded: Mapping[Role, datetime]
) -> Relationship:
    """The state of a relationship as its projection shows it; `reminded`: of which survey, and when last."""
    shared = {
        name: getattr(view, name)
        for name in RelationshipView.model_fields
        if name in Relationship.model_fields and name != "surveys"
    }
    relationship = Relationship(**shared, **rules.fields())
    surveys = {
        side: _survey(relationship, side, survey, reminded.get(side)) for side, survey in view.surveys.items()
    }
    return relationship.model_copy(update={"surveys": surveys})


def _survey(relationship: Relationship, side: Role, kept: SurveyView, reminded: datetime | None) -> Survey:
    planned = planned_reminders(relationship, side, kept.asked_at)
    left = (at for at in planned if at < kept.closes_at and (reminded is None or at > reminded))
    reminders = () if kept.settled_at else tuple(left)
    return Survey(**kept.model_dump(), reminders=reminders)


def relationship_of(request: Request, relationship_id: str, started_at: datetime) -> Relationship:
    """The relationship that `request` starts, not begun yet."""
    return Relationship(
        id=relationship_id,
        version=0,
        request_id=request.id,
        started_at=started_at,
        since=started_at,
        **{name: getattr(request, name) for name in _HANDED_ON},
    )


_HANDED_ON = (
    *("programme_id", "mentee_id", "mentor_id", "policy"),
    *("mentee_zone", "mentor_zone", "mentee_rules", "mentor_rules", "mentee_days", "mentor_days"),
)


def resume_request(request: Request, now: datetime) -> Decision[Request]:
    """The first thing that an open request does after it was lost."""
    step = RequestStep(request, SYSTEM, now)
    if request.state is RequestState.ACCEPTING:
        step.effects.append(ClaimPlaces())
    elif request.state is RequestState.HANDING_OVER:
        step.effects.append(HandOn())
    elif request.closes_at and request.closes_at <= now:
        step.wait_from_now()
        if step.process.closes_at:
            left = request.left_to_admins is not None
            until = step.process.closes_at
            step.send_both(RequestExtended(**step.about(), closes_at=until, left_to_admins=left))
    step.note("RequestResumed", audience=Audience.ADMINS)
    return step.done()


def resume_relationship(relationship: Relationship, now: datetime) -> Decision[Relationship]:
    """The first thing that a relationship does after it was lost."""
    step = RelationshipStep(relationship, SYSTEM, now)
    for part in PARTS:
        part.renew(step)
    step.note("RelationshipResumed", audience=Audience.ADMINS)
    return step.done()


def still_asks(process: Request | Relationship, to: str, props: AnyMail) -> bool:
    """Whether a mail that was sent earlier waits for an answer that `process` still takes."""
    role = Role.MENTEE if to == process.mentee_id else Role.MENTOR
    if isinstance(process, Request):
        return _asks_of_request(process, role, props)
    if props.leads_to is Purpose.CONFIRM:
        return process.state is RelationshipState.COMPLETING and props.link_round == process.sign_offs
    return props.leads_to is Purpose.SURVEY and process.open_survey(role) is not None


def _asks_of_request(request: Request, role: Role, props: AnyMail) -> bool:
    if request.left_to_admins or not request.is_open or props.leads_to is None:
        return False
    part = {Purpose.DECIDE: Part.DECIDER, Purpose.AMEND: Part.SENDER}.get(props.leads_to)
    asked = request.role_of(part) if part else None
    return role is request.decider is asked and props.link_round == request.revision
