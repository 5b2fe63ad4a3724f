"""How much of a programme waits for one of its members, as the navigation counts it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import String, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from models.process.actors import Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.state import whose_turn
from models.store.processes import RelationshipRow, RequestRow, SurveyRow

_PROGRAMME = bindparam("programme_id", type_=String)
_PERSON = bindparam("person_id", type_=String)


@dataclass(frozen=True, slots=True)
class Turns:
    """`together`: completions to confirm, and surveys to answer."""

    requests: int = 0
    together: int = 0


NONE = Turns()


def of_member(session: Session, programme_id: str, person_id: str) -> Turns:
    asked = {"programme_id": programme_id, "person_id": person_id}
    requests = sum(
        whose_turn(state, left, kind) is (Role.MENTEE if mentee_id == person_id else Role.MENTOR)
        for state, left, kind, mentee_id in session.execute(_OPEN, asked)
    )
    confirms, surveys = session.execute(_TOGETHER, asked).one()
    return Turns(requests, confirms + surveys)


_OPEN = select(RequestRow.state, RequestRow.left_to_admins, RequestRow.kind, RequestRow.mentee_id).where(
    RequestRow.programme_id == _PROGRAMME,
    RequestRow.is_open == true(),
    RequestRow.version > 0,
    or_(RequestRow.mentee_id == _PERSON, RequestRow.mentor_id == _PERSON),
)
_CONFIRMS = select(func.count()).where(
    RelationshipRow.programme_id == _PROGRAMME,
    RelationshipRow.state == RelationshipState.COMPLETING.value,
    or_(
        and_(RelationshipRow.mentee_id == _PERSON, RelationshipRow.signed_by == Role.MENTOR.value),
        and_(RelationshipRow.mentor_id == _PERSON, RelationshipRow.signed_by == Role.MENTEE.value),
    ),
)
_SURVEYS = (
    select(func.count())
    .select_from(SurveyRow)
    .join(RelationshipRow, RelationshipRow.id == SurveyRow.relationship_id)
    .where(
        RelationshipRow.programme_id == _PROGRAMME,
        SurveyRow.person_id == _PERSON,
        SurveyRow.state == SurveyState.OPEN.value,
    )
)
_TOGETHER = select(_CONFIRMS.scalar_subquery(), _SURVEYS.scalar_subquery())
