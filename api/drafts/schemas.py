"""What the API takes and says about drafts. Additions are fine, changes break those who rely on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.web.inputs import Blank, In, PageQuery
from api.web.schemas import PersonRef
from api.web.validation import WHOLE
from models.process.draft.state import MOST_MENTORS, DraftKind, DraftState
from models.process.match import MatchReason

MOST_CHOSEN = 5000
PersonId = Annotated[str, Field(max_length=64)]
Score = Annotated[int, Field(ge=0, le=100), WHOLE]


class RecommendationsIn(In):
    """For all mentees, or for those who are named."""

    per_mentee: Annotated[int, Field(ge=1, le=MOST_MENTORS), WHOLE] = Field(
        3, description="How many mentors for each mentee at the most"
    )
    minimum_score: Score = Field(0, description="Nobody below it is recommended")
    mentee_ids: list[PersonId] | None = Field(
        None, max_length=MOST_CHOSEN, description="For these mentees alone; left out, for all"
    )


class PairingIn(In):
    """Of all mentees who have no mentor yet, or of those who are named."""

    minimum_score: Score = Field(0, description="Nobody is paired below it")
    fair: bool = Field(False, description="The worst pair counts before the total")
    mentee_ids: list[PersonId] | None = Field(
        None, max_length=MOST_CHOSEN, description="These mentees alone; left out, all"
    )


class PairIn(In):
    mentee_id: PersonId
    mentor_id: PersonId


class ComputeIn(In):
    """What is to be different this time; what was pinned and forbidden before stays."""

    pin: list[PairIn] = Field([], max_length=MOST_CHOSEN, description="Pairs that are to be")
    forbid: list[PairIn] = Field([], max_length=MOST_CHOSEN, description="Pairs that are not to be")
    release: list[PersonId] = Field(
        [], max_length=MOST_CHOSEN, description="Mentees for whom nothing is pinned or forbidden any more"
    )


class ItemIn(In):
    mentors: list[PersonId] = Field(
        max_length=50,
        description="In this order; empty: none",
        examples=[["1c6f0c5e-7b0d-4d0a-8a39-6a1f4e2d9b02"]],
    )


class ItemQuery(PageQuery):
    only: Annotated[str | None, Blank] = Field(
        None,
        pattern="^(without|changed|by-hand|left-out|)$",
        description="without (a mentor), changed (by the last computation), by-hand, or left-out",
    )


class MentorRef(BaseModel):
    id: str
    name: str
    headline: str


class ChosenOut(BaseModel):
    """`left_out` says why publishing passed the mentor over."""

    mentor: MentorRef
    score: int = Field(ge=0, le=100)
    reasons: list[MatchReason]
    left_out: str | None = None


class DraftItemOut(BaseModel):
    """`why_none` says why there is no mentor. `before` is the mentor of the computation before,
    where the last one has changed it."""

    mentee: PersonRef
    mentors: list[ChosenOut]
    why_none: str | None = None
    one_more: list[PersonRef] = Field([], description="One more place with any of these would change it")
    by_hand: bool = Field(False, description="Set by a coordinator; a new computation keeps it")
    changed: bool = False
    before: PersonRef | None = None


class BeforeOut(BaseModel):
    """What the computation before had."""

    total_score: int
    matched: int


class DraftOut(BaseModel):
    """`progress` is that of computing and of publishing. `left_out`: people whom publishing has passed over,
    because something did not hold any more; `erased`: people who were in it and are gone."""

    id: str
    programme: str
    kind: DraftKind
    state: DraftState
    progress: int = Field(ge=0, le=100)
    total_score: int
    matched: int
    unmatched: int
    left_out: int = 0
    erased: int = 0
    changed: int = 0
    before: BeforeOut | None = None
    per_mentee: int | None = None
    minimum_score: int
    fair: bool = False
    created_at: datetime
    created_by: PersonRef
    settled_at: datetime | None = None
    expires_at: datetime | None = Field(None, description="When it is discarded by itself")
    allowed: list[str]
