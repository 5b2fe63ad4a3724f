"""A page that a browser on this machine shows may post to any port: nothing that listens there obeys it."""

from __future__ import annotations

import asyncio
import json
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from installation.engine import EmbeddedEngine
from installation.temporal_server import HOST

OPEN = "request/open"
PREFIX = "/api/v1/namespaces/default"
OLD_PREFIX = "/namespaces/default"  # the server knows both
HOSTS = ("127.0.0.1", "localhost", "evil.example", "")
BY = {"workflowExecution": {"workflowId": OPEN}, "reason": "because I can"}
POSTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/workflows/forged", {"workflowType": {"name": "Erasure"}, "taskQueue": {"name": "steadfast"}}),
    ("/workflows/request%2Fopen/signal/overtaken", {}),
    ("/workflows/request%2Fopen/terminate", BY),
    ("/workflows/request%2Fopen/cancel", BY),
    ("/workflows/request%2Fopen/reset", BY),
    ("/batch-operations/all", {"visibilityQuery": "", "reason": "all", "terminationOperation": {}}),
    ("/schedules/forged", {"schedule": {}}),
)
LOOPBACK = {"tcp": "0100007F", "tcp6": "00000000000000000000000001000000"}


def ports_of(pid: int) -> set[int]:
    """On which a process listens; every one of them for this machine only."""
    links = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and parts[9] in inodes:
                address, port = parts[1].split(":")
                assert address == LOOPBACK[table]
                found.add(int(port, 16))
    return found


def post(port: int, path: str, body: object, host: str, kind: str) -> int:
    """The status of the answer; 0 where the port does not speak HTTP as browsers do."""
    connection = HTTPConnection(HOST, port, timeout=20)
    headers = {"Host": host, "Origin": "https://evil.example", "Content-Type": kind}
    try:
        connection.request("POST", path, json.dumps(body), headers)
        return connection.getresponse().status
    except (HTTPException, ConnectionError):
        return 0
    finally:
        connection.close()


def attack(port: int) -> dict[str, int]:
    return {
        f"{port} {prefix}{path} {host} {kind}": post(port, prefix + path, body, host, kind)
        for prefix in (PREFIX, OLD_PREFIX)
        for path, body in POSTS
        for host in HOSTS
        for kind in ("text/plain", "application/json")
    }


@pytest.fixture
def listening(tmp_path: Path) -> EmbeddedEngine:
    return EmbeddedEngine(tmp_path, search_attributes={})


async def test_no_page_reaches_a_process_on_any_port(listening: EmbeddedEngine) -> None:
    async with listening as engine:
        assert engine.pid is not None
        client = await Client.connect(engine.address)
        handle = await client.start_workflow("Anything", id=OPEN, task_queue="nobody")
        ports = ports_of(engine.pid)
        assert len(ports) > 1
        answers: dict[str, int] = {}
        for port in sorted(ports):
            answers |= await asyncio.to_thread(attack, port)
        assert {each: status for each, status in answers.items() if 200 <= status < 300} == {}
        assert 403 in answers.values()
        described = await handle.describe()
        assert (described.status, described.history_length) == (WorkflowExecutionStatus.RUNNING, 2)
        assert [each.id async for each in client.list_workflows("WorkflowId = 'forged'")] == []
