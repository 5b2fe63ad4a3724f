"""Forgets what nobody needs any more: old keys, counters, sessions, links. Any process may do it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from api.context import Context
from models.store import access, faults, idempotency, rates

EVERY_SECONDS = 3600.0

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
    """One round; a transaction for each, so that nobody waits long for a lock."""
    now = ctx.clock()
    for prune in (idempotency.prune, rates.prune, access.prune):
        async with ctx.database.write() as session:
            await prune(session, now)
