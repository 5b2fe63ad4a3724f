"""Readiness before opening, as figures and as CSV."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from api.desk import readiness
from api.desk.schemas import ReadinessOut, ReleasedOut
from api.web.access import Ctx, Member, admin
from api.web.idempotency import Reply
from api.web.json_routes import OnceHere, answer, json_router
from api.web.problems import ONE, WRITING, problems

router = json_router("admin", "/programmes/{slug}")
Admin = Annotated[Member, Depends(admin)]
CSV = "text/csv"
DESK = problems(*ONE, "not-allowed")
EXAMPLE = "figure,value\r\nready,True\r\nmentors,40\r\ncomplete_mentors,36\r\n"
SHEET: dict[int | str, dict[str, Any]] = {
    200: {"description": "CSV", "content": {CSV: {"examples": {"sheet": {"value": EXAMPLE}}}}}
}


class CsvResponse(Response):
    media_type = CSV


@router.get("/readiness", response_model=ReadinessOut, responses=DESK)
async def get_readiness(ctx: Ctx, member: Admin, request: Request) -> Response:
    """Mentors with complete profiles, places for each mentee, and what is missing before the programme opens.

    With `Accept: text/csv` the figures come as CSV.
    """
    found = await readiness.readiness(ctx, member)
    if CSV in request.headers.get("accept", ""):
        return _csv(found, member)
    return answer(found)


@router.get("/readiness.csv", response_class=CsvResponse, responses=DESK | SHEET)
async def get_readiness_as_csv(ctx: Ctx, member: Admin) -> Response:
    """The same as CSV."""
    return _csv(await readiness.readiness(ctx, member), member)


@router.post(
    "/release-invitations",
    response_model=ReleasedOut,
    responses=problems(*WRITING, "not-allowed", "key-reused"),
)
async def release(ctx: Ctx, member: Admin, once: OnceHere) -> Response:
    """Sends all invitations that wait for the opening."""

    async def act(key: str) -> Reply:
        return Reply(await readiness.release(ctx, member))

    return await once.answer(act, None)


def _csv(found: ReadinessOut, member: Member) -> Response:
    named = f'attachment; filename="readiness-{member.programme.slug}.csv"'
    return Response(
        readiness.as_csv(found), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": named}
    )
