"""An erasure of somebody whose process does not end: it waits for that, as long as the engine lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.process import names
from models.process.errors import IllegalMove
from tests.infra.engine import VirtualEngine
from tests.workflows.office import Office, eventually, office
from tests.workflows.test_erasure import AT_ONCE, erased, histories
from tests.workflows.test_replay import replayer

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def looks(made: Office, workflow_id: str) -> int:
    """How often the present run has looked whether everything has ended."""
    history = await made.handle(workflow_id).fetch_history()
    scheduled = [event.activity_task_scheduled_event_attributes for event in history.events]
    return sum(each.activity_type.name == "leave-processes" for each in scheduled)


async def test_it_goes_on_in_new_runs_and_is_done_in_the_end(
    restless_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(restless_engine, migrated_url) as made:
        leaving, unending = made.people.mentors[0], await made.ask_nobody()
        workflow_id = names.erasure_workflow(leaving)
        begun = await made.gateway.begin_erasure(leaving, AT_ONCE)
        first = await made.run_id(workflow_id)

        async def moved_on() -> bool:
            return await made.run_id(workflow_id) != first

        await eventually(moved_on)
        again = await made.gateway.begin_erasure(leaving, AT_ONCE)
        assert (again.state, again.begins_at) == ("erasing", begun.begins_at)
        with pytest.raises(IllegalMove):
            await made.gateway.keep_data(leaving)
        await replayed(made, workflow_id, first)
        await made.handle(unending).terminate()
        await erased(made, leaving)
        assert await histories(made, leaving) == []


async def replayed(made: Office, workflow_id: str, run_id: str) -> None:
    client = made.engine.client
    history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    replays = replayer(converter=client.data_converter, namespace=client.namespace)
    await replays.replay_workflow(history)


async def test_it_looks_less_and_less_often(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        leaving = made.people.mentors[0]
        await made.ask_nobody()
        workflow_id = names.erasure_workflow(leaving)
        await made.gateway.begin_erasure(leaving, AT_ONCE)
        await made.engine.fast_forward(workflow_id, HOUR)
        in_the_first_hour = await looks(made, workflow_id)
        assert 10 < in_the_first_hour < 25
        await made.engine.fast_forward(workflow_id, HOUR)
        assert await looks(made, workflow_id) - in_the_first_hour <= 13
