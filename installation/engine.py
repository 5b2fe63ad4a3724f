"""The embedded engine: Temporal's own server as a child process, its database file in the data directory.

EngineError (connection.py)
├── EngineDidNotStart   the server ended, or did not answer in time
├── EngineMissing       no `temporal` program (temporal_server.py)
└── PortTaken           the wanted port is somebody else's (temporal_server.py)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self

from temporalio.client import Client
from temporalio.service import RPCError

from installation.connection import EngineError, ensure_retention, ensure_search_attributes
from installation.datadir import DirectoryLock
from installation.temporal_server import (
    HOST,
    check_free,
    dies_with_us,
    end_orphan,
    environment,
    free_port,
    server_command,
)

log = logging.getLogger(__name__)

RETENTION = timedelta(days=30)
PATIENCE = timedelta(seconds=30)
_STOP_SECONDS = 10.0
_TRIM_SECONDS = 60.0
_LOG_BYTES = 5_000_000
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0


class EngineDidNotStart(EngineError):
    def __init__(self, what: str, logfile: Path) -> None:
        super().__init__(
            f"The embedded engine did not start ({what}): the reason stands at the end of {logfile}."
        )


class EmbeddedEngine:
    """A server that is there from `start` to `stop`; if it dies in between, it is started again on its port.

    Start it from the main thread: the server dies with the thread that started it. `search_attributes` maps
    names to types such as Keyword. `lock` is the data directory's where the caller holds it already.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        search_attributes: Mapping[str, str],
        port: int | None = None,
        lock: DirectoryLock | None = None,
        patience: timedelta = PATIENCE,
    ) -> None:
        self.directory = data_dir.resolve()
        self.database = self.directory / "engine.db"
        self.logfile = self.directory / "engine.log"
        self.address = ""
        self.restarts = 0
        self._pidfile = self.directory / "engine.pid"
        self._attributes = search_attributes
        self._wanted_port = port
        self._own_lock = DirectoryLock(self.directory) if lock is None else None
        self._patience = patience.total_seconds()
        self._command: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Returns once the server answers, knows the search attributes and keeps ended processes for 30 days.

        Raises EngineError or DataDirectoryError; nothing is left running then.
        """
        if self._own_lock is not None:
            self._own_lock.acquire()
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Ends the server and lets go of the directory; harmless when it is not running."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            await self._end(self._process)
        self._supervisor = self._process = None
        self._pidfile.unlink(missing_ok=True)
        if self._own_lock is not None:
            self._own_lock.release()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _start(self) -> None:
        await end_orphan(self._pidfile, self.database, self.directory)
        port = self._wanted_port or free_port()
        check_free(port)
        self.address = f"{HOST}:{port}"
        self._command = dies_with_us(
            server_command(port, database=self.database, search_attributes=self._attributes)
        )
        await self._spawn()
        await self._wait_until_ready()
        self._supervisor = asyncio.create_task(self._supervise(), name="embedded engine")

    async def _spawn(self) -> None:
        _trim(self.logfile)
        with self.logfile.open("ab") as logfile:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=logfile,
                stderr=logfile,
                cwd=self.directory,
                env=environment(self.directory),
                start_new_session=True,  # Ctrl-C is for us: while we stop, the worker still needs the server
            )
        self._pidfile.write_text(f"{self._process.pid}\n")

    async def _wait_until_ready(self) -> None:
        assert self._process is not None
        answers = asyncio.create_task(self._prepare())
        ended = asyncio.create_task(self._process.wait())
        try:
            await asyncio.wait((answers, ended), timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
            if answers.done():
                answers.result()
            elif ended.done():
                raise EngineDidNotStart(f"it ended with code {ended.result()}", self.logfile)
            else:
                raise EngineDidNotStart(f"no answer within {self._patience:g} s", self.logfile)
        finally:
            answers.cancel()
            ended.cancel()

    async def _prepare(self) -> None:
        """Also registers attributes that are new since the database file was made."""
        while True:
            try:
                client = await Client.connect(self.address)
                await ensure_retention(client, RETENTION)
                await ensure_search_attributes(client, self._attributes)
                return
            except (RPCError, RuntimeError):  # it listens before it is ready
                await asyncio.sleep(0.05)

    async def _supervise(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            began = time.monotonic()
            code = await self._until_end()
            if time.monotonic() - began > _TRIM_SECONDS:
                pause = _FIRST_PAUSE
            log.warning("The embedded engine ended with code %s; it is started again in %.1f s", code, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            try:
                await self._spawn()
                self.restarts += 1
            except OSError as error:  # no space, no processes left: it may pass
                log.error("The embedded engine cannot be started: %s", error)

    async def _until_end(self) -> int:
        assert self._process is not None
        while True:
            try:
                return await asyncio.wait_for(self._process.wait(), _TRIM_SECONDS)
            except TimeoutError:
                _trim(self.logfile)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            log.warning("The embedded engine did not end within %.0f s and is killed", _STOP_SECONDS)
            process.kill()
            await process.wait()


def _trim(logfile: Path) -> None:
    """Keeps the log under 10 MB: the server appends, so that the file can be copied and emptied under it."""
    with contextlib.suppress(FileNotFoundError):
        if logfile.stat().st_size > _LOG_BYTES:
            shutil.copyfile(logfile, logfile.with_suffix(".log.1"))
            os.truncate(logfile, 0)
