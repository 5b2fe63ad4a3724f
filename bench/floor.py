"""Drives the floor: an engine with Steadfast's flags, a bare worker, clients that live through lifecycles."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from bench.floor_workflows import LAST_ACT, TASK_QUEUE, BareUpdates, FloorRequest
from bench.installation import ROOT
from installation.engine import EmbeddedEngine
from installation.temporal_server import dies_with_us

ACTS = ("goal-1", "goal-2", "progress-1", "progress-2", "complete", "confirm", "survey-1", LAST_ACT)
AGAIN_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Floor:
    client: Client
    pids: dict[str, int]

    async def live(self, _number: int) -> list[tuple[str, float]]:
        """One lifecycle; what each act took, in seconds."""
        relationship = f"floor-relationship/{uuid.uuid4()}"
        taken = [await self._ask(request := f"floor-request/{uuid.uuid4()}", relationship)]
        taken.append(await self._update(request, "accept"))
        return taken + [await self._act(relationship, name) for name in ACTS]

    async def _ask(self, request: str, relationship: str) -> tuple[str, float]:
        began = time.perf_counter()
        start = WithStartWorkflowOperation(
            FloorRequest.run,
            relationship,
            id=request,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self.client.execute_update_with_start_workflow(
            FloorRequest.opened, start_workflow_operation=start
        )
        return "ask", time.perf_counter() - began

    async def _update(self, workflow: str, name: str) -> tuple[str, float]:
        began = time.perf_counter()
        await self.client.get_workflow_handle(workflow).execute_update(name)
        return name, time.perf_counter() - began

    async def _act(self, relationship: str, name: str) -> tuple[str, float]:
        began = time.perf_counter()
        while True:
            try:
                await self.client.get_workflow_handle(relationship).execute_update("act", name)
            except RPCError as error:  # the parent has answered, and its child is about to start
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return name.partition("-")[0], time.perf_counter() - began

    async def bare(self) -> WorkflowHandle[BareUpdates, None]:
        """A workflow for `plain` and `with_step`, with its first task behind it."""
        handle = await self.client.start_workflow(
            BareUpdates.run, id=f"bare/{uuid.uuid4()}", task_queue=TASK_QUEUE
        )
        await handle.execute_update(BareUpdates.plain)
        return handle


@asynccontextmanager
async def floor(directory: Path) -> AsyncIterator[Floor]:
    """An engine and a worker of its own until the end of the block."""
    async with EmbeddedEngine(directory, search_attributes={}) as engine:
        command = dies_with_us([sys.executable, "-m", "bench.floor_worker", engine.address])
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        worker = await asyncio.create_subprocess_exec(*command, env=environ, start_new_session=True)
        try:
            client = await Client.connect(engine.address)
            yield Floor(client, {"worker": worker.pid, "engine": engine.pid or 0})
        finally:
            worker.terminate()
            await worker.wait()
