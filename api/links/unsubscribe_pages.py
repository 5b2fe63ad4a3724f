"""The page behind the `List-Unsubscribe` of a mail.

GET shows and changes nothing, since mail scanners open every link. POST acts whoever sends it, without cookie
or form token: mail programs do so for their users (RFC 8058), and the token in the path is the secret. Forms
of this page are not counted, since a provider posts for many people from one address.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.links import unsubscribing
from api.links.unsubscribing import Subscription
from api.web.access import Ctx
from api.web.rendering import Frame, face_of, page

router = APIRouter(include_in_schema=False)


@router.get("/unsubscribe/{token}")
@router.head("/unsubscribe/{token}")
async def show(token: str, ctx: Ctx) -> Response:
    return _page(token, await unsubscribing.subscription(ctx, token))


@router.post("/unsubscribe/{token}")
async def switch_off(token: str, ctx: Ctx) -> Response:
    return _page(token, await unsubscribing.switch(ctx, token, False), done=True)


@router.post("/unsubscribe/{token}/undo")
async def switch_on(token: str, ctx: Ctx) -> Response:
    return _page(token, await unsubscribing.switch(ctx, token, True), done=True)


def _page(token: str, found: Subscription, done: bool = False) -> Response:
    return page(
        "unsubscribe.html",
        frame=Frame(**face_of(found.programme, found.settings)),
        action=f"/unsubscribe/{token}",
        found=found,
        done=done,
    )
