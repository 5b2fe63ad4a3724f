"""What stands in a history, as those see it who have the keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import (
    ActivitySerializationContext,
    SerializationContext,
    WorkflowSerializationContext,
)

from installation.codec import ENCODING, EncryptionCodec, PayloadDamaged

ACTIVITIES = (
    *("open-request", "claim-places", "accept-request", "save-request", "save-relationship"),
    *("begin-erasure", "keep-data", "leave-processes", "farewells-waiting", "erase-person"),
    *("find-histories", "delete-histories", "confirm-erasure", "forget-address"),
    *("begin-export", "collect-export", "delete-export"),
)


async def opened(client: Client, history: WorkflowHistory) -> bytes:
    """The data of every encrypted payload in a history, however deep. Raises PayloadDamaged."""
    codec = client.data_converter.payload_codec
    assert isinstance(codec, EncryptionCodec)
    found = b""
    for event in history.events:
        places = list(_places(client.namespace, {history.workflow_id, *_ids_in(event)}))
        for payload in _payloads(event):
            found += (await _open(codec, places, payload)).data
    return found


async def _open(codec: EncryptionCodec, places: list[SerializationContext], payload: Payload) -> Payload:
    for place in places:
        try:
            return (await codec.with_context(place).decode([payload]))[0]
        except PayloadDamaged:
            pass
    raise PayloadDamaged


def _places(namespace: str, workflow_ids: set[str]) -> Iterator[SerializationContext]:
    for one in workflow_ids:
        yield WorkflowSerializationContext(namespace=namespace, workflow_id=one)
        for activity in ACTIVITIES:
            yield ActivitySerializationContext(
                namespace=namespace,
                workflow_id=one,
                activity_type=activity,
                activity_id=None,
                activity_task_queue=None,
                workflow_type=None,
                is_local=False,
            )


def _ids_in(message: Any) -> Iterator[str]:
    """Ids of the other processes that an event is about: a child, or who is sent a signal."""
    for field, value in message.ListFields():
        if field.name == "workflow_id":
            yield value
        elif hasattr(value, "ListFields"):
            yield from _ids_in(value)


def _payloads(message: Any) -> Iterator[Payload]:
    for _, value in message.ListFields():
        if hasattr(value, "values"):
            parts = list(value.values())
        elif hasattr(value, "append"):
            parts = list(value)
        else:
            parts = [value]
        for one in parts:
            if isinstance(one, Payload):
                yield from [one] if one.metadata.get("encoding") == ENCODING else []
            elif hasattr(one, "ListFields"):
                yield from _payloads(one)
