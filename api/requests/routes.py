"""Requests: asking, deciding, changing, withdrawing; and what admins do about them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from api.finding.schemas import MenteeHit
from api.requests import acts, offering, reads
from api.requests.reads import RequestFilter
from api.requests.schemas import MenteeQuery, OfferIn, RequestIn, RequestOut, RequestQuery
from api.web.access import Ctx, Member
from api.web.act_routes import Send, add_act, sending
from api.web.context import Context
from api.web.errors import NotFound
from api.web.idempotency import Reply
from api.web.json_routes import OnceHere, OnlyOnce, Part, Who, answer, json_router
from api.web.problems import ACTING, LIST, ONE, problems
from api.web.projection import version_now
from api.web.schemas import Page
from models.process.request.moves import COMMANDS
from models.store import requests as request_store

router = json_router("requests")

ASKING = problems(
    *(name for name in ACTING if name not in {"illegal-move", "not-allowed"}),
    *("already-open", "limit-reached", "mentee-full", "mentor-full", "not-listed", "refused"),
)


SEEING = problems(*LIST, "refused")


@router.post("/programmes/{slug}/requests", response_model=RequestOut, status_code=201, responses=ASKING)
async def ask(ctx: Ctx, member: Part, once: OnceHere, body: RequestIn) -> Response:
    """Asks a mentor. The mentor is mailed at once; reminders and the closing date follow by themselves."""

    async def act(key: str) -> Reply:
        acted = await acts.ask(ctx, member, body.mentor_id, body.message, body.basis, key)
        where = f"/api/v1/requests/{acted.value.id}"
        return Reply(acted.value, 201, where, acted.lists_behind)

    return await once.answer(act, partial(_made, ctx, member), may_lag=True)


@router.post("/programmes/{slug}/offers", response_model=RequestOut, status_code=201, responses=ASKING)
async def offer(ctx: Ctx, member: Part, once: OnceHere, body: OfferIn) -> Response:
    """A mentor offers a mentee to mentor them, where the programme has `offers_by_mentors`.

    The mentee is mailed at once, and decides by the same commands as a mentor does on a request.
    """

    async def act(key: str) -> Reply:
        acted = await acts.offer(ctx, member, body.mentee_id, body.message, key)
        where = f"/api/v1/requests/{acted.value.id}"
        return Reply(acted.value, 201, where, acted.lists_behind)

    return await once.answer(act, partial(_made, ctx, member), may_lag=True)


@router.get("/programmes/{slug}/mentees", response_model=Page[MenteeHit], responses=SEEING)
async def list_mentees(ctx: Ctx, member: Part, query: Annotated[MenteeQuery, Query()]) -> Response:
    """The mentees who look for a mentor and whom the caller could make an offer, closest first."""
    return answer(Page[MenteeHit](items=await offering.mentees(ctx, member, query.q, query.limit)))


async def _made(ctx: Context, member: Member, made: str) -> RequestOut:
    # Before the first save, the row is a reservation without dates.
    if await version_now(ctx, request_store.version_of, made) < 1:
        raise NotFound
    return await reads.request(ctx, member.viewer, made)


@router.get("/programmes/{slug}/requests", response_model=Page[RequestOut], responses=problems(*LIST))
async def list_requests(ctx: Ctx, member: Part, query: Annotated[RequestQuery, Query()]) -> Response:
    """Newest first: mine as mentee, mine as mentor, or all of them as an admin. `older_than` is their age."""
    wanted = RequestFilter(query.role, tuple(query.state), query.older_than, query.limit, query.cursor)
    return answer(await reads.requests(ctx, member, wanted))


@router.get("/requests/{request_id}", response_model=RequestOut, responses=problems(*ONE))
async def get_request(ctx: Ctx, who: Who, request_id: str) -> Response:
    """One request, for the two and the programme's admins."""
    return answer(await reads.request(ctx, who, request_id))


async def sender(ctx: Ctx, who: Who, once: OnlyOnce, request_id: str) -> Send:
    """Dependency: what sends one command to the request of the path and answers with how it stands then."""
    return sending(
        once,
        partial(acts.act_on_request, ctx, who, request_id),
        partial(reads.after, ctx, who, request_id),
    )


to = Annotated[Send, Depends(sender)]
for command in COMMANDS.values():
    if command.is_act():
        add_act(router, f"/requests/{{request_id}}/{command.name}", command, to=to, response_model=RequestOut)
