"""Shortlists: several mentors, asked one after the other or all at once."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from api.shortlists import acts, reads
from api.shortlists.acts import NewList
from api.shortlists.reads import ShortlistFilter
from api.shortlists.schemas import ShortlistIn, ShortlistOut, ShortlistQuery
from api.web.access import Ctx
from api.web.act_routes import Send, add_act, sending
from api.web.idempotency import Reply
from api.web.json_routes import OnceHere, OnlyOnce, Part, Who, answer, json_router
from api.web.problems import ACTING, LIST, ONE, problems
from api.web.schemas import Page
from models.process.shortlist.moves import COMMANDS

router = json_router("shortlists")

BEGINNING = problems(
    *(name for name in ACTING if name not in {"illegal-move", "not-allowed"}),
    *("limit-reached", "mentee-full", "refused"),
)


@router.post(
    "/programmes/{slug}/shortlists", response_model=ShortlistOut, status_code=201, responses=BEGINNING
)
async def begin(ctx: Ctx, member: Part, once: OnceHere, body: ShortlistIn) -> Response:
    """Asks several mentors, one after the other or all at once; the first acceptance ends the list.

    Each is asked by a request of its own, which closes after the programme's `shortlist_ask_for`. Who cannot
    be asked when it is their turn is passed over. The list counts as one open request where it asks in order,
    and as many as its names where it asks all at once.
    """
    wanted = NewList(tuple(body.mentors), body.message, body.basis, body.mode)

    async def act(key: str) -> Reply:
        acted = await acts.begin(ctx, member, wanted, key)
        where = f"/api/v1/shortlists/{acted.value.id}"
        return Reply(acted.value, 201, where, acted.lists_behind)

    async def again(made: str) -> ShortlistOut:
        return await reads.shortlist(ctx, member.viewer, made)

    return await once.answer(act, again, may_lag=True)


@router.get("/programmes/{slug}/shortlists", response_model=Page[ShortlistOut], responses=problems(*LIST))
async def list_shortlists(ctx: Ctx, member: Part, query: Annotated[ShortlistQuery, Query()]) -> Response:
    """Newest first: mine, or all of them as an admin."""
    wanted = ShortlistFilter(query.role, query.limit, query.cursor)
    return answer(await reads.lists(ctx, member, wanted))


@router.get("/shortlists/{shortlist_id}", response_model=ShortlistOut, responses=problems(*ONE))
async def get_shortlist(ctx: Ctx, who: Who, shortlist_id: str) -> Response:
    """One list, for its mentee and the programme's admins."""
    return answer(await reads.shortlist(ctx, who, shortlist_id))


async def sender(ctx: Ctx, who: Who, once: OnlyOnce, shortlist_id: str) -> Send:
    """Dependency: what sends one command to the list of the path and answers with how it stands then."""
    return sending(
        once,
        partial(acts.act, ctx, who, shortlist_id),
        lambda _: reads.shortlist(ctx, who, shortlist_id),
    )


to = Annotated[Send, Depends(sender)]
for command in COMMANDS.values():
    if command.is_act():
        path = f"/shortlists/{{shortlist_id}}/{command.name}"
        add_act(router, path, command, to=to, response_model=ShortlistOut)
