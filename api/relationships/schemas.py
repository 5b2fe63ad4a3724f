"""What the API takes and says about relationships. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.web.inputs import Blanks, In, ProcessQuery
from api.web.schemas import EntryOut, NextOut, PersonRef
from api.web.validation import Whole
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.goals import Goal
from models.process.relationship.parts.surveys import SurveyState
from models.process.surveys import MAX_ANSWER, Question

Answer = Annotated[str, Field(max_length=MAX_ANSWER)]


class SurveyIn(In):
    """Question key -> answer; a scale takes 1 to 5."""

    answers: dict[str, Answer | Whole] = Field({}, examples=[{"useful": 5, "remark": "Keep it."}])


class RelationshipQuery(ProcessQuery):
    state: Annotated[list[RelationshipState], Blanks] = Field([])


class ContactOut(BaseModel):
    """How to reach a person; `contact` is what they wrote about it themselves."""

    id: str
    name: str
    email: str
    contact: str
    time_zone: str


class SurveyOut(BaseModel):
    """One person's survey; `answers` by question key, numbers for a scale; empty until it is answered."""

    person: PersonRef
    state: SurveyState
    asked_at: datetime
    closes_at: datetime
    settled_at: datetime | None
    questions: list[Question]
    answers: dict[str, int | str]


class RelationshipOut(BaseModel):
    id: str
    programme: str = Field(description="Slug of the programme")
    request_id: str
    state: RelationshipState
    mentee: PersonRef
    mentor: PersonRef
    contacts: list[ContactOut] | None = Field(description="Of both; for the two alone, while they may know")
    goals: list[Goal]
    started_at: datetime
    since: datetime
    ended_at: datetime | None
    signed_by: str | None = Field(description="The side that signed off: mentee or mentor")
    sign_offs: int = Field(description="How often it was signed off so far")
    confirms_at: datetime | None = Field(description="When a completion confirms itself")
    next: NextOut | None
    allowed: list[str] = Field(description="Commands that the caller may send now")
    survey: SurveyOut | None = Field(description="The caller's own")
    surveys: list[SurveyOut] = Field(description="Of both, for admins alone")
    timeline: list[EntryOut]
