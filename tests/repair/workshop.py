"""A reconciler on an office, copies of its database, and everything that a database says of processes."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from installation.cases import Case
from installation.processes import Processes
from installation.reconciling import Reconciler, RepairOptions
from installation.repairer import Repairer
from models.store.database import Database
from models.store.delivery import MailRow
from models.store.processes import GoalRow, PlaceRow, RelationshipRow, RequestRow, SurveyRow, TimelineRow
from tests.infra.engine import VirtualEngine
from tests.infra.postgres import Postgres
from tests.workflows.office import Asking, Office

QUICK = (0.2, 0.3, 0.5)
"""The pauses of a reconciler whose processes are all at rest."""
TABLES = (RequestRow, RelationshipRow, GoalRow, SurveyRow, TimelineRow)

Copy = Callable[[Office], Awaitable[str]]


@pytest.fixture
def copied(backend: str, migrated_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Copy:
    """Makes a backup of an office's database while nobody writes, and gives its URL."""

    async def copy(made: Office) -> str:
        for side in (made.database.reads, made.database.writes):
            side.engine.dispose()
        if backend == "sqlite":
            shutil.copyfile(tmp_path / "steadfast.db", tmp_path / "backup.db")
            return migrated_url.replace("steadfast.db", "backup.db")
        server: Postgres = request.getfixturevalue("postgres")
        name = server.create(migrated_url.partition("?")[0].rpartition("/")[2])
        request.addfinalizer(lambda: server.drop(name))
        return server.url(name)

    return copy


@asynccontextmanager
async def restored(made: Office, url: str) -> AsyncIterator[Office]:
    """The same office on another database."""
    database = Database(url)
    try:
        yield dataclasses.replace(
            made,
            people=dataclasses.replace(made.people, database=database),
            gateway=Asking(made.engine.client, database),
        )
    finally:
        await database.close()


def with_engine(made: Office, engine: VirtualEngine) -> Office:
    """The same office on another engine, one that knows nothing of it."""
    return dataclasses.replace(made, engine=engine, gateway=Asking(engine.client, made.database))


@dataclasses.dataclass
class Result:
    cases: list[Case]
    looked_at: int

    @property
    def mended(self) -> set[tuple[str, str]]:
        return {(case.kind, case.id) for case in self.cases if case.is_mended}

    @property
    def left(self) -> list[Case]:
        return [case for case in self.cases if not case.is_mended]


async def reconcile(
    made: Office, *, mends: bool = True, closely: bool = True, pauses: tuple[float, ...] = QUICK
) -> Result:
    processes = Processes(made.engine.client)
    repairer = Repairer(made.engine.client, made.database, processes, lambda: datetime.now(UTC))
    options = RepairOptions(mends=mends, closely=closely, pauses=pauses)
    reconciler = Reconciler(made.database, processes, repairer, options, lambda *_: None)
    cases = [case async for case in reconciler.run()]
    return Result(cases, reconciler.sum.looked_at)


async def all_that_is_shown(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of the projections; of the places who holds them."""
    found = {}
    with database.reading() as session:
        for table in TABLES:
            rows = session.scalars(select(table)).all()
            values = [{c.name: getattr(row, c.name) for c in table.__table__.columns} for row in rows]
            found[table.__tablename__] = sorted(values, key=str)
        places = session.scalars(select(PlaceRow)).all()
    found["places"] = sorted(
        ({"of": row.relationship_id, "held": row.released_at is None} for row in places), key=str
    )
    return found


async def outbox(database: Database) -> dict[str, str]:
    """Key -> state of every mail."""
    with database.reading() as session:
        rows = session.execute(select(MailRow.key, MailRow.state))
        return {row.key: row.state for row in rows}
