"""What is seen of requests: an access log, metrics, and the last catch for unexpected errors.

Only route templates are logged and counted, never paths: the path of a mail link is its token, and ids and
addresses of people stay out of logs. For the same reason an unexpected error is logged by its type and the
lines of code it came through, without its message.
"""

from __future__ import annotations

import asyncio
import secrets
import time
import traceback

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.errors import DATABASE_DOWN, UNCONFIRMED, Problem, Unavailable, as_problem, respond
from models.store.faults import is_outage

DEADLINE_SECONDS = 20.0
"""No request takes longer; every part that one waits for has a shorter bound of its own."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 20)

log = structlog.get_logger("steadfast.api")


class Metrics:
    """Counters of one app; each app has its own registry, so that tests can make many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter(
            "steadfast_http_requests", "Requests answered.", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "steadfast_http_request_seconds",
            "Time from request to answer.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)


class Observer:
    """Outermost but for the headers: sees every answer, makes one where nothing else did."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        request_id = secrets.token_hex(8)

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        deadline = asyncio.timeout(DEADLINE_SECONDS)
        try:
            async with deadline:
                await self.app(scope, receive, seen)
        except Exception as error:  # noqa: BLE001 - the last catch: everything becomes an answer and a line
            _log_error(error, scope, request_id)
            if not status:
                answer = await respond(Request(scope), _problem(error, deadline.expired()))
                await answer(scope, receive, seen)
        self._note(scope, status, time.perf_counter() - began, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = template_of(scope)
        self.metrics.count(method, route, status, seconds)
        log.info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
        )


def template_of(scope: Scope) -> str:
    """The path of the route as it was declared, `unmatched` where there is none."""
    route = scope.get("route")
    path: str | None = getattr(route, "path_format", None) or getattr(route, "path", None)
    return path or "unmatched"


def _problem(error: Exception, is_late: bool) -> Problem:
    if is_late:
        return Unavailable(UNCONFIRMED, "unconfirmed")
    return Unavailable(DATABASE_DOWN, "database-down") if is_outage(error) else as_problem(error)


def _log_error(error: Exception, scope: Scope, request_id: str) -> None:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    log.error(
        "failed",
        route=template_of(scope),
        error=type(error).__qualname__,
        at=[f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
        request_id=request_id,
    )
