"""Builds the web application: routes, errors, and what every request passes through first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.desk import (
    bounce_routes,
    mail_pages,
    member_pages,
    member_routes,
    people_pages,
    readiness_pages,
    readiness_routes,
    settings_pages,
    skill_pages,
    skill_routes,
    stalled_pages,
    weight_pages,
)
from api.desk import pages as desk_pages
from api.desk import routes as desk_routes
from api.doors import home, home_routes, mailbox, style
from api.doors import pages as door_pages
from api.doors import routes as door_routes
from api.drafts import pages as draft_pages
from api.drafts import routes as draft_routes
from api.finding import mentor_pages
from api.finding import pages as finding_pages
from api.finding import routes as finding_routes
from api.joining import desk_pages as registration_pages
from api.joining import pages as joining_pages
from api.joining import routes as joining_routes
from api.links import pages as link_pages
from api.links import unsubscribe_pages
from api.mentorships import pages as mentorship_pages
from api.mentorships import routes as mentorship_routes
from api.pairs import pages as pair_pages
from api.pairs import routes as pair_routes
from api.privacy import pages as privacy_pages
from api.privacy import routes as privacy_routes
from api.profile import pages as profile_pages
from api.profile import routes as profile_routes
from api.questions import pages as question_pages
from api.questions import routes as question_routes
from api.relationships import goals
from api.relationships import pages as relationship_pages
from api.relationships import routes as relationship_routes
from api.requests import asking, choosing, lists, offering
from api.requests import pages as request_pages
from api.requests import routes as request_routes
from api.shortlists import pages as shortlist_pages
from api.shortlists import routes as shortlist_routes
from api.web import assets, docs, errors, health, logos
from api.web.context import Context
from api.web.error_page import error_page
from api.web.hardening import BODY_SECONDS, BoundedBody, SecurityHeaders, TrustedHosts
from api.web.housekeeping import housekeeping
from api.web.observing import Metrics, Observer

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


ENDPOINTS = (
    health,
    door_routes,
    home_routes,
    profile_routes,
    privacy_routes,
    finding_routes,
    request_routes,
    question_routes,
    mentorship_routes,
    shortlist_routes,
    relationship_routes,
    pair_routes,
    # Before the invitations, whose pattern would take the release of all of them.
    readiness_routes,
    desk_routes,
    member_routes,
    skill_routes,
    joining_routes,
    bounce_routes,
    draft_routes,
)

# The goals of a relationship come before its commands, whose pattern would take them.
PAGES = (
    assets,
    logos,
    home,
    door_pages,
    link_pages,
    unsubscribe_pages,
    profile_pages,
    privacy_pages,
    finding_pages,
    mentor_pages,
    asking,
    lists,
    question_pages,
    mentorship_pages,
    choosing,
    offering,
    request_pages,
    shortlist_pages,
    goals,
    pair_pages,
    relationship_pages,
    desk_pages,
    stalled_pages,
    people_pages,
    mail_pages,
    skill_pages,
    settings_pages,
    weight_pages,
    readiness_pages,
    registration_pages,
    joining_pages,
    member_pages,
    draft_pages,
    mailbox,
    style,
)


def _add_routes(app: FastAPI) -> None:
    for part in ENDPOINTS:
        app.include_router(part.router)
    docs.install(app)
    for part in PAGES:
        app.include_router(part.router)
    app.state.error_page = error_page
