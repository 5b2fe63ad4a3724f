"""The real engine with a virtual clock for every workflow.

What was measured (server 1.32.0, SDK 1.35.0, two cores):

* A workflow that is started by a plain client keeps to the wall clock until `fast_forward` moves it;
  afterwards its clock goes on from where it was moved to, at the normal pace. So the code under test gets an
  ordinary client, and what it starts stays where it is.
* 6 days take 10 to 35 ms, each timer on the way some 15 ms, by which the virtual clock goes on as well: 210
  timers of a week each end 3 s late. Dates that are computed from fixed moments do not drift.
* A child is not moved with its parent (`disable_propagation`), but its clock starts at the parent's; it is
  moved by itself. As long as it is open, abandoned or not, its parent does not move: ClockStuck.
* Skipping stops without a word after 200 skips unless `max_session_skip_count` is set.
* A namespace of its own, search attributes included, costs a test some 20 ms, and keeps the lists and the
  task queue of one test clean of what another left open.
* Time does not skip while a workflow task, a local activity or an activity is under way. So go a second
  further than the date in question: what was due on it is then done when `fast_forward` returns.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from installation.connection import connect, ensure_search_attributes
from installation.temporal_server import HOST, QUICK, dies_with_us, environment, free_port, server_command

SECRETS = ("the-secret-of-the-tests-which-is-long-enough-to-be-one",)
VIRTUAL_TIME = (
    *QUICK,  # without the zero interval in it, continue-as-new shifts the virtual clock twice
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="10ms"',  # a skip takes 1 s without this and the next
    "history.timerProcessorMaxPollRPS=1000",
    # A deleted history is gone only when its queues have reported; they do that every 30 s.
    *(f'history.{queue}ProcessorUpdateAckInterval="500ms"' for queue in ("transfer", "visibility", "timer")),
)
PATIENCE = timedelta(seconds=20)


class ClockStuck(Exception):
    """The virtual clock did not reach its goal: most often because a child of the workflow is still open."""


@dataclass(frozen=True)
class VirtualEngine:
    """A namespace of its own on the worker process's server.

    `client` is what production would use, encryption included. `environ` is what a `steadfast` process needs
    to use this namespace as its Temporal cluster.
    """

    client: Client
    address: str
    secrets: tuple[str, ...] = SECRETS

    @property
    def environ(self) -> dict[str, str]:
        return {
            "TEMPORAL_ADDRESS": self.address,
            "TEMPORAL_NAMESPACE": self.client.namespace,
            "STEADFAST_SECRET_KEYS": ",".join(self.secrets),
        }

    async def fast_forward(self, workflow_id: str, by: timedelta, *, patience: timedelta = PATIENCE) -> None:
        """Moves one workflow's clock through whatever falls due on the way; it may end there.

        Raises ClockStuck; RPCError if the workflow had ended already.
        """
        handle = self.client.get_workflow_handle(workflow_id)
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self._skipper.fast_forward(handle, by)
        except TimeoutError as error:
            raise ClockStuck(f"{workflow_id} is still at {await self.now(workflow_id)}") from error

    async def fast_forward_to(self, workflow_id: str, moment: datetime) -> None:
        """To one second past `moment`, so that what is due then is done; does nothing if that lies behind."""
        by = moment - await self.now(workflow_id) + timedelta(seconds=1)
        if by > timedelta(0):
            await self.fast_forward(workflow_id, by)

    async def now(self, workflow_id: str) -> datetime:
        """What `workflow.now()` would say in a task that starts now."""
        return await self._skipper.get_current_time(self.client.get_workflow_handle(workflow_id))

    @property
    def _skipper(self) -> TimeSkipper:
        config = TimeSkippingConfig(disable_propagation=True, max_session_skip_count=100_000)
        return TimeSkipper(self.client, config=config)


@contextmanager
def running_server(*more: str, folder: Path | None = None) -> Iterator[str]:
    """The address of a server; `more` is dynamic config as `key=value`.

    It keeps everything in memory, or in `engine.db` in the folder, with its log beside it.
    """
    port = free_port()
    config = (*VIRTUAL_TIME, *more)
    database = folder / "engine.db" if folder else None
    command = server_command(port, database=database, search_attributes={}, dynamic_config=config)
    with (
        TemporaryDirectory(prefix="steadfast-engine-") as home,
        Path(folder or home, "log").open("wb") as log,
    ):
        process = subprocess.Popen(
            dies_with_us(command), stdout=log, stderr=log, env=environment(Path(home)), start_new_session=True
        )
        try:
            yield f"{HOST}:{port}"
        finally:
            process.kill()
            process.wait()
            time.sleep(0.3)  # the SDK's threads can abort an interpreter that ends during their last calls


@asynccontextmanager
async def virtual_engine_at(
    address: str, search_attributes: Mapping[str, str]
) -> AsyncIterator[VirtualEngine]:
    namespace = f"test-{uuid.uuid4()}"
    await _register(await connect(SECRETS, address=address), namespace)
    client = await connect(SECRETS, address=address, namespace=namespace)
    await ensure_search_attributes(client, search_attributes)
    yield VirtualEngine(client, address)


async def _register(client: Client, namespace: str) -> None:
    retention = Duration()
    retention.FromTimedelta(timedelta(days=3))
    request = RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=retention)
    await client.workflow_service.register_namespace(request)
