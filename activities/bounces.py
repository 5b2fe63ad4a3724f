"""A loop in every worker process that tells processes of mails that came back after they were sent.

Any number of them run side by side: a lease keeps two from telling the same one. A worker that is killed
after telling and before recording it leaves the telling to the next, so a timeline may then note it twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from activities.looking import Looking
from activities.mail_dispatcher import OnBounce, wall_clock
from models.store import bounces
from models.store.database import Database
from models.store.delivery import MailRow

BATCH = 10
TELL_SECONDS = 10
LEASE = timedelta(minutes=1)
"""And the pause before a process that could not be reached gets its signal again."""

_log = structlog.get_logger(__name__)


class LateBounces(Looking):
    """`on_bounce(process_id, kind)` tells a process, and raises what can pass; `clock` is the wall clock."""

    def __init__(
        self, database: Database, on_bounce: OnBounce, clock: Callable[[], datetime] = wall_clock
    ) -> None:
        super().__init__()
        self._database = database
        self._on_bounce = on_bounce
        self._clock = clock

    async def look(self) -> None:
        await self.tell_due()

    async def tell_due(self) -> None:
        while rows := await self._take():
            told = await asyncio.gather(*(self._tell(row) for row in rows))
            await self._note([row.id for row, is_told in zip(rows, told, strict=True) if is_told])

    async def _take(self) -> Sequence[MailRow]:
        now = self._clock()
        waiting = await self._database.read(lambda session: bounces.anything_to_tell(session, now))
        if not waiting:
            return ()
        return await self._database.write(
            lambda session: bounces.take_untold(session, now, now + LEASE, BATCH)
        )

    async def _tell(self, row: MailRow) -> bool:
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await self._on_bounce(row.process_id or "", row.kind)
        except Exception as error:  # noqa: BLE001
            _log.warning("bounce_not_told", mail=row.id, kind=row.kind, error=type(error).__name__)
            return False
        return True

    async def _note(self, ids: Sequence[str]) -> None:
        if ids:
            await self._database.write(lambda session: bounces.told(session, ids))
