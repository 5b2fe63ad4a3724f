"""Events and billable actions of whole lifecycles, from the real histories, beside those of the floor.

An action is what Temporal Cloud bills: one each for start, timer, activity and each retry, update, signal,
query and upsert of search attributes; two for starting a child; all local activities of one workflow task
together one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from bench.databases import Databases
from bench.figures import Figure, Report
from bench.floor import floor
from bench.installation import installation
from bench.lifecycle import Life, couples, until_sent
from models.store.database import Database

LIVES = 4

START = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
MARKER = EventType.EVENT_TYPE_MARKER_RECORDED
TASK = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
ONE_ACTION = {
    EventType.EVENT_TYPE_TIMER_STARTED: "timers",
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: "activities",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "updates",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signals",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upserts of search attributes",
}


def actions(history: Sequence[HistoryEvent]) -> Counter[str]:
    """Billable actions of one workflow by kind. A child pays for its own start: one of the child's two."""
    found = Counter(ONE_ACTION[event.event_type] for event in history if event.event_type in ONE_ACTION)
    child = history[0].workflow_execution_started_event_attributes.HasField("parent_workflow_execution")
    found["starts of children" if child else "starts"] += 2 if child else 1
    found["tasks with local activities"] = sum(
        event.event_type == MARKER and before.event_type != MARKER
        for before, event in pairwise(_commands(history))
    )
    return found


def _commands(history: Iterable[HistoryEvent]) -> list[HistoryEvent]:
    """Only task ends and local activities, so that neighbours are of one task."""
    return [event for event in history if event.event_type in {TASK, MARKER}]


async def histories(client: Client) -> AsyncIterator[tuple[str, list[HistoryEvent]]]:
    """Workflow type and events of everything that the engine keeps."""
    async for execution in client.list_workflows(""):
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        yield execution.workflow_type, [event async for event in handle.fetch_history_events()]


async def measure(databases: Databases) -> Report:
    """A few whole lifecycles, one after the other, of which every history is read."""
    url = await databases.new()
    database = Database(url)
    _, pairs = await couples(database, LIVES)
    with TemporaryDirectory(prefix="steadfast-bench-") as place:
        async with floor(Path(place, "floor")) as ground, installation(Path(place, "up"), url) as ours:
            life = Life(ours.url, pairs)
            for number in range(LIVES):
                await ground.live(number)
                await life.live(number)
            await until_sent(database)
            bare, own = _Count(), _Count()
            async for kind, history in histories(ground.client):
                bare.add(kind, history)
            async for kind, history in histories(ours.engine):
                own.add(kind, history)
    await database.close()
    return _report(bare, own)


class _Count:
    """Events, bytes and actions of all histories together, and actions by kind of workflow."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.actions: Counter[str] = Counter()
        self.by_type: Counter[str] = Counter()
        self.bytes = 0

    def add(self, kind: str, history: list[HistoryEvent]) -> None:
        found = actions(history)
        self.actions += found
        self.by_type[kind] += found.total()
        self.events.update(_name(event) for event in history)
        self.bytes += sum(event.ByteSize() for event in history)


def _name(event: HistoryEvent) -> str:
    name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
    return name.removeprefix("WORKFLOW_EXECUTION_").replace("_", " ").lower()


def _report(bare: _Count, own: _Count) -> Report:
    figures = [
        Figure("actions per lifecycle", own.actions.total() / LIVES, "", "at most 35"),
        Figure("floor, actions per lifecycle", bare.actions.total() / LIVES),
    ]
    figures += [Figure(f"of these {name}", count / LIVES) for name, count in own.actions.most_common()]
    figures += [Figure(f"of these by {name}", count / LIVES) for name, count in own.by_type.items()]
    for name, count in (("Steadfast", own), ("floor", bare)):
        figures += [
            Figure(f"{name}, events", count.events.total() / LIVES),
            Figure(f"{name}, workflow tasks", count.events["workflow task completed"] / LIVES),
            Figure(f"{name}, size of the histories", count.bytes / LIVES / 1000, "kB"),
        ]
    events = ", ".join(
        f"{name} {count / LIVES:g} ({bare.events[name] / LIVES:g})"
        for name, count in own.events.most_common()
    )
    return Report(
        "Events and actions of a lifecycle", tuple(figures), (f"Events, in brackets the floor's: {events}",)
    )
