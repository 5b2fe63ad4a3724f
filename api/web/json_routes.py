"""What the JSON routes share: who calls, JSON answers, the check that a body is JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.web.access import Member, Viewer, member, viewer
from api.web.errors import Problem
from api.web.idempotency import IdempotentCall, once, once_for_installation, once_for_member

Who = Annotated[Viewer, Depends(viewer)]
Part = Annotated[Member, Depends(member)]
OnlyOnce = Annotated[IdempotentCall, Depends(once)]
Handed = Annotated[IdempotentCall, Depends(once_for_installation)]
OnceHere = Annotated[IdempotentCall, Depends(once_for_member)]


class NotJson(Problem):
    status, title, name = 415, "Not JSON", "not-json"


async def json_only(request: Request) -> None:
    """Dependency: a body has to say that it is JSON, which a form of another site cannot."""
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and kind != "application/json":
        raise NotJson("Please send JSON, with the header Content-Type: application/json.")


def json_router(tag: str, prefix: str = "") -> APIRouter:
    """A router of the API, with the whole prefix: the log shows the path of a route as declared."""
    return APIRouter(prefix=f"/api/v1{prefix}", tags=[tag], dependencies=[Depends(json_only)])


def answer(value: BaseModel, status: int = 200) -> Response:
    """The value as JSON, written once: FastAPI would check it again before."""
    return Response(value.model_dump_json(), status, media_type="application/json")
