"""Cookies, forms and where a request came from.

CSRF: a browser attaches the session cookie to requests that other sites cause. An unsafe request that is
authenticated by the cookie therefore has to show that it came from our own pages (`Sec-Fetch-Site`, else
`Origin`), and a form has to carry a token as well that only our page could have put there.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from api.web.context import Context
from api.web.errors import Forbidden
from models.networks import network_of, plain_address
from models.store.access import SESSION_AGE

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_ELSEWHERE = "This came from another site, so it was not done; please open the page here and try again."
_STALE = "This page was open for too long or is not ours; please open it again and send the form once more."


def cookie_name(ctx: Context) -> str:
    """`__Host-` makes browsers refuse a cookie that another host or plain HTTP has set."""
    return "__Host-steadfast" if ctx.is_https else "steadfast"


def session_cookie(ctx: Context, request: Request) -> str | None:
    """The session's token as the browser sent it."""
    return request.cookies.get(cookie_name(ctx))


def set_session(ctx: Context, response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(ctx),
        token,
        max_age=int(SESSION_AGE.total_seconds()),
        path="/",
        secure=ctx.is_https,
        httponly=True,
        samesite="lax",
    )


def clear_session(ctx: Context, response: Response) -> None:
    response.delete_cookie(cookie_name(ctx), path="/", secure=ctx.is_https, httponly=True, samesite="lax")


def check_same_origin(ctx: Context, request: Request, must_say: bool = True) -> None:
    """Raises Forbidden for an unsafe request that another site has caused.

    `must_say` refuses one that does not tell where it comes from at all: right where a cookie authenticates,
    not where the request itself carries the secret (a mail link).
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise Forbidden(_ELSEWHERE)
    elif origin is not None:
        _check_origin(ctx, request, origin)
    elif must_say:
        raise Forbidden(_ELSEWHERE)


def _check_origin(ctx: Context, request: Request, origin: str) -> None:
    # The host was checked against the trusted ones already, so that agreeing with it is enough.
    found = urlsplit(origin)
    scheme = "https" if ctx.is_https else found.scheme
    if found.scheme != scheme or found.netloc.lower() != request.headers.get("host", "").lower():
        raise Forbidden(_ELSEWHERE)


def form_token(ctx: Context, secret: str) -> str:
    """What a form carries as `csrf`. `secret`: the viewer's session, or the token of the link or sign-in."""
    return _form_token(ctx.secrets("form")[0], secret)


def check_form(ctx: Context, request: Request, secret: str, given: str | None) -> None:
    """Raises Forbidden unless the form is ours; `given` is its `csrf`."""
    check_same_origin(ctx, request, must_say=False)
    tokens = [_form_token(key, secret) for key in ctx.secrets("form")]
    # Every key is compared, so that the time tells nothing about which one it was.
    matches = [hmac.compare_digest(token.encode(), (given or "").encode()) for token in tokens]
    if not any(matches):
        raise Forbidden(_STALE)


def check_link_form(ctx: Context, request: Request, token: str, given: str | None) -> None:
    """Like `check_form` for a mail link, whose token is the secret: `csrf` may be left out, but not wrong."""
    if given is None:
        check_same_origin(ctx, request, must_say=False)
    else:
        check_form(ctx, request, token, given)


def _form_token(key: bytes, secret: str) -> str:
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


_OF_PROXIES = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)


def came_through_proxy(request: Request) -> bool:
    """Whether a proxy or a tunnel has passed it on, so that anybody may be asking."""
    return not _OF_PROXIES.isdisjoint(request.headers.keys())


def client_of(ctx: Context, request: Request) -> str:
    """Whom to count a request for: the peer, or what a proxy that we trust says about it.

    An address of IPv4, the network of one of IPv6, or as it came what is no address.
    """
    peer = _plain(request.client.host if request.client else "unknown")
    # A proxy may add to the line that came, or add a line of its own after it.
    lines = ",".join(request.headers.getlist("x-forwarded-for"))
    forwarded = [part.strip() for part in lines.split(",")]
    while peer in ctx.trusted_proxies and forwarded and forwarded[-1]:
        peer = _plain(forwarded.pop())
    try:
        return network_of(peer)
    except ValueError:
        return peer


def _plain(text: str) -> str:
    try:
        return plain_address(text)
    except ValueError:
        return text
