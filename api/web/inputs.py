"""What the API takes: bodies and query parameters. Unknown fields of bodies are passed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

from api.web.paging import DEFAULT_LIMIT, MAX_LIMIT
from api.web.schemas import PublicState, SkillOut
from api.web.validation import Day, Whole
from models.process import texts
from models.process.actors import Role
from models.process.match import Basis
from models.process.relationship.base import RelationshipState
from models.process.surveys import MAX_ANSWER


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _without_blanks(value: Any) -> Any:
    return [one for one in value if _blank_is_none(one)] if isinstance(value, list) else value


def _iso_duration(value: Any) -> Any:
    """Refuses what pydantic would take as well: bare numbers and clock times."""
    value = _blank_is_none(value)
    if isinstance(value, str) and not value.startswith("P"):
        raise ValueError("This takes an ISO 8601 duration such as P7D or PT30M")
    return value


Blank = BeforeValidator(_blank_is_none)
Blanks = BeforeValidator(_without_blanks)
MaybeText = Annotated[str | None, Blank]
Words = Annotated[list[str], Blanks, Field(max_length=50)]
Age = Annotated[
    timedelta | None,
    BeforeValidator(_iso_duration),
    # An empty parameter is none at all, as a form sends it.
    WithJsonSchema({"anyOf": [{"type": "string", "format": "duration"}, {"type": "string", "maxLength": 0}]}),
]
_AGE = Field(None, description="ISO 8601 duration", examples=["P7D"])


class In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SignInIn(In):
    email: str = Field(max_length=400, examples=["ada@example.org"])
    next: str = Field("/", max_length=500, description="Path of ours to go to after signing in")


class RequestIn(In):
    mentor_id: str = Field(max_length=64)
    message: str = Field(max_length=texts.MAX_MESSAGE, examples=["I would like to learn how you lead."])
    basis: Basis = Basis.GAPS


Answer = Annotated[str, Field(max_length=MAX_ANSWER)]


class SurveyIn(In):
    """Question key -> answer; a scale takes 1 to 5."""

    answers: dict[str, Answer | Whole] = Field({}, examples=[{"useful": 5, "remark": "Keep it."}])


class InvitationIn(In):
    email: str = Field(max_length=400, examples=["grace@example.org"])
    name: str = Field("", max_length=200)
    roles: list[str] = Field(max_length=3, examples=[["mentor"]])
    note: str = Field("", max_length=texts.MAX_COMMENT)


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


class PageQuery(In):
    """Which part of a list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Entries on one page")
    cursor: MaybeText = Field(None, max_length=400, description="`next` of the page before")


class MentorQuery(PageQuery):
    """What a mentee looks for; `skill` and `preference` replace those of the profile."""

    basis: Annotated[Basis | None, Blank] = Field(None, description="gaps (if left out) or preferences")
    exact: Annotated[bool | None, Blank] = Field(None, description="Only those who cover every gap")
    q: str = Field("", max_length=200, description="Words in what mentors say of themselves")
    skill: Words = []
    preference: Words = []
    language: Words = []
    country: Words = []
    unit: Words = []
    location: Words = []


class ProcessQuery(PageQuery):
    """As whom a list is read; left out: as mentee if one is, else as mentor, else as admin."""

    as_role: Annotated[Literal["mentee", "mentor", "admin"] | None, Blank] = Field(None, alias="as")

    @property
    def role(self) -> Role | None:
        return Role(self.as_role) if self.as_role else None


class RequestQuery(ProcessQuery):
    state: Annotated[list[PublicState], Blanks] = []
    older_than: Age = _AGE


class RelationshipQuery(ProcessQuery):
    state: Annotated[list[RelationshipState], Blanks] = []


class StalledQuery(PageQuery):
    """`older_than` is how long the request waits; left out: the programme's own period."""

    older_than: Age = _AGE
    state: Annotated[Literal["pending", "amendment_requested"] | None, Blank] = None
    mentor: MaybeText = Field(None, max_length=64, description="Id of a person")
    mentee: MaybeText = Field(None, max_length=64, description="Id of a person")


class PersonIn(In):
    """Fields that are left out stay as they are."""

    roles: Words | None = Field(None, examples=[["mentee", "mentor"]])
    available: StrictBool | None = None
    capacity: Whole | None = None
    myself: StrictBool = Field(False, description="Said on purpose: whoever takes their own right away")


class RemovalQuery(In):
    myself: bool = Field(False, description="Said on purpose: whoever removes themselves")


class BounceIn(In):
    """What a provider's webhook knows of a mail that came back."""

    message_id: str = Field(max_length=400, description="The Message-ID that the mail had when it left here")
    status: str = Field(
        pattern=r"^[245]\.[0-9]{1,3}\.[0-9]{1,3}$", description="As in RFC 3463, such as 5.1.1"
    )
    reason: str = Field("", max_length=2000, description="The words of the mail server")
    action: Literal["failed", "delayed", "delivered", "relayed", "expanded"] | None = Field(
        None, description="As in RFC 3464. A status of 4 counts with `failed` only: given up"
    )
