"""What a relationship shows of itself: the answer of its updates and queries, and its projection."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from models.process.actors import Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.goals import Goal
from models.process.relationship.parts.surveys import SurveyState
from models.process.relationship.state import Relationship, next_step


class SurveyView(BaseModel):
    model_config = ConfigDict(frozen=True)

    state: SurveyState
    asked_at: datetime
    closes_at: datetime
    settled_at: datetime | None


class RelationshipView(BaseModel):
    """`next_what`: confirmation, survey-reminder, survey-closing. `surveys` are empty until completion."""

    model_config = ConfigDict(frozen=True)

    id: str
    programme_id: str
    request_id: str
    mentee_id: str
    mentor_id: str
    state: RelationshipState
    version: int
    started_at: datetime
    ended_at: datetime | None
    since: datetime
    goals: tuple[Goal, ...]
    signed_by: Role | None
    sign_offs: int
    confirms_at: datetime | None
    surveys: dict[Role, SurveyView]
    next_at: datetime | None
    next_what: str | None
    last_event: str

    @classmethod
    def of(cls, relationship: Relationship) -> RelationshipView:
        step = next_step(relationship)
        shared = {name for name in cls.model_fields if name in Relationship.model_fields} - {"surveys"}
        return cls(
            **{name: getattr(relationship, name) for name in shared},
            surveys={
                side: SurveyView(**survey.model_dump(include=set(SurveyView.model_fields)))
                for side, survey in relationship.surveys.items()
            },
            next_at=step.at if step else None,
            next_what=step.what if step else None,
        )
