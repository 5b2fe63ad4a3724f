"""What the API takes and says about signing in. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from api.finding.schemas import Recommendation
from api.web.inputs import In


class SignInIn(In):
    email: str = Field(max_length=400, examples=["ada@example.org"])
    next: str = Field("/", max_length=500, description="Path of ours to go to after signing in")


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


class TurnOut(BaseModel):
    """Something that waits for me."""

    kind: str = Field(description="What I am to do, such as decide, amend, answer, confirm, survey, stalled")
    text: str
    due: datetime | None = Field(description="When it ends by itself, or is overdue")
    url: str = Field(description="Path of the page on which I do it")
    process_id: str | None = Field(description="What it is about; null where it is about many")


class NewsOut(BaseModel):
    """Something that another person, or time, has done since I was here."""

    at: datetime
    text: str
    url: str


class HomeOut(BaseModel):
    """What my first page shows of a programme."""

    your_turn: list[TurnOut] = Field(description="The one with the nearest date first")
    recommended: list[Recommendation] = Field(
        description="Of a mentee who can ask: mentors to ask next, those that coordinators recommend first"
    )
    news: list[NewsOut] = Field(description="Newest first")
