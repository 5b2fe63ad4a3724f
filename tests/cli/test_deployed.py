"""The parts of a real deployment: PostgreSQL, a shared engine, `steadfast worker` and `steadfast api`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.cli.conftest import Run, refused
from tests.cli.running import Steadfast
from tests.infra.engine import virtual_engine_at

KEY = "k3y-that-is-long-enough-for-a-test-1"
Environ = dict[str, str | None]


@pytest.fixture
def cluster(engine_address: str) -> dict[str, str]:
    """Temporal's variables for a namespace of the test's own, without our search attributes."""

    async def make() -> dict[str, str]:
        async with virtual_engine_at(engine_address, {}) as engine:
            return engine.environ

    return asyncio.run(make())


@pytest.fixture
def deployed(database_url: str, cluster: dict[str, str]) -> dict[str, str]:
    """The variables of a deployment whose database is new."""
    return {
        "STEADFAST_DATABASE_URL": database_url,
        "STEADFAST_SECRET_KEYS": KEY,
        "STEADFAST_BASE_URL": "http://127.0.0.1:8000",
        **cluster,
    }


on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@on_postgresql
def test_works_together(run: Run, environ: Environ, deployed: dict[str, str]) -> None:
    together: Environ = {**environ, **deployed}
    assert refused(run("worker", **deployed)).startswith(
        "The database has no tables yet: run `steadfast migrate`"
    )
    assert run("migrate", **deployed).stdout == "The database has the current schema now.\n"
    assert run("migrate", **deployed).stdout == "The database has the current schema already.\n"
    assert "WRONG worker: None is at work" in run("doctor", **deployed).stdout
    with (
        Steadfast("worker", environ=together) as worker,
        Steadfast("api", "--port", "0", environ=together) as api,
    ):
        assert worker.lines == ["Steadfast's worker is ready"]
        assert api.status("/readyz") == 200
        told = run("doctor", **{**deployed, "STEADFAST_BASE_URL": api.url})
        assert told.exit_code == 0, told.output
        assert "OK    clock: Agrees with that of the database." in told.stdout
        for part in (api, worker):
            code, errors = part.end()
            assert code == 0
            assert "Traceback" not in errors


@on_postgresql
@pytest.mark.parametrize("part", ["worker", "api"])
@pytest.mark.parametrize(
    ("without", "says"),
    [
        ("STEADFAST_BASE_URL", "STEADFAST_BASE_URL is not set: "),
        ("STEADFAST_SECRET_KEYS", "STEADFAST_SECRET_KEYS is not set and there is no "),
        ("TEMPORAL_ADDRESS", "TEMPORAL_ADDRESS is not set: "),
        ("STEADFAST_DATABASE_URL", "There is no database steadfast.db in "),
    ],
)
def test_names_what_is_missing(
    part: str, without: str, says: str, run: Run, deployed: dict[str, str], data_dir: Path
) -> None:
    del deployed[without]
    del deployed["TEMPORAL_NAMESPACE"]  # which by itself would name an engine
    assert refused(run(part, **deployed)).startswith(says)
    assert not data_dir.exists()


@on_postgresql
@pytest.mark.parametrize("part", ["worker", "api"])
def test_wants_a_mail_server_where_others_read(part: str, run: Run, deployed: dict[str, str]) -> None:
    deployed["STEADFAST_BASE_URL"] = "https://mentoring.example.org"
    assert refused(run(part, **deployed)).startswith(
        "STEADFAST_SMTP_URL is not set, and https://mentoring.example.org, open to others, has no mailbox "
    )


@pytest.mark.parametrize("part", ["worker", "api"])
def test_names_an_engine_that_is_not_described_well(
    part: str, run: Run, deployed: dict[str, str], tmp_path: Path
) -> None:
    run("migrate", **deployed)
    del deployed["TEMPORAL_ADDRESS"], deployed["TEMPORAL_NAMESPACE"]
    deployed["TEMPORAL_CONFIG_FILE"] = str(tmp_path / "missing.toml")
    assert refused(run(part, **deployed)).startswith("TEMPORAL_CONFIG_FILE names ")


def test_up_uses_the_engine_that_is_named(
    run: Run, environ: Environ, cluster: dict[str, str], data_dir: Path
) -> None:
    with Steadfast("up", "--port", "0", environ={**environ, **cluster}) as running:
        assert running.status("/readyz") == 200
        assert sorted(file.name for file in data_dir.glob("engine*")) == []
        told = run("doctor", **cluster)
        assert (
            f"OK    engine: {cluster['TEMPORAL_ADDRESS']} answers, namespace {cluster['TEMPORAL_NAMESPACE']}."
            in (told.stdout)
        )
        assert running.end()[0] == 0
