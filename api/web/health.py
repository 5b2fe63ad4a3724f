"""Is it alive, is it ready, how is it doing: for machines that watch it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import cast

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from api.web.access import Ctx, watcher
from api.web.context import Context
from api.web.errors import FieldError, Unavailable, problem_response
from api.web.observing import Metrics
from api.web.problems import problems
from models.store import faults

router = APIRouter(tags=["health"])

PART_SECONDS = 2.0


class Alive(BaseModel):
    status: str = "alive"


class Ready(BaseModel):
    """`parts`: database and engine, each `ok`."""

    status: str = "ready"
    parts: dict[str, str]


@router.get("/healthz", responses=problems("failed"))
async def healthz() -> Alive:
    """Whether this process answers at all."""
    return Alive()


@router.get("/readyz", response_model=Ready, responses=problems("failed", "unavailable"))
async def readyz(ctx: Ctx) -> Response:
    """Whether it can do its work; if not, which part is down."""
    found = await asyncio.gather(_within(_database(ctx)), _within(ctx.gateway.is_reachable()))
    parts = dict(zip(("database", "engine"), found, strict=True))
    down = [name for name, is_up in parts.items() if not is_up]
    if not down:
        return JSONResponse(Ready(parts=dict.fromkeys(parts, "ok")).model_dump())
    problem = Unavailable(f"The {' and the '.join(down)} cannot be reached.")
    problem.errors = tuple(FieldError(field=name, message="cannot be reached") for name in down)
    return problem_response(problem)


@router.get("/metrics", response_class=Response, include_in_schema=False, dependencies=[Depends(watcher)])
async def metrics(request: Request) -> Response:
    """Prometheus text, by route template."""
    found = cast("Metrics", request.app.state.metrics)
    return Response(found.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _within(probe: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await probe
    except TimeoutError:
        return False


async def _database(ctx: Context) -> bool:
    try:
        await ctx.database.read(lambda session: session.execute(text("SELECT 1")))
    except faults.ANY:
        return False
    return True
