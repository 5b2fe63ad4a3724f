"""What is typed wrongly, and the help that every command has."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Run

COMMANDS = (
    ("up",),
    ("api",),
    ("worker",),
    ("migrate",),
    ("programme", "create"),
    ("programme", "set"),
    ("programme", "show"),
    ("admin", "add"),
    ("import", "people"),
    ("token",),
    ("sign-out",),
    ("doctor",),
    ("erase",),
    ("bounce",),
    ("deployment", "show"),
    ("deployment", "promote"),
)
HEAVY = ("alembic", "fastapi", "numpy", "pydantic", "sqlalchemy", "structlog", "temporalio", "uvicorn")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_and_a_data_directory(
    command: tuple[str, ...], run: Run
) -> None:
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert f"steadfast {' '.join(command)}" in shown.stdout.split("Example")[1]
    assert "--data-dir" in shown.stdout


@pytest.mark.parametrize("group", [(), ("programme",), ("admin",), ("import",)], ids=str)
def test_a_group_alone_shows_what_it_has(group: tuple[str, ...], run: Run) -> None:
    shown = run(*group)
    assert "Commands:" in shown.output
    assert run(*group, "--help").exit_code == 0


def test_tells_its_version(run: Run) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert run("--version").stdout == f"steadfast {project['version']}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("uq",),
        ("up", "--prot", "1"),
        ("up", "--port", "http"),
        ("up", "--port", "70000"),
        ("token",),
        ("sign-out",),
        ("token", "ada@example.org", "--days", "0"),
        ("programme", "create", "spring"),
        ("programme", "create", "spring", "--name", "S", "--set", "close_after"),
        ("programme", "create", "spring", "--name", "S", "--set", "levels=3", "--set", "levels=4"),
        ("programme", "set", "spring"),
        ("programme", "set", "spring", "=3"),
        ("import", "people", "people.csv"),
        ("import", "people", "people.csv", "--programme", "spring", "--map", "Mail"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(words: tuple[str, ...], run: Run) -> None:
    wrong = run(*words)
    assert wrong.exit_code == 2
    assert "Error: " in wrong.stderr
    assert "--help' for help" in wrong.stderr


def test_help_loads_nothing_heavy() -> None:
    """Which takes seconds, and would be felt with every mistyped option."""
    program = (
        "import sys, cli\n"
        "try: cli.app(['--help'])\n"
        "except SystemExit: pass\n"
        f"sys.exit([name for name in {HEAVY!r} if name in sys.modules] or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    assert done.returncode == 0
