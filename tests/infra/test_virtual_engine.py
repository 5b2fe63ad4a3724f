"""The promises of the virtual clock, on a process that reminds every seventh day and then has a child."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from tests.infra.engine import ClockStuck, VirtualEngine
from workflows.attributes import STATE

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@workflow.defn
class Reminding:
    def __init__(self) -> None:
        self.reminders = 0
        self.ended = False

    @workflow.run
    async def run(self, with_child: bool) -> int:
        workflow.upsert_search_attributes([STATE.value_set("pending")])
        while not self.ended:
            try:
                await workflow.wait_condition(lambda: self.ended, timeout=WEEK)
            except TimeoutError:
                self.reminders += 1
        if with_child:
            child = workflow.info().workflow_id + "/child"
            abandon = workflow.ParentClosePolicy.ABANDON
            await workflow.start_child_workflow(Reminding.run, False, id=child, parent_close_policy=abandon)
            await workflow.sleep(DAY)
        return self.reminders

    @workflow.query
    def count(self) -> int:
        return self.reminders

    @workflow.update
    def end(self) -> str:
        self.ended = True
        return "ended"

    @workflow.update
    def opened(self) -> str:
        return "open"


@pytest.fixture
async def worker(virtual_engine: VirtualEngine) -> AsyncIterator[None]:
    runner = SandboxedWorkflowRunner(
        SandboxRestrictions.default.with_passthrough_modules("tests", "workflows")
    )
    client = virtual_engine.client
    async with Worker(client, task_queue="reminding", workflows=[Reminding], workflow_runner=runner):
        yield


async def start(engine: VirtualEngine, workflow_id: str, *, with_child: bool = False) -> None:
    """As the API does it: update-with-start, by a client that knows nothing of virtual time."""
    operation = WithStartWorkflowOperation(
        Reminding.run,
        with_child,
        id=workflow_id,
        task_queue="reminding",
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    assert (
        await engine.client.execute_update_with_start_workflow(
            Reminding.opened, start_workflow_operation=operation
        )
        == "open"
    )


async def count(engine: VirtualEngine, workflow_id: str) -> int:
    return await engine.client.get_workflow_handle(workflow_id).query(Reminding.count)


async def end(engine: VirtualEngine, workflow_id: str) -> None:
    await engine.client.get_workflow_handle(workflow_id).execute_update(Reminding.end)


@pytest.mark.usefixtures("worker")
async def test_nothing_on_day_6_and_something_on_day_7(virtual_engine: VirtualEngine) -> None:
    await start(virtual_engine, "a")
    await start(virtual_engine, "b")
    await virtual_engine.fast_forward("a", timedelta(days=6))
    assert await count(virtual_engine, "a") == 0
    await virtual_engine.fast_forward("a", DAY + SECOND)
    assert await count(virtual_engine, "a") == 1
    assert await count(virtual_engine, "b") == 0


@pytest.mark.usefixtures("worker")
async def test_a_moment_is_reached_with_all_that_was_due_on_the_way(virtual_engine: VirtualEngine) -> None:
    await start(virtual_engine, "a")
    goal = await virtual_engine.now("a") + 210 * WEEK + DAY
    await virtual_engine.fast_forward_to("a", goal)
    assert await count(virtual_engine, "a") == 210
    assert timedelta(0) < await virtual_engine.now("a") - goal < timedelta(minutes=1)


@pytest.mark.usefixtures("worker")
async def test_a_child_starts_at_its_parents_time_and_is_driven_by_itself(
    virtual_engine: VirtualEngine,
) -> None:
    await start(virtual_engine, "a", with_child=True)
    await virtual_engine.fast_forward("a", WEEK + SECOND)
    await end(virtual_engine, "a")
    await started(virtual_engine, "a/child")
    assert abs(await virtual_engine.now("a") - await virtual_engine.now("a/child")) < timedelta(minutes=1)
    await virtual_engine.fast_forward("a/child", 6 * DAY)
    assert await count(virtual_engine, "a/child") == 0
    await virtual_engine.fast_forward("a/child", DAY + SECOND)
    assert await count(virtual_engine, "a/child") == 1


@pytest.mark.usefixtures("worker")
async def test_a_parent_stands_still_while_its_child_is_open(virtual_engine: VirtualEngine) -> None:
    await start(virtual_engine, "a", with_child=True)
    await end(virtual_engine, "a")
    await started(virtual_engine, "a/child")
    with pytest.raises(ClockStuck):
        await virtual_engine.fast_forward("a", 2 * DAY, patience=timedelta(seconds=1))
    await end(virtual_engine, "a/child")
    await virtual_engine.fast_forward("a", 2 * DAY)
    assert await virtual_engine.client.get_workflow_handle("a").result() == 0


@pytest.mark.usefixtures("worker")
async def test_what_has_ended_cannot_be_moved(virtual_engine: VirtualEngine) -> None:
    await start(virtual_engine, "a")
    await end(virtual_engine, "a")
    with pytest.raises(RPCError):
        await virtual_engine.fast_forward("a", DAY)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("again", [1, 2])
async def test_a_test_sees_its_own_processes_only(virtual_engine: VirtualEngine, again: int) -> None:
    await start(virtual_engine, "a")
    query = f"{STATE.name} = 'pending'"
    async with asyncio.timeout(10):
        while not (found := [each.id async for each in virtual_engine.client.list_workflows(query)]):
            await asyncio.sleep(0.02)
    assert found == ["a"]


async def started(engine: VirtualEngine, workflow_id: str) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await engine.client.get_workflow_handle(workflow_id).describe()
                return
            except RPCError:
                await asyncio.sleep(0.02)
