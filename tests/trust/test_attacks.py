"""Somebody who reaches the engine without a key: what they say changes nothing, and the process goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from temporalio import activity
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.workflowservice.v1 import (
    QueryWorkflowRequest,
    RespondActivityTaskCompletedByIdRequest,
    RespondActivityTaskFailedByIdRequest,
)
from temporalio.client import (
    ActivityFailureError,
    Client,
    WorkflowFailureError,
    WorkflowHistory,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from activities.messages import Acceptance, Claimed, OfPerson
from activities.records import Records
from api.web.failures import EngineDown, Unconfirmed
from installation.codec import ENCODING, PayloadUnreadable
from installation.connection import data_converter
from models.mails.frame import ReleaseCause
from models.process import names, resuming
from models.process.actors import Actor, Role
from models.process.commands import MailBounced
from models.process.effects import ExportDiscarded, Overtaken
from models.process.erasure import GRACE
from models.process.relationship.commands import EndRelationship, PartyLeft
from models.process.relationship.parts.completion import SignOff
from models.process.request.commands import AcceptRequest
from models.process.request.state import RequestState
from models.process.request.view import RequestView
from models.store.database import Database
from models.store.privacy import ErasureRow, ExportRow
from models.store.processes import RelationshipRow
from models.store.tables import PersonRow
from tests.infra.engine import SECRETS, VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import Office, eventually, office, request_id, working
from workflows.messages import (
    Act,
    ErasureInput,
    ExportInput,
    KeepData,
    RelationshipInput,
    RequestInput,
    RequestSnapshot,
)

SOON = timedelta(seconds=5)
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def as_client(made: Office, converter: DataConverter = pydantic_data_converter) -> Client:
    """A client of the engine as anybody on the machine can make one."""
    config = made.engine.client.config()
    config["data_converter"] = converter
    return Client(**config)


def earlier_version(made: Office) -> Client:
    """What a part of 0.2 would be, with our keys."""
    return as_client(made, data_converter(SECRETS, accept_unbound=True))


@pytest.fixture
async def made(virtual_engine: VirtualEngine, migrated_url: str) -> AsyncIterator[Office]:
    async with office(virtual_engine, migrated_url, mentees=2, mentors=2) as made:
        yield made


def accept_of(asked: RequestView) -> Act[Any]:
    actor = Actor(role=Role.MENTOR, person_id=asked.mentor_id)
    return Act(process_id=asked.id, actor=actor, command=AcceptRequest(comment="Mine."), key=new_id())


async def accepted_after_all(made: Office, asked: RequestView) -> None:
    """The mentor's own acceptance works, and is the only thing that has happened."""
    actor = Actor(role=Role.MENTOR, person_id=asked.mentor_id)
    view = await made.tell(asked, AcceptRequest(comment="Gladly."), actor)
    assert view.state is RequestState.ACCEPTED
    await made.ended(request_id(asked))
    assert await made.happened(asked.id) == ["RequestSubmitted", "RequestAccepted"]
    assert (await made.relationship(view)).state == "active"


ACT = "workflow_execution_update_accepted_event_attributes", "accepted_request.input.args"
START = "workflow_execution_started_event_attributes", "input"
UPDATES = (
    "accept",
    "reject",
    "request-amendment",
    "resubmit",
    "edit",
    "withdraw",
    "remind",
    "extend",
    "close",
)


@pytest.mark.parametrize("converter", ["plain", "earlier"])
async def test_no_act_is_taken_that_is_not_sealed(made: Office, converter: str) -> None:
    asked = await made.ask()
    stranger = as_client(made) if converter == "plain" else earlier_version(made)
    handle = stranger.get_workflow_handle(request_id(asked))
    for name in UPDATES:
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(name, accept_of(asked))
    bad: tuple[list[Any], ...] = ([], [accept_of(asked), 1], ["nonsense"], [{}])
    for arguments in bad:
        for name in (*UPDATES, "opened"):
            with pytest.raises(WorkflowUpdateFailedError):
                await handle.execute_update(name, args=arguments)
    await accepted_after_all(made, asked)


async def payload_of(handle: Any, event: str, part: str) -> Payload:
    """The first payload of such an event in a history, as anybody can read it there."""
    history: WorkflowHistory = await handle.fetch_history()
    for each in history.events:
        if each.HasField(event):  # type: ignore[arg-type]
            found = getattr(each, event)
            for step in part.split("."):
                found = getattr(found, step)
            payloads: list[Payload] = list(found.payloads)
            if payloads:
                return payloads[0]
    raise AssertionError(event)


