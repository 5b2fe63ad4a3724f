"""What the API takes and says about mentors. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from api.web.inputs import Blank, In, PageQuery, Words
from api.web.schemas import Page
from models.process.match import Basis, MatchReason


class MentorQuery(PageQuery):
    """What a mentee looks for; `skill` and `preference` replace those of the profile."""

    basis: Annotated[Basis | None, Blank] = Field(None, description="gaps (if left out) or preferences")
    exact: Annotated[bool | None, Blank] = Field(None, description="Only those who cover every gap")
    q: str = Field("", max_length=200, description="Words in what mentors say of themselves")
    skill: Words = Field([])
    preference: Words = Field([])
    language: Words = Field([])
    country: Words = Field([])
    unit: Words = Field([])
    location: Words = Field([])


class MentorOut(BaseModel):
    id: str
    name: str
    headline: str
    about: str
    unit: str
    location: str
    country: str
    languages: list[str]
    attributes: dict[str, str]


class MentorHit(BaseModel):
    mentor: MentorOut
    score: int = Field(ge=0, le=100)
    exact: bool | None = Field(None, description="Whether every gap is covered; null for a single mentor")
    reasons: list[MatchReason]
    places_free: int | None = Field(None, description="Places not taken; null for a single mentor")
    bookmarked: bool = Field(False, description="Whether I have marked them")
    askable: bool = Field(True, description="Whether I could ask them now; the list has no others")
    pushed: bool = Field(False, description="Whether the programme’s coordinators recommend them to me")


class Recommendation(MentorHit):
    """A mentor to ask next."""


class MentorSkill(BaseModel):
    name: str
    level: int
    level_name: str = Field("", description="What the programme calls the level, where it does")


class MentorDetail(MentorHit):
    """A mentor with all that they name."""

    skills: list[MentorSkill] = Field(description="The highest level first")
    preferences: list[str]
    why_not: str | None = Field(None, description="Why I cannot ask them now")


class BookmarkIn(In):
    mentor_id: str = Field(max_length=64)


class MenteeHit(BaseModel):
    """A mentee who looks for a mentor, as a mentor may see them."""

    mentee: MentorOut
    score: int = Field(ge=0, le=100)
    reasons: list[MatchReason]


class MentorPage(Page[MentorHit]):
    """`total` counts all pages; `advice` says what to relax when the list is empty, and `without` how many
    there would be without each single filter.

    `did_you_mean` are skills of the programme with a name like `unknown_skill`, which it does not have.
    """

    total: int
    advice: str | None = None
    unknown_skill: str | None = None
    did_you_mean: list[str] = Field([])
    without: dict[str, int] = Field({})
