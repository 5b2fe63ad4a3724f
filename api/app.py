"""Builds the web application: routes, errors, and what every request passes through first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api import docs, errors
from api.context import Context
from api.hardening import BODY_SECONDS, BoundedBody, SecurityHeaders, TrustedHosts
from api.housekeeping import housekeeping
from api.observing import Metrics, Observer
from api.pages import routes as pages
from api.routes import admin, bounces, health, me, members, people, relationships, requests, skills

Connect = Callable[[], AbstractAsyncContextManager[Context]]

_ABOUT = """Runs mentoring programmes. Send an API token as bearer, or sign in with a browser.

Errors are `application/problem+json`; lists are `{"items": [...], "next": cursor|null}`; times are UTC.
Every POST takes an `Idempotency-Key`. With `Steadfast-Lists: behind`, an act is recorded and lists show it
shortly.
"""


def create_app(context: Context | Connect, *, body_seconds: float = BODY_SECONDS) -> FastAPI:
    """An application over a context that exists, or over one that is opened and closed with the server.

    Connecting belongs into the lifespan: a client of the engine that was made before a fork cannot be used.
    """
    metrics = Metrics()
    app = FastAPI(
        title="Steadfast",
        version="1",
        description=_ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(context),
        generate_unique_id_function=_operation_id,
    )
    app.state.metrics = metrics
    if isinstance(context, Context):
        app.state.context = context
    errors.install(app)
    _add_routes(app)
    # The last one added is the outermost.
    app.add_middleware(BoundedBody, seconds=body_seconds)
    app.add_middleware(TrustedHosts)
    app.add_middleware(Observer, metrics=metrics)
    app.add_middleware(SecurityHeaders)
    return app


def _operation_id(route: APIRoute) -> str:
    """`requests-get-request`: what generated clients name their methods after."""
    return "-".join((*map(str, route.tags[:1]), route.name)).replace("_", "-")


def _lifespan(context: Context | Connect) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if isinstance(context, Context):
            async with housekeeping(context):
                yield
            return
        async with context() as connected, housekeeping(connected):
            app.state.context = connected
            yield

    return lifespan


def _add_routes(app: FastAPI) -> None:
    for part in (health, people, me, requests, relationships, admin, members, skills, bounces):
        app.include_router(part.router)
    docs.install(app)
    pages.install(app)
