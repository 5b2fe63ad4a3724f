"""Inserts that pass over rows written in the meantime; the same on both databases.

Statements are built once and cached: to build one takes longer than to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from models.store.tables import Base

Guard = Callable[[Any, Any], ColumnElement[bool]]
"""From the columns of the row that is there, and of the row that would replace it."""


def insert(session: Session, table: type[Base]) -> PostgresqlInsert:
    """An INSERT that can say what to do on a conflict. Both dialects' statements have the same methods."""
    return _insert(_dialect(session), cast("Table", table.__table__))


def insert_new(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Inserts `rows` (alike in their keys) except those that collide with a unique constraint."""
    if rows:
        session.connection().execute(_passing_over(_dialect(session), table), rows)


def inserted(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> set[str]:
    """Like `insert_new`; the ids of those that were inserted."""
    if not rows:
        return set()
    return set(session.connection().execute(_telling(_dialect(session), table), rows).scalars())


def replace_older(
    session: Session,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    guard: Guard,
    changing: tuple[str, ...] = (),
) -> None:
    """Inserts `rows` (alike in their keys), or changes what is there where `guard` allows it.

    `changing`: the columns that are then changed; none means all that are given. `guard` is a function of a
    module, since the statement is kept by it.
    """
    if rows:
        names = changing or tuple(rows[0])
        statement = _replacing(_dialect(session), table, names, guard)
        session.connection().execute(statement, rows)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _insert(dialect: str, table: Table) -> PostgresqlInsert:
    if dialect == "sqlite":
        return cast("PostgresqlInsert", sqlite_insert(table))
    return postgresql_insert(table)


@cache
def _passing_over(dialect: str, table: type[Base]) -> PostgresqlInsert:
    return _insert(dialect, cast("Table", table.__table__)).on_conflict_do_nothing()


@cache
def _telling(dialect: str, table: type[Base]) -> Any:
    return _passing_over(dialect, table).returning(cast("Table", table.__table__).c.id)


@cache
def _replacing(dialect: str, table: type[Base], names: tuple[str, ...], guard: Guard) -> PostgresqlInsert:
    here = cast("Table", table.__table__)
    statement = _insert(dialect, here)
    keys = [column.name for column in here.primary_key]
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in names if name not in keys},
        where=guard(here.c, statement.excluded),
    )
