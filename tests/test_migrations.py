"""The migrations on both databases: they lead to exactly the tables of the code, and back again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, inspect, text
from sqlalchemy.engine import Connection

from models.store import migrate
from models.store.database import Database
from models.store.migrate import (
    Schema,
    SchemaOutdated,
    SchemaTooNew,
    downgrade,
    require_current,
    schema,
    upgrade,
    write_revision,
)
from models.store.schema import metadata


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def test_leads_to_the_tables_of_the_code(database: Database) -> None:
    await upgrade(database.url)
    assert await _ask(database, _differences) == []


async def test_names_every_constraint_as_the_code_does(database: Database) -> None:
    await upgrade(database.url)
    assert await _ask(database, _constraint_names) == _expected_names()


async def test_goes_back_to_nothing_and_up_again(database: Database) -> None:
    await upgrade(database.url)
    await downgrade(database.url, "base")
    assert await _ask(database, _tables) == {"alembic_version"}
    await upgrade(database.url)
    assert await _ask(database, _differences) == []


async def test_every_single_step_can_be_taken_back(database: Database) -> None:
    revisions = ["base", *_revisions()]
    tables = {}
    for revision in revisions:
        if revision != "base":
            await upgrade(database.url, revision)
        tables[revision] = await _ask(database, _tables) - {"alembic_version"}
    for revision in reversed(revisions):
        await downgrade(database.url, revision)
        assert await _ask(database, _tables) - {"alembic_version"} == tables[revision]


async def test_is_harmless_twice_and_side_by_side(database: Database) -> None:
    await asyncio.gather(*(upgrade(database.url) for _ in range(4)))
    await upgrade(database.url)
    assert await schema(database) is Schema.CURRENT


async def test_leaves_nothing_behind_when_it_fails(database: Database) -> None:
    """The third table is in the way, so the first two must not stay either."""
    await upgrade(database.url, "0001")
    with database.writing() as session:
        session.execute(text("CREATE TABLE mails (id INTEGER)"))
    with pytest.raises(Exception, match="mails"):
        await upgrade(database.url)
    assert "requests" not in await _ask(database, _tables)
    assert await schema(database) is Schema.OUTDATED


async def test_says_that_an_empty_database_wants_migrating(database: Database) -> None:
    assert await schema(database) is Schema.EMPTY
    with pytest.raises(SchemaOutdated, match="no tables yet: run `steadfast migrate`"):
        await require_current(database)


async def test_says_that_an_old_schema_wants_migrating(database: Database) -> None:
    await upgrade(database.url, "0001")
    assert await schema(database) is Schema.OUTDATED
    with pytest.raises(SchemaOutdated, match="older than this version of Steadfast: run `steadfast migrate`"):
        await require_current(database)


async def test_touches_no_schema_of_a_newer_version(database: Database) -> None:
    await upgrade(database.url)
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert await schema(database) is Schema.TOO_NEW
    with pytest.raises(SchemaTooNew, match="9999"):
        await require_current(database)
    with pytest.raises(SchemaTooNew, match="9999"):
        await upgrade(database.url)


async def test_a_current_schema_passes(database: Database) -> None:
    await upgrade(database.url)
    await require_current(database)


async def test_a_new_revision_is_written_from_the_tables_of_the_code(
    database: Database, tmp_path: Path
) -> None:
    """Here they seem to have got everything that the last revision made."""
    scripts, newest = tmp_path / "migrations", _revisions()[-1]
    shutil.copytree(migrate.SCRIPTS, scripts)
    for file in scripts.glob(f"versions/{newest}*.py"):
        file.unlink()
    await write_revision("mails and links", scripts)
    assert (
        (scripts / "versions" / f"{newest}_mails_and_links.py")
        .read_text()
        .startswith('"""mails and links"""')
    )
    await upgrade(database.url, scripts=scripts)
    assert await _ask(database, _differences) == []


def test_has_one_line_of_revisions() -> None:
    assert len(ScriptDirectory(str(migrate.SCRIPTS)).get_heads()) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_leaves_one_file_that_can_be_copied(database_url: str, tmp_path: Path) -> None:
    asyncio.run(upgrade(database_url))
    assert [file.name for file in tmp_path.iterdir()] == ["steadfast.db"]


def _revisions() -> list[str]:
    """Oldest first."""
    return [script.revision for script in ScriptDirectory(str(migrate.SCRIPTS)).walk_revisions()][::-1]


async def _ask(database: Database, question: Any) -> Any:
    with database.reading() as session:
        return question(session.connection())


def _differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _constraint_names(connection: Connection) -> set[str]:
    """Autogenerate compares neither the names of primary keys nor check constraints."""
    found: set[str] = set()
    looking = inspect(connection)
    for table in metadata.tables:
        found.add(str(looking.get_pk_constraint(table)["name"]))
        found.update(str(check["name"]) for check in looking.get_check_constraints(table))
    return found


def _expected_names() -> set[str]:
    return {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | CheckConstraint)
    }
