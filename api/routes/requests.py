"""Requests: asking, deciding, changing, withdrawing; and what admins do about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from api import acts, reads
from api.access import Ctx
from api.errors import NotFound
from api.idempotency import Reply
from api.inputs import (
    CommentIn,
    DecisionIn,
    ExtendIn,
    MessageIn,
    RejectIn,
    RequestIn,
    RequestQuery,
)
from api.landing import version_now
from api.problems import ACTING, LIST, ONE, problems
from api.reads import RequestFilter
from api.routes.common import OnceHere, OnlyOnce, Part, Who, answer, json_router
from api.schemas import Page, RequestOut
from models.process.commands import Command
from models.process.request.commands import (
    AcceptRequest,
    CloseRequest,
    EditRequest,
    ExtendRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from models.store import requests as request_store

router = json_router("requests")

ASKING = problems(
    *(name for name in ACTING if name not in {"illegal-move", "not-allowed"}),
    *("already-open", "limit-reached", "mentee-full", "mentor-full", "not-listed", "refused"),
)
DECIDING = problems(*ACTING, "superseded")
ACCEPTING = problems(*ACTING, "superseded", "mentee-full", "mentor-full")
DOING = problems(*ACTING)
REMINDING = problems(*ACTING, "too-soon")
NO_COMMENT, NO_DECISION, NO_REASON, NO_DAYS = CommentIn(), DecisionIn(), RejectIn(), ExtendIn()


@router.post("/programmes/{slug}/requests", response_model=RequestOut, status_code=201, responses=ASKING)
async def ask(ctx: Ctx, member: Part, once: OnceHere, body: RequestIn) -> Response:
    """Asks a mentor. The mentor is mailed at once; reminders and the closing date follow by themselves."""

    async def act(key: str) -> Reply:
        acted = await acts.ask(ctx, member, body.mentor_id, body.message, body.basis, key)
        where = f"/api/v1/requests/{acted.value.id}"
        return Reply(acted.value, 201, where, acted.lists_behind)

    async def again(made: str) -> RequestOut:
        # Before the first save, the row is a reservation without dates.
        if await version_now(ctx, request_store.version_of, made) < 1:
            raise NotFound
        return await reads.request(ctx, member.viewer, made)

    return await once.answer(act, again, may_lag=True)


@router.get("/programmes/{slug}/requests", response_model=Page[RequestOut], responses=problems(*LIST))
async def list_requests(ctx: Ctx, member: Part, query: Annotated[RequestQuery, Query()]) -> Response:
    """Newest first: mine as mentee, mine as mentor, or all of them as an admin. `older_than` is their age."""
    wanted = RequestFilter(query.role, tuple(query.state), query.older_than, query.limit, query.cursor)
    return answer(await reads.requests(ctx, member, wanted))


@router.get("/requests/{request_id}", response_model=RequestOut, responses=problems(*ONE))
async def get_request(ctx: Ctx, who: Who, request_id: str) -> Response:
    """One request, for the two and the programme's admins."""
    return answer(await reads.request(ctx, who, request_id))


Send = Callable[[Command], Awaitable[Response]]


async def sender(ctx: Ctx, who: Who, once: OnlyOnce, request_id: str) -> Send:
    """Dependency: what sends one command to the request of the path and answers with how it stands then."""

    async def send(command: Command) -> Response:
        async def act(key: str) -> Reply:
            acted = await acts.act_on_request(ctx, who, request_id, command, key)
            return Reply(acted.value, lists_behind=acted.lists_behind)

        return await once.answer(act, lambda _: reads.request(ctx, who, request_id))

    return send


To = Annotated[Send, Depends(sender)]


@router.post("/requests/{request_id}/accept", response_model=RequestOut, responses=ACCEPTING)
async def accept(send: To, body: DecisionIn = NO_DECISION) -> Response:
    """The mentor accepts. A place is taken on both sides, and the relationship begins."""
    return await send(AcceptRequest(comment=body.comment, revision=body.revision))


@router.post("/requests/{request_id}/request-amendment", response_model=RequestOut, responses=DECIDING)
async def request_amendment(send: To, body: DecisionIn = NO_DECISION) -> Response:
    """The mentor says what is missing; the mentee changes the request and sends it again."""
    return await send(RequestAmendment(comment=body.comment, revision=body.revision))


@router.post("/requests/{request_id}/reject", response_model=RequestOut, responses=DECIDING)
async def reject(send: To, body: RejectIn = NO_REASON) -> Response:
    """The mentor declines, with a comment and one of the programme's reasons."""
    return await send(RejectRequest(comment=body.comment, reason=body.reason, revision=body.revision))


@router.post("/requests/{request_id}/resubmit", response_model=RequestOut, responses=DOING)
async def resubmit(send: To, body: MessageIn) -> Response:
    """The mentee sends the request again, changed as the mentor asked."""
    return await send(ResubmitRequest(message=body.message))


@router.post("/requests/{request_id}/edit", response_model=RequestOut, responses=DOING)
async def edit(send: To, body: MessageIn) -> Response:
    """The mentee changes the wording of a pending request; the mentor gets a mail."""
    return await send(EditRequest(message=body.message))


@router.post("/requests/{request_id}/withdraw", response_model=RequestOut, responses=DOING)
async def withdraw(send: To, body: CommentIn = NO_COMMENT) -> Response:
    """The mentee takes the request back."""
    return await send(WithdrawRequest(comment=body.comment))


@router.post("/requests/{request_id}/remind", response_model=RequestOut, responses=REMINDING)
async def remind(send: To) -> Response:
    """An admin has the side whose turn it is reminded now, once in a while (`remind_again_after`)."""
    return await send(RemindNow())


@router.post("/requests/{request_id}/extend", response_model=RequestOut, responses=DOING)
async def extend(send: To, body: ExtendIn = NO_DAYS) -> Response:
    """An admin puts the closing date off."""
    return await send(ExtendRequest(days=body.days))


@router.post("/requests/{request_id}/close", response_model=RequestOut, responses=DOING)
async def close(send: To, body: CommentIn = NO_COMMENT) -> Response:
    """An admin closes the request, with a comment that both read."""
    return await send(CloseRequest(comment=body.comment))
