"""Deletes old keys, counters, sessions and links. Any process may do it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from api.web.context import Context
from models.store import access, faults, idempotency, links, mails, rates
from models.store.pruning import PORTION

EVERY_SECONDS = 3600.0
Prune = Callable[[Session, datetime], int]

PRUNES: tuple[Prune, ...] = (
    idempotency.prune,
    rates.prune,
    access.prune_sessions,
    access.prune_sign_ins,
    links.prune,
    mails.prune_mailbox,
)

log = structlog.get_logger("steadfast.housekeeping")


@asynccontextmanager
async def housekeeping(ctx: Context) -> AsyncIterator[None]:
    """Tidies up every hour while the block runs."""
    task = asyncio.create_task(_for_ever(ctx))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await ctx.pools.close()


async def _for_ever(ctx: Context) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await tidy(ctx)
        except faults.ANY as error:
            log.warning("could not tidy up", error=type(error).__name__)


async def tidy(ctx: Context) -> None:
    """One round; a transaction for each portion, so that locks are short."""
    now = ctx.clock()
    for prune in PRUNES:
        found = PORTION
        while found == PORTION:
            found = await _pruned(ctx, prune, now)


async def _pruned(ctx: Context, prune: Prune, now: datetime) -> int:
    return await ctx.database.write(lambda session: prune(session, now))
