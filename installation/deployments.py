"""Versions of the workers side by side: which there are, which is current, and how another becomes it.

The engine hands tasks of new processes and of requests to the current version. A relationship stays with the
version that its run began under, until something wakes it; `promote` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode

from installation.connection import connect
from installation.keys import load_keys
from models.operator_error import OperatorError
from models.process import names
from settings import Settings

SECONDS = 10.0
PAGE = 200
AT_A_TIME = 8
CURRENT = "current"


class DeploymentError(OperatorError):
    pass


class NoDeployment(DeploymentError):
    def __init__(self) -> None:
        super().__init__(
            "STEADFAST_DEPLOYMENT is not set, so workers have no version and there is nothing to promote: "
            "set it, the same for all parts, to upgrade with old and new workers side by side."
        )


class NoWorkers(DeploymentError):
    def __init__(self, version: WorkerDeploymentVersion) -> None:
        super().__init__(
            f"No worker of the version {version.build_id} has reported to the engine: start it first "
            "with `steadfast worker`, or name another with --build-id."
        )


@dataclass(frozen=True, slots=True)
class Version:
    """`status`: current, draining (processes are still on it), drained (its workers may go), inactive."""

    build_id: str
    status: str


@asynccontextmanager
async def deployment(settings: Settings, build_id: str | None = None) -> AsyncIterator[Deployment]:
    """That of the installation, for one of its versions; by default the one that is installed here.

    Raises OperatorError for what is not configured or cannot be reached, at the beginning or in the middle.
    """
    if not settings.deployment:
        raise NoDeployment
    version = WorkerDeploymentVersion(settings.deployment, build_id or settings.resolved_build_id())
    client = await connect(load_keys(settings), patience=timedelta(seconds=SECONDS))
    try:
        yield Deployment(client, version)
    except (RPCError, TimeoutError) as error:
        raise DeploymentError(
            "The engine went away, refused or took too long: see `steadfast doctor`, and try again; what was "
            "done stays."
        ) from error


class Deployment:
    def __init__(self, client: Client, version: WorkerDeploymentVersion) -> None:
        self._client = client
        self._version = version
        self._timeout = timedelta(seconds=SECONDS)

    async def versions(self) -> list[Version]:
        """The current one, then the newest first; none before a worker with a version has reported."""
        request = DescribeWorkerDeploymentRequest(
            namespace=self._client.namespace, deployment_name=self._version.deployment_name
        )
        try:
            found = await self._client.workflow_service.describe_worker_deployment(
                request, timeout=self._timeout
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return []
            raise
        newest_first = sorted(
            found.worker_deployment_info.version_summaries,
            key=lambda one: one.create_time.ToDatetime(),
            reverse=True,
        )
        versions = [Version(one.deployment_version.build_id, _status(one.status)) for one in newest_first]
        return sorted(versions, key=lambda version: version.status != CURRENT)

    async def promote(self) -> None:
        """Makes the version the current one; a second time changes nothing. Raises NoWorkers, RPCError."""
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._client.namespace,
            deployment_name=self._version.deployment_name,
            build_id=self._version.build_id,
            identity=self._client.identity,
        )
        try:
            await self._client.workflow_service.set_worker_deployment_current_version(
                request, timeout=self._timeout
            )
        except RPCError as error:
            if error.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}:
                raise NoWorkers(self._version) from error
            raise

    async def move_on(self, tell: Callable[[int], None]) -> int:
        """Wakes every relationship that is on another version, so that it moves; says how many there were."""
        gate, count = asyncio.Semaphore(AT_A_TIME), 0
        async for page in self._elsewhere():
            await asyncio.gather(*(self._wake(workflow_id, gate) for workflow_id in page))
            count += len(page)
            tell(count)
        return count

    async def _elsewhere(self) -> AsyncIterator[list[str]]:
        here = f"{self._version.deployment_name}:{self._version.build_id}"
        found = self._client.list_workflows(
            "WorkflowType = 'Relationship' AND ExecutionStatus = 'Running' "
            "AND TemporalWorkflowVersioningBehavior = 'Pinned' "
            f"AND TemporalWorkerDeploymentVersion != '{here}'",
            page_size=PAGE,
            rpc_timeout=self._timeout,
        )
        while True:
            async with asyncio.timeout(SECONDS):
                await found.fetch_next_page()
            if found.current_page:
                yield [execution.id for execution in found.current_page]
            if not found.next_page_token:
                return

    async def _wake(self, workflow_id: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await self._client.get_workflow_handle(workflow_id).signal(
                    names.MOVE_ON, rpc_timeout=self._timeout
                )
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:  # it has ended meanwhile
                    raise


def _status(number: WorkerDeploymentVersionStatus.ValueType) -> str:
    name = WorkerDeploymentVersionStatus.Name(number)
    return name.removeprefix("WORKER_DEPLOYMENT_VERSION_STATUS_").lower()
