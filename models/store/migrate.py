"""Brings a database to the current schema, and says whether it has it.

SchemaError
├── SchemaOutdated     the database is older than this program, or has no table yet
├── SchemaTooNew       it was migrated by a newer version of this program
└── SchemaBusy         somebody else is migrating it for too long

A migration is one transaction on both databases: it is there as a whole or not at all.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from models.store.database import Database, set_pragmas, sqlite_url
from models.store.postgresql import connect_args, psycopg_url

SCRIPTS = Path(__file__).parent / "migrations"
LOCK_ID = 0x57EADFA57
"""Any number that has no other use as an advisory lock in the same database."""
WAIT_SECONDS = 60
_LOCK_NOT_AVAILABLE = "55P03"

Change = Callable[[Config], object]


class SchemaError(Exception):
    """One sentence for the operator, with the remedy."""


class SchemaOutdated(SchemaError):
    def __init__(self, found: str | None) -> None:
        state = "is older than this version of Steadfast" if found else "has no tables yet"
        super().__init__(f"The database {state}: run `steadfast migrate`, then start again.")


class SchemaTooNew(SchemaError):
    def __init__(self, found: str) -> None:
        super().__init__(
            f"The database was migrated by a newer version of Steadfast (to the schema {found}): "
            "install that version, or a later one."
        )


class SchemaBusy(SchemaError):
    def __init__(self) -> None:
        super().__init__(
            f"Another process has been changing the database for more than {WAIT_SECONDS} s: "
            "wait until it has ended, then run `steadfast migrate` again."
        )


class Schema(StrEnum):
    CURRENT = "current"
    OUTDATED = "outdated"
    EMPTY = "empty"
    TOO_NEW = "too new"


async def upgrade(url: str, revision: str = "head", scripts: Path = SCRIPTS) -> None:
    """To `revision`; any number of processes may do this at once. Raises SchemaTooNew, SchemaBusy.

    Whatever the driver raises when the database cannot be reached is left as it is.
    """
    await _run(url, lambda config: command.upgrade(config, revision), scripts)


async def downgrade(url: str, revision: str) -> None:
    """Back to `revision`, `base` for nothing at all; the tables that go take their rows with them."""
    await _run(url, lambda config: command.downgrade(config, revision))


async def write_revision(message: str, scripts: Path = SCRIPTS) -> None:
    """For developers: writes the migration from the newest one to the tables of the code, to be checked.

    `python -m models.store.migrate "what it does"`
    """
    number = f"{len(list(_scripts(scripts).walk_revisions())) + 1:04}"
    with TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/newest.db"
        await upgrade(url, scripts=scripts)
        await _run(
            url, lambda config: command.revision(config, message, autogenerate=True, rev_id=number), scripts
        )


async def schema(database: Database) -> Schema:
    """How the schema of `database` relates to this program."""
    found = await _revision(database)
    if found is None:
        return Schema.EMPTY
    known = [script.revision for script in _scripts().walk_revisions()]
    if found not in known:
        return Schema.TOO_NEW
    return Schema.CURRENT if found == known[0] else Schema.OUTDATED


async def require_current(database: Database) -> None:
    """Raises SchemaOutdated or SchemaTooNew unless the schema is this program's."""
    state = await schema(database)
    if state is Schema.CURRENT:
        return
    found = await _revision(database)
    raise SchemaTooNew(found or "") if state is Schema.TOO_NEW else SchemaOutdated(found)


async def _revision(database: Database) -> str | None:
    return await database.read(lambda session: _current(session.connection()))


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _run(url: str, change: Change, scripts: Path = SCRIPTS) -> None:
    await asyncio.to_thread(_run_here, url, change, scripts)


def _run_here(url: str, change: Change, scripts: Path) -> None:
    try:
        with _engine(url).begin() as connection:
            _locked(connection, change, scripts)
    except DBAPIError as error:
        if _is_lock_timeout(error):
            raise SchemaBusy from error
        raise


def _locked(connection: Connection, change: Change, scripts: Path) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": LOCK_ID})
    found = _current(connection)
    if found is not None and found not in {script.revision for script in _scripts(scripts).walk_revisions()}:
        raise SchemaTooNew(found)
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    change(config)
    if connection.dialect.name == "sqlite":
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    """SQLite checks no foreign key while tables are rebuilt, so it is done at the end."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise RuntimeError(f"the migration left a row in {broken[0]} without its {broken[2]}")


def _is_lock_timeout(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE or "is locked" in str(error.orig)


def _scripts(scripts: Path = SCRIPTS) -> ScriptDirectory:
    return ScriptDirectory(str(scripts))


def _engine(url: str) -> Engine:
    """Not that of `Database`: a migration may take long, and SQLite rebuilds tables that others refer to."""
    if not url.startswith("sqlite"):
        return create_engine(
            psycopg_url(url), poolclass=NullPool, hide_parameters=True, connect_args=connect_args(url)
        )
    engine = create_engine(
        sqlite_url(url), poolclass=NullPool, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        set_pragmas(connection, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


if __name__ == "__main__":
    asyncio.run(write_revision(" ".join(sys.argv[1:])))
