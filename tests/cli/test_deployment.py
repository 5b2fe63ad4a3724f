"""Worker versions on the command line: what runs side by side, and which is current."""

from __future__ import annotations

import asyncio

import pytest

from models.process.names import SEARCH_ATTRIBUTES
from tests.cli.conftest import Run, refused
from tests.cli.running import Steadfast
from tests.infra.engine import virtual_engine_at

READY = (
    "Steadfast's worker is ready as version one of mentoring; "
    "`steadfast deployment promote` makes that the current one"
)
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def deployed(migrated_url: str, engine_address: str) -> dict[str, str]:
    async def make() -> dict[str, str]:
        async with virtual_engine_at(engine_address, SEARCH_ATTRIBUTES) as engine:
            return engine.environ

    return {
        "STEADFAST_DATABASE_URL": migrated_url,
        "STEADFAST_BASE_URL": "http://127.0.0.1:8000",
        "STEADFAST_DEPLOYMENT": "mentoring",
        **asyncio.run(make()),
    }


def test_there_are_no_versions_unless_they_are_wanted(run: Run) -> None:
    for command in ("show", "promote"):
        assert refused(run("deployment", command)).startswith("STEADFAST_DEPLOYMENT is not set")


@on_sqlite
def test_a_version_is_promoted_and_another_follows(
    run: Run, environ: dict[str, str | None], deployed: dict[str, str]
) -> None:
    assert refused(run("deployment", "promote", **deployed)).startswith("No worker of the version")
    first, second = {**deployed, "STEADFAST_BUILD_ID": "one"}, {**deployed, "STEADFAST_BUILD_ID": "two"}
    with Steadfast("worker", environ={**environ, **first}) as worker:
        assert worker.lines == [READY]
        promoted = run("deployment", "promote", **first)
        assert (promoted.exit_code, promoted.stdout) == (0, "Promoted; 0 relationships were told to move.\n")
        with Steadfast("worker", environ={**environ, **second}):
            assert run("deployment", "promote", **second).exit_code == 0
            shown = run("deployment", "show", **second).stdout.split()
            assert shown[:3] == ["two", "current", "one"]
            assert run("deployment", "promote", "--build-id", "one", **second).exit_code == 0
            assert run("deployment", "show", **second).stdout.split()[:2] == ["one", "current"]
