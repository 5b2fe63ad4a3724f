"""What goes wrong, as a page in the same look: what it means, and a way on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from api.web.access import member_of, signed_in
from api.web.context import Context
from api.web.errors import Forbidden, NotFound, Problem, Unauthorised
from api.web.pages import frame_among
from api.web.rendering import NOBODY, Frame, Item, page
from models.store import faults, people

FACE_SECONDS = 2.0
"""So long is waited for what is only good to look at, where the database may be what is wrong."""
TOO_MANY = 429
HOME = Item("Go to your home page", "/")
AGAIN = "Try again"
SIGN_IN = Item("Sign in", "/sign-in")
TYPED = "Go back with your browser: what you typed is still there."


@dataclass(frozen=True, slots=True)
class Meaning:
    """`text` stands in for the problem's own sentence, where that speaks to programs."""

    title: str
    next: str
    way: Item = HOME
    text: str = ""


MEANINGS = {
    401: Meaning("Please sign in", "We mail you a link, and the link signs you in.", SIGN_IN),
    403: Meaning(
        "This is not yours to do", "If you think it should be, ask the people who run your programme."
    ),
    404: Meaning(
        "There is nothing here",
        "The address may be mistyped or cut off, or the page belongs to somebody else. "
        "If you came by a link in a mail, copy the whole link.",
    ),
    409: Meaning(
        "This is not possible now", "Something has changed in the meantime. Open the page again to see it."
    ),
    422: Meaning("Please correct this", TYPED),
    429: Meaning("Please wait a little", f"Nothing was recorded this time. {TYPED}"),
    500: Meaning(
        "Something went wrong on our side",
        "Open the page again to see whether it was recorded. The same form sent twice is done once.",
        text="We are sorry. It was noted, so that it can be mended.",
    ),
    503: Meaning(
        "A part of Steadfast is not available",
        f"{TYPED} Try again in a moment; the same form sent twice is done once.",
    ),
}
WHEN_READING = {
    422: Meaning(
        "Part of this address is wrong",
        "It may be cut off, or belong to a list that has changed. Begin the list again.",
        Item("Begin the list again", ""),
        text="The page exists, but the end of its address is not valid.",
    ),
    429: Meaning("Please wait a little", "Nothing is lost: everything is as it was.", Item(AGAIN, "")),
    500: Meaning(
        "Something went wrong on our side",
        "Try again in a moment. If it goes on, tell the people who run your programme.",
        Item(AGAIN, ""),
        text="We are sorry. It was noted, so that it can be mended.",
    ),
    503: Meaning(
        "A part of Steadfast is not available",
        "Everything that was recorded is safe, and goes on by itself. Try again in a moment.",
        Item(AGAIN, ""),
        text="This page cannot be shown without it.",
    ),
}
"""For somebody who only wanted to see a page, and so has typed nothing."""


STALE_FORM = Meaning(
    "This form was not taken", f"Nothing was recorded. {TYPED} Copy it, and open the page again."
)
"""For a form that is not ours or no longer valid: it says nothing about what the reader may do."""

LOST_LINK = Meaning(
    "This link does not work",
    "Copy the whole link from the mail. If it still fails, sign in with your e-mail address: everything that "
    "waits for you is there.",
    SIGN_IN,
    text="It may have been cut off on its way.",
)
_PLAIN = {NotFound().detail: "This page does not exist, or it is not yours to see."}


async def error_page(request: Request, problem: Problem) -> Response:
    """The page for a problem; it says no more about the cause than the problem itself does."""
    status = problem.status
    known = status if status in MEANINGS else 500 if status >= 500 else 404
    meaning = STALE_FORM if isinstance(problem, Forbidden) else _meaning(request, status, known)
    detail = _PLAIN.get(problem.detail, problem.detail)
    sentences = [detail, *(one.message for one in problem.errors if one.message != problem.detail)]
    return page(
        "error.html",
        frame=await _frame(request, status),
        status=status,
        headers=dict(problem.headers),
        title=meaning.title,
        code=status,
        detail=meaning.text or " ".join(sentences),
        next=meaning.next,
        way=_way(request, meaning.way),
        strong=meaning.way.text in {AGAIN, SIGN_IN.text},
    )


async def _frame(request: Request, status: int) -> Frame:
    """That of the reader, and of the programme that the path names where they are in it.

    Strangers see none, since a face would tell them that there is such a programme.
    """
    if status == TOO_MANY:
        return NOBODY
    ctx: Context = request.app.state.context
    with suppress(*faults.ANY, TimeoutError, Unauthorised, NotFound):
        async with asyncio.timeout(FACE_SECONDS):
            viewer = await signed_in(request, ctx)
            if viewer is None:
                return NOBODY
            found = await ctx.database.read(lambda session: people.programmes_of(session, viewer.person_id))
            slugs = [one.slug for one in found]
            slugs = [one for one in slugs if request.url.path.startswith(f"/p/{one}/")] or slugs
            members = [await member_of(ctx, viewer, slug) for slug in slugs]
            return frame_among(ctx, viewer, members)
    return NOBODY


def _meaning(request: Request, status: int, known: int) -> Meaning:
    if status == 404 and request.url.path.startswith("/links/"):
        return LOST_LINK
    reads = request.method in {"GET", "HEAD"}
    return (WHEN_READING.get(known) if reads else None) or MEANINGS[known]


def _way(request: Request, way: Item) -> Item:
    """A way without an address is the page that was asked for, whole or without its query."""
    path, query = request.url.path, request.url.query
    if way.href:
        return way
    if way.text == AGAIN:
        return Item(AGAIN, f"{path}?{query}" if query else path)
    return Item(way.text, path) if query else HOME
