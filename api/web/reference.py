"""What the pages of the API say about each operation, made of the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.web import examples
from api.web.problems import KNOWN, SENTENCES
from models.folding import fold

Schema = Mapping[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
COMMON = tuple(
    sorted({*KNOWN, "forbidden", "method-not-allowed", "not-json", "too-large", "too-many", "too-slow"})
)
"""Problems that nearly every operation can answer with: they are explained once."""
DEPTH = 3
IDS = {
    "slug": "open-doors",
    "request_id": examples.REQUEST_ID,
    "relationship_id": examples.RELATIONSHIP_ID,
    "goal_id": examples.GOAL_ID,
    "invitation_id": examples.INVITATION_ID,
    "skill_id": examples.SKILL["id"],
    "skillset_id": examples.SKILLSET["id"],
    "person_id": examples.MENTOR["id"],
}
"""What stands in the paths of examples."""


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one field of a body or an answer; `place` is path, query, header or body."""

    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """`problems` are those that are not common to nearly all."""

    name: str
    tag: str
    method: str
    path: str
    text: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]
    problems: tuple[str, ...]
    curl: str

    @property
    def summary(self) -> str:
        """The first sentence of its text."""
        return re.split(r"(?<=\.)\s", self.text.strip(), maxsplit=1)[0]

    def matches(self, find: str) -> bool:
        """Whether every word of a search is somewhere in it."""
        names = (field.name for answer in self.answers for field in (*self.fields, *answer.fields))
        said = (self.name, self.tag, self.method, self.path, self.text, *self.problems, *names)
        text = fold(" ".join(said).replace("_", " ").replace("-", " "))
        return all(word in text for word in fold(find).replace("_", " ").replace("-", " ").split())


def operations(document: Schema) -> Iterator[Operation]:
    """What can be called, in the order of declaration."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if found := methods.get(method):
                yield _operation(document, method.upper(), path, found)


def _operation(document: Schema, method: str, path: str, found: Schema) -> Operation:
    content = found.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = _example(content)
    return Operation(
        name=found["operationId"],
        tag=(found.get("tags") or ["other"])[0],
        method=method,
        path=path,
        text=found.get("description") or found.get("summary", ""),
        fields=(*_parameters(found), *_fields(document, content.get("schema", {}), "body")),
        answers=tuple(_answers(document, found)),
        problems=tuple(name for name in _problems(found) if name not in COMMON),
        curl=_curl(method, path, found, body),
    )


def _parameters(found: Schema) -> Iterator[Field]:
    for one in found.get("parameters", []):
        needed = one.get("required", False)
        yield Field(one["name"], one["in"], _kind(one["schema"]), needed, one.get("description", ""))


def _answers(document: Schema, found: Schema) -> Iterator[Answer]:
    """Those that are no problem."""
    for status, answer in sorted(found["responses"].items()):
        if status < "400":
            content = answer.get("content", {}).get("application/json", {})
            fields = tuple(_fields(document, content.get("schema", {}), "body"))
            example = _example(content)
            shown = json.dumps(example, indent=2, ensure_ascii=False) if example is not None else ""
            yield Answer(status, answer["description"], fields, shown)


def _problems(found: Schema) -> list[str]:
    names = {
        name
        for answer in found["responses"].values()
        for name in answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }
    return sorted(names, key=lambda name: (SENTENCES[name][0], name))


def _example(content: Schema) -> Any:
    if "examples" in content:
        return next(iter(content["examples"].values()))["value"]
    found = content.get("schema", {}).get("examples") or [content.get("example")]
    return found[0]


def _curl(method: str, path: str, found: Schema, body: Any) -> str:
    """The call as one types it; `$HOST` and `$TOKEN` are the reader's own."""
    filled = re.sub(r"\{(\w+)\}", lambda one: IDS.get(one[1], one[1].upper()), path)
    lines = ["curl" if method == "GET" else f"curl -X {method}"]
    lines[0] += f' "$HOST{filled}"'
    if found.get("security"):
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if any(one["name"] == "Idempotency-Key" for one in found.get("parameters", [])):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if body is not None:
        quoted = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', f"-d '{quoted}'"]
    return " \\\n  ".join(lines)


def _fields(
    document: Schema, schema: Schema, place: str, before: str = "", depth: int = 0
) -> Iterator[Field]:
    """The fields of a schema and of what is in them, as `timeline[].at`."""
    schema = _resolved(document, schema)
    for name, part in schema.get("properties", {}).items():
        inner, ending = _inner(document, part)
        kind = "list of objects" if ending and inner.get("properties") else _kind(part)
        if inner.get("properties") and not ending:
            kind = "object"
        text = part.get("description") or ""
        yield Field(f"{before}{name}", place, kind, name in schema.get("required", []), text)
        if depth < DEPTH:
            yield from _fields(document, inner, place, f"{before}{name}{ending}.", depth + 1)


def _inner(document: Schema, part: Schema) -> tuple[Schema, str]:
    """The schema of what a field holds, and `[]` for a list of it."""
    options = [one for one in part.get("anyOf", [part]) if one.get("type") != "null"]
    first = options[0] if len(options) == 1 else {}
    if first.get("type") == "array":
        return _resolved(document, first.get("items", {})), "[]"
    return _resolved(document, first), ""


def _resolved(document: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref")
    if not reference:
        return schema
    found: Schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _kind(schema: Schema) -> str:
    """A few words for a type: `text`, `list of text`, `one of gaps, preferences`."""
    if reference := schema.get("$ref"):
        return str(reference.rpartition("/")[2])
    if options := schema.get("anyOf"):
        kinds = ", or ".join(_kind(one) for one in options if one.get("type") != "null")
        return f"{kinds}, or null" if any(one.get("type") == "null" for one in options) else kinds
    if values := schema.get("enum"):
        return f"one of {', '.join(map(str, values))}"
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    return str(schema.get("format") or names.get(schema.get("type", ""), "anything"))
