"""Both kinds of process at work: the real engine and worker, a database, and the gateway in front of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.records import Records
from api.web.gateway import Gateway
from models.process import names
from models.process.actors import Actor, Role
from models.process.commands import Command
from models.process.programme import ProgrammeSettings
from models.process.relationship.view import RelationshipView
from models.process.request.commands import AcceptRequest, HandOverRequest
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.process.timeline import Entry
from models.store import erasing, exporting
from models.store.database import Database
from models.store.delivery import MailRow
from models.store.erasing import Asked
from models.store.processes import RelationshipRow, RequestRow, SurveyRow
from models.store.requests import view_of
from models.store.timeline import entries_of
from tests.infra.engine import VirtualEngine
from tests.store.population import Population, new_id, population
from worker import WORKFLOWS, build_engine_worker
from workflows.messages import ErasureView, ExportView, RequestInput
from workflows.request import RequestWorkflow, request_attributes

PATIENCE_SECONDS = 60
MINUTE = timedelta(minutes=1)


class Asking(Gateway):
    """Writes down first what is asked for, as the API does: no process obeys anything else."""

    def __init__(self, client: Client, database: Database) -> None:
        super().__init__(client)
        self._database = database

    async def begin_erasure(
        self, person_id: str, grace: timedelta, *, by_operator: bool = False
    ) -> ErasureView:
        now = datetime.now(UTC)
        with self._database.writing() as session:
            erasing.ask(session, Asked(person_id, now, now + grace, by_operator))
        return await super().begin_erasure(person_id, grace, by_operator=by_operator)

    async def begin_export(self, person_id: str, export_id: str) -> ExportView:
        with self._database.writing() as session:
            export_id = exporting.ask(session, export_id, person_id, datetime.now(UTC))
        return await super().begin_export(person_id, export_id)


@dataclass
class Office:
    engine: VirtualEngine
    people: Population
    gateway: Gateway
    rules: ProgrammeSettings

    @property
    def database(self) -> Database:
        return self.people.database

    @property
    def mentor(self) -> Actor:
        return Actor(role=Role.MENTOR, person_id=self.people.mentors[0])

    @property
    def mentee(self) -> Actor:
        return Actor(role=Role.MENTEE, person_id=self.people.mentees[0])

    def mentee_of(self, number: int) -> Actor:
        return Actor(role=Role.MENTEE, person_id=self.people.mentees[number])

    @property
    def admin(self) -> Actor:
        return Actor(role=Role.ADMIN, person_id=new_id())

    async def ask(self, mentee: int = 0, mentor: int = 0) -> RequestView:
        now = datetime.now(UTC)
        draft = self.people.request(
            self.people.mentees[mentee],
            self.people.mentors[mentor],
            policy=self.rules.policy(),
            created_at=now,
            since=now,
        )
        return await self.gateway.open_request(draft)

    async def ask_nobody(self, mentee: int = 0, mentor: int = 0) -> str:
        """The workflow id of a request that takes no step: the workers of its version were taken away."""
        draft = self.people.request(self.people.mentees[mentee], self.people.mentors[mentor])
        workflow_id = await self._start_idle(draft)

        async def listed() -> bool:
            query = f"WorkflowId = '{workflow_id}'"
            return (await self.engine.client.count_workflows(query)).count == 1

        await eventually(listed)
        return workflow_id

    async def waiting_since(self, since: datetime, mentee: int) -> Request:
        """A request that takes no step either, and waits since then as far as the engine's lists know."""
        draft = self.people.request(self.people.mentees[mentee], self.people.mentors[0], since=since)
        await self._start_idle(draft)
        return draft

    async def _start_idle(self, draft: Request) -> str:
        workflow_id = names.request_workflow(draft.programme_id, draft.mentee_id, draft.mentor_id)
        await self.engine.client.start_workflow(
            RequestWorkflow.run,
            RequestInput(request=draft, durable=True),
            id=workflow_id,
            task_queue="nobody-is-there",
            search_attributes=request_attributes(draft),
        )
        return workflow_id

    async def tell(
        self, view: RequestView, command: Command, actor: Actor, key: str | None = None
    ) -> RequestView:
        return await self.gateway.act_on_request(view, command, actor, key or new_id())

    def handing_over(self, mentor: int = 1) -> HandOverRequest:
        """The first mentee's request goes to another mentor."""
        to = self.people.request(
            self.people.mentees[0], self.people.mentors[mentor], policy=self.rules.policy()
        )
        return HandOverRequest(mentor_id=to.mentor_id, comment="She has time.", to=to)

    async def say(
        self, view: RelationshipView, command: Command, actor: Actor, key: str | None = None
    ) -> RelationshipView:
        return await self.gateway.act_on_relationship(view.id, command, actor, key or new_id())

    async def paired(self, mentee: int = 0, mentor: int = 0) -> RelationshipView:
        """Asked and accepted: the relationship, once it has started."""
        asked = await self.ask(mentee, mentor)
        actor = Actor(role=Role.MENTOR, person_id=asked.mentor_id)
        accepted = await self.tell(asked, AcceptRequest(comment="Gladly."), actor)
        await self.ended(request_id(accepted))
        return await self.relationship(accepted)

    async def relationship(self, accepted: RequestView) -> RelationshipView:
        """The relationship that an accepted request has started."""
        handle = self.handle(names.relationship_workflow(accepted.relationship_id or ""))
        found: RelationshipView = await handle.query("view", result_type=RelationshipView)
        return found

    def handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.engine.client.get_workflow_handle(workflow_id)

    async def run_id(self, workflow_id: str) -> str:
        """Of the run that is going on, or of the last one."""
        return (await self.handle(workflow_id).describe()).run_id

    async def ended(self, workflow_id: str) -> None:
        """Waits until the process has ended, and with it everything that it had to save."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.handle(workflow_id).result()

    async def ended_by(self, workflow_id: str, act: Awaitable[object]) -> None:
        await act
        await self.ended(workflow_id)

    async def is_running(self, workflow_id: str) -> bool:
        described = await self.handle(workflow_id).describe()
        return described.status is WorkflowExecutionStatus.RUNNING

    async def saved(self, view: RequestView | RelationshipView) -> None:
        """Waits until the projection shows the version of `view`."""
        table = RequestRow if isinstance(view, RequestView) else RelationshipRow

        async def look() -> bool:
            with self.database.reading() as session:
                version = session.scalar(select(table.version).where(table.id == view.id))
            return version is not None and version >= view.version

        await eventually(look)

    async def request(self, view: RequestView) -> RequestRow:
        with self.database.reading() as session:
            return session.get_one(RequestRow, view.id)

    async def requests(self) -> list[RequestView]:
        with self.database.reading() as session:
            return [view_of(row) for row in session.scalars(select(RequestRow))]

    async def timeline(self, process_id: str) -> list[Entry]:
        with self.database.reading() as session:
            return entries_of(session, [process_id])[process_id]

    async def happened(self, process_id: str) -> list[str]:
        return [entry.what for entry in await self.timeline(process_id)]

    async def mails(self, process_id: str) -> list[tuple[str, str]]:
        """(kind, to whom) of every mail of the process, in no order; persons as `mentee 0`, `mentor 0` ..."""
        called = {each: f"mentee {n}" for n, each in enumerate(self.people.mentees)}
        called |= {each: f"mentor {n}" for n, each in enumerate(self.people.mentors)}
        with self.database.reading() as session:
            rows = session.scalars(select(MailRow).where(MailRow.process_id == process_id))
            return sorted((row.kind, called[row.to_person or ""]) for row in rows)

    async def surveys(self, relationship_id: str) -> dict[str, SurveyRow]:
        query = select(SurveyRow).where(SurveyRow.relationship_id == relationship_id)
        with self.database.reading() as session:
            return {row.person_id: row for row in session.scalars(query)}


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await look():
            await asyncio.sleep(0.02)


def request_id(view: RequestView) -> str:
    """The id of the request's workflow."""
    return names.request_workflow(view.programme_id, view.mentee_id, view.mentor_id)


@asynccontextmanager
async def office(
    engine: VirtualEngine,
    url: str,
    *,
    mentees: int = 1,
    mentors: int = 1,
    capacity: int | None = None,
    records: Callable[[Database], Records] | None = None,
    works: bool = True,
    **settings: Any,
) -> AsyncIterator[Office]:
    """`records` makes the activities in place of the real ones; without `works` no worker runs yet."""
    async with population(url, mentees, mentors, capacity, **settings) as people:
        made = Office(engine, people, Asking(engine.client, people.database), ProgrammeSettings(**settings))
        if not works:
            yield made
            return
        async with working(made, records):
            yield made


@asynccontextmanager
async def working(
    made: Office,
    records: Callable[[Database], Records] | None = None,
    client: Client | None = None,
    workflows: Sequence[type] = WORKFLOWS,
) -> AsyncIterator[None]:
    """A worker beside the office; several may work at the same time, each with a client of its own."""
    make = records or real_records
    async with build_engine_worker(client or made.engine.client, make(made.database), workflows):
        yield


def real_records(database: Database) -> Records:
    return Records(database, lambda: None)
