"""What holds for every request before any route: known hosts, bounded bodies, strict headers."""

from __future__ import annotations

import asyncio
import re
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.context import Context
from api.web.errors import Problem, problem_response

MAX_BODY = 256 * 1024
"""Bytes; the longest profile with a hundred skills has a tenth of it."""
BODY_SECONDS = 15.0
"""How long a whole body may take; less than a request as a whole (`api.web.observing`)."""
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for by machines that know an address and not our name."""
_HOST = re.compile(r"(?P<host>\[[0-9a-f:]+\]|[^:]+)(:\d{1,5})?")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would make browsers send `Origin: null` with posts to ourselves.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"


class BadHost(Problem):
    status, title, name = 421, "Not this host", "bad-host"


class TooLarge(Problem):
    status, title, name = 413, "Too large", "too-large"


class TooSlow(Problem):
    status, title, name = 408, "Too slow", "too-slow"


def _context(scope: Scope) -> Context:
    return cast("Context", scope["app"].state.context)


class SecurityHeaders:
    """Adds the headers to every answer; caches keep nothing unless an answer says otherwise itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if _context(scope).is_https:
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class TrustedHosts:
    """Refuses requests for a host that is not ours: links and redirects must never name it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PROBES and not self._is_ours(scope):
            refusal = problem_response(BadHost("This server does not answer for this host name."))
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    @staticmethod
    def _is_ours(scope: Scope) -> bool:
        ours = _context(scope).host
        named = _HOST.fullmatch(Headers(scope=scope).get("host", "").lower())
        host = named["host"] if named else ""
        return host == ours or (ours in LOOPBACK and host in LOOPBACK)


class BoundedBody:
    """Refuses bodies over MAX_BODY, announced or not, and those that do not come whole in time."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS) -> None:
        self.app, self.seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced[:12]) > MAX_BODY:
            await _TOO_LARGE(scope, receive, send)
            return
        has_body = "transfer-encoding" in headers or announced != "0"
        try:
            await self.app(scope, self._bounded(receive) if has_body else receive, send)
        except _Refused as refused:
            await refused.answer(scope, receive, send)

    def _bounded(self, receive: Receive) -> Receive:
        received, is_whole, until = 0, False, asyncio.get_running_loop().time() + self.seconds

        async def bounded() -> Message:
            nonlocal received, is_whole
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise _Refused(_TOO_SLOW) from None
            if message["type"] == "http.disconnect":
                raise _Refused(_TOO_SLOW)
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise _Refused(_TOO_LARGE)
            is_whole = not message.get("more_body", False)
            return message

        return bounded


class _Refused(BaseException):
    """Not an Exception: whatever reads the body and catches those must not take it for its own."""

    def __init__(self, answer: ASGIApp) -> None:
        super().__init__()
        self.answer = answer


_TOO_LARGE: ASGIApp = problem_response(TooLarge(f"A request can have up to {MAX_BODY // 1024} KiB."))
_TOO_SLOW: ASGIApp = problem_response(
    TooSlow(
        "The request did not arrive whole in time, so nothing was done; please send it again.",
        # What is left of the body must not be taken for the next request.
        headers={"Connection": "close"},
    )
)
