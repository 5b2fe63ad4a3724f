"""What the API takes and says about requests. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.web.inputs import AGE, Age, Blanks, In, ProcessQuery
from api.web.schemas import EntryOut, NextOut, PersonRef, PublicState
from models.process import texts
from models.process.match import Basis
from models.process.request.state import RequestFacts
from models.process.request.view import RequestRules


class RequestIn(In):
    mentor_id: str = Field(max_length=64)
    message: str = Field(max_length=texts.MAX_MESSAGE, examples=["I would like to learn how you lead."])
    basis: Basis = Basis.GAPS


class OfferIn(In):
    mentee_id: str = Field(max_length=64)
    message: str = Field(max_length=texts.MAX_MESSAGE, examples=["I have led such a team for years."])


class MenteeQuery(In):
    q: str = Field("", max_length=200, description="In their name or headline")
    limit: int = Field(50, ge=1, le=200)


class RequestQuery(ProcessQuery):
    state: Annotated[list[PublicState], Blanks] = Field([])
    older_than: Age = AGE


class RequestOut(RequestFacts):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    id: str
    programme: str = Field(description="Slug of the programme")
    state: PublicState
    mentee: PersonRef
    mentor: PersonRef
    since: datetime = Field(description="When the present wait began")
    next_reminder_at: datetime | None
    next: NextOut | None
    allowed: list[str] = Field(description="Commands that the caller may send now")
    rules: RequestRules | None = Field(None, description="What a decision has to bring; null once decided")
    shortlist_id: str | None = Field(
        None, description="The shortlist that asks by it; null for all but its mentee and the admins"
    )
    timeline: list[EntryOut]
