"""The description of the API: OpenAPI for machines, and pages of it for people (`api.web.reference`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.responses import Response

from api.web import reference
from api.web.errors import NotFound, ProblemOut, known_problems
from api.web.examples import EXAMPLES
from api.web.problems import SENTENCES
from api.web.rendering import page
from api.web.security import cookie_name

MAX_FIND = 100
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, `sf_...`"},
    "session": {"type": "apiKey", "in": "cookie", "name": "steadfast", "description": "The page session"},
    "installation": {"type": "http", "scheme": "bearer", "description": "STEADFAST_BOUNCE_SECRET"},
}
TAGS = {
    "health": "For machines that watch an installation.",
    "people": "Signing in, oneself, one's profile, and finding a mentor.",
    "my data": "A copy of everything about oneself, and its erasure.",
    "requests": "A mentee asks a mentor, who accepts, asks for a change, or declines.",
    "joining": "Joining a programme by oneself, and who waits for it.",
    "questions": "What two people ask each other before a request, or about one.",
    "shortlists": "A mentee asks several mentors, one after the other or all at once.",
    "relationships": "A mentee and a mentor at work: goals, completion, surveys.",
    "mentorships": "Who mentors whom in which topics, and direct assignments.",
    "admin": "What the admins of a programme do.",
    "drafts": "Recommendations for everybody, computed, read and changed by admins before anybody is told.",
    "skills": "What people can name in their profiles: read by them, changed by admins.",
    "installation": "For the mail server or the mail provider of an installation.",
}
LOCATION = {"description": "Path of what was made", "required": True, "schema": {"type": "string"}}
BEHIND = {
    "description": "`behind`: it is recorded, and lists show it in a moment",
    "schema": {"type": "string", "enum": ["behind"]},
}


def _link(operation: str, name: str, **more: str) -> dict[str, Any]:
    parameters = {name: "$response.body#/id", **more}
    return {operation: {"operationId": operation, "parameters": parameters}}


LINKS: dict[str, dict[str, Any]] = {
    "requests-ask": _link("requests-get-request", "request_id") | _link("requests-withdraw", "request_id"),
    "relationships-set-goal": _link(
        "relationships-get-goal", "goal_id", relationship_id="$request.path.relationship_id"
    ),
    "admin-invite": _link("admin-get-invitation", "invitation_id", slug="$request.path.slug"),
}
"""What can be done with what an operation has made."""

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/api/v1/sign-in", "/api/v1/programmes/{slug}/join"})
"""What needs no identity."""
OF_INSTALLATION = frozenset({"/api/v1/bounces"})
"""What only the installation's own machines may."""


def install(app: FastAPI) -> None:
    """Adds `/api/v1/openapi.json` and `/docs`."""

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(described(app))

    @cache
    def listed() -> dict[str, reference.Operation]:
        return {one.name: one for one in reference.operations(described(app))}

    @app.get("/docs", include_in_schema=False)
    async def docs(find: str = "") -> Response:
        operations = listed().values()
        found = [one for one in operations if one.matches(find)]
        groups = {tag: [one for one in found if one.tag == tag] for tag in TAGS}
        return page(
            "docs.html",
            groups={tag: some for tag, some in groups.items() if some},
            tags=TAGS,
            find=find[:MAX_FIND],
            count=len(operations),
            about=app.description,
            first=listed()["people-me"],
            problems=known_problems(),
            sentences=SENTENCES,
            common=reference.COMMON,
        )

    @app.get("/docs/{name}", include_in_schema=False)
    async def operation(name: str) -> Response:
        if name not in listed():
            raise NotFound
        return page("docs_operation.html", operation=listed()[name], sentences=SENTENCES)


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    document = app.openapi()
    components = document.setdefault("components", {})
    components["securitySchemes"] = _security(app)
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= {**problem.pop("$defs"), "ProblemOut": problem}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    titles = {one.name: one.title for one in known_problems()}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["security"] = _who(path)
            _complete(operation, titles)
    _drop_unused(document)
    return document


def _who(path: str) -> list[dict[str, list[str]]]:
    if path in OF_INSTALLATION:
        return [{"installation": []}]
    return [] if path in OPEN_PATHS else [{"token": []}, {"session": []}]


def _security(app: FastAPI) -> dict[str, dict[str, str]]:
    context = getattr(app.state, "context", None)
    cookie = cookie_name(context) if context else SECURITY["session"]["name"]
    return SECURITY | {"session": SECURITY["session"] | {"name": cookie}}


def _complete(operation: dict[str, Any], titles: Mapping[str, str]) -> None:
    """Puts in what FastAPI cannot know: examples, titles of problems, headers, and what follows on what."""
    # FastAPI adds its own 422 wherever there is a parameter; ours is documented where it can come.
    if "application/json" in operation["responses"].get("422", {}).get("content", {}):
        del operation["responses"]["422"]
    _exemplify(operation.get("requestBody", {}).get("content", {}), otherwise="SettingsIn")
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        _exemplify(content)
        for name, one in content.get("application/problem+json", {}).get("examples", {}).items():
            one["value"]["title"] = titles[name]
        if status == "201":
            answer["headers"] = {"Location": LOCATION}
            answer["links"] = LINKS.get(operation["operationId"], {})
        if status in {"200", "201"} and "illegal-move" in str(operation["responses"].get("409")):
            answer.setdefault("headers", {})["Steadfast-Lists"] = BEHIND


def _exemplify(content: dict[str, Any], otherwise: str = "") -> None:
    """`otherwise` is the example of a body that has no schema of its own."""
    media = content.get("application/json", {})
    name = media.get("schema", {}).get("$ref", otherwise).rpartition("/")[2]
    if media and name in EXAMPLES:
        media["examples"] = {"usual": {"value": EXAMPLES[name]}}


def _drop_unused(document: dict[str, Any]) -> None:
    """Takes out schemas that nothing refers to: FastAPI lists inner types too."""
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    for name in [name for name in schemas if f'"#/components/schemas/{name}"' not in text]:
        del schemas[name]
