"""`steadfast doctor --repair`, as an operator runs it beside a running installation."""

from __future__ import annotations

import asyncio

from sqlalchemy import update
from typer.testing import Result

from models.store.processes import RequestRow
from tests.cli.conftest import Run, refused
from tests.infra.engine import VirtualEngine
from tests.workflows.office import office, working


def test_the_rehearsal_is_one_of_the_repair(run: Run) -> None:
    assert run("doctor", "--dry-run").exit_code == 2


def test_it_says_what_it_needs(run: Run, spring: Run) -> None:
    assert spring is run
    assert refused(run("doctor", "--repair")) == (
        "The embedded engine is not running, and the repair needs it: run `steadfast up` meanwhile."
    )


async def test_it_finds_rehearses_and_mends(
    run: Run, virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    variables = {**virtual_engine.environ, "STEADFAST_DATABASE_URL": migrated_url}

    async def doctor(*words: str) -> Result:
        return await asyncio.to_thread(run, "doctor", *words, **variables)

    async with office(virtual_engine, migrated_url, works=False) as made:
        assert refused(await doctor("--repair")).startswith("No worker is at work")
        async with working(made):
            asked = await made.ask()
            await made.saved(asked)
            assert "OK    processes: The engine and the database agree on 1.\n" in (await doctor()).stdout
            with made.database.writing() as session:
                session.execute(update(RequestRow).values(state="rejected", message="canary"))
            told = await doctor()
            assert told.exit_code == 1
            assert (
                "WRONG processes: The engine and the database disagree on 1: run `steadfast doctor --repair`"
                in told.stdout
            )
            rehearsed = await doctor("--repair", "--dry-run")
            assert (rehearsed.exit_code, rehearsed.stdout.splitlines()) == (
                1,
                [
                    f"FOUND   request {asked.id}: the database is older than its process.",
                    "0 mended, 1 left; looked at 1 run of processes.",
                ],
            )
            mended = await doctor("--repair")
            assert (mended.exit_code, mended.stdout.splitlines()) == (
                0,
                [
                    f"MENDED  request {asked.id}: the database was older than its process: saved again.",
                    "1 mended, 0 left; looked at 1 run of processes.",
                ],
            )
            assert (await made.request(asked)).message == asked.message
            again = await doctor("--repair")
            assert (again.exit_code, again.stdout) == (
                0,
                "The engine and the database agree; looked at 1 run of processes.\n",
            )
    assert "canary" not in told.output + rehearsed.output + mended.output
