"""What holds for every request before any route: known hosts, bounded bodies, strict headers."""

from __future__ import annotations

import re
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.context import Context
from api.errors import Problem, problem_response

MAX_BODY = 256 * 1024
"""Bytes; the longest profile with a hundred skills has a tenth of it."""
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for by machines that know an address and not our name."""
_HOST = re.compile(r"(?P<host>\[[0-9a-f:]+\]|[^:]+)(:\d{1,5})?")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
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
    """Refuses bodies over MAX_BODY, whether their length was announced or only turns out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced[:12]) > MAX_BODY:
            await _too_large()(scope, receive, send)
            return
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise _LimitReached
            return message

        try:
            await self.app(scope, bounded, send)
        except _LimitReached:
            await _too_large()(scope, receive, send)


class _LimitReached(BaseException):
    """Not an Exception: whatever reads the body and catches those must not take it for its own."""


def _too_large() -> ASGIApp:
    return problem_response(TooLarge(f"A request can have up to {MAX_BODY // 1024} KiB."))
