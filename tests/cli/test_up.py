"""`steadfast up`: the real command on embedded parts, and all that it refuses before it starts anything."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from installation.datadir import DirectoryLock
from tests.cli.conftest import Run, refused
from tests.cli.running import PATIENCE_SECONDS, Steadfast, engine_pid, is_alive, running_pid

Environ = dict[str, str | None]


def test_starts_everything_and_ends_it_and_goes_on(environ: Environ, run: Run, data_dir: Path) -> None:
    with Steadfast("up", "--port", "0", "--sample", environ=environ) as first:
        assert first.url.startswith("http://127.0.0.1:")
        assert first.lines[0] == f"Mails are kept on the page {first.url}/mailbox"
        assert "ada.admin@example.org (admin)" in first.lines[1]
        assert [first.status(path) for path in ("/readyz", "/mailbox", "/")] == [200] * 3
        assert running_pid(data_dir) == first.process.pid
        _is_well(run)
        _refuses_a_second(run, first, data_dir)
        engine = engine_pid(data_dir)
        code, errors = first.end()
    assert code == 0
    assert "Traceback" not in errors
    assert "[error" not in errors
    assert not is_alive(engine)
    assert not (data_dir / "running.json").exists()
    keys = (data_dir / "secret.keys").read_text()
    with Steadfast("up", "--port", "0", "--sample", environ=environ) as second:
        assert second.status("/readyz") == 200
        assert "# 879 people: " in run("programme", "show", "sample").stdout
        assert second.end(signal.SIGINT)[0] == 0
    assert (data_dir / "secret.keys").read_text() == keys


def _is_well(run: Run) -> None:
    told = run("doctor")
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["OK"] * (len(lines) - 1)
    assert any(line.startswith("OK    worker: 1 at work") for line in lines)
    assert any(line.startswith("OK    pages: http://127.0.0.1:") for line in lines)


def _refuses_a_second(run: Run, first: Steadfast, data_dir: Path) -> None:
    port = first.url.rpartition(":")[2]
    sentence = refused(run("up", "--port", "0"))
    assert sentence.startswith(f"The data directory {data_dir} is in use by process {first.process.pid}: ")
    other = data_dir.with_name("other")
    sentence = refused(run("up", "--port", port, "--data-dir", str(other)))
    assert sentence.startswith(f"Port {port} on 127.0.0.1 is taken by another program: ")
    assert [file.name for file in other.iterdir()] == ["lock"]
    assert first.status("/readyz") == 200


def test_a_killed_one_leaves_nothing_running_and_goes_on(environ: Environ, run: Run, data_dir: Path) -> None:
    with Steadfast("up", "--port", "0", environ=environ) as first:
        engine = engine_pid(data_dir)
        first.kill()
    until = time.monotonic() + PATIENCE_SECONDS
    while is_alive(engine):
        assert time.monotonic() < until
        time.sleep(0.02)
    told = run("doctor")
    assert "NOTE  engine: The embedded one is not running" in told.stdout
    with Steadfast("up", "--port", "0", environ=environ) as second:
        assert second.status("/readyz") == 200
        assert second.end()[0] == 0


def test_an_engine_that_dies_is_started_again(environ: Environ, data_dir: Path) -> None:
    with Steadfast("up", "--port", "0", environ=environ) as running:
        os.kill(engine_pid(data_dir), signal.SIGKILL)
        until = time.monotonic() + PATIENCE_SECONDS
        while running.status("/readyz") == 200 and time.monotonic() < until:
            time.sleep(0.02)
        while running.status("/readyz") != 200:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert running.end()[0] == 0


def test_can_be_ended_while_it_starts(environ: Environ, data_dir: Path) -> None:
    with Steadfast("up", "--port", "0", environ=environ, wait=False) as starting:
        until = time.monotonic() + PATIENCE_SECONDS
        while not (data_dir / "secret.keys").exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        code, errors = starting.end()
    assert code == 0
    assert "Traceback" not in errors
    with DirectoryLock(data_dir):  # as free as before
        assert not (data_dir / "engine.pid").exists()


def test_refuses_a_port_that_is_taken(run: Run, data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(run("up", "--port", str(port)))
    assert sentence == (
        f"Port {port} on 127.0.0.1 is taken by another program: end that, or choose another with --port."
    )
    assert [file.name for file in data_dir.iterdir()] == ["lock"]


def test_refuses_a_directory_that_is_in_use(run: Run, data_dir: Path) -> None:
    with DirectoryLock(data_dir):
        assert refused(run("up")).startswith(f"The data directory {data_dir} is in use by process ")


def test_refuses_a_directory_that_cannot_be_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sentence = refused(run("up", "--data-dir", str(tmp_path / "file")))
    assert sentence.startswith(f"The data directory {tmp_path / 'file'} cannot be used (")
    assert refused(run("up", "--data-dir", "/proc/steadfast")).startswith(
        "The data directory /proc/steadfast "
    )


@pytest.mark.parametrize(
    ("words", "variables", "says"),
    [
        (("--host", "0.0.0.0"), {}, "0.0.0.0 is open to others, and without a mail server"),  # noqa: S104
        (("--host", "::"), {}, ":: is open to others, and without a mail server"),
        (
            ("--host", "0.0.0.0"),  # noqa: S104
            {"SMTP_URL": "smtp://localhost"},
            "0.0.0.0 stands for every address of this machine, and links in mails need one",
        ),
        ((), {"BASE_URL": "https://mentoring.example.org"}, "STEADFAST_SMTP_URL is not set, and "),
        (("--host", "203.0.113.7"), {"SMTP_URL": "smtp://localhost"}, "Nobody can listen on 203.0.113.7"),
        (
            ("--host", "nobody.invalid"),
            {"SMTP_URL": "smtp://localhost"},
            "Nobody can listen on nobody.invalid",
        ),
        ((), {"COLOUR": "red"}, "STEADFAST_COLOUR is no setting of Steadfast"),
        ((), {"SECRET_KEYS": "short"}, "STEADFAST_SECRET_KEYS needs keys of 32 random characters"),
        (
            (),
            {"DATABASE_URL": "sqlite+aiosqlite:////proc/x.db"},
            "The database sqlite+aiosqlite:////proc/x.db",
        ),
        (
            (),
            {"DATABASE_URL": "postgresql+asyncpg://user:canary@127.0.0.1:1/name"},
            "The database postgresql+asyncpg://user:***@127.0.0.1:1/name cannot be used (nothing listens ",
        ),
    ],
)
def test_refuses_with_a_sentence(
    words: tuple[str, ...], variables: dict[str, str], says: str, run: Run, data_dir: Path
) -> None:
    named = {f"STEADFAST_{name}": value for name, value in variables.items()}
    assert refused(run("up", "--port", "0", *words, **named)).startswith(says)
    assert not (data_dir / "engine.db").exists()


def test_refuses_processes_without_their_keys(run: Run, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "engine.db").touch()
    assert "put it back from a backup" in refused(run("up", "--port", "0"))
    assert not (data_dir / "secret.keys").exists()


def test_refuses_a_database_that_is_none(run: Run, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "steadfast.db").write_text("This is a letter to my aunt, and it is no database at all. " * 20)
    assert "cannot be used (file is not a database): check that " in refused(run("up", "--port", "0"))
