"""Pairs that are not to be: set by coordinators, or by one of two people after they worked together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.pairs import not_again, pairs
from api.pairs.schemas import (
    DoNotPairIn,
    DoNotPairOut,
    DoNotPairQuery,
    ListingOut,
    NotAgainIn,
    NotAgainOut,
)
from api.web.access import Ctx, Member, admin
from api.web.idempotency import Reply
from api.web.json_routes import OnceHere, OnlyOnce, Who, answer, json_router
from api.web.problems import LIST, ONE, WRITING, problems
from api.web.schemas import Page

desk = json_router("admin", "/programmes/{slug}")
relationships = json_router("relationships")

Admin = Annotated[Member, Depends(admin)]
_AGAIN = "/relationships/{relationship_id}/not-again"


@desk.get("/do-not-pair", response_model=Page[DoNotPairOut], responses=problems(*LIST))
async def list_do_not_pair(ctx: Ctx, member: Admin, query: Annotated[DoNotPairQuery, Query()]) -> Response:
    """Pairs of people who are not to be paired, the newest first."""
    return answer(await pairs.listed(ctx, member, query.limit, query.cursor, query.person))


@desk.post(
    "/do-not-pair",
    status_code=201,
    response_model=DoNotPairOut,
    responses=problems(*WRITING, "not-allowed", "key-reused"),
)
async def add_do_not_pair(ctx: Ctx, member: Admin, once: OnceHere, body: DoNotPairIn) -> Response:
    """Two people are not to be paired from now on; what is open between them stays open."""

    async def act(key: str) -> Reply:
        made = await pairs.add(ctx, member, body.people, body.why, key)
        return Reply(made, 201, f"/api/v1/programmes/{member.programme.slug}/do-not-pair/{made.id}")

    return await once.answer(act, lambda made: pairs.one(ctx, member, made))


@desk.get("/do-not-pair/{pair_id}", response_model=DoNotPairOut, responses=problems(*ONE, "not-allowed"))
async def get_do_not_pair(ctx: Ctx, member: Admin, pair_id: str) -> Response:
    """One of them."""
    return answer(await pairs.one(ctx, member, pair_id))


@desk.delete("/do-not-pair/{pair_id}", status_code=204, responses=problems(*WRITING, "not-allowed"))
async def remove_do_not_pair(ctx: Ctx, member: Admin, pair_id: str) -> Response:
    """The two may be paired again, unless another person has set it too."""
    await pairs.remove(ctx, member, pair_id)
    return Response(status_code=204)


@desk.get(
    "/people/{person_id}/listing/{mentor_id}",
    response_model=ListingOut,
    responses=problems(*ONE, "not-allowed"),
)
async def explain_listing(ctx: Ctx, member: Admin, person_id: str, mentor_id: str) -> Response:
    """Whether a mentee finds a mentor on their list, and all that stands against it."""
    return answer(await pairs.explain(ctx, member, person_id, mentor_id))


@relationships.get(_AGAIN, response_model=NotAgainOut, responses=problems(*ONE, "not-allowed"))
async def get_not_again(ctx: Ctx, who: Who, relationship_id: str) -> Response:
    """My own wish about the other person."""
    return answer(await not_again.read(ctx, who, relationship_id))


@relationships.post(
    _AGAIN,
    response_model=NotAgainOut,
    responses=problems(*WRITING, "not-allowed", "illegal-move", "key-reused"),
)
async def say_not_again(
    ctx: Ctx, who: Who, once: OnlyOnce, relationship_id: str, body: NotAgainIn | None = None
) -> Response:
    """I do not want to be paired with this person again. They are not told; coordinators see it."""

    async def act(key: str) -> Reply:
        return Reply(await not_again.say(ctx, who, relationship_id, body.why if body else "", key))

    return await once.answer(act, lambda _: not_again.read(ctx, who, relationship_id))


@relationships.delete(_AGAIN, status_code=204, responses=problems(*WRITING, "not-allowed"))
async def take_back_not_again(ctx: Ctx, who: Who, relationship_id: str) -> Response:
    """I take it back; what others have set stays."""
    await not_again.take_back(ctx, who, relationship_id)
    return Response(status_code=204)


router = APIRouter()
router.include_router(desk)
router.include_router(relationships)
