"""A change of rules on its way through everything that is open: a worker dies, a process has gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.worker import Worker

from activities.policy_changes import PolicyChanges
from models.process import names
from models.process.request.reports import NewPolicy
from models.store import policy_changes, projections
from models.store.processes import RequestRow
from models.store.programmes import change_settings
from models.store.tables import PolicyChangeRow
from tests.infra.engine import VirtualEngine
from tests.store.population import Population, population
from worker import wary
from workflows import sandbox
from workflows.messages import PolicyChangeInput
from workflows.policy_change import PolicyChangeWorkflow
from workflows.trust import Guard

pytestmark = pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
COUNT = 11
DIES_AFTER = 7


class Dies(Exception):
    """As a worker does in the middle of its work."""


class Town:
    """Its open requests live by what they have been told, as far as a worker came to tell them."""

    def __init__(self, people: Population) -> None:
        self.people = people
        self.told: list[str] = []
        self.has_died = False
        now = datetime.now(UTC)
        with people.database.writing() as session:
            for mentee in people.mentees:
                view = people.view(mentee, people.mentors[0], version=1)
                projections.reserve_request(session, view, f"request/{view.id}")
            self.changed = change_settings(session, people.programme_id, {"close_after": "P20D"}, now)
            self.revision = policy_changes.ask(session, people.programme_id, now).revision

    async def tell(self, workflow_id: str, signal: str, what: Any) -> bool:
        assert (signal, type(what)) == (names.POLICY_CHANGED, NewPolicy)
        if len(self.told) == DIES_AFTER and not self.has_died:
            self.has_died = True
            raise Dies
        self.told.append(what.process_id)
        with self.people.database.writing() as session:
            row = session.get_one(RequestRow, what.process_id)
            row.policy_revision = what.policy.revision
        return len(self.told) % 2 == 0

    def change(self) -> PolicyChangeRow:
        with self.people.database.reading() as session:
            return session.get_one(PolicyChangeRow, (self.people.programme_id, self.revision))


async def run(engine: VirtualEngine, town: Town) -> None:
    changes = PolicyChanges(town.people.database, town.tell, per_second=3)
    asked = PolicyChangeInput(programme_id=town.people.programme_id, revision=town.revision)
    async with Worker(
        wary(engine.client),
        task_queue=names.TASK_QUEUE,
        workflows=[PolicyChangeWorkflow],
        activities=[changes.tell_policy, changes.end_policy_change],
        workflow_runner=sandbox.runner(),
        interceptors=[Guard()],
    ):
        await engine.client.execute_workflow(
            PolicyChangeWorkflow.run, asked, id=asked.workflow_id(), task_queue=names.TASK_QUEUE
        )


async def test_one_that_dies_in_the_middle_goes_on_where_it_was_seen(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with population(migrated_url, mentees=COUNT) as people:
        town = Town(people)
        await run(virtual_engine, town)
        assert town.has_died
        assert sorted(set(town.told)) == sorted(town.told), "nobody is told twice who was seen to know"
        assert len(town.told) == COUNT
        row = town.change()
        assert (row.state, row.left, row.requests) == ("done", 0, COUNT)
        assert row.told == len([n for n in range(1, COUNT + 1) if n % 2 == 0])


async def test_one_that_is_superseded_tells_nobody(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with population(migrated_url, mentees=2) as people:
        town, now = Town(people), datetime.now(UTC)
        with people.database.writing() as session:
            change_settings(session, people.programme_id, {"close_after": "P30D"}, now)
            policy_changes.ask(session, people.programme_id, now)
        await run(virtual_engine, town)
        assert (town.told, town.change().state) == ([], "superseded")
