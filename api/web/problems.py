"""Which problems an operation can answer with, by name: what OpenAPI and the page /docs say about errors.

A test holds this list against the errors themselves (`api.errors.known_problems`), and another holds every
answer to the table of access against what its operation says here.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from api.web.errors import ENGINE_DOWN

SENTENCES: dict[str, tuple[int, str]] = {
    "already-open": (409, "A request between the two of you is open already."),
    "bad-host": (421, "This server does not answer for this host name."),
    "database-down": (503, "The database cannot be reached at the moment; please try again shortly."),
    "engine-down": (503, ENGINE_DOWN),
    "failed": (500, "Something went wrong on our side; it was noted."),
    "forbidden": (
        403,
        "This came from another site, so it was not done; please open the page here and try again.",
    ),
    "illegal-move": (409, "This request has been withdrawn, so it cannot be accepted."),
    "invalid": (422, "Please write a message to the mentor."),
    "key-reused": (
        422,
        "This Idempotency-Key was sent before with something else; use a new key for a new act.",
    ),
    "limit-reached": (409, "You have 5 open requests, as many as the programme allows."),
    "mentee-full": (409, "You have as many mentors as the programme allows."),
    "mentor-full": (409, "No place is left with this mentor at the moment."),
    "method-not-allowed": (405, "This address does not take this method."),
    "not-allowed": (403, "Only the mentor can do this."),
    "not-found": (404, "There is no such thing here, or it is not yours to see."),
    "not-json": (415, "Please send JSON, with the header Content-Type: application/json."),
    "not-listed": (409, "This mentor takes no requests at the moment."),
    "refused": (409, "Please complete your profile first; then you can ask a mentor."),
    "superseded": (409, "The request was changed in the meantime; please read it again."),
    "too-soon": (409, "A reminder was sent on 2 March 2026 at 09:00 UTC already."),
    "too-large": (413, "A request can have up to 256 KiB."),
    "too-slow": (408, "The request did not arrive whole in time, so nothing was done; please send it again."),
    "too-many": (429, "That was a lot in a short time; please try again in about 5 min."),
    "unauthorised": (401, "Send an API token as bearer, or sign in with your browser."),
    "unavailable": (503, "The engine cannot be reached."),
    "unconfirmed": (
        503,
        "It took too long to confirm this. It may have been recorded; send it again with the same key.",
    ),
}
"""Name -> status and an example of its sentence."""

FIELDS = {
    "invalid": ("message", "Please write a message to the mentor."),
    "key-reused": ("Idempotency-Key", "This Idempotency-Key was sent before with something else."),
    "unavailable": ("engine", "cannot be reached"),
}
"""Those that name fields in `errors`."""

MEANINGS = {
    401: "Nobody known is asking",
    403: "Not for this role, or sent from another site",
    404: "There is no such thing, or it is not yours to see",
    405: "The address does not take this method; see `Allow`",
    408: "The body did not arrive whole in time",
    409: "The state it is in, or a rule of the programme, stands against it",
    413: "The body is too large",
    415: "The body is not JSON",
    421: "The host name of the request is not ours",
    422: "Something that was sent does not fit; `errors` says what",
    429: "Too many in a short time; see `Retry-After`",
    500: "Something went wrong on our side",
    503: "A part is down; `detail` says whether anything was recorded",
}

ALWAYS = ("bad-host", "failed")
STORED = (*ALWAYS, "database-down", "unconfirmed")
KNOWN = (*STORED, "unauthorised")
ONE = (*KNOWN, "not-found")
LIST = (*ONE, "invalid", "not-allowed")
WRITING = (*ONE, "forbidden", "invalid", "not-json", "too-large", "too-many", "too-slow")
ACTING = (*WRITING, "engine-down", "illegal-move", "key-reused", "not-allowed")

_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Which credentials are taken", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "integer"}}},
    503: {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "integer"}}},
}


def problems(*names: str) -> dict[int | str, dict[str, Any]]:
    """The documented answers of an operation that can answer with these; `api.web.docs` adds their schema."""
    found: dict[int | str, dict[str, Any]] = {}
    for name in sorted(set(names), key=lambda name: (SENTENCES[name][0], name)):
        status = SENTENCES[name][0]
        answer = found.setdefault(status, _answer(status))
        answer["content"]["application/problem+json"]["examples"][name] = {"value": example(name)}
    return found


def example(name: str) -> dict[str, Any]:
    """A whole problem; its title is put in by `api.web.docs`, which knows the errors."""
    status, sentence = SENTENCES[name]
    made: dict[str, Any] = {"type": f"/docs#{name}", "title": "", "status": status, "detail": sentence}
    if name in FIELDS:
        field, message = FIELDS[name]
        made["errors"] = [{"field": field, "message": message}]
    return made


def _answer(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    answer: dict[str, Any] = {
        "description": MEANINGS.get(status, HTTPStatus(status).phrase),
        "content": {"application/problem+json": {"schema": schema, "examples": {}}},
    }
    return answer | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
