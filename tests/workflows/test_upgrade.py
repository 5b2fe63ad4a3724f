"""An upgrade with old and new workers side by side: the new build gives other commands for both processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from temporalio.common import WorkerDeploymentVersion

from installation.deployments import Deployment, NoWorkers, Version
from models.process.names import relationship_workflow
from models.process.relationship.commands import WithdrawRelationship
from models.process.relationship.parts.completion import SignOff
from models.process.request.commands import AcceptRequest, RemindNow, WithdrawRequest
from tests.infra.engine import VirtualEngine
from tests.workflows.builds import NewerRelationship, NewerRequest
from tests.workflows.office import Office, eventually, office, real_records, request_id
from worker import build_engine_worker

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

OLD = WorkerDeploymentVersion("steadfast", "1")
NEW = WorkerDeploymentVersion("steadfast", "2")
ACCEPT = AcceptRequest(comment="Gladly.")


@asynccontextmanager
async def workers(
    made: Office, version: WorkerDeploymentVersion | None, workflows: tuple[type, ...] | None = None
) -> AsyncIterator[Deployment]:
    client, records = made.engine.client, real_records(made.database)
    async with build_engine_worker(client, records, workflows, version):
        yield Deployment(client, version or OLD)


async def promoted(deployment: Deployment) -> None:
    """As soon as the workers of the version have reported."""

    async def look() -> bool:
        try:
            await deployment.promote()
        except NoWorkers:
            return False
        return True

    await eventually(look)


async def build_of(made: Office, workflow_id: str) -> str:
    described = await made.handle(workflow_id).describe()
    info = described.raw_description.workflow_execution_info.versioning_info
    return str(info.deployment_version.build_id)


async def on_build(made: Office, workflow_id: str, build_id: str) -> None:
    async def look() -> bool:
        return await build_of(made, workflow_id) == build_id

    await eventually(look)


@on_sqlite
async def test_old_and_new_workers_side_by_side(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url, mentees=5, capacity=3, works=False) as made:
        newer = (NewerRequest, NewerRelationship)
        async with workers(made, NEW, newer) as new:
            async with workers(made, OLD) as old:
                await promoted(old)
                asked, to_accept = await made.ask(0), await made.ask(1)
                idle = await made.paired(2)
                busy = await made.say(await made.paired(3), SignOff(), made.mentee_of(3))
                pairs = [relationship_workflow(pair.id) for pair in (idle, busy)]
                for workflow_id in (request_id(asked), *pairs):
                    await on_build(made, workflow_id, "1")
                await promoted(new)
                late = await made.ask(4)
                await on_build(made, request_id(late), "2")
                await made.tell(asked, RemindNow(), made.admin)
                await on_build(made, request_id(asked), "2")
                # Nothing has woken the relationships: the old workers still answer for them.
                assert [await build_of(made, each) for each in pairs] == ["1", "1"]

                async def woken() -> bool:
                    return await new.move_on(lambda _: None) == 0

                await eventually(woken)
                for workflow_id in pairs:
                    await on_build(made, workflow_id, "2")
                assert await new.versions() == [Version("2", "current"), Version("1", "draining")]
            # The old workers are gone. Everything goes on, to its end.
            await made.ended_by(request_id(asked), made.tell(asked, WithdrawRequest(), made.mentee))
            await made.ended_by(request_id(to_accept), made.tell(to_accept, ACCEPT, made.mentor))
            for pair in (idle, busy):
                leaving = made.say(pair, WithdrawRelationship(), made.mentor)
                await made.ended_by(relationship_workflow(pair.id), leaving)
            assert await made.happened(asked.id) == [
                "RequestSubmitted",
                "ReminderSent",
                "RequestWithdrawn",
            ]
            assert await made.happened(busy.id) == [
                "RelationshipStarted",
                "CompletionSignedOff",
                "RelationshipWithdrawn",
            ]


@on_sqlite
async def test_processes_that_began_without_a_version(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2, works=False) as made:
        async with workers(made, None):
            asked, pair = await made.ask(0), await made.paired(1)
        async with workers(made, OLD) as deployment:
            await promoted(deployment)
            await made.tell(asked, RemindNow(), made.admin)
            await made.say(pair, SignOff(), made.mentee_of(1))
            await on_build(made, request_id(asked), "1")
            await on_build(made, relationship_workflow(pair.id), "1")


async def test_a_version_without_workers_is_not_promoted(virtual_engine: VirtualEngine) -> None:
    with pytest.raises(NoWorkers):
        await Deployment(virtual_engine.client, NEW).promote()
    assert await Deployment(virtual_engine.client, NEW).versions() == []
