"""Handing in a bounce: what `steadfast bounce` does."""

from __future__ import annotations

from sqlalchemy.orm import Session

from installation.operations import OperationError, now, opened
from models.bounces import read
from models.store import bounces
from settings import Settings


class NotYet(OperationError):
    pass


async def hand_in(settings: Settings, raw: bytes) -> str:
    """What became of it. Raises OperationError where it has to be handed in again."""
    async with opened(settings) as database:

        def work(session: Session) -> str:
            try:
                return bounces.record(session, read(raw), now()).sentence
            except bounces.StillBeingSent as error:
                raise NotYet(error.sentence) from error

        return await database.write(work)
