"""A draft of recommendations (M9) or of pairs (M10): its states, and what leads from one to another.

computing -> draft -> publishing -> published; it can be discarded as long as nothing of it was sent.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from models.process.errors import IllegalMove

MOST_OPEN = 5
"""Drafts of a programme that are neither published nor discarded."""
KEPT_FOR = timedelta(days=30)
"""A draft that nobody publishes by then is discarded: it tells of people as they were."""
MOST_MENTORS = 10
"""Mentors recommended to one mentee."""


class DraftKind(StrEnum):
    RECOMMENDATIONS = "recommendations"
    PAIRING = "pairing"


class DraftState(StrEnum):
    COMPUTING = "computing"
    DRAFT = "draft"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    DISCARDED = "discarded"


S = DraftState

OPEN = frozenset({S.COMPUTING, S.DRAFT, S.PUBLISHING})


class DraftAct(StrEnum):
    COMPUTE = "compute"
    PUBLISH = "publish"
    DISCARD = "discard"
    COMPUTED = "computed"
    SENT = "sent"


MOVES: dict[tuple[DraftState, DraftAct], DraftState] = {
    (S.COMPUTING, DraftAct.COMPUTED): S.DRAFT,
    (S.COMPUTING, DraftAct.DISCARD): S.DISCARDED,
    (S.DRAFT, DraftAct.COMPUTE): S.COMPUTING,
    (S.DRAFT, DraftAct.PUBLISH): S.PUBLISHING,
    (S.DRAFT, DraftAct.DISCARD): S.DISCARDED,
    (S.PUBLISHING, DraftAct.PUBLISH): S.PUBLISHING,
    (S.PUBLISHING, DraftAct.SENT): S.PUBLISHED,
    (S.PUBLISHED, DraftAct.PUBLISH): S.PUBLISHED,
    (S.DISCARDED, DraftAct.DISCARD): S.DISCARDED,
}
"""What is missing is refused. Published or discarded by two coordinators, it is so once."""

STANDS: dict[DraftState, str] = {
    S.COMPUTING: "is being computed; please wait until it is ready",
    S.DRAFT: "is ready and waits for a decision",
    S.PUBLISHING: "is being published, so nothing in it can be changed any more",
    S.PUBLISHED: "has been published, so nothing in it can be changed any more",
    S.DISCARDED: "has been discarded; please begin a new one",
}
"""Ends the sentence "This draft ..."."""


class DraftOptions(BaseModel):
    """What a draft is computed with. `only_chosen`: for those mentees alone who were named."""

    model_config = ConfigDict(frozen=True)

    per_mentee: int = Field(3, ge=1, le=MOST_MENTORS)
    minimum_score: int = Field(0, ge=0, le=100)
    only_chosen: bool = False
    fair: bool = False


def after(state: DraftState, act: DraftAct) -> DraftState:
    """Raises IllegalMove for what the state does not take."""
    found = MOVES.get((state, act))
    if found is None:
        raise IllegalMove(f"This draft {STANDS[state]}.")
    return found


def acts(state: DraftState) -> list[str]:
    """What a coordinator may do with a draft now."""
    offered = (DraftAct.COMPUTE, DraftAct.PUBLISH, DraftAct.DISCARD)
    return [act.value for act in offered if MOVES.get((state, act), state) is not state]
