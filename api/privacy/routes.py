"""A person's own data: a copy of it, and its erasure."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.privacy import privacy
from api.privacy.privacy import DeletedOut, ErasureOut, ExportOut
from api.web.access import Ctx
from api.web.idempotency import Reply
from api.web.json_routes import OnlyOnce, Who, answer, json_router
from api.web.problems import ACTING, ONE, problems

router = json_router("my data", "/me")

READING = problems(*ONE)
DOING = problems(*(name for name in ACTING if name != "not-allowed"))
ERASING = problems(*(name for name in ACTING if name != "not-allowed"), "refused")
COPY = {"person": {"name": "Amara Okafor", "email": "amara@example.org"}, "programmes": []}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The copy",
        "content": {
            "application/json": {"schema": {"type": "object"}, "examples": {"usual": {"value": COPY}}}
        },
    }
}


class EraseIn(BaseModel):
    confirm: str = Field(max_length=320, examples=["amara@example.org"])
    """One's own e-mail address, typed: there is no way back."""


@router.post("/export", response_model=ExportOut, status_code=202, responses=DOING)
async def ask_for_export(ctx: Ctx, who: Who, once: OnlyOnce) -> Response:
    """Has a copy of everything about me made. A mail tells when it is ready; it is deleted after a week."""

    async def act(key: str) -> Reply:
        return Reply(await privacy.ask_for_export(ctx, who, key), 202, "/api/v1/me/export")

    return await once.answer(act, lambda _: privacy.export(ctx, who))


@router.get("/export", response_model=ExportOut, responses=READING)
async def export(ctx: Ctx, who: Who) -> Response:
    """How the copy of my data stands."""
    return answer(await privacy.export(ctx, who))


@router.get("/export/file", responses=READING | FILE)
async def export_file(ctx: Ctx, who: Who) -> Response:
    """The copy itself, once it is ready."""
    return file_of(await privacy.export_file(ctx, who))


@router.post("/export/delete", response_model=DeletedOut, responses=DOING)
async def delete_export(ctx: Ctx, who: Who, once: OnlyOnce) -> Response:
    """Deletes the copy of my data before its time."""

    async def act(key: str) -> Reply:
        await privacy.delete_export(ctx, who)
        return Reply(DeletedOut())

    return await once.answer(act, None)


@router.post("/erase", response_model=ErasureOut, status_code=202, responses=ERASING)
async def erase(ctx: Ctx, who: Who, once: OnlyOnce, body: EraseIn) -> Response:
    """Has everything about me erased, a day from now. I am signed out at once; a mail says how to stop it."""

    async def act(key: str) -> Reply:
        return Reply(await privacy.erase(ctx, who, body.confirm), 202)

    return await once.answer(act, lambda _: privacy.erasure(ctx, who))


def file_of(content: bytes) -> Response:
    """A file to keep, which no cache and no other page gets."""
    headers = {
        "Content-Disposition": 'attachment; filename="my-data.json"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/json", headers=headers)
