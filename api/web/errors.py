"""Everything that goes wrong, as one kind of answer: `application/problem+json` (RFC 9457) with a sentence.

    Problem
    ├── Unauthorised   401  nobody known is asking
    ├── Forbidden      403  somebody known may not do this, or the request came from another site
    ├── NotFound       404  there is no such thing, or not for this person: the same answer for both
    ├── KeyReused      422  an idempotency key came back with another body
    ├── TooMany        429  a limit, with `Retry-After`
    └── Unavailable    503  a part is down; says whether anything was recorded

Errors of the processes (`models.process.errors`) and of the gateway become problems here as well. On pages
(anything outside of the machine-readable paths) a browser gets the page of `app.state.error_page` instead.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.web.failures import EngineDown, Unconfirmed
from api.web.validation import field_of, sentence_of
from api.web.wording import words_for
from models.process.errors import ProcessError
from models.process.terms import USUAL_WORDS, Words, in_terms

T = TypeVar("T")

MACHINE_PATHS = ("/api/", "/healthz", "/readyz", "/metrics")
_PREFIX = "/docs#"


class FieldError(BaseModel):
    field: str
    message: str


class ProblemOut(BaseModel):
    """An error as RFC 9457 describes it; `detail` is a sentence for a person."""

    type: str = Field(examples=["/docs#not-found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such thing here, or it is not yours to see."])
    errors: list[FieldError] | None = None


class Problem(Exception):
    """An answer with a status of 400 or above. `name` ends its type, a link into `/docs`."""

    status = 400
    title = "Not possible"
    name = "problem"

    def __init__(
        self, detail: str, errors: Sequence[FieldError] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = headers or {}

    def out(self) -> ProblemOut:
        return ProblemOut(
            type=f"{_PREFIX}{self.name}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            errors=list(self.errors) or None,
        )


class Unauthorised(Problem):
    status, title, name = 401, "Please sign in", "unauthorised"

    def __init__(self, detail: str = "Send an API token as bearer, or sign in with your browser.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="Steadfast"'})


class Forbidden(Problem):
    status, title, name = 403, "Not allowed", "forbidden"


class NotFound(Problem):
    status, title, name = 404, "Not found", "not-found"

    def __init__(self, detail: str = "There is no such thing here, or it is not yours to see.") -> None:
        super().__init__(detail)


class KeyReused(Problem):
    status, title, name = 422, "This key was used before", "key-reused"

    def __init__(self) -> None:
        sentence = "This Idempotency-Key was sent before with something else; use a new key for a new act."
        super().__init__(sentence, [FieldError(field="Idempotency-Key", message=sentence)])


class TooMany(Problem):
    status, title, name = 429, "Too many tries", "too-many"

    def __init__(self, seconds: int) -> None:
        minutes = max(1, round(seconds / 60))
        about = "an hour" if minutes >= 55 else f"{minutes} minutes" if minutes > 1 else "a minute"
        super().__init__(
            f"That was a lot in a short time; please try again in about {about}.",
            headers={"Retry-After": str(seconds)},
        )


class Unavailable(Problem):
    status, title, name = 503, "Not available at the moment", "unavailable"

    def __init__(self, detail: str, name: str = "unavailable") -> None:
        super().__init__(detail, headers={"Retry-After": "5"})
        self.name = name


class SignInNeeded(Exception):
    """An unknown caller asked for a page; `next_path` is where to come back to."""

    def __init__(self, next_path: str) -> None:
        super().__init__()
        self.next_path = next_path


ENGINE_DOWN = (
    "Steadfast cannot record anything at the moment. Nothing was changed; please try again in a moment."
)
UNCONFIRMED = (
    "It took too long to confirm this. It may have been recorded; send the same again with the same "
    "Idempotency-Key, and it is done once at the most."
)
DATABASE_DOWN = "The database cannot be reached at the moment; please try again shortly."

ErrorPage = Callable[[Request, Problem], Response | Awaitable[Response]]


def as_problem(error: Exception, words: Words = USUAL_WORDS) -> Problem:
    """The problem that an error of ours, of FastAPI or of Starlette is, in the words of a programme."""
    match error:
        case Problem():
            found = error
            found.detail = in_terms(found.detail, words)
        case ProcessError():
            found = _of_process(error, words)
        case EngineDown():
            found = Unavailable(ENGINE_DOWN, "engine-down")
        case Unconfirmed():
            found = Unavailable(UNCONFIRMED, "unconfirmed")
        case RequestValidationError():
            found = _of_validation(error.errors())
        case HTTPException():
            found = _of_http(error.status_code, dict(error.headers or {}))
        case _:
            found = _made(500, "Something went wrong on our side; it was noted.", name="failed")
    return found


def _of_process(error: ProcessError, words: Words = USUAL_WORDS) -> Problem:
    found = [
        (field, in_terms(text, words)) for field, text in ((error.field, error.sentence), *error.further)
    ]
    errors = [FieldError(field=field, message=sentence) for field, sentence in found if field]
    detail = f"Please correct {len(errors)} fields." if error.further else found[0][1]
    title = in_terms(error.title, words)
    return _made(error.status, detail, title, name_of(type(error)), errors)


def _of_validation(found: Sequence[Any]) -> Problem:
    errors = [FieldError(field=field_of(one), message=sentence_of(one)) for one in found]
    detail = errors[0].message if len(errors) == 1 else f"Please correct {len(errors)} fields."
    return _made(422, detail, "Please correct this", "invalid", errors)


_HTTP = {
    400: (422, "What was sent cannot be read; is it JSON in UTF-8?", "invalid"),
    404: (404, "There is no such thing here, or it is not yours to see.", "not-found"),
    405: (405, "This address does not take this method.", "method-not-allowed"),
}


def _of_http(status: int, headers: dict[str, str]) -> Problem:
    phrase = HTTPStatus(status).phrase
    code, detail, name = _HTTP.get(status, (status, f"{phrase}.", _kebab(phrase.title().replace(" ", ""))))
    title = "Please correct this" if code == 422 else HTTPStatus(code).phrase
    return _made(code, detail, title, name, headers=headers)


def _made(
    status: int,
    detail: str,
    title: str = "Something went wrong",
    name: str = "problem",
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> Problem:
    problem = Problem(detail, errors, headers)
    problem.status, problem.title, problem.name = status, title, name
    return problem


def known_problems() -> list[Problem]:
    """One of each kind that the API can answer with, for its description."""
    processes = [_of_process(kind("")) for kind in _below(ProcessError)]
    ours = [_made(kind.status, "", kind.title, kind.name) for kind in _below(Problem)]
    states = ("engine-down", "database-down", "unconfirmed")
    down = [Unavailable("", name) for name in states]
    others = [as_problem(HTTPException(405)), as_problem(Exception()), _of_validation([])]
    by_name = {problem.name: problem for problem in (*ours, *processes, *down, *others)}
    return [by_name[name] for name in sorted(by_name)]


def _below(kind: type[T]) -> Iterator[type[T]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def name_of(error: type[ProcessError]) -> str:
    """The name of the problem that an error of a process is."""
    return _kebab(error.__name__)


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


async def respond(request: Request, error: Exception) -> Response:
    """The answer to an error: a page for a browser on a page, else a problem. Never its cause."""
    problem = as_problem(error, await words_for(request, error))
    if problem.status == 405:
        problem.headers["Allow"] = _allowed(request)
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page is not None and _wants_page(request):
        made = page(request, problem)
        response = made if isinstance(made, Response) else await made
        response.headers.update(problem.headers)
        return response
    return problem_response(problem)


def _allowed(request: Request) -> str:
    """Every method that the path takes: several routes may share it, and each knows of its own alone."""
    found = {
        method
        for route in iter_route_contexts(request.app.routes)
        if route.path_regex.match(request.url.path)
        for method in route.methods or ()
    }
    return ", ".join(sorted(found))


def problem_response(problem: Problem) -> Response:
    return JSONResponse(
        problem.out().model_dump(exclude_none=True),
        problem.status,
        problem.headers,
        media_type="application/problem+json",
    )


def _wants_page(request: Request) -> bool:
    if request.url.path.startswith(MACHINE_PATHS):
        return False
    return "text/html" in request.headers.get("accept", "")


async def _to_sign_in(request: Request, error: Exception) -> Response:
    path = error.next_path if isinstance(error, SignInNeeded) else "/"
    return RedirectResponse(f"/sign-in?{urlencode({'next': path})}", 303)


def install(app: FastAPI) -> None:
    """Every expected error is answered here; what is not expected ends in `api.web.observing`."""
    for kind in (Problem, ProcessError, EngineDown, Unconfirmed, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, respond)
    app.add_exception_handler(SignInNeeded, _to_sign_in)
