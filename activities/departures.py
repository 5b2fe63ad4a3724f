"""A loop in every worker process that signals open processes when one of their people has left.

The changes are read from the memberships (`models.store.departures`), never noted, so a signal can be sent
again: a process that has it already changes nothing. Any number of these loops run side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from activities.mail_dispatcher import wall_clock
from models.process import names
from models.process.departures import Fate
from models.process.effects import Overtaken
from models.process.relationship.commands import PartyLeft
from models.store import departures
from models.store.database import Database
from models.store.departures import Ending, Left, Stranded, Version

LOOK_SECONDS = 1.0
REST_SECONDS = (2, 4, 8, 16, 30)
"""The pause after a failure, growing with each failure in a row."""
AGAIN_SECONDS = 3600.0
"""After which everybody is looked at again, whatever has changed."""
LANES = 20
"""Processes that get their signal at the same time."""

Tell = Callable[[str, str, Any], Awaitable[bool]]
"""`tell(workflow id, signal, what)`: False when the engine knows no such process, or not any more."""

_log = structlog.get_logger(__name__)


class Departures:
    """`clock` is the wall clock."""

    def __init__(
        self,
        database: Database,
        tell: Tell,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._database = database
        self._tell = tell
        self._clock = clock
        self._seen: dict[str, int] = {}
        self._looked_at_all = 0.0
        self._failures = 0
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Tells until `stop`; no failure of the database or of the engine ends it."""
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), await self._looked())

    async def _looked(self) -> float:
        """Looks once; how long to wait before the next look."""
        try:
            told = await self.tell_due()
        except Exception as error:  # noqa: BLE001
            # The drivers raise a dozen kinds while a database is away; the signals follow afterwards.
            _log.warning("departures_not_looked_at", error=type(error).__name__)
            told = False
        if told:
            self._failures = 0
            return LOOK_SECONDS
        pause = REST_SECONDS[min(self._failures, len(REST_SECONDS) - 1)]
        self._failures += 1
        return pause

    async def tell_due(self) -> bool:
        """Signals all changes since the last time; False where a signal could not be sent yet."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at_all > AGAIN_SECONDS:
            self._seen.clear()
            self._looked_at_all = now
        found = await self._database.read(departures.versions)
        return all([await self._told(one) for one in found if self._seen.get(one[0]) != one.version])

    async def _told(self, programme: Version) -> bool:
        try:
            return await self._programme(programme)
        except Exception as error:  # noqa: BLE001
            # One programme whose settings cannot be read, say, keeps none of the others back.
            _log.warning("departures_not_told", error=type(error).__name__)
            return False

    async def _programme(self, programme: Version) -> bool:
        left = await self._left(programme)
        free = asyncio.Semaphore(LANES)

        async def tell(what: Stranded | Ending) -> bool:
            async with free:
                return await (self._strand(what) if isinstance(what, Stranded) else self._end(what))

        every: list[Stranded | Ending] = [*left.stranded, *left.ending]
        told = all(await asyncio.gather(*(tell(what) for what in every)))
        if told:
            self._seen[programme.programme_id] = programme.version
        return told

    async def _left(self, programme: Version) -> Left:
        seen = self._seen.get(programme.programme_id)

        def work(session: Session) -> Left:
            people = None
            if seen is not None and seen >= programme.base:
                people = departures.changed_since(session, programme.programme_id, seen)
            return departures.left_by(session, programme.programme_id, people, self._clock())

        return await self._database.read(work)

    async def _strand(self, one: Stranded) -> bool:
        signal, what = _word(one)
        await self._tell(one.workflow_id, signal, what)
        return True

    async def _end(self, one: Ending) -> bool:
        """False while the relationship is still to begin: its place was taken a moment ago."""
        return await self._tell(
            names.relationship_workflow(one.relationship_id), names.PARTY_LEFT, PartyLeft(side=one.side)
        )


def _word(one: Stranded) -> tuple[str, Any]:
    """The signal, and what goes with it."""
    if one.cause is None:
        return names.GIVEN_BACK, one.process_id
    what = Overtaken(process_id=one.process_id, workflow_id=one.workflow_id, cause=one.cause)
    return (names.LEFT_TO_ADMINS if one.fate is Fate.ADMINS else names.OVERTAKEN), what
