"""The one argument of each workflow, update and signal."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from models.process.actors import Actor
from models.process.commands import Command
from models.process.relationship import Relationship
from models.process.request import Request

C = TypeVar("C", bound=Command)


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class RequestInput(Message):
    """`request` is a draft (version 0) at the very start, and the whole state after continue-as-new."""

    request: Request
    handled: tuple[str, ...] = ()
    """Keys of acts that earlier runs have handled."""


class RelationshipInput(Message):
    relationship: Relationship
    handled: tuple[str, ...] = ()


class Act(Message, Generic[C]):
    """One act of one person. `process_id` guards against a workflow id that a newer process has taken."""

    process_id: str
    actor: Actor
    command: C
    key: str
    """The idempotency key; the update has the same id."""
