"""Drafts: recommendations and pairs that are computed, read, changed, and then published or discarded."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from api.drafts import acts, reads
from api.drafts.acts import Changes
from api.drafts.reads import Wanted
from api.drafts.schemas import (
    ComputeIn,
    DraftItemOut,
    DraftOut,
    ItemIn,
    ItemQuery,
    PairIn,
    PairingIn,
    RecommendationsIn,
)
from api.web.access import Ctx, Member, admin
from api.web.idempotency import Reply
from api.web.json_routes import OnceHere, OnlyOnce, Who, answer, json_router
from api.web.problems import ACTING, ONE, WRITING, problems
from api.web.schemas import Page
from models.process.draft.state import DraftAct, DraftKind, DraftOptions

router = json_router("drafts")

Admin = Annotated[Member, Depends(admin)]
BEGINNING = problems(*(name for name in ACTING if name != "illegal-move"), "limit-reached")
DOING = problems(*(name for name in ACTING if name != "not-allowed"))
CHANGING = problems(*WRITING, "illegal-move", "refused", "mentor-full")
COMPUTING = problems(*(name for name in ACTING if name != "not-allowed"), "refused", "mentor-full")
WHERE = "/api/v1/drafts/{}"


@router.post(
    "/programmes/{slug}/recommendations", response_model=DraftOut, status_code=202, responses=BEGINNING
)
async def recommend(ctx: Ctx, member: Admin, once: OnceHere, body: RecommendationsIn) -> Response:
    """Has the best mentors of each mentee computed, as a draft. Nobody is told before it is published."""
    options = DraftOptions(per_mentee=body.per_mentee, minimum_score=body.minimum_score)
    return await _begun(ctx, member, once, DraftKind.RECOMMENDATIONS, options, body.mentee_ids)


@router.post("/programmes/{slug}/pairings", response_model=DraftOut, status_code=202, responses=BEGINNING)
async def pair(ctx: Ctx, member: Admin, once: OnceHere, body: PairingIn) -> Response:
    """Has mentees and mentors paired all at once, as a draft. Nobody is told before it is published."""
    options = DraftOptions(minimum_score=body.minimum_score, fair=body.fair)
    return await _begun(ctx, member, once, DraftKind.PAIRING, options, body.mentee_ids)


async def _begun(
    ctx: Ctx,
    member: Member,
    once: OnceHere,
    kind: DraftKind,
    options: DraftOptions,
    mentee_ids: list[str] | None,
) -> Response:
    async def act(key: str) -> Reply:
        made = await acts.begin(ctx, member, kind, options, mentee_ids or (), key)
        return Reply(made, 202, WHERE.format(made.id))

    return await once.answer(act, lambda made: reads.draft(ctx, member.viewer, made))


@router.get("/drafts/{draft_id}", response_model=DraftOut, responses=problems(*ONE))
async def get_draft(ctx: Ctx, who: Who, draft_id: str) -> Response:
    """How a draft stands, and how far computing or publishing it has come."""
    return answer(await reads.draft(ctx, who, draft_id))


@router.get(
    "/drafts/{draft_id}/items", response_model=Page[DraftItemOut], responses=problems(*ONE, "invalid")
)
async def list_items(ctx: Ctx, who: Who, draft_id: str, query: Annotated[ItemQuery, Query()]) -> Response:
    """Each mentee by name, with the mentors and why, or with the reason why there is none."""
    wanted = Wanted(query.limit, query.cursor, query.only or "")
    return answer(await reads.items(ctx, who, draft_id, wanted))


@router.put("/drafts/{draft_id}/items/{mentee_id}", response_model=DraftItemOut, responses=CHANGING)
async def set_item(ctx: Ctx, who: Who, draft_id: str, mentee_id: str, body: ItemIn) -> Response:
    """Sets the mentors of a mentee. A new computation keeps them, and arranges everybody else around them."""
    return answer(await acts.set_item(ctx, who, draft_id, mentee_id, body.mentors))


@router.post("/drafts/{draft_id}/compute", response_model=DraftOut, status_code=202, responses=COMPUTING)
async def compute(ctx: Ctx, who: Who, once: OnlyOnce, draft_id: str, body: ComputeIn) -> Response:
    """Computes it again, around what is pinned and forbidden. Items then say what it has changed."""
    changes = Changes(_pairs(body.pin), _pairs(body.forbid), tuple(body.release))

    async def act(key: str) -> Reply:
        return Reply(await acts.compute(ctx, who, draft_id, changes), 202, WHERE.format(draft_id))

    return await once.answer(act, lambda _: reads.draft(ctx, who, draft_id))


def _pairs(given: list[PairIn]) -> tuple[tuple[str, str], ...]:
    return tuple((one.mentee_id, one.mentor_id) for one in given)


@router.post("/drafts/{draft_id}/publish", response_model=DraftOut, responses=DOING)
async def publish(ctx: Ctx, who: Who, once: OnlyOnce, draft_id: str) -> Response:
    """Publishes it: what still holds happens and is mailed, once; the rest is left out, with the reason."""

    async def act(key: str) -> Reply:
        return Reply(await acts.do(ctx, who, draft_id, DraftAct.PUBLISH))

    return await once.answer(act, lambda _: reads.draft(ctx, who, draft_id))


@router.post("/drafts/{draft_id}/discard", response_model=DraftOut, responses=DOING)
async def discard(ctx: Ctx, who: Who, once: OnlyOnce, draft_id: str) -> Response:
    """Throws it away; nothing of it was sent."""

    async def act(key: str) -> Reply:
        return Reply(await acts.do(ctx, who, draft_id, DraftAct.DISCARD))

    return await once.answer(act, lambda _: reads.draft(ctx, who, draft_id))
