"""What the API takes and says about a programme, for its coordinators. Additions alone are fine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool

from api.profile.schemas import SkillOut
from api.web.inputs import AGE, Age, Blank, In, MaybeText, PageQuery, Words
from api.web.schemas import NextOut, OpenState, PersonRef, PublicState
from api.web.validation import Whole
from models.process import texts
from models.process.request.kinds import RequestKind


class InvitationIn(In):
    email: str = Field(max_length=400, examples=["grace@example.org"])
    name: str = Field("", max_length=200)
    roles: list[str] = Field(max_length=3, examples=[["mentor"]])
    note: str = Field("", max_length=texts.MAX_COMMENT)


class StalledQuery(PageQuery):
    """`older_than` is how long the request waits; left out: the programme's own period."""

    older_than: Age = AGE
    state: Annotated[OpenState | None, Blank] = None
    mentor: MaybeText = Field(None, max_length=64, description="Id of a person")
    mentee: MaybeText = Field(None, max_length=64, description="Id of a person")


class WeightsQuery(In):
    """As the settings of these names are written; left out, they stay as they are."""

    skill_weight: MaybeText = Field(None, max_length=20, examples=["0.5"])
    skill_weights: MaybeText = Field(None, max_length=40_000, examples=['{"SQL": 2}'])


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


class StalledOut(BaseModel):
    """A request that waits, as the engine tells; `next` is what happens by itself, and when.

    What the engine does not keep is read beside it, and may be a moment behind.
    """

    request_id: str
    kind: RequestKind = RequestKind.REQUEST
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


class InvitationOut(BaseModel):
    """`state`: open, held (until the programme opens), accepted, revoked or expired."""

    id: str
    email: str
    name: str
    roles: list[str]
    state: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    mailed_at: datetime | None = Field(description="When it was last written to the address")


class OpenProcessesOut(BaseModel):
    """How new settings come to hold for what is open, or, `previewed`, what they would do there."""

    state: Literal["previewed", "asked", "running", "done", "superseded"]
    revision: int = Field(description="Of the settings that are to hold")
    requests: int = Field(description="Open requests that live by older settings, when it was asked for")
    told: int = Field(0, description="Requests that have been told")
    left: int = Field(0, description="Requests that could not be reached")
    asked_at: datetime | None = None
    finished_at: datetime | None = None
    closing_dates: int | None = Field(None, description="Previewed: closing dates that would move")
    sooner: int | None = Field(None, description="Previewed: of these, to an earlier day")
    at_once: int | None = Field(
        None, description="Previewed: requests that would be due at once, and would close after a last wait"
    )
    reminders: int | None = Field(None, description="Previewed: requests with other dates of reminders")


class ProgrammeOut(BaseModel):
    slug: str
    name: str
    revision: int = Field(1, description="Grows with every change of the settings")
    open_processes: OpenProcessesOut | None = Field(
        None, description="The last change that was to hold for open requests too, or a preview"
    )
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
    skills: list[SkillOut] = Field(description="With what they need a mentor’s help with (`help`)")


class RemovalOut(BaseModel):
    """What the end of a person's membership would touch; nothing is done yet."""

    person: PersonOut
    yourself: bool
    released: int = Field(description="Open requests that would be released")
    left_to_admins: int = Field(description="Open requests that would be left to the coordinators")
    relationships: int = Field(description="Running relationships that would be ended")
    consequences: list[str] = Field(description="The same in sentences")
    hindrance: str | None = Field(description="Why it cannot be done at the moment")


class PlacedOut(BaseModel):
    """A mentor in the first five of a list, today or with the weights that are asked about."""

    mentor: PersonRef
    before: int | None = Field(description="Place in the list today; null below the first five")
    after: int | None = Field(description="Place with these weights; null below the first five")
    score_before: int = Field(ge=0, le=100)
    score_after: int = Field(ge=0, le=100)


class ListLook(BaseModel):
    """The top of one mentee's list: the first five afterwards, then those who would leave them."""

    mentee: PersonRef
    changed: bool
    mentors: list[PlacedOut]


class ScorePreview(BaseModel):
    """`changed` of the `lists` would begin otherwise. The weights are as they would be kept."""

    skill_weight: float
    skill_weights: dict[str, float]
    changed: int
    lists: list[ListLook]


class ReadinessOut(BaseModel):
    """Ready: enough mentors have a complete profile, and there are enough places."""

    ready: bool
    mentors: int
    complete_mentors: int = Field(description="Mentors with a complete profile")
    share: int | None = Field(description="The same in percent; null without mentors")
    share_aim: int
    away: int = Field(description="Mentors with a complete profile who are not available")
    places: int = Field(description="Of available mentors with a complete profile")
    mentees: int
    invited: int = Field(description="Mentees whose invitation is open")
    held: int = Field(description="Invitations to mentees that wait for the opening")
    places_per_mentee: float | None = Field(description="Of mentees who are there, invited or held")
    places_aim: float
    lacking: dict[str, int] = Field(description="Part of a profile -> mentors who lack it")
    missing: list[str] = Field(description="What is missing, in sentences; empty where it is ready")


class ReleasedOut(BaseModel):
    released: int = Field(description="Invitations that are on their way now")
