"""What waits for a programme: people for a place, invitations for its opening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from activities.looking import Looking
from activities.mail_dispatcher import wall_clock
from models.store import readiness, registrations
from models.store.database import Database


class Waves(Looking):
    """Sends the invitations that were held until a programme is ready, as soon as it is."""

    def __init__(
        self, database: Database, wake_mail: Callable[[], None], clock: Callable[[], datetime] = wall_clock
    ) -> None:
        super().__init__()
        self._database = database
        self._wake_mail = wake_mail
        self._clock = clock

    async def look(self) -> None:
        now = self._clock()
        for programme_id in await self._database.read(lambda session: readiness.waves(session, now)):
            await self._database.write(partial(readiness.release_ready, programme_id=programme_id, now=now))
            self._wake_mail()


class MovingUp(Looking):
    """Whatever frees a place - somebody leaves, the limit is raised - need not know of those who wait."""

    def __init__(
        self, database: Database, wake_mail: Callable[[], None], clock: Callable[[], datetime] = wall_clock
    ) -> None:
        super().__init__()
        self._database = database
        self._wake_mail = wake_mail
        self._clock = clock

    async def look(self) -> None:
        if not await self._database.read(registrations.anybody_moves_up):
            return
        now = self._clock()
        if await self._database.write(lambda session: registrations.move_up(session, now)):
            self._wake_mail()
