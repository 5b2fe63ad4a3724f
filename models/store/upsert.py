"""Inserts that pass over rows which somebody else has written in the meantime; the same on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.store.tables import Base


def insert(session: AsyncSession, table: type[Base]) -> PostgresqlInsert:
    """An INSERT that can say what to do on a conflict. Both dialects' statements have the same methods."""
    if session.get_bind().dialect.name == "sqlite":
        return cast("PostgresqlInsert", sqlite_insert(table))
    return postgresql_insert(table)


async def insert_new(session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Inserts `rows` (alike in their keys) except those that collide with a unique constraint."""
    if not rows:
        return
    await session.execute(insert(session, table).on_conflict_do_nothing(), rows)
