"""The logo of a programme: for everybody, since link pages and the page to sign in show it."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.responses import Response

from api.web.access import Ctx
from api.web.assets import FOR_A_YEAR
from api.web.errors import NotFound
from models.store import logos

ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For who opens it by itself; models/logos.py has taken out what could run or load."""
NAME = re.compile(r"[0-9a-f]{32}\.(png|svg)")
TYPES = {"png": "image/png", "svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@router.get("/logos/{name}")
async def logo(name: str, ctx: Ctx) -> Response:
    """Raises NotFound."""
    known = NAME.fullmatch(name)
    content = await ctx.database.read(lambda session: logos.content(session, name)) if known else None
    if known is None or content is None:
        raise NotFound
    headers = {"Cache-Control": FOR_A_YEAR, "Content-Security-Policy": ALONE}
    return Response(content, media_type=TYPES[known[1]], headers=headers)
