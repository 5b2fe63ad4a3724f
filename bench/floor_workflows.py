"""The floor: what the engine itself costs for the life of one mentoring, and nothing else.

The same two workflows for one lifecycle, the same updates, timers, child start and number of activities as
Steadfast's: a regular one for what an act led to, local ones for the rest.
The activities are empty; there is no state, no search attributes, no encryption and no database.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.workflow import ParentClosePolicy

TASK_QUEUE = "floor"
LAST_ACT = "survey-2"
DATED = ("complete", "confirm")
"""The acts after which a relationship waits for another date."""


@activity.defn
async def nothing() -> None:
    pass


async def step() -> None:
    await workflow.execute_local_activity(nothing, start_to_close_timeout=timedelta(seconds=15))


async def step_of_act() -> None:
    """What an act led to: see `ProcessRunner.record`."""
    await workflow.execute_activity(nothing, start_to_close_timeout=timedelta(seconds=15))


@workflow.defn
class FloorRequest:
    def __init__(self) -> None:
        self.is_open = self.is_decided = self.is_accepted = False

    @workflow.run
    async def run(self, relationship: str) -> None:
        await step()  # opening: the limits
        self.is_open = True
        await step()  # the first version
        alarm = asyncio.create_task(workflow.sleep(timedelta(days=7)))
        await workflow.wait_condition(lambda: self.is_decided or alarm.done())
        await step_of_act()  # the places
        self.is_accepted = True
        await step()  # the second version
        await workflow.start_child_workflow(
            FloorRelationship.run, id=relationship, parent_close_policy=ParentClosePolicy.ABANDON
        )

    @workflow.update
    async def opened(self) -> None:
        await workflow.wait_condition(lambda: self.is_open)

    @workflow.update
    async def accept(self) -> None:
        self.is_decided = True
        await workflow.wait_condition(lambda: self.is_accepted)


@workflow.defn
class FloorRelationship:
    def __init__(self) -> None:
        self.acts: list[str] = []
        self.saved = 0
        self.alarm: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self) -> None:
        await step()  # the first version
        while LAST_ACT not in self.acts[: self.saved]:
            await workflow.wait_condition(lambda: len(self.acts) > self.saved)
            # One at a time: Steadfast's clients wait for each, so that it hardly ever saves two acts at once.
            await step_of_act()
            self.saved += 1
            if self.acts[self.saved - 1] in DATED:
                self.set_alarm()

    def set_alarm(self) -> None:
        if self.alarm is not None:
            self.alarm.cancel()
        self.alarm = asyncio.create_task(workflow.sleep(timedelta(days=14)))

    @workflow.update
    def act(self, name: str) -> int:
        self.acts.append(name)
        return len(self.acts)


@workflow.defn
class BareUpdates:
    """For the latency of one update: `plain` does nothing, `recorded` answers after one empty activity."""

    def __init__(self) -> None:
        self.asked = self.done = 0

    @workflow.run
    async def run(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self.asked > self.done)
            await step_of_act()
            self.done += 1

    @workflow.update
    def plain(self) -> None:
        pass

    @workflow.update
    async def recorded(self) -> None:
        self.asked += 1
        mine = self.asked
        await workflow.wait_condition(lambda: self.done >= mine)
