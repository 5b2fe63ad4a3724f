"""What goes wrong, as a page in the same look: what it means, and a way on."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from api.errors import Problem
from api.pages.rendering import Item, page

HOME = Item("Go to the first page", "/")


@dataclass(frozen=True, slots=True)
class Meaning:
    title: str
    next: str
    way: Item = HOME


MEANINGS = {
    401: Meaning(
        "Please sign in", "We mail you a link, and the link signs you in.", Item("Sign in", "/sign-in")
    ),
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
    422: Meaning("Please correct this", "Go back with your browser: what you typed is still there."),
    429: Meaning("That was a lot in a short time", "Nothing is lost. Wait a little, then try again."),
    500: Meaning("Something went wrong on our side", "It was noted. Please try again in a moment."),
    503: Meaning(
        "A part of Steadfast is not available",
        "Go back with your browser: what you typed is still there. Try again in a moment; the same form "
        "sent twice is done once.",
    ),
}


def error_page(request: Request, problem: Problem) -> Response:
    """The page for a problem; it says no more about the cause than the problem itself does."""
    meaning = MEANINGS.get(problem.status) or MEANINGS[500 if problem.status >= 500 else 404]
    sentences = [problem.detail, *(one.message for one in problem.errors if one.message != problem.detail)]
    return page(
        "error.html",
        status=problem.status,
        headers=dict(problem.headers),
        title=meaning.title,
        code=problem.status,
        detail=" ".join(sentences),
        next=meaning.next,
        way=meaning.way,
    )
