"""The floor's worker, in a process of its own as Steadfast's is: `python -m bench.floor_worker HOST:PORT`."""

from __future__ import annotations

import asyncio
import signal
import sys

from temporalio.client import Client
from temporalio.worker import Worker

from bench.floor_workflows import TASK_QUEUE, BareUpdates, FloorRelationship, FloorRequest, nothing


async def main(address: str) -> None:
    client = await Client.connect(address)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    workflows = [FloorRequest, FloorRelationship, BareUpdates]
    async with Worker(client, task_queue=TASK_QUEUE, workflows=workflows, activities=[nothing]):
        await stop.wait()
    await asyncio.sleep(0.3)  # the client can abort an interpreter that ends right after it


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
