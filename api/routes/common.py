"""What the JSON routes share: documented problems, JSON answers, the check that a body is JSON."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.access import Member, Viewer, member, viewer
from api.errors import Problem
from api.idempotency import Once, once, once_for_member

Who = Annotated[Viewer, Depends(viewer)]
Part = Annotated[Member, Depends(member)]
OnlyOnce = Annotated[Once, Depends(once)]
OnceHere = Annotated[Once, Depends(once_for_member)]

_MEANINGS = {
    401: "Nobody known is asking",
    403: "Not for this role, or sent from another site",
    404: "There is no such thing, or it is not yours to see",
    409: "The state it is in, or a rule of the programme, stands against it",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "Something that was sent does not fit; `errors` says what",
    429: "Too many in a short time; see `Retry-After`",
    503: "A part is down; `detail` says whether anything was recorded",
}
_ALWAYS = (401, 404, 422, 503)
_WRITING = (403, 409, 413, 415, 429)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documented answers for OpenAPI; `api.docs` adds the schema they refer to."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


READING = problems(*_ALWAYS, 403)
WRITING = problems(*sorted({*_ALWAYS, *_WRITING}))


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
