"""Fixtures that bring the real parts: databases, and the engine in virtual time.

Every test gets a database and a namespace of its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from models.process.names import SEARCH_ATTRIBUTES
from models.store.migrate import upgrade
from tests.infra.engine import VirtualEngine, running_server, virtual_engine_at
from tests.infra.postgres import Postgres, running_postgres

# A busy machine is slow, and that is no mistake of what is tested.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")

INTERRUPT = "_InterruptDeadlockError"
"""What the SDK throws into a workflow's step that got no processor for two seconds, and has done again."""


NOW = "TEST_NOW"
"""A moment such as `2028-02-29T12:00+00:00` in this variable is the present that the tests begin in."""


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    if moment := os.environ.get(NOW):
        time_machine.travel(datetime.fromisoformat(moment), tick=True).start()


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Where it meets a destructor or the collector, Python can only report it: it is no finding."""
    report = sys.unraisablehook

    def hook(found: sys.UnraisableHookArgs) -> None:
        if found.exc_type.__name__ != INTERRUPT:
            report(found)

    sys.unraisablehook = hook


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for clocks, the engine or the browser."""
    return (os.cpu_count() or 1) + 1


LONGEST = (
    "faults/test_short_form",
    "browser/test_tours",
    "fuzz/test_schemathesis",
    "workflows/test_pressure",
    "cli/test_deployed",
    "browser/",
    "cli/",
    "workflows/test_crash",
    "workflows/test_erasure",
    "workflows/test_faults",
    "repair/",
    "e2e/",
    "workflows/",
)
"""Whose tests last longest: they begin first, so that in the end no processor waits for one of them alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(root).as_posix()
        return next((n for n, start in enumerate(LONGEST) if name.startswith(start)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for every process of the test run."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: both, unless it says

    `@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)`.
    """
    return str(request.param)


@pytest.fixture
def database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database without any table."""
    if backend == "sqlite":
        yield _sqlite_url(tmp_path / "steadfast.db")
    else:
        yield from _database_on(request.getfixturevalue("postgres"), "template1")


@pytest.fixture
def migrated_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database with the current schema, copied from one that was migrated once for the whole run."""
    if backend == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "steadfast.db")
        yield _sqlite_url(tmp_path / "steadfast.db")
    else:
        yield from _database_on(
            request.getfixturevalue("postgres"), request.getfixturevalue("migrated_template")
        )


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "steadfast.db"
    asyncio.run(upgrade(_sqlite_url(file)))
    assert not file.with_name(f"{file.name}-wal").exists(), "a copy would lack what only the log holds"
    return file


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> str:
    name = postgres.create()
    asyncio.run(upgrade(postgres.url(name)))
    return name


@pytest.fixture(scope="session")
def engine_address() -> Iterator[str]:
    """A server for every process of the test run; it keeps everything in memory."""
    with running_server() as address:
        yield address


@pytest.fixture
async def virtual_engine(engine_address: str) -> AsyncIterator[VirtualEngine]:
    """A namespace of the test's own on the real engine, with the search attributes, in virtual time."""
    async with virtual_engine_at(engine_address, SEARCH_ATTRIBUTES) as engine:
        yield engine


def _sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def _database_on(server: Postgres, template: str) -> Iterator[str]:
    name = server.create(template)
    yield server.url(name)
    server.drop(name)
