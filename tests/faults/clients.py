"""A well-made client: one key for one act, sent again with it until there is an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from tests.faults.ledger import Ledger
from tests.faults.people import Someone
from tests.faults.town import Town

ANSWER_SECONDS = 60.0
"""No answer at all within this time is a hang."""
GIVE_UP_SECONDS = 300.0
PAUSES = (0.1, 0.3, 0.7, 1.5)
AGAIN = frozenset({429, 503})

Json = dict[str, Any]


class Refused(Exception):
    """A definite no, which nothing was recorded for."""

    def __init__(self, status: int, name: str, said: str) -> None:
        super().__init__(f"{status} {name}: {said}")
        self.status = status
        self.name = name


class GaveUp(Exception):
    """Nobody answered for minutes, although every part came back meanwhile."""


@dataclass
class Caller:
    """Sends to any of the APIs, as a load balancer does. `random` picks; one per life, so that it repeats."""

    town: Town
    http: httpx.AsyncClient
    ledger: Ledger
    random: Random

    async def get(self, who: Someone, path: str) -> Json:
        """Raises Refused, GaveUp."""
        return await self._until_answered("GET", who, path, None, {})

    async def send(self, who: Someone, method: str, path: str, body: Mapping[str, Any], key: str) -> Json:
        """One act; `key` makes one of all its attempts. Raises Refused, GaveUp."""
        return await self._until_answered(method, who, path, body, {"Idempotency-Key": key})

    async def _until_answered(
        self, method: str, who: Someone, path: str, body: Mapping[str, Any] | None, headers: dict[str, str]
    ) -> Json:
        headers = {**headers, "Authorization": f"Bearer {who.token}", "Host": self.town.host}
        began, attempt = time.monotonic(), 0
        while time.monotonic() - began < GIVE_UP_SECONDS:
            answer = await self._once(method, path, body, headers)
            if answer is not None:
                return answer
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)] * self.random.uniform(0.5, 1.5))
            attempt += 1
        self.ledger.found(f"{method} {path}: no answer in {GIVE_UP_SECONDS:.0f} s and {attempt} attempts")
        raise GaveUp(path)

    async def _once(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: dict[str, str]
    ) -> Json | None:
        """The answer, or None when it has to be asked again. Raises Refused."""
        began = time.monotonic()
        try:
            response = await self.http.request(
                method, f"{self.town.url(self.random)}{path}", json=body, headers=headers
            )
        except httpx.TimeoutException:
            self.ledger.found(f"{method} {path}: no answer within {ANSWER_SECONDS:.0f} s")
            return None
        except httpx.TransportError as error:
            self.ledger.heard(f"no answer: {type(error).__name__}", time.monotonic() - began)
            return None
        self.ledger.heard(_kind(response), time.monotonic() - began)
        return self._taken(response, f"{method} {path}")

    def _taken(self, response: httpx.Response, what: str) -> Json | None:
        if response.is_success:
            return dict(response.json())
        if response.status_code in AGAIN:
            return None
        if response.status_code >= 500:
            self.ledger.found(f"{what}: {response.status_code} {response.text[:300]}")
            return None
        raise Refused(response.status_code, _name(response), response.text[:300])


def _kind(response: httpx.Response) -> str:
    return f"{response.status_code} {_name(response)}".strip()


def _name(response: httpx.Response) -> str:
    if response.is_success or "problem" not in response.headers.get("content-type", ""):
        return ""
    return str(response.json()["type"]).rpartition("#")[2]
