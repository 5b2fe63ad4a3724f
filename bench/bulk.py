"""Inserts very many rows quickly: past SQLAlchemy, by the drivers' own ways (executemany, COPY)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Date, DateTime, TypeDecorator
from sqlalchemy.types import TypeEngine

from models.store.database import Database
from models.store.tables import Base

Convert = Callable[[Any], Any]


async def insert_quickly(database: Database, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """In one transaction. All rows name the same columns; the others get their default, or NULL."""
    if not rows:
        return
    columns = list(table.metadata.tables[table.__tablename__].columns)
    values = [
        _column(column, database.is_sqlite)(_named(column, rows, _default(column))) for column in columns
    ]
    records: Iterable[tuple[Any, ...]] = zip(*values, strict=True)
    names = [column.name for column in columns]
    with database.writing() as session:
        raw: Any = session.connection().connection.driver_connection
        if database.is_sqlite:
            marks = ", ".join("?" * len(names))
            listed = ", ".join(f'"{name}"' for name in names)
            statement = f"INSERT INTO {table.__tablename__} ({listed}) VALUES ({marks})"  # noqa: S608
            raw.executemany(statement, records)
        else:
            statement = f"COPY {table.__tablename__} ({', '.join(names)}) FROM STDIN"
            with raw.cursor().copy(statement) as copy:
                for record in records:
                    copy.write_row(record)


def _named(column: Column[Any], rows: list[dict[str, Any]], default: Any) -> list[Any]:
    key = column.key
    return [row[key] for row in rows] if key in rows[0] else [default] * len(rows)


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    value = default.arg if default is not None else None
    return value(None) if callable(value) else value


def _column(column: Column[Any], is_sqlite: bool) -> Callable[[list[Any]], list[Any]]:
    convert = _converter(column.type, is_sqlite)
    if convert is None:
        return lambda values: values
    return lambda values: [None if value is None else convert(value) for value in values]


def _converter(kind: TypeEngine[Any], is_sqlite: bool) -> Convert | None:
    inner = kind.impl if isinstance(kind, TypeDecorator) else kind
    if isinstance(inner, JSON):
        return json.dumps
    if is_sqlite and isinstance(inner, DateTime):
        return _stored
    if is_sqlite and isinstance(inner, Date):
        return date.isoformat
    return None


def _stored(moment: datetime) -> str:
    """As SQLAlchemy keeps it on SQLite."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:-6]
