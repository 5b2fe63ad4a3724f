"""How the commands are tried: most through typer's runner, each test on a data directory of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app

Run = Callable[..., Result]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def environ(data_dir: Path) -> dict[str, str | None]:
    """For one command: nothing of what this machine happens to be set to."""
    foreign = [name for name in os.environ if name.startswith(("STEADFAST_", "TEMPORAL_"))]
    return {
        **dict.fromkeys(foreign),
        "STEADFAST_DATA_DIR": str(data_dir),
        "HOME": str(data_dir.parent),
        "COLUMNS": "100",
    }


@pytest.fixture
def run(environ: dict[str, str | None]) -> Iterator[Run]:
    """Runs `steadfast` with these words; keywords are further variables."""
    mask = os.umask(0o077)

    def invoke(*words: str, **variables: str) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], env={**environ, **variables})

    yield invoke
    os.umask(mask)


@pytest.fixture
def spring(run: Run) -> Run:
    """`run`, in an installation that has the programme `spring` and its admin ada@example.org."""
    done = run("programme", "create", "spring", "--name", "Spring 2027", "--admin", "ada@example.org")
    assert done.exit_code == 0, done.stderr
    return run


def refused(result: Result) -> str:
    """The one line that a failed command leaves on stderr, and nothing else."""
    assert result.exit_code == 1, (result.exit_code, result.output)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("steadfast: ")
    assert "should not have happened" not in lines[0]
    return lines[0].removeprefix("steadfast: ")
