"""What the API takes and says about people who join by themselves. Additions alone are fine."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.web.inputs import Blank, In, PageQuery
from models.process import texts

RegistrationState = Literal["waiting", "queued", "joined", "refused", "withdrawn"]


class JoinIn(In):
    email: str = Field(max_length=400, examples=["grace@example.org"])


class JoinOut(BaseModel):
    """What a programme asks of people who join by themselves."""

    slug: str
    name: str
    roles: list[str] = Field(description="As what one can join")
    domains: list[str] = Field(description="Domains of addresses that can join; empty: all")
    questions: list[dict[str, object]] = Field(description="What they answer, by `key`")
    approval: bool = Field(description="Whether a coordinator looks at each registration")


class RegistrationIn(In):
    name: str = Field(max_length=200, examples=["Grace Njoroge"])
    time_zone: str = Field(max_length=64, examples=["Africa/Nairobi"])
    roles: list[str] = Field(max_length=3, examples=[["mentee"]])
    answers: dict[str, str | int] = Field(default_factory=dict, max_length=60, description="By the keys")


class RegistrationsQuery(PageQuery):
    """Left out, `state` is both that wait: for a coordinator, and for a place."""

    state: Annotated[RegistrationState | None, Blank] = None


class WordIn(In):
    comment: str = Field("", max_length=texts.MAX_COMMENT, description="They read it")


class AnswerOut(BaseModel):
    question: str
    answer: str


class RegistrationOut(BaseModel):
    """`waiting`: for a coordinator; `queued`: for a place."""

    id: str
    name: str
    email: str
    roles: list[str]
    answers: list[AnswerOut]
    state: RegistrationState
    comment: str = Field(description="What a coordinator wrote who refused it")
    created_at: datetime
    decided_at: datetime | None


class LinkSent(BaseModel):
    detail: str = (
        "A mail with a link is on its way, if mail can reach this address. It is good for 10 minutes."
    )
