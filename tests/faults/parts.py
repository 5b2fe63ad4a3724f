"""The parts of an installation as processes that are killed, and brought back as a supervisor would."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from installation.temporal_server import dies_with_us

ROOT = Path(__file__).parent.parent.parent
PYTHON = (sys.executable, "-X", "faulthandler")
PAUSE_SECONDS = 0.3
READY_SECONDS = 120.0
END_SECONDS = 60.0


class NotThere(Exception):
    """A part did not become ready; carries the end of its log."""


@dataclass
class Part:
    """One process, from `start` to `stop`. Whenever it ends it is started again, unless it is held down.

    `ready` stands in what it writes once it can do its work; empty: it is as soon as it runs.
    `surprises` are the ends that nobody here brought about, after it had been ready; one that `may_end` has
    none.
    """

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    ready: str = ""
    may_end: bool = False
    surprises: list[str] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    """When it was killed, in seconds of the wall clock."""
    starts: int = 0
    _process: asyncio.subprocess.Process | None = None
    _keeper: asyncio.Task[None] | None = None
    _begins_at: int = 0
    _felled: bool = False
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        self._up.set()
        self._keeper = asyncio.create_task(self._keep(), name=self.name)

    def hold_down(self) -> None:
        """Kills it, and keeps it down until `let_up`."""
        self._up.clear()
        self.kill()

    def let_up(self) -> None:
        self._up.set()

    def kill(self) -> None:
        self._fell(signal.SIGKILL)
        self.kills.append(time.time())

    async def end_gently(self) -> None:
        """As a deployment ends it, and waits until it is gone; it is down until `let_up`."""
        self._up.clear()
        process = self._process
        self._fell(signal.SIGTERM)
        if process is not None:
            await asyncio.wait_for(process.wait(), END_SECONDS)

    async def stop(self) -> None:
        self._up.clear()
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def until_ready(self) -> None:
        """Raises NotThere."""
        until = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            if time.monotonic() > until:
                raise NotThere(f"{self.name}: {self._written()[-2000:]}")
            await asyncio.sleep(0.05)

    def is_ready(self) -> bool:
        process = self._process
        return process is not None and process.returncode is None and self.ready in self._written()

    def _fell(self, number: signal.Signals) -> None:
        self._felled = True
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _keep(self) -> None:
        while True:
            await self._up.wait()
            self._process = await self._spawn()
            code = await self._process.wait()
            if not (self._felled or self.may_end) and self.ready in self._written():
                self.surprises.append(f"{self.name} ended by itself with {code}: {self._written()[-1500:]}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _spawn(self) -> asyncio.subprocess.Process:
        self.starts += 1
        self._felled = False
        with self.log.open("ab") as log:
            self._begins_at = log.tell()
            return await asyncio.create_subprocess_exec(
                *dies_with_us(self.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=dict(self.environ),
                start_new_session=True,
            )

    def _written(self) -> str:
        """What the present process, or the last one, has said."""
        with self.log.open("rb") as log:
            log.seek(self._begins_at)
            return log.read().decode(errors="replace")


def clean_environment() -> dict[str, str]:
    """Nothing of what this machine happens to be set to; our own code first."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("STEADFAST_", "TEMPORAL_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
