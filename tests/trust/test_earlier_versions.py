"""Processes that earlier versions began go on, although what they wrote is bound to nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistory, WorkflowUpdateFailedError

from installation.codec import UNBOUND
from installation.connection import data_converter
from models.mails.frame import ReleaseCause
from models.process.actors import Role
from models.process.effects import Overtaken
from models.process.names import relationship_workflow
from models.process.relationship.commands import PartyLeft
from models.process.relationship.parts.completion import SignOff
from models.process.request.commands import AcceptRequest
from models.process.request.state import RequestState
from tests.infra.engine import SECRETS, VirtualEngine
from tests.trust.test_attacks import ACT, accept_of, as_client, payload_of
from tests.workflows.office import Asking, Office, office, request_id, working
from tests.workflows.test_replay import FILES, history, replayer

OLD = data_converter(SECRETS, accept_unbound=True)
"""Writes as versions before 0.3 did."""
ON_ONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def as_of_old(engine: VirtualEngine) -> VirtualEngine:
    config = engine.client.config()
    config["data_converter"] = OLD
    return dataclasses.replace(engine, client=Client(**config))


def ours(message: Any) -> Iterator[Payload]:
    """The payloads in a part of a history that go through the codec: all but those of engine and SDK."""
    for field, value in message.ListFields():
        if field.name in {"search_attributes", "header"}:
            continue
        if field.name == "details" and field.message_type.GetOptions().map_entry:
            yield from (payload for key in value if key == "result" for payload in value[key].payloads)
        else:
            for one in value if field.is_repeated else (value,):
                if isinstance(one, Payload):
                    yield one
                elif hasattr(one, "ListFields"):
                    yield from ours(one)


async def sealed(recorded: WorkflowHistory) -> int:
    """Encrypts a recorded history in place as the versions before 0.3 did; how many payloads there were."""
    assert OLD.payload_codec is not None
    found = [payload for event in recorded.events for payload in ours(event)]
    for payload in found:
        payload.CopyFrom((await OLD.payload_codec.encode([payload]))[0])
    return len(found)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
@pytest.mark.parametrize("accept_unbound", [False, True])
async def test_what_they_have_encrypted_is_replayed(file: Path, accept_unbound: bool) -> None:
    recorded = history(file)
    assert await sealed(recorded) > 1
    converter = data_converter(SECRETS, accept_unbound=accept_unbound)
    await replayer(converter=converter).replay_workflow(recorded)


@ON_ONE
async def test_a_process_goes_on_after_the_upgrade(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    """Begun, and told something on the last day before; nobody has to do anything for it."""
    async with office(virtual_engine, migrated_url, mentees=2, works=False) as made:
        old = as_of_old(virtual_engine)
        before = Office(old, made.people, Asking(old.client, made.database), made.rules)
        async with working(before):
            pair = await before.paired(1)
            asked = await before.ask()
            await before.saved(asked)
        start = await payload_of(before.handle(request_id(asked)), *ACT)
        assert start.metadata["encoding"] == UNBOUND
        async with working(made):
            view = await made.say(pair, SignOff(comment=""), made.mentor)
            assert view.state == "completing"
            assert (await made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor)).state is (
                RequestState.ACCEPTED
            )
            await made.ended(request_id(asked))


@ON_ONE
async def test_what_was_on_its_way_arrives(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url, works=False) as made:
        old = as_of_old(virtual_engine)
        before = Office(old, made.people, Asking(old.client, made.database), made.rules)
        async with working(before):
            asked = await before.ask()
            await before.saved(asked)
        left = Overtaken(process_id=asked.id, workflow_id=request_id(asked), cause=ReleaseCause.MENTOR_LEFT)
        await before.handle(request_id(asked)).signal("overtaken", left)
        async with working(made):
            await made.ended(request_id(asked))
            assert await made.happened(asked.id) == ["RequestSubmitted", "RequestReleased"]


@ON_ONE
async def test_the_operator_may_let_them_work_side_by_side(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    """With the setting on, plain text counts, and what is written can be read by a part of 0.2."""
    async with office(as_of_old(virtual_engine), migrated_url, mentees=2) as made:
        asked, other = await made.ask(), await made.ask(1)
        handle = as_client(made).get_workflow_handle(request_id(asked))
        with pytest.raises(KeyError, match="encoding"):  # the answer is encrypted
            await handle.execute_update("accept", accept_of(asked))
        await made.ended(request_id(asked))
        pair = relationship_workflow((await made.request(asked)).relationship_id or "")
        await as_client(made).get_workflow_handle(pair).signal("party_left", PartyLeft(side=Role.MENTOR))
        await made.ended(pair)
        assert (await payload_of(made.handle(request_id(other)), *ACT)).metadata["encoding"] == UNBOUND


@ON_ONE
async def test_what_was_refused_stays_refused_when_it_is_replayed(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, works=False) as made:
        async with working(made):
            pair = await made.paired()
            workflow_id = relationship_workflow(pair.id)
            for stranger in (as_client(made), as_client(made, OLD)):
                handle = stranger.get_workflow_handle(workflow_id)
                await handle.signal("party_left", PartyLeft(side=Role.MENTOR))
                with pytest.raises(WorkflowUpdateFailedError):
                    await handle.execute_update("withdraw", "nonsense")
        for client in (made.engine.client, as_of_old(virtual_engine).client):
            async with working(made, client=client):
                found = await made.handle(workflow_id).query("view")
                assert found["state"] == "active"
