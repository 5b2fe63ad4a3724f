"""`Idempotency-Key`: the same key and body are one act, the same key with another body is refused.

Only the id of the object that the act made or changed is stored. A repeat is answered with its present state,
as far as the caller may see it by then: access to what was shown once may have ended.
Of an act on a process (`by_process`) the process keeps the key, with a hash of the request, and saves both
with the step that the act led to. For all else the row is written before the act. While the first act with a
key is under way, or when it failed on our side, a second one goes ahead with the same key: the engine, or an
id derived from the key, makes one act of both.
For the same reason the answer may be stored after it was sent.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.web.access import Ctx, Member, Viewer, installation, member, viewer
from api.web.context import Context
from api.web.errors import KeyReused, NotFound, as_problem, problem_response
from api.web.keys import scoped
from api.web.wording import words_for
from models.process.errors import Invalid
from models.process.terms import Words
from models.store import faults
from models.store import idempotency as store

MAX_KEY = 200
INSTALLATION = "installation"
"""The caller that is no person but a machine of the installation."""

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any text up to 200 characters. For a week, the same key and body are one act; "
        "the same key with another body is refused (422).",
        json_schema_extra={"minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        examples=["5f0c9e0e-7d2f-4c55-9d0c-7a4f3a1c0b0e"],
    ),
]


@dataclass(frozen=True)
class Reply:
    """What an act is answered with."""

    value: BaseModel
    status: int = 200
    location: str | None = None
    lists_behind: bool = False


Again = Callable[[str], Awaitable[BaseModel]]


@dataclass(frozen=True)
class IdempotentCall:
    """One request of one caller: `key` is what the act gets, `is_given` whether the caller chose it."""

    ctx: Context
    caller: str
    key: str
    is_given: bool
    fingerprint: str
    words: Callable[[Exception], Awaitable[Words]]
    """In whose words a refusal is answered."""

    async def answer(
        self, act: Callable[[str], Awaitable[Reply]], again: Again | None, *, may_lag: bool = False
    ) -> Response:
        """Runs `act` with the key unless it was answered before. Raises KeyReused and what both raise.

        `again` reads what the act made or changed, by the id of the answer. None is for answers that say
        nothing of anybody: they are kept whole. `may_lag` says that the engine may have made what the
        database does not have yet: then `act` runs again, and its key makes one act of both.
        """
        if not self.is_given:
            return _response(await act(self.key))
        earlier = await self._claim()
        if earlier is not None:
            try:
                return await _again(earlier, again)
            except NotFound:
                if not may_lag:
                    raise
                return _response(await act(self.key))
        try:
            reply = await act(self.key)
            response = _response(reply)
        except Exception as error:
            await self._keep_refusal(error)
            raise
        # The answer leaves first: the engine knows by the key what was done, stored here or not.
        response.background = BackgroundTask(
            self._keep, response, None if again is None else _kept(reply.value)
        )
        return response

    async def by_process(
        self, act: Callable[[str, str], Awaitable[Reply]], again: Callable[[], Awaitable[Reply]]
    ) -> Response:
        """Like `answer` for an act on a process, which gets the key and a hash of the request.

        Nothing is written here: the process knows its acts by their keys, and saves them with the step that
        they led to. `again` reads how things stand. A refusal is not remembered: repeated, it is asked anew.
        """
        if not self.is_given:
            return _response(await act(self.key, ""))
        known = await self.ctx.database.read(
            lambda session: store.find(session, self.caller, (self.key, scoped(self.caller, self.key)))
        )
        if any(one.request_hash != self.fingerprint for one in known):
            raise KeyReused
        if any(one.status is not None and one.status < 400 for one in known):
            return _response(await again())
        return _response(await act(self.key, self.fingerprint))

    async def _claim(self) -> store.Earlier | None:
        def work(session: Session) -> store.Earlier | None:
            if store.find(session, self.caller, (scoped(self.caller, self.key),)):
                # An act on a process, which is never the same as what is claimed here.
                raise KeyReused
            return store.claim(session, self.caller, self.key, self.fingerprint, self.ctx.clock())

        earlier = await self.ctx.database.write(work)
        if earlier is None:
            return None
        if earlier.request_hash != self.fingerprint:
            raise KeyReused
        return earlier if earlier.status is not None else None

    async def _keep_refusal(self, error: Exception) -> None:
        """A refusal is an answer too. A failure of ours and a limit are not: trying again is right then."""
        problem = as_problem(error, await self.words(error))
        if problem.status < 500 and problem.status != 429:
            await self._keep(problem_response(problem))

    async def _keep(self, response: Response, kept: str | None = None) -> None:
        location = response.headers.get("location")
        body = bytes(response.body).decode() if kept is None else kept
        try:
            await self.ctx.database.write(
                lambda session: store.answer(
                    session, self.caller, self.key, response.status_code, location, body
                )
            )
        except faults.ANY:
            # It is done, and its answer is true; repeated, the engine tells that it was done.
            return


async def once(
    request: Request, ctx: Ctx, who: Annotated[Viewer, Depends(viewer)], key: KeyHeader = None
) -> IdempotentCall:
    """Dependency of every POST of a known person."""
    return await _once(request, ctx, who.person_id, key)


async def once_for_member(
    request: Request, ctx: Ctx, one: Annotated[Member, Depends(member)], key: KeyHeader = None
) -> IdempotentCall:
    """Dependency of every POST of a member in their programme."""
    return await _once(request, ctx, one.person_id, key)


async def once_for_installation(
    request: Request, ctx: Ctx, _: Annotated[None, Depends(installation)], key: KeyHeader = None
) -> IdempotentCall:
    """Dependency of a POST of the installation's own machines."""
    return await _once(request, ctx, INSTALLATION, key)


async def _once(request: Request, ctx: Context, caller: str, key: str | None) -> IdempotentCall:
    words = partial(words_for, request)
    if key is None:
        return IdempotentCall(ctx, caller, secrets.token_urlsafe(24), False, "", words)
    asked = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return IdempotentCall(ctx, caller, checked(key), True, hashlib.sha256(asked).hexdigest(), words)


def checked(key: str) -> str:
    """Raises Invalid for what is no key."""
    if not (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise Invalid("A key has 1 to 200 printable characters of ASCII.", field="Idempotency-Key")
    return key


def _response(reply: Reply) -> Response:
    headers = {"Location": reply.location} if reply.location else {}
    if reply.lists_behind:
        headers["Steadfast-Lists"] = "behind"
    return Response(reply.value.model_dump_json(), reply.status, headers, "application/json")


def _kept(value: BaseModel) -> str:
    return json.dumps({"id": getattr(value, "id", "")})


async def _again(earlier: store.Earlier, again: Again | None) -> Response:
    status = earlier.status or 200
    if again is not None and status < 400:
        # Answers from before 0.3 were stored whole; only their id counts.
        made = json.loads(earlier.body or "{}").get("id", "")
        return _response(Reply(await again(made), status, earlier.location))
    kind = "application/json" if status < 400 else "application/problem+json"
    headers = {"Location": earlier.location} if earlier.location else {}
    return Response(earlier.body or "", status, headers, kind)
