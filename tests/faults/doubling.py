"""`steadfast worker`, but everything that it does for a process it does twice.

`python -m tests.faults.doubling` reads the same environment. A worker that is killed after its work and
before its answer leads to the same, but only now and then.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from temporalio.client import Client, Interceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput
from temporalio.worker import Interceptor as WorkerInterceptor

import worker
from installation.connection import connect
from installation.keys import load_keys
from installation.operations import connected
from installation.parts import run_parts, until_signalled
from settings import Settings

READY = "Steadfast's worker is ready"


class Twice(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        await self.next.execute_activity(input)
        return await self.next.execute_activity(input)


class Doubling(Interceptor, WorkerInterceptor):
    """As the client's interceptor it is also that of every worker which is built on the client."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return Twice(next)


async def work(settings: Settings) -> None:
    settings = settings.model_copy(update={"secret_keys": load_keys(settings)})
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connected(settings))
        config = (await connect(settings.secret_keys)).config()
        config["interceptors"] = [Doubling()]
        running_worker = worker.build(Client(**config), database, settings)
        await run_parts(
            stack, {"worker": running_worker.run}, asyncio.sleep(0), lambda: print(READY, flush=True)
        )


if __name__ == "__main__":
    asyncio.run(until_signalled(work(Settings.load())))