async def test_a_copy_of_anothers_acceptance_is_not_one(made: Office) -> None:
    accepted, open_one = await made.ask(0, 0), await made.ask(1, 1)
    actor = Actor(role=Role.MENTOR, person_id=accepted.mentor_id)
    await made.tell(accepted, AcceptRequest(comment="Gladly."), actor)
    await made.ended(request_id(accepted))
    copy = await payload_of(made.handle(request_id(accepted)), *ACT)
    handle = as_client(made).get_workflow_handle(request_id(open_one))
    for name in UPDATES:
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(name, args=[RawValue(copy)])
    for signal in ("overtaken", "mail_bounced"):
        await handle.signal(signal, args=[RawValue(copy)])
    with pytest.raises(WorkflowFailureError):
        await as_client(made).execute_workflow("Request", RawValue(copy), id="x", task_queue=names.TASK_QUEUE)
    await accepted_after_all(made, open_one)


@pytest.mark.parametrize("key", [b"unknown", b""])
async def test_what_only_looks_encrypted_holds_nothing_up(made: Office, key: bytes) -> None:
    asked = await made.ask()
    handle = as_client(made).get_workflow_handle(request_id(asked))
    metadata = {"encoding": b"binary/encrypted+bound", "encryption-key-id": key}
    forged = RawValue(Payload(metadata=metadata, data=b"x" * 40))
    await handle.signal("overtaken", forged)
    for name in ("accept", "opened"):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(name, forged)
    await accepted_after_all(made, asked)


async def test_no_signal_is_heard_that_is_not_sealed(made: Office) -> None:
    asked = await made.ask()
    handle = as_client(made).get_workflow_handle(request_id(asked))
    gone = Overtaken(process_id=asked.id, workflow_id=request_id(asked), cause=ReleaseCause.MENTOR_LEFT)
    for arguments in ([gone], [gone, gone], [], ["nonsense"], [None]):
        await handle.signal("overtaken", args=arguments)
        await handle.signal("mail_bounced", args=arguments)
    await handle.signal("mail_bounced", MailBounced(process_id=asked.id, kind="request-received"))
    await handle.signal("unheard_of", gone)
    await accepted_after_all(made, asked)


@pytest.mark.parametrize("converter", ["plain", "earlier"])
async def test_a_relationship_ends_by_no_strange_signal(made: Office, converter: str) -> None:
    pair = await made.paired()
    stranger = as_client(made) if converter == "plain" else earlier_version(made)
    handle = stranger.get_workflow_handle(names.relationship_workflow(pair.id))
    await handle.signal("party_left", PartyLeft(side=Role.MENTOR))
    await handle.signal("party_left", args=[])
    actor = Actor(role=Role.ADMIN, person_id=new_id())
    act = Act(process_id=pair.id, actor=actor, command=EndRelationship(comment="Over."), key=new_id())
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update("end", act)
    await made.engine.client.get_workflow_handle(handle.id).query("view")
    view = await made.say(pair, SignOff(comment=""), made.mentor)
    assert view.state == "completing"


async def test_what_is_answered_can_be_read_with_a_key_only(made: Office) -> None:
    asked = await made.ask()
    handle = as_client(made).get_workflow_handle(request_id(asked))
    for query in ("view", "snapshot", "__stack_trace", "__temporal_workflow_metadata"):
        asks = QueryWorkflowRequest(
            namespace=made.engine.client.namespace,
            execution=WorkflowExecution(workflow_id=handle.id),
            query=WorkflowQuery(query_type=query),
        )
        answer = await made.engine.client.workflow_service.query_workflow(asks)
        assert [each.metadata["encoding"] for each in answer.query_result.payloads] == [ENCODING]
    with pytest.raises(KeyError, match="Unknown payload encoding"):  # the failure is encrypted as well
        await handle.query("view", "an argument that it does not take")


STARTS: dict[str, Any] = {
    "Erasure": lambda made, draft: ErasureInput(person_id=made.people.mentors[0], grace=timedelta()),
    "Export": lambda made, draft: ExportInput(person_id=made.people.mentees[0], export_id=new_id()),
    "Request": lambda made, draft: RequestInput(request=draft, durable=True),
}


@pytest.mark.parametrize("kind", STARTS)
async def test_no_process_begins_that_is_not_sealed(made: Office, kind: str) -> None:
    draft = made.people.request(made.people.mentees[0], made.people.mentors[0])
    start = STARTS[kind](made, draft)
    with pytest.raises(WorkflowFailureError):
        await as_client(made).execute_workflow(
            kind, start, id=start.workflow_id(), task_queue=names.TASK_QUEUE
        )
    await nothing_has_happened(made)
    asked = await made.ask()
    await accepted_after_all(made, asked)


