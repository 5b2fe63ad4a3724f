"""Rate limits that hold over all API processes: counters in the database, by a keyed hash of who calls."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import datetime

from sqlalchemy.orm import Session

from api.web.context import Context
from api.web.errors import TooMany
from models.store import rates

BLOCK = 20
"""Frequent hits are fetched from the database in blocks: one write for twenty acts."""


async def sign_in(ctx: Context, client: str) -> None:
    """One try to sign in. Raises TooMany."""
    await _hit(ctx, "sign-in-client", client, ctx.limits.sign_in_per_client)


def is_over_for_address(ctx: Context, session: Session, address: str) -> bool:
    """Counts a try to sign in as `address`, in the caller's transaction; whether there were too many of late.

    It refuses nothing: anybody can type any address. Of several tries at once each waits for the one before,
    since the counter's row is locked until the transaction ends.
    """
    limit = ctx.limits.sign_in_per_address
    key = _key(ctx, "sign-in-address", address)
    total, _ = rates.count(session, key, ctx.clock(), ctx.limits.window)
    return bool(limit) and total > limit


async def link_post(ctx: Context, client: str) -> None:
    """One form sent from the page of a mail link or a sign-in link. Raises TooMany."""
    await _hit(ctx, "link", client, ctx.limits.link_posts_per_client)


async def write(ctx: Context, person_id: str) -> None:
    """One act of a person. Raises TooMany."""
    limit = ctx.limits.writes_per_person
    key = _key(ctx, "write", person_id)
    if limit and not ctx.allowances.take(key, ctx.clock()):
        block = min(BLOCK, max(1, limit // BLOCK))
        until = await ctx.database.write(lambda session: _count(ctx, session, key, limit, block))
        ctx.allowances.put(key, block - 1, until)


async def _hit(ctx: Context, name: str, who: str, limit: int) -> None:
    if limit:
        await ctx.database.write(lambda session: _count(ctx, session, _key(ctx, name, who), limit, 1))


def _count(ctx: Context, session: Session, key: str, limit: int, hits: int) -> datetime:
    """When the window ends. Raises TooMany, which rolls back all that was counted in the transaction."""
    now = ctx.clock()
    total, until = rates.count(session, key, now, ctx.limits.window, hits)
    if total > limit:
        raise TooMany(math.ceil((until - now).total_seconds()))
    return until


def _key(ctx: Context, name: str, who: str) -> str:
    # Keyed: a plain hash of an address or of a number on the network is undone by trying them all.
    return f"{name}/{hmac.new(ctx.secrets('rates')[0], who.encode(), hashlib.sha256).hexdigest()}"
