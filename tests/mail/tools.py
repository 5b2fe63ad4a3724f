"""Transports and outages for tests, and the mark for tests that need one kind of database only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Self, TypeVar

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from activities.letters import Letter
from activities.transport import SENT, Answers, Outcome, SmtpTransport
from models.store.database import Database
from tests.mail.sink import Sink

T = TypeVar("T")

SECONDS = 20
"""How long anything may take at the most."""

on_one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
"""For what does not depend on the kind of database."""


def smtp(sink: Sink) -> SmtpTransport:
    return SmtpTransport(sink.settings(), "mentoring.example.org")


class Told:
    """A transport that does what it is told, and counts."""

    lanes = 1

    def __init__(self, answer: Callable[[Letter], Awaitable[Outcome]] | None = None) -> None:
        self.seen: list[str] = []
        self._answer = answer

    def record(self, session: Session, sent: Sequence[Letter]) -> None:
        pass

    async def send(self, letters: Iterable[Letter]) -> AsyncGenerator[Answers, None]:
        for letter in letters:
            self.seen.append(letter.mail_id)
            yield [(letter, await self._answer(letter) if self._answer else SENT)]


class Outage(Database):
    """A database that takes no writes from `begin` to `end`; `noticed` is set by the first that fails."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.noticed = asyncio.Event()
        self._lasts = False

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str) -> AsyncIterator[Self]:
        database = cls(url)
        try:
            yield database
        finally:
            await database.close()

    def begin(self) -> None:
        self._lasts = True

    def end(self) -> None:
        self._lasts = False

    async def write(self, work: Callable[[Session], T]) -> T:
        if self._lasts:
            self.noticed.set()
            raise OperationalError("write", None, ConnectionError())
        return await super().write(work)
