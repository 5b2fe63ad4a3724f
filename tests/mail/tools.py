"""Transports for tests, and the mark for tests that need one kind of database only."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from activities.letters import Letter
from activities.transport import SENT, Answers, Outcome, SmtpTransport
from tests.mail.sink import Sink

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

    async def record(self, session: AsyncSession, sent: Sequence[Letter]) -> None:
        pass

    async def send(self, letters: Iterable[Letter]) -> AsyncGenerator[Answers, None]:
        for letter in letters:
            self.seen.append(letter.mail_id)
            yield [(letter, await self._answer(letter) if self._answer else SENT)]
