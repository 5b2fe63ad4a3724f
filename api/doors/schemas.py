"""What the API takes and says about signing in. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

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
