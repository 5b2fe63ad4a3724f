"""The real command, as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

_READY = re.compile(rb" is ready.*\n")
PATIENCE_SECONDS = 120
"""For a machine that does much else; on an idle one everything here takes some seconds."""


class Steadfast:
    """`steadfast` with these words, from the moment it says that it is ready.

    `environ` is its whole environment. Everything it started is ended with it, whatever happens. What runs
    for long writes to a `log` instead of stderr, or it would stand still as soon as the pipe is full.
    """

    def __init__(
        self, *words: str, environ: dict[str, str | None], wait: bool = True, log: Path | None = None
    ) -> None:
        self.lines: list[str] = []
        with contextlib.ExitStack() as opened:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", *words],
                stdout=subprocess.PIPE,
                stderr=opened.enter_context(log.open("w")) if log else subprocess.PIPE,
                text=True,
                env={name: value for name, value in (os.environ | environ).items() if value is not None},
                start_new_session=True,
            )
        if wait:
            self._wait_until_ready()

    @property
    def url(self) -> str:
        return self.lines[-1].rpartition(" ")[2]

    def status(self, path: str) -> int:
        try:
            with urlopen(f"{self.url}{path}", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                return int(answer.status)
        except HTTPError as error:
            return error.code

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it wrote to stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, errors

    def kill(self) -> None:
        """The whole process group at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE_SECONDS)

    def __enter__(self) -> Steadfast:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()

    def _wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        output, written = self.process.stdout.fileno(), b""
        until = time.monotonic() + PATIENCE_SECONDS
        while not _READY.search(written):
            readable, _, _ = select.select([output], [], [], max(until - time.monotonic(), 0))
            more = os.read(output, 4096) if readable else b""
            if not more:
                self.kill()
                raise AssertionError(f"not ready: {written!r}, ended with {self.process.returncode}")
            written += more
        self.lines = written.decode().splitlines()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def engine_pid(data_dir: Path) -> int:
    return int((data_dir / "engine.pid").read_text())


def running_pid(data_dir: Path) -> int:
    return int(json.loads((data_dir / "running.json").read_text())["pid"])
