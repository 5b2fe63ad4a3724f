"""What the API says about processes and people. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from api.web.validation import Whole
from models.process.match import MatchReason
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.goals import Goal
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.state import RequestFacts, RequestState
from models.process.request.view import RequestRules
from models.process.surveys import Question

T = TypeVar("T")

_STATES = [state.value for state in RequestState if state is not RequestState.ACCEPTING]


def _public(state: RequestState) -> RequestState:
    """`accepting` lasts for a moment and is `pending` for everybody outside."""
    if state is RequestState.ACCEPTING:
        raise ValueError(f"This takes one of: {', '.join(_STATES)}")
    return state


PublicState = Annotated[
    RequestState, AfterValidator(_public), WithJsonSchema({"type": "string", "enum": _STATES})
]


class Page(BaseModel, Generic[T]):
    """One page of a list; `next` is the cursor of the next page, null on the last one."""

    items: list[T]
    next: str | None = None


# The small parts of lists are plain dataclasses: a page has hundreds, and models cost ten times as much.
@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person and what they are called in the programme."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class By:
    """Who did something, as mentee, mentor, admin or system. The system has no id and no name."""

    id: str | None
    name: str | None
    role: str


@dataclass(frozen=True, slots=True)
class EntryOut:
    """Something that happened; `what` is past tense, such as `RequestAccepted`.

    `via` is `mail-link` where the actor need not have been signed in, else null.
    """

    at: datetime
    what: str
    by: By
    on_behalf_of: PersonRef | None
    note: str | None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class NextOut:
    """What happens by itself, and when: reminder, expiry, confirmation, survey-reminder or survey-closing."""

    at: datetime
    what: str


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
    timeline: list[EntryOut]


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


class StalledOut(BaseModel):
    """A request that waits, as the engine tells; `next` is what happens by itself, and when.

    What the engine does not keep is read beside it, and may be a moment behind.
    """

    request_id: str
    mentee: PersonRef
    mentor: PersonRef
    state: PublicState
    since: datetime
    next: NextOut | None
    closes_at: datetime | None = Field(description="When it closes by itself")
    last_event: str
    last_event_at: datetime | None
    reminded_at: datetime | None = Field(description="When the last reminder of this wait was sent")
    extend_by: timedelta | None = Field(description="What `extend` adds when no number is given")
    left_to_admins: bool = Field(description="Whether coordinators look after it, its mentor gone")


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


class MentorPage(Page[MentorHit]):
    """`total` counts all pages; `advice` says what to relax when the list is empty.

    `did_you_mean` are skills of the programme with a name like `unknown_skill`, which it does not have.
    """

    total: int
    advice: str | None = None
    unknown_skill: str | None = None
    did_you_mean: list[str] = []


class SkillOut(BaseModel):
    """`level` null: none stated; `target` null: nothing aimed at. Both on the programme's scale, from 1."""

    name: str
    level: Whole | None = None
    target: Whole | None = None


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


class SessionOut(BaseModel):
    """A browser in which one is signed in. `used_at` is known to some minutes; `agent` may be empty."""

    id: str
    agent: str = Field(examples=["Firefox on Windows"])
    created_at: datetime
    used_at: datetime
    ends_at: datetime = Field(description="If it is not used before")
    current: bool = Field(description="Whether it is the one that asks")


class SignedOutOut(BaseModel):
    """How many ways in were ended."""

    sessions: int
    sign_in_links: int
    api_tokens: int


class InvitationOut(BaseModel):
    """`state`: open, accepted, revoked or expired."""

    id: str
    email: str
    name: str
    roles: list[str]
    state: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    mailed_at: datetime | None = Field(description="When it was last written to the address")


class ProgrammeOut(BaseModel):
    slug: str
    name: str
    settings: dict[str, object]
    meanings: dict[str, str] = Field(description="What each setting does")
    notes: list[str] = Field([], description="What settings lead to together, such as reminders never sent")


class PersonOut(BaseModel):
    """A member of the programme, as its admins see them."""

    id: str
    name: str
    email: str
    roles: list[str]
    complete: bool = Field(description="Whether the profile is complete")
    available: bool
    capacity: int | None = Field(description="Mentees at once; null: as many as the programme allows")
    joined_at: datetime


class RemovalOut(BaseModel):
    """What the end of a person's membership would touch; nothing is done yet."""

    person: PersonOut
    yourself: bool
    released: int = Field(description="Open requests that would be released")
    left_to_admins: int = Field(description="Open requests that would be left to the coordinators")
    relationships: int = Field(description="Running relationships that would be ended")
    consequences: list[str] = Field(description="The same in sentences")
    hindrance: str | None = Field(description="Why it cannot be done at the moment")
