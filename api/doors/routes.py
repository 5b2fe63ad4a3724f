"""Signing in, where one is signed in, and signing out everywhere."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.doors import signing
from api.doors.schemas import SessionOut, SignedOutOut, SignInIn
from api.web.access import Ctx
from api.web.idempotency import KeyHeader, Reply, checked
from api.web.json_routes import OnlyOnce, Who, answer, json_router
from api.web.problems import ACTING, KNOWN, STORED, WRITING, problems
from api.web.schemas import Page
from api.web.security import check_same_origin, client_of

people = json_router("people")
mine = json_router("my data", "/me")

DOING = problems(*(name for name in ACTING if name != "not-allowed"))


class Accepted(BaseModel):
    detail: str = (
        "If the address is known here, a mail with a link is on its way. The link is good for 10 minutes."
    )


@people.post(
    "/sign-in",
    status_code=202,
    response_model=Accepted,
    responses=problems(*STORED, "forbidden", "invalid", "not-json", "too-large", "too-many", "too-slow"),
)
async def sign_in(body: SignInIn, request: Request, ctx: Ctx, key: KeyHeader = None) -> Response:
    """Mails a link to sign in with. The answer is the same for every address.

    The caller is unknown here, so no answer is stored for a key: the same question
    within ten minutes makes one mail, and another caller with the key learns nothing of it.
    """
    check_same_origin(ctx, request, must_say=False)
    once = secrets.token_urlsafe(24) if key is None else checked(key)
    await signing.ask(ctx, body.email, body.next, client_of(ctx, request), once)
    return answer(Accepted(), 202)


class SignOutIn(BaseModel):
    api_tokens: bool = False
    """Whether API tokens end, too: then programs that act in my name stop."""


@mine.get("/sessions", response_model=Page[SessionOut], responses=problems(*KNOWN))
async def sessions(ctx: Ctx, who: Who) -> Response:
    """The browsers in which I am signed in, the one used last first."""
    return answer(Page[SessionOut](items=await signing.sessions(ctx, who)))


@mine.delete("/sessions/{session_id}", status_code=204, responses=problems(*WRITING))
async def end_session(ctx: Ctx, who: Who, session_id: str) -> Response:
    """Signs me out in one browser, at once."""
    await signing.end_session(ctx, who, session_id)
    return Response(status_code=204)


@mine.post("/sign-out-everywhere", response_model=SignedOutOut, responses=DOING)
async def sign_out_everywhere(ctx: Ctx, who: Who, once: OnlyOnce, body: SignOutIn) -> Response:
    """Signs me out in every browser, at once, and makes unused sign-in links worthless."""

    async def act(key: str) -> Reply:
        return Reply(await signing.sign_out_everywhere(ctx, who, body.api_tokens))

    return await once.answer(act, None)


router = APIRouter()
router.include_router(people)
router.include_router(mine)
