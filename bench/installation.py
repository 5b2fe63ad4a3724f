"""`steadfast up` as anybody runs it: a process with worker, API and mail, and one with the engine."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from installation.connection import connect
from installation.running import running_on
from installation.temporal_server import dies_with_us

ROOT = Path(__file__).parent.parent
SECRET = "a secret of the measurements that nobody else has"  # noqa: S105
PATIENCE_SECONDS = 60.0
READY = "Steadfast is ready at "


@dataclass(frozen=True, slots=True)
class Installation:
    """`seconds` from the command to the ready line. The engine is a child process of `pid`."""

    url: str
    pid: int
    engine_pid: int
    engine: Client
    seconds: float

    @property
    def pids(self) -> dict[str, int]:
        return {"worker and API": self.pid, "engine": self.engine_pid}


@asynccontextmanager
async def installation(data_dir: Path, database_url: str = "", *options: str) -> AsyncIterator[Installation]:
    """Runs until the end of the block. The database may hold people already."""
    began = time.perf_counter()
    process, log = await _spawn(data_dir, database_url, options)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            url = await _ready(process, log)
        seconds = time.perf_counter() - began
        running = running_on(data_dir)
        assert running is not None
        engine = await connect((SECRET,), address=running.engine)
        engine_pid = int((data_dir / "engine.pid").read_text())
        yield Installation(url, running.pid, engine_pid, engine, seconds)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _spawn(
    data_dir: Path, database_url: str, options: tuple[str, ...]
) -> tuple[asyncio.subprocess.Process, Path]:
    data_dir.mkdir(exist_ok=True)  # noqa: ASYNC240 - before anything is measured
    environ = {name: value for name, value in os.environ.items() if not name.startswith("STEADFAST_")}
    environ |= {"STEADFAST_SECRET_KEYS": SECRET, "PYTHONPATH": str(ROOT)}
    if database_url:
        environ["STEADFAST_DATABASE_URL"] = database_url
    program = [sys.executable, "-c", "import cli; cli.main()"]
    command = dies_with_us([*program, "up", "--data-dir", str(data_dir), "--port", "0", *options])
    with (data_dir / "up.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environ,
            cwd=ROOT,
            start_new_session=True,
        )
    return process, data_dir / "up.log"


async def _ready(process: asyncio.subprocess.Process, log: Path) -> str:
    """The address. Raises RuntimeError when it ends instead."""
    while process.returncode is None:
        _, found, rest = await asyncio.to_thread(_split, log)
        if found:
            return rest.strip().splitlines()[0]
        await asyncio.sleep(0.02)
    raise RuntimeError(f"`steadfast up` has ended:\n{await asyncio.to_thread(log.read_text, 'utf-8')}")


def _split(log: Path) -> tuple[str, str, str]:
    return log.read_text("utf-8").rpartition(READY)
