"""An erasure that nothing carries out any more: `doctor` names it, and `erase` takes it up again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import Result

from models.process.erasure import GRACE, ErasureState, placeholder_address
from models.process.names import erasure_workflow
from models.store import erasing
from models.store.privacy import ErasureRow
from models.store.tables import PersonRow
from tests.cli.conftest import Run
from tests.infra.engine import VirtualEngine
from tests.workflows.office import Office, office
from tests.workflows.test_erasure import erased


async def falls_due(made: Office, person_id: str) -> None:
    with made.database.writing() as session:
        row = session.get_one(ErasureRow, person_id)
        row.begins_at = datetime.now(UTC) - timedelta(minutes=1)


@pytest.mark.parametrize("half_way", [False, True])
async def test_it_is_named_and_taken_up_again(
    run: Run, virtual_engine: VirtualEngine, migrated_url: str, half_way: bool
) -> None:
    variables = {**virtual_engine.environ, "STEADFAST_DATABASE_URL": migrated_url}

    async def told(*words: str) -> Result:
        return await asyncio.to_thread(run, *words, **variables)

    async with office(virtual_engine, migrated_url) as made:
        leaving = made.people.mentors[0]
        await made.gateway.begin_erasure(leaving, GRACE)
        await falls_due(made, leaving)
        assert leaving not in (await told("doctor")).stdout
        await made.handle(erasure_workflow(leaving)).terminate()
        if half_way:
            with made.database.writing() as session:
                erasing.erase(session, leaving, datetime.now(UTC))
        found = await told("doctor")
        assert found.exit_code == 1
        assert f"WRONG erasure: That of {leaving} was to begin at " in found.stdout
        assert f"run `steadfast erase {leaving} --now`" in found.stdout
        done = await told("erase", leaving, "--now", "--yes")
        assert done.exit_code == 0, done.output
        await erased(made, leaving)
        assert leaving not in (await told("doctor")).stdout
        with made.database.reading() as session:
            assert session.get_one(PersonRow, leaving).email == placeholder_address(leaving)


async def test_only_what_is_due_and_not_done_is_looked_at(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    now = datetime.now(UTC)
    async with office(virtual_engine, migrated_url, mentees=len(ErasureState), works=False) as made:
        people = dict(zip(ErasureState, made.people.mentees, strict=True))
        with made.database.writing() as session:
            session.add_all(
                ErasureRow(
                    person_id=person_id, state=state.value, asked_at=now, begins_at=now, asked_by="person"
                )
                for state, person_id in people.items()
            )
        undone = {people[ErasureState.WAITING], people[ErasureState.ERASING]}
        with made.database.reading() as session:
            assert erasing.overdue(session, now, 10) == []
            found = erasing.overdue(session, now + timedelta(seconds=1), 10)
            assert {row.person_id for row in found} == undone
            assert len(erasing.overdue(session, now + timedelta(seconds=1), 1)) == 1
