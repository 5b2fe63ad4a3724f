"""What an act led to, said once on the page that comes next.

The act leaves a cookie for the path of that page: signed, bound to the session, good for a minute. Showing
the page takes it away, so a reload says nothing, and no address can make a page confirm what did not happen.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.web import words
from api.web.access import Ctx
from api.web.context import Context
from api.web.security import session_cookie
from models.process.terms import pack, unpack
from models.store.access import digest

GOOD_FOR = timedelta(minutes=1)
_SECURE = "__Secure-"
_PATH = re.compile(r"/[A-Za-z0-9/_-]*")
"""The paths of our own pages; a cookie's path must not end early at a semicolon."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`cookie` and `path` are those that it came in; empty where nothing is to be said."""

    text: str = ""
    behind: str = ""
    cookie: str = ""
    path: str = ""

    def shown(self, response: Response) -> None:
        """Takes the cookie away with the page that shows the notice."""
        if self.cookie:
            secure = self.cookie.startswith(_SECURE)
            response.delete_cookie(self.cookie, path=self.path, secure=secure, httponly=True, samesite="lax")


SILENT = Notice()


def go_and_say(ctx: Context, session: str | None, path: str, text: str, behind: bool = False) -> Response:
    """After an act: the page that shows what came of it and says `text` then.

    `session` is the digest of the page session that will read it.
    """
    response = RedirectResponse(path, 303)
    place = path.partition("?")[0].partition("#")[0]
    if session and _PATH.fullmatch(place):
        until = int((ctx.clock() + GOOD_FOR).timestamp())
        said = json.dumps([text, behind, until, pack(text)]).encode()
        response.set_cookie(
            _name(ctx),
            f"{urlsafe_b64encode(said).decode()}.{_seals(ctx, session, place, said)[0]}",
            max_age=int(GOOD_FOR.total_seconds()),
            path=place,
            secure=ctx.is_https,
            httponly=True,
            samesite="lax",
        )
    return response


async def _notice(request: Request, ctx: Ctx) -> Notice:
    """Dependency: what an act just led to, for this page and this session; nothing for a cookie of others."""
    place = request.url.path
    kept, token = request.cookies.get(_name(ctx)), session_cookie(ctx, request)
    if not kept or not token:
        return SILENT
    encoded, _, seal = kept.partition(".")
    try:
        said = urlsafe_b64decode(encoded.encode())
    except ValueError:
        return SILENT
    seals = _seals(ctx, digest(token), place, said)
    if not any(hmac.compare_digest(one.encode(), seal.encode()) for one in seals):
        return SILENT
    text, behind, until, *packed = json.loads(said)
    if ctx.clock().timestamp() > until:
        return SILENT
    text = unpack(text, packed[0]) if packed else text
    return Notice(text, words.BEHIND if behind else "", _name(ctx), place)


Said = Annotated[Notice, Depends(_notice)]


def _name(ctx: Context) -> str:
    return f"{_SECURE if ctx.is_https else ''}steadfast-notice"


def _seals(ctx: Context, session: str, path: str, said: bytes) -> list[str]:
    """One for each secret key, newest first."""
    content = json.dumps([session, path]).encode() + said
    return [hmac.new(key, content, sha256).hexdigest() for key in ctx.secrets("notice")]
