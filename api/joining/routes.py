"""Joining by oneself, and what coordinators do about it."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.joining import joining
from api.joining.schemas import (
    JoinIn,
    JoinOut,
    LinkSent,
    RegistrationIn,
    RegistrationOut,
    RegistrationsQuery,
    WordIn,
)
from api.web.access import Ctx, Member, admin
from api.web.errors import NotFound
from api.web.idempotency import KeyHeader, Reply, checked
from api.web.json_routes import OnceHere, OnlyOnce, Who, answer, json_router
from api.web.problems import LIST, ONE, STORED, WRITING, problems
from api.web.schemas import Page
from api.web.security import check_same_origin, client_of

people = json_router("joining", "/programmes/{slug}")
Admin = Annotated[Member, Depends(admin)]

ASKING = (*STORED, "not-found", "forbidden", "invalid", "not-json", "too-large", "too-many", "too-slow")
WISHING = (*WRITING, "key-reused", "refused", "illegal-move")
DECIDING = (*WRITING, "not-allowed", "key-reused", "illegal-move", "refused")


@people.get("/join", response_model=JoinOut, responses=problems(*STORED, "not-found"))
async def how_to_join(ctx: Ctx, slug: str) -> Response:
    """What the programme asks of people who join by themselves. 404 where they cannot."""
    return answer(joining.join_out(await joining.open_programme(ctx, slug)))


@people.post("/join", status_code=202, response_model=LinkSent, responses=problems(*ASKING))
async def ask_to_join(body: JoinIn, slug: str, request: Request, ctx: Ctx, key: KeyHeader = None) -> Response:
    """Mails a link to an address, which signs in and leads to the form. The same answer for every address."""
    check_same_origin(ctx, request, must_say=False)
    once = secrets.token_urlsafe(24) if key is None else checked(key)
    programme = await joining.open_programme(ctx, slug)
    await joining.ask(ctx, programme, body.email, client_of(ctx, request), once)
    return answer(LinkSent(), 202)


@people.get("/registration", response_model=RegistrationOut, responses=problems(*ONE))
async def my_registration(ctx: Ctx, who: Who, slug: str) -> Response:
    """My registration for the programme."""
    found = await joining.mine(ctx, await joining.programme_at(ctx, slug), who)
    if found is None:
        raise NotFound
    return answer(found)


@people.post("/registration", status_code=201, response_model=RegistrationOut, responses=problems(*WISHING))
async def register(ctx: Ctx, who: Who, once: OnlyOnce, slug: str, body: RegistrationIn) -> Response:
    """Registers me: I join at once, wait for a coordinator, or wait for a place."""
    programme = await joining.open_programme(ctx, slug)

    async def act(key: str) -> Reply:
        made = await joining.register(ctx, programme, who, body)
        return Reply(made, 201, f"/api/v1/programmes/{slug}/registration")

    async def again(_: str) -> RegistrationOut:
        found = await joining.mine(ctx, programme, who)
        if found is None:
            raise NotFound
        return found

    return await once.answer(act, again)


@people.delete("/registration", status_code=204, responses=problems(*WRITING, "illegal-move"))
async def withdraw(ctx: Ctx, who: Who, slug: str) -> Response:
    """Takes my registration back while it waits."""
    await joining.withdraw(ctx, await joining.programme_at(ctx, slug), who)
    return Response(status_code=204)


@people.get("/registrations", response_model=Page[RegistrationOut], responses=problems(*LIST, "not-allowed"))
async def list_registrations(
    ctx: Ctx, member: Admin, query: Annotated[RegistrationsQuery, Query()]
) -> Response:
    """Those that wait, for a coordinator or for a place, the first first; or those of a state."""
    return answer(await joining.registrations(ctx, member, query.state, query.limit, query.cursor))


@people.get(
    "/registrations/{registration_id}",
    response_model=RegistrationOut,
    responses=problems(*ONE, "not-allowed"),
)
async def get_registration(ctx: Ctx, member: Admin, registration_id: str) -> Response:
    """One registration."""
    return answer(await joining.registration(ctx, member, registration_id))


@people.post(
    "/registrations/{registration_id}/approve", response_model=RegistrationOut, responses=problems(*DECIDING)
)
async def approve(ctx: Ctx, member: Admin, once: OnceHere, registration_id: str) -> Response:
    """Lets somebody in; without a free place they wait for one. Who waits for a place is let in at once."""

    async def act(key: str) -> Reply:
        return Reply(await joining.approve(ctx, member, registration_id))

    return await once.answer(act, lambda _: joining.registration(ctx, member, registration_id))


@people.post(
    "/registrations/{registration_id}/refuse", response_model=RegistrationOut, responses=problems(*DECIDING)
)
async def refuse(ctx: Ctx, member: Admin, once: OnceHere, registration_id: str, body: WordIn) -> Response:
    """Refuses somebody, with a word that they read."""

    async def act(key: str) -> Reply:
        return Reply(await joining.refuse(ctx, member, registration_id, body.comment))

    return await once.answer(act, lambda _: joining.registration(ctx, member, registration_id))


router = APIRouter()
router.include_router(people)
