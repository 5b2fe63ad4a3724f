"""What the API takes and says about pairs of people. Additions are fine, changes break others."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.web.inputs import In, MaybeText, PageQuery
from api.web.schemas import By, PersonRef
from models.process import texts

PersonId = Annotated[str, Field(max_length=64)]


class DoNotPairQuery(PageQuery):
    person: MaybeText = Field(None, max_length=64, description="Id of a person; left out: everybody")


class DoNotPairIn(In):
    people: list[PersonId] = Field(min_length=2, max_length=2, description="Ids of two people")
    why: str = Field("", max_length=texts.MAX_COMMENT, description="For coordinators alone")


class DoNotPairOut(BaseModel):
    """Two people who are not to be paired, whoever is the mentee. Neither of them is shown this."""

    id: str
    people: list[PersonRef]
    by: By = Field(description="A coordinator, or one of the two after they worked together")
    at: datetime
    why: str


class Obstacle(BaseModel):
    kind: str = Field(description="Such as do-not-pair, line-manager, same-unit, away, full, open")
    text: str


class ListingOut(BaseModel):
    """Whether a mentee finds a mentor on their list, and all that stands against it."""

    mentee: PersonRef
    mentor: PersonRef
    listed: bool
    why: list[Obstacle]
    request_id: str | None = Field(None, description="The request that is open between them")
    relationship_id: str | None = None


class NotAgainIn(In):
    why: str = Field("", max_length=texts.MAX_COMMENT, description="For coordinators alone")


class NotAgainOut(BaseModel):
    """Whether I do not want to be paired with this person again. They are not told."""

    not_again: bool
    at: datetime | None = None
    why: str = ""
