"""The route of what people do to a request or a relationship, made from its command."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from api.web.acts import ActResult
from api.web.bodies import body_of
from api.web.errors import name_of
from api.web.idempotency import Reply
from api.web.json_routes import OnlyOnce
from api.web.problems import ACTING, problems
from models.process.commands import Command

Fields = Mapping[str, Any]
Send = Callable[[type[Command], Fields], Awaitable[Response]]
"""Sends a command with the fields of a body to the process of the path, and answers with what came of it."""


def sending(
    once: OnlyOnce,
    act_on: Callable[[Command, str, str], Awaitable[ActResult[Any]]],
    read: Callable[[type[Command]], Awaitable[Any]],
) -> Send:
    """Sends to one process by `act_on` and answers with how it stands then; a repeat only has it `read`."""

    async def send(command: type[Command], fields: Fields) -> Response:
        async def act(key: str, request_hash: str) -> Reply:
            acted = await act_on(command(**fields), key, request_hash)
            return Reply(acted.value, lists_behind=acted.lists_behind)

        async def again() -> Reply:
            return Reply(await read(command))

        return await once.by_process(act, again)

    return send


def add_act(
    router: APIRouter, path: str, command: type[Command], *, to: Any, needs_body: bool = False, **route: Any
) -> None:
    """Adds the route of one command with its text, its body and its problems.

    `to` is the annotated dependency that gives `Send`; `route` is what FastAPI takes besides. A body can be
    left out where none of its fields is required, unless the route `needs_body`.
    """
    refusals = map(name_of, command.refusals)
    router.add_api_route(
        path,
        _endpoint(command, to, needs_body),
        name=command.name.replace("-", "_"),
        description=inspect.cleandoc(command.__doc__ or ""),
        responses=problems(*ACTING, *refusals),
        **{"methods": ["POST"], **route},
    )


def _endpoint(command: type[Command], to: Any, needs_body: bool) -> Callable[..., Awaitable[Response]]:
    body = body_of(command)

    async def act(send: Send, body: BaseModel | None = None) -> Response:
        return await send(command, body.model_dump() if body else {})

    parameters = [_parameter("send", to)]
    if body is not None:
        is_needed = needs_body or any(field.is_required() for field in body.model_fields.values())
        parameters.append(_parameter("body", body, inspect.Parameter.empty if is_needed else body()))
    vars(act)["__signature__"] = inspect.Signature(parameters)
    return act


def _parameter(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
