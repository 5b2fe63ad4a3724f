"""Mails that came back, handed in by a mail server or by a provider's webhook. Only the installation may."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from api.desk.schemas import BounceIn
from api.web.access import Ctx
from api.web.context import Context
from api.web.errors import Unavailable
from api.web.idempotency import Reply
from api.web.json_routes import Handed, NotJson
from api.web.problems import problems
from models import bounces
from models.store import bounces as store
from models.store.bounces import Outcome

router = APIRouter(prefix="/api/v1", tags=["installation"])

TAKEN = problems(
    *("bad-host", "failed", "database-down", "unauthorised", "not-found", "invalid", "key-reused"),
    *("not-json", "too-large", "too-slow", "unavailable"),
)
MESSAGE = """From: MAILER-DAEMON@mx.example.org
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; amara@example.org
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <0f8e7a2c5d05b6d05e931f5ba7c4e2d83f8e7a2c@mentoring.example.org>

--b--
"""
FIELDS = {
    "message_id": "<0f8e7a2c5d05b6d05e931f5ba7c4e2d83f8e7a2c@mentoring.example.org>",
    "status": "5.1.1",
    "reason": "550 unknown user",
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": BounceIn.model_json_schema(),
                "examples": {"usual": {"value": FIELDS}},
            },
            "message/rfc822": {"schema": {"type": "string"}, "examples": {"usual": {"value": MESSAGE}}},
        },
    }
}


class BounceOut(BaseModel):
    """`outcome`: recorded, known (nothing changed), or ignored, since it is no bounce of a mail of ours."""

    outcome: Outcome
    detail: str


@router.post("/bounces", response_model=BounceOut, responses=TAKEN, openapi_extra=BODY)
async def hand_in_bounce(ctx: Ctx, request: Request, once: Handed) -> Response:
    """Records a mail that came back, found by its Message-ID. The bearer is STEADFAST_BOUNCE_SECRET."""
    found = _read(request.headers.get("content-type", ""), await request.body())

    async def act(key: str) -> Reply:
        return Reply(await _record(ctx, found))

    return await once.answer(act, None)


def _read(kind: str, body: bytes) -> bounces.Bounce | bounces.NoBounce:
    match kind.partition(";")[0].strip().lower():
        case "message/rfc822":
            return bounces.read(body)
        case "application/json":
            return _of_json(body)
    raise NotJson("Please send the message as message/rfc822, or its fields as application/json.")


def _of_json(body: bytes) -> bounces.Bounce | bounces.NoBounce:
    try:
        given = BounceIn.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from error
    return bounces.of_fields(given.message_id, given.status, given.reason, given.action)


async def _record(ctx: Context, found: bounces.Bounce | bounces.NoBounce) -> BounceOut:
    try:
        answer = await ctx.database.write(lambda session: store.record(session, found, ctx.clock()))
    except store.StillBeingSent as error:
        raise Unavailable(error.sentence) from error
    return BounceOut(outcome=answer.outcome, detail=answer.sentence)
