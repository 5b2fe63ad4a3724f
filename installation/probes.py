"""Questions to other parts: do they answer? Each is bounded in time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

SECONDS = 5.0
LATELY = timedelta(minutes=2)
"""A worker asks at least once a minute; the engine lists it for five."""


async def http_status(host: str, port: int, path: str, header: str) -> int:
    """The status of a GET, asked for the Host `header`; 0 for an answer that is no HTTP.

    Raises OSError, TimeoutError.
    """
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {header}\r\nConnection: close\r\n\r\n".encode())
            words = (await reader.readline()).split(maxsplit=2)
            return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") else 0
        finally:
            writer.close()


async def engine_answers(client: Client) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            return await client.service_client.check_health(timeout=timedelta(seconds=SECONDS))
    except (RPCError, RuntimeError, TimeoutError):
        return False


async def pollers(client: Client, task_queue: str) -> frozenset[str]:
    """The identities of the workers that asked for workflow tasks lately. Raises RPCError."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    timeout = timedelta(seconds=SECONDS)
    described = await client.workflow_service.describe_task_queue(request, timeout=timeout)
    since = datetime.now(UTC) - LATELY
    return frozenset(
        poller.identity
        for poller in described.pollers
        if poller.last_access_time.ToDatetime(tzinfo=UTC) > since
    )
