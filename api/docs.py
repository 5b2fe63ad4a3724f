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

from api.errors import ProblemOut, known_problems
from api.pages.rendering import page

METHODS = ("get", "post", "put", "patch", "delete")
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, `sf_...`"},
    "session": {"type": "apiKey", "in": "cookie", "name": "steadfast", "description": "The page session"},
}
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/api/v1/sign-in"})
"""What needs no identity."""


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
        )


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    document = app.openapi()
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= {**problem.pop("$defs"), "ProblemOut": problem}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["security"] = [] if path in OPEN_PATHS else [{"token": []}, {"session": []}]
    _drop_unused(document)
    return document


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
