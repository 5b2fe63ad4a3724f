"""A process that stood still over its last reminder and its closing date: first a reminder, then the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.process.names import TASK_QUEUE
from models.process.request.commands import RequestAmendment
from models.process.request.state import Request
from models.process.request.view import RequestView
from tests.infra.engine import VirtualEngine
from tests.workflows.office import Office, eventually, office, request_id, working
from workflows.messages import RequestInput, RequestSnapshot
from workflows.request import RequestWorkflow, request_attributes

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

DAY = timedelta(days=1)
AWAY = 3 * DAY


async def carried_from_before(made: Office, asked: RequestView) -> Request:
    """Starts the process again as if its last run had stood still since before its last reminder.

    The virtual clock stops at the first date that no worker meets, so the dates go back and not the clock on.
    """
    handle = made.handle(request_id(asked))
    snapshot: RequestSnapshot = await handle.query("snapshot", result_type=RequestSnapshot)
    await handle.terminate()
    assert snapshot.process.closes_at
    back = snapshot.process.closes_at - snapshot.process.since + AWAY
    earlier = snapshot.process.model_copy(
        update={
            "since": snapshot.process.since - back,
            "reminders": tuple(at - back for at in snapshot.process.reminders),
            "closes_at": snapshot.process.closes_at - back,
        }
    )
    await made.engine.client.start_workflow(
        RequestWorkflow.run,
        RequestInput(request=earlier, durable=True),
        id=request_id(asked),
        task_queue=TASK_QUEUE,
        search_attributes=request_attributes(earlier),
    )
    return earlier


@pytest.mark.parametrize("amended", [False, True])
async def test_it_reminds_first_and_ends_a_day_later(
    virtual_engine: VirtualEngine, migrated_url: str, amended: bool
) -> None:
    async with office(virtual_engine, migrated_url, works=False) as made:
        async with working(made):
            asked = await made.ask()
            if amended:
                asked = await made.tell(asked, RequestAmendment(comment="Which talk?"), made.mentor)
            await made.saved(asked)
            before = await made.happened(asked.id)
            mails = await made.mails(asked.id)
            earlier = await carried_from_before(made, asked)
        assert await made.happened(asked.id) == before
        async with working(made):
            await eventually(lambda: _reminded(made, asked))
            row = await made.request(asked)
            timeline = (await made.timeline(asked.id))[len(before) :]
            assert [entry.what for entry in timeline] == ["ClosingDateMoved", "ReminderSent"]
            assert earlier.closes_at
            assert row.closes_at
            assert DAY / 2 < row.closes_at - timeline[1].at < 5 * DAY  # at the end of a working day
            assert row.next_reminder_at is None
            kind, who = ("amendment-reminder", "mentee 0") if amended else ("request-reminder", "mentor 0")
            assert await made.mails(asked.id) == sorted([*mails, (kind, who)])
            await virtual_engine.fast_forward_to(request_id(asked), row.closes_at)
            await made.ended(request_id(asked))
            assert (await made.happened(asked.id))[-1] == "RequestExpired"
            both = [("request-expired", "mentee 0"), ("request-expired", "mentor 0")]
            assert await made.mails(asked.id) == sorted([*mails, (kind, who), *both])


async def _reminded(made: Office, asked: RequestView) -> bool:
    return (await made.request(asked)).last_event == "ReminderSent"
