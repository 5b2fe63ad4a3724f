"""The description of the API: OpenAPI for machines, and a plain page of it that needs no script."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.responses import Response

from api.web.errors import ProblemOut, known_problems
from api.web.examples import EXAMPLES
from api.web.problems import SENTENCES
from api.web.rendering import page
from api.web.security import cookie_name

METHODS = ("get", "post", "put", "patch", "delete")
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
    "relationships": "A mentee and a mentor at work: goals, completion, surveys.",
    "admin": "What the admins of a programme do.",
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

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/api/v1/sign-in"})
"""What needs no identity."""
OF_INSTALLATION = frozenset({"/api/v1/bounces"})
"""What only the installation's own machines may."""


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter or one field of a body, as a row of a table."""

    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    text: str
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        return f"{self.method.lower()}{self.path}".replace("/", "-").replace("{", "").replace("}", "")


def install(app: FastAPI) -> None:
    """Adds `/api/v1/openapi.json` and `/docs`."""

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(described(app))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        document = described(app)
        return page(
            "docs.html",
            groups=dict(operations(document)),
            about=document["info"]["description"],
            problems=known_problems(),
            sentences=SENTENCES,
        )


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
    _exemplify(operation.get("requestBody", {}).get("content", {}))
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


def _exemplify(content: dict[str, Any]) -> None:
    media = content.get("application/json", {})
    name = media.get("schema", {}).get("$ref", "SettingsIn").rpartition("/")[2]
    if media and name in EXAMPLES:
        media["examples"] = {"usual": {"value": EXAMPLES[name]}}


def _drop_unused(document: dict[str, Any]) -> None:
    """Takes out schemas that nothing refers to: FastAPI lists inner types too."""
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    for name in [name for name in schemas if f'"#/components/schemas/{name}"' not in text]:
        del schemas[name]


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, list[Operation]]]:
    """What can be called, grouped by tag in the order of declaration."""
    groups: dict[str, list[Operation]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method in METHODS:
            if operation := methods.get(method):
                tag = (operation.get("tags") or ["other"])[0]
                groups[tag].append(_operation(document, method, path, operation))
    yield from groups.items()


def _operation(
    document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]
) -> Operation:
    parameters = [
        Field(
            one["name"],
            one["in"],
            _kind(one["schema"]),
            one.get("required", False),
            one.get("description", ""),
        )
        for one in operation.get("parameters", [])
    ]
    answers = tuple(
        (status, answer["description"]) for status, answer in sorted(operation["responses"].items())
    )
    fields = (*parameters, *_body(document, operation))
    text = operation.get("description") or operation.get("summary", "")
    return Operation(method.upper(), path, text, fields, answers)


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Field]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = _resolved(document, content.get("application/json", {}).get("schema", {}))
    for name, part in schema.get("properties", {}).items():
        is_required = name in schema.get("required", [])
        yield Field(name, "body", _kind(part), is_required, part.get("description", ""))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if not reference:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    """A few words for a type: `text`, `list of text`, `one of gaps, preferences`."""
    if reference := schema.get("$ref"):
        return str(reference.rpartition("/")[2])
    if options := schema.get("anyOf"):
        return ", or ".join(_kind(one) for one in options if one.get("type") != "null")
    if values := schema.get("enum"):
        return f"one of {', '.join(map(str, values))}"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    return str(schema.get("format") or names.get(schema.get("type", ""), "anything"))
