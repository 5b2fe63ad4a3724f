"""A loop in every worker process that closes questions which nobody can or will answer any more, and ends
assignments of which one of the two has left.

What is due is read from the rows, so nothing is lost with a worker. Each question is closed in a transaction
of its own, together with its mails; of two workers that take the same one, the second finds it settled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog

from activities.mail_dispatcher import wall_clock
from models.store import assignments, questions
from models.store.database import Database

LOOK_SECONDS = 5.0
BATCH = 100

_log = structlog.get_logger(__name__)


class LateQuestions:
    """`wake_mail` is called when mails were queued; `clock` is the wall clock."""

    def __init__(
        self,
        database: Database,
        wake_mail: Callable[[], None],
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._database = database
        self._wake_mail = wake_mail
        self._clock = clock
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Closes until `stop`; no failure of the database ends it."""
        while not self._stopping.is_set():
            try:
                await self.close_due()
            except Exception as error:  # noqa: BLE001
                # The drivers raise a dozen kinds while a database is away; questions close afterwards.
                _log.warning("questions_not_looked_at", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)

    async def close_due(self) -> int:
        """Closes all that are due now; says how many."""
        closed = 0
        while ids := await self._database.read(lambda session: questions.due(session, self._clock(), BATCH)):
            for question_id in ids:
                closed += await self._close(question_id)
            self._wake_mail()
        return closed + await self._end_assignments()

    async def _end_assignments(self) -> int:
        ended = 0
        while ids := await self._database.read(lambda session: assignments.stranded(session, BATCH)):
            for one in ids:
                ended += await self._release(one)
            self._wake_mail()
        return ended

    async def _release(self, assignment_id: str) -> bool:
        return await self._database.write(
            lambda session: assignments.release(session, assignment_id, self._clock())
        )

    async def _close(self, question_id: str) -> bool:
        return await self._database.write(
            lambda session: questions.close(session, question_id, self._clock())
        )