async def nothing_has_happened(made: Office) -> None:
    with made.database.reading() as session:
        for table in (ErasureRow, ExportRow, RelationshipRow):
            assert list(session.scalars(select(table))) == []
        addresses = session.scalars(select(PersonRow.email))
        assert not [each for each in addresses if each.endswith(".invalid")]
    assert await made.requests() == []


async def test_a_copied_start_begins_nothing(made: Office) -> None:
    """Neither under another name, nor after its own end: the relationship is over for the database too."""
    pair = await made.paired()
    workflow_id = names.relationship_workflow(pair.id)
    actor = Actor(role=Role.ADMIN, person_id=new_id())
    await made.say(pair, EndRelationship(comment="Over."), actor)
    await made.ended(workflow_id)
    copy = await payload_of(made.handle(workflow_id), *START)
    with pytest.raises(WorkflowFailureError):
        await as_client(made).execute_workflow(
            "Relationship", RawValue(copy), id="relationship/other", task_queue=names.TASK_QUEUE
        )
    await as_client(made).start_workflow(
        "Relationship", RawValue(copy), id=workflow_id, task_queue=names.TASK_QUEUE
    )
    await made.handle(workflow_id).query("view")
    with made.database.reading() as session:
        assert session.get_one(RelationshipRow, pair.id).state == "ended"


async def test_no_relationship_is_recorded_that_no_acceptance_has_made(made: Office) -> None:
    """Not even a sealed one, of a request that nobody has decided."""
    asked = await made.ask()
    said = await made.handle(request_id(asked)).query("snapshot", result_type=RequestSnapshot)
    made_up = resuming.relationship_of(said.process, new_id(), datetime.now(UTC))
    start = RelationshipInput(relationship=made_up, durable=True)
    handle = await made.engine.client.start_workflow(
        "Relationship", start, id=start.workflow_id(), task_queue=names.TASK_QUEUE
    )

    async def was_tried() -> bool:
        return len((await handle.fetch_history()).events) > 4

    await eventually(was_tried)
    with made.database.reading() as session:
        assert list(session.scalars(select(RelationshipRow))) == []
    await handle.terminate()
    await accepted_after_all(made, asked)


async def test_a_sealed_erasure_that_nobody_asked_for_erases_nobody(made: Office) -> None:
    """Sealed it is, as a copy of one that was called off would be. The database knows better."""
    person_id = made.people.mentors[0]
    await made.gateway.begin_erasure(person_id, GRACE)
    await made.gateway.keep_data(person_id)
    workflow_id = names.erasure_workflow(person_id)
    await made.ended(workflow_id)
    for begun_at in (None, datetime.now(UTC)):
        start = ErasureInput(person_id=person_id, grace=timedelta(), begun_at=begun_at)
        await made.engine.client.start_workflow("Erasure", start, id=workflow_id, task_queue=names.TASK_QUEUE)
        if begun_at:
            await made.engine.fast_forward(workflow_id, timedelta(hours=7))
        await made.ended(workflow_id)
    await accepted_after_all(made, await made.ask())
    with made.database.reading() as session:
        assert not session.get_one(PersonRow, person_id).email.endswith(".invalid")
        assert session.get_one(ErasureRow, person_id).state == "kept"


async def test_nobody_else_calls_an_erasure_off(made: Office) -> None:
    person_id = made.people.mentors[0]
    workflow_id = names.erasure_workflow(person_id)
    await made.gateway.begin_erasure(person_id, GRACE)
    await made.gateway.keep_data(person_id)
    await made.ended(workflow_id)
    earlier = RawValue(await payload_of(made.handle(workflow_id), *ACT))
    begun = await made.gateway.begin_erasure(person_id, GRACE)
    handle = as_client(made).get_workflow_handle(workflow_id)
    keep = KeepData(person_id=person_id, begins_at=begun.begins_at)
    for arguments in ([], [keep], [None], [earlier]):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("keep", args=arguments)
    assert (await made.gateway.keep_data(person_id)).state == "kept"


async def test_nobody_else_deletes_a_copy(made: Office) -> None:
    person_id, export_id = made.people.mentees[0], new_id()
    await made.gateway.begin_export(person_id, export_id)
    handle = as_client(made).get_workflow_handle(names.export_workflow(person_id))
    for arguments in ([], [ExportDiscarded(export_id=export_id)]):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("deleted", args=arguments)
        await handle.signal("discard", args=arguments)
    assert await made.is_running(names.export_workflow(person_id))
    assert (await made.gateway.delete_export(person_id)).state == "deleted"


