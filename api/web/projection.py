"""Waiting until what the engine has taken can be read.

The engine answers an act before the database has it. An act is answered a moment later, so that every list
shows it; and what an answer names by its id is waited for when it is asked for too early.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import chain, repeat

from sqlalchemy.orm import Session

from api.web.context import Context
from api.web.errors import NotFound, Unavailable
from models.process.terms import Sentence
from models.store import faults, places
from models.store import relationships as relationship_store

Versions = Callable[[Session, str], int]

PAUSES = (0.01, 0.02, 0.04)
"""Seconds before each look at the projection; the last is repeated."""
PAUSES_BESIDE_WORKER = (0.1,)
"""The same where a worker in this process reports what it has saved, as nearly all of it."""
BEGINS_WITHIN = timedelta(seconds=5)
"""How long a relationship is waited for whose acceptance was answered; it takes a tenth of a second."""
BEGINS = Sentence(
    "This {t.mentoring} begins at this very moment and cannot be shown yet; please try again shortly."
)


async def caught_up(
    ctx: Context, versions: Versions, process_id: str, version: int, patience: timedelta | None = None
) -> bool:
    """Waits for the projection; by default as long as an act may wait for lists.

    A worker in the same process tells when it has saved; between two looks at what others have saved.
    """
    pauses = PAUSES_BESIDE_WORKER if ctx.saves.has_worker else PAUSES
    waited, longest = 0.0, (patience or ctx.read_your_writes).total_seconds()
    # What was asked for is recorded by the engine already: a database that is down only delays the lists.
    try:
        for pause in chain(pauses, repeat(pauses[-1])):
            if await ctx.saves.wait_for(process_id, version, pause):
                return True
            if await version_now(ctx, versions, process_id) >= version:
                return True
            waited += pause
            if waited >= longest:
                return False
    except faults.ANY:
        pass
    return False


async def version_now(ctx: Context, versions: Versions, process_id: str) -> int:
    return await ctx.database.read(lambda session: versions(session, process_id))


async def beginning(ctx: Context, relationship_id: str, person_id: str) -> None:
    """Waits for a relationship that is not there yet although its places are taken.

    Raises NotFound for one that the person cannot know of, Unavailable where it takes too long.
    """
    known = await ctx.database.read(lambda session: places.is_taken_for(session, relationship_id, person_id))
    if not known:
        raise NotFound
    if not await caught_up(ctx, relationship_store.version_of, relationship_id, 1, BEGINS_WITHIN):
        raise Unavailable(BEGINS)
