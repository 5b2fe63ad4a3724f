"""News of what was saved, for waiters in the same process, which need not ask the database then."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

REMEMBERED = 1000
"""Processes whose last save is known: a save may come before the answer that it is waited for with."""


class Saves:
    """Belongs to one process; what another one saves is not reported here.

    `has_worker`: whether a worker in this process reports its saves, so that few are left to look for.
    """

    def __init__(self, *, has_worker: bool = False) -> None:
        self.has_worker = has_worker
        self._saved: OrderedDict[str, int] = OrderedDict()
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def saved(self, process_id: str, version: int) -> None:
        """Call it after the commit. Saves of one process may overtake each other."""
        self._saved[process_id] = max(version, self._saved.pop(process_id, version))
        if len(self._saved) > REMEMBERED:
            self._saved.popitem(last=False)
        for event in self._waiting.get(process_id, ()):
            event.set()

    async def wait_for(self, process_id: str, version: int, seconds: float) -> bool:
        """Whether `version` was saved here, waiting for it at the most so long."""
        event = asyncio.Event()
        self._waiting.setdefault(process_id, set()).add(event)
        try:
            async with asyncio.timeout(seconds):
                while self._saved.get(process_id, -1) < version:
                    await event.wait()
                    event.clear()
        except TimeoutError:
            return False
        finally:
            self._waiting[process_id].discard(event)
            if not self._waiting[process_id]:
                del self._waiting[process_id]
        return True
