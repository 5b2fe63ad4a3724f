"""What the API takes and says about a person and their profile. Additions are fine, changes are not."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field, StrictBool

from api.web.inputs import In
from api.web.validation import Day, Whole
from models.process import texts


class ProfileIn(In):
    """A profile. Fields that are left out stay as they are; null empties `capacity` and `available_from`."""

    name: str | None = Field(None, max_length=400)
    roles: list[str] | None = Field(None, max_length=3)
    time_zone: str | None = Field(None, max_length=64, examples=["Europe/Berlin"])
    headline: str | None = Field(None, max_length=400)
    about: str | None = Field(None, max_length=8000)
    unit: str | None = Field(None, max_length=400)
    location: str | None = Field(None, max_length=400)
    country: str | None = Field(None, max_length=400, examples=["DE"])
    languages: list[str] | None = Field(None, examples=[["en", "de"]])
    attributes: dict[str, str] | None = None
    contact: str | None = Field(None, max_length=texts.MAX_COMMENT)
    skills: list[SkillOut] | None = None
    preferences: list[str] | None = None
    capacity: Whole | None = None
    available: StrictBool | None = None
    available_from: Day | None = None
    commitment: StrictBool | None = None
    optional_mails: StrictBool | None = None


class ProgrammeRef(BaseModel):
    slug: str
    name: str
    roles: list[str]
    contact: str | None = Field(None, description="Where the programme is reached (its setting `reply_to`)")


class MeOut(BaseModel):
    id: str
    name: str
    email: str
    programmes: list[ProgrammeRef]


class SkillOut(BaseModel):
    """`level` null: none stated; `target` null: nothing aimed at. All on the programme's scale, from 1.

    A body that leaves out `familiarity` or `help` keeps what the profile says of the skill.
    """

    name: str
    level: Whole | None = None
    target: Whole | None = None
    familiarity: Whole | None = Field(None, description="How well the person knows it; null: not said")
    help: StrictBool = Field(False, description="Whether the person needs a mentor's help with it")


class HintOut(BaseModel):
    """Something a profile lacks: which field, and a sentence that says what to do.

    What is not among the `missing` of a profile should be there, and keeps nobody from anything.
    """

    field: str
    message: str


class ProfileOut(BaseModel):
    name: str
    email: str
    roles: list[str]
    time_zone: str
    headline: str
    about: str
    unit: str
    location: str
    country: str
    languages: list[str]
    attributes: dict[str, str]
    contact: str = Field(description="How the other side of a relationship reaches this person")
    skills: list[SkillOut]
    preferences: list[str]
    capacity: int | None
    available: bool
    available_from: date | None
    commitment: bool = Field(description="Whether the minimum commitment was acknowledged")
    optional_mails: bool = Field(description="Whether reminders, moved dates and surveys are mailed to them")
    complete: bool
    missing: list[str] = Field(description="Fields that a complete profile still needs")
    hints: list[HintOut]