async def test_an_activity_that_no_process_asked_for_does_nothing(made: Office) -> None:
    who = OfPerson(person_id=made.people.mentors[0], now=datetime.now(UTC))
    for stranger in (as_client(made), earlier_version(made)):
        for name in ("erase-person", "confirm-erasure", "leave-processes"):
            with pytest.raises((ActivityFailureError, PayloadUnreadable)):
                await stranger.execute_activity(
                    name,
                    who,
                    id=new_id(),
                    task_queue=names.TASK_QUEUE,
                    start_to_close_timeout=SOON,
                    schedule_to_close_timeout=SOON,
                )
    await nothing_has_happened(made)
    await accepted_after_all(made, await made.ask())


async def test_a_process_whose_key_is_missing_waits_until_it_is_back(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    """It must not fail as one that was forged does: the operator has only dropped a key too soon."""
    async with office(virtual_engine, migrated_url, works=False) as made:
        async with working(made):
            asked = await made.ask()
            await made.saved(asked)
        without = as_client(made, data_converter(("another secret of the tests, and as long as that",)))
        await made.handle(request_id(asked)).signal(
            "mail_bounced", MailBounced(process_id=asked.id, kind="request-received")
        )

        async def tried() -> bool:
            events = (await made.handle(request_id(asked)).fetch_history()).events
            return any(event.HasField("workflow_task_failed_event_attributes") for event in events)

        async with working(made, client=without):
            await eventually(tried)
        assert await made.is_running(request_id(asked))
        key = new_id()

        async def accepted() -> bool:
            """The engine waits for longer and longer before it tries a failed task again."""
            with suppress(Unconfirmed, EngineDown):
                view = await made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor, key)
                return view.state is RequestState.ACCEPTED
            return False

        async with working(made):
            await eventually(accepted)
            await made.ended(request_id(asked))
        happened = ["RequestSubmitted", "MailBounced", "RequestAccepted"]
        assert await made.happened(asked.id) == happened


@dataclass(frozen=True)
class Slow(Records):
    """The first acceptance waits, so that somebody else can answer in its place."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    @activity.defn(name="accept-request")
    async def accept_request(self, acceptance: Acceptance) -> Claimed:
        if not self.begun.is_set():
            self.begun.set()
            await self.go_on.wait()
        return await super().accept_request(acceptance)


FULL = Claimed(full="mentor")
RESULTS = ("plain", "earlier", "own", "failure")


@pytest.mark.parametrize("kind", RESULTS)
async def test_a_forged_answer_of_an_activity_is_asked_for_again(
    virtual_engine: VirtualEngine, migrated_url: str, kind: str
) -> None:
    slow: list[Slow] = []

    def records(database: Database) -> Records:
        slow.append(Slow(database, lambda: None))
        return slow[0]

    async with office(virtual_engine, migrated_url, records=records) as made:
        asked = await made.ask()
        acceptance = asyncio.ensure_future(made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor))
        await slow[0].begun.wait()
        await forge(made, request_id(asked), kind)
        try:
            assert (await acceptance).state is RequestState.ACCEPTED
        finally:
            slow[0].go_on.set()
        await made.ended(request_id(asked))
        assert await made.happened(asked.id) == ["RequestSubmitted", "RequestAccepted"]


async def forge(made: Office, workflow_id: str, kind: str) -> None:
    """Answers the acceptance that is under way."""
    described = (await made.handle(workflow_id).describe()).raw_description
    where: dict[str, Any] = {
        "namespace": made.engine.client.namespace,
        "workflow_id": workflow_id,
        "activity_id": described.pending_activities[0].activity_id,
    }
    service = as_client(made).workflow_service
    if kind == "failure":
        info = ApplicationFailureInfo(type="Forged", non_retryable=True)
        failure = Failure(message="It is over.", application_failure_info=info)
        await service.respond_activity_task_failed_by_id(
            RespondActivityTaskFailedByIdRequest(**where, failure=failure)
        )
        return
    results = {
        "plain": await pydantic_data_converter.encode([FULL]),
        "earlier": await data_converter(SECRETS, accept_unbound=True).encode([FULL]),
        "own": [await payload_of(made.handle(workflow_id), *ACT)],
    }
    await service.respond_activity_task_completed_by_id(
        RespondActivityTaskCompletedByIdRequest(**where, result=Payloads(payloads=results[kind]))
    )
