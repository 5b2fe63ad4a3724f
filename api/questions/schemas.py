"""What the API takes and says about questions. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.web.inputs import Blank, In, MaybeText, PageQuery
from api.web.schemas import PersonRef
from models.process import texts
from models.process.questions import QuestionState


class QuestionIn(In):
    to: str = Field(max_length=64, description="Who is to answer")
    text: str = Field(max_length=texts.MAX_COMMENT, examples=["How often could we talk?"])
    request_id: MaybeText = Field(
        None, max_length=64, description="The open request that it is about, if any"
    )


class AnswerIn(In):
    text: str = Field(max_length=texts.MAX_COMMENT, examples=["Every second week would suit me."])


class QuestionQuery(PageQuery):
    state: Annotated[QuestionState | None, Blank] = None
    request_id: MaybeText = Field(None, max_length=64)


class QuestionOut(BaseModel):
    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    id: str
    programme: str = Field(description="Slug of the programme")
    from_: PersonRef = Field(alias="from")
    to: PersonRef
    text: str
    request_id: str | None
    state: QuestionState
    asked_at: datetime
    closes_at: datetime | None = Field(description="When it closes without an answer")
    answer: str | None
    answered_at: datetime | None
    closed_at: datetime | None = Field(description="When it closed without an answer")
    allowed: list[str] = Field(description="What the caller may do now: answer")
