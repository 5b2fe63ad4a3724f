"""What the loops beside every worker have in common: they look, again and again, until they are stopped."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress

import structlog

LOOK_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class Looking(ABC):
    """Any number of them run side by side: whatever one does can be done twice."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()

    @abstractmethod
    async def look(self) -> None: ...

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Looks until `stop`; no failure of the database or of the engine ends it."""
        while not self._stopping.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001
                # The drivers raise a dozen kinds while a database is away; what was to be seen is seen later.
                _log.warning("not_looked_at", by=type(self).__name__, error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)
