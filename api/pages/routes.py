"""All pages together, and how they are put into an app."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from api.pages import (
    admin,
    asking,
    assets,
    goals,
    home,
    links,
    lists,
    mailbox,
    member,
    mentors,
    people,
    profile,
    relationships,
    requests,
    sign_in,
    skills,
    unsubscribing,
    your_data,
)
from api.pages.errors import error_page

# The goals of a relationship come before its commands, whose pattern would take them.
MODULES = (
    assets,
    home,
    sign_in,
    links,
    unsubscribing,
    profile,
    your_data,
    mentors,
    asking,
    lists,
    requests,
    goals,
    relationships,
    admin,
    people,
    skills,
    member,
    mailbox,
)


def install(app: FastAPI) -> None:
    """Adds every page, and the page for everything that goes wrong."""
    router = APIRouter()
    for module in MODULES:
        router.include_router(module.router)
    app.include_router(router)
    app.state.error_page = error_page
