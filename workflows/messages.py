"""The one argument of each workflow, update and signal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from models.mails.order import MailOrder
from models.process import names
from models.process.actors import Actor, Role
from models.process.commands import Command
from models.process.draft.state import DraftAct, DraftState
from models.process.effects import RecordAnswers
from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.process.shortlist.state import Shortlist, ShortlistView
from models.process.timeline import Entry
from workflows.trust import Start

C = TypeVar("C", bound=Command)


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class RequestInput(Start):
    """`request` is a draft (version 0) at the very start, and the whole state after continue-as-new."""

    request: Request
    handled: tuple[str, ...] = ()
    """Keys of acts that earlier runs have handled."""
    hashes: dict[str, str] = Field(default_factory=dict)
    """By key, of `Act.request_hash`."""
    resumed: bool = False
    """It had a process before, which was lost: it begins with what `models.process.resuming` says."""
    durable: bool = False
    """Whether all saves but the first are regular activities; not so in processes that began before 0.2."""

    def workflow_id(self) -> str:
        asked = self.request
        return names.request_workflow(asked.programme_id, asked.mentee_id, asked.mentor_id)


class RelationshipInput(Start):
    relationship: Relationship
    handled: tuple[str, ...] = ()
    hashes: dict[str, str] = Field(default_factory=dict)
    resumed: bool = False
    durable: bool = False
    closes: int = 0
    decided_by: Role = Role.MENTOR
    paired: bool = False
    """All three: see `StartRelationship`."""

    def workflow_id(self) -> str:
        return names.relationship_workflow(self.relationship.id)


class ShortlistInput(Start):
    """`shortlist` is a draft (version 0) at the very start, and the whole state after continue-as-new."""

    shortlist: Shortlist
    handled: tuple[str, ...] = ()
    hashes: dict[str, str] = Field(default_factory=dict)

    def workflow_id(self) -> str:
        return names.shortlist_workflow(self.shortlist.id)


class Snapshot(Message):
    """All that one run knows of its process: enough to save its projection again, or to go on from it.

    `entries`, `mails` and `answers` are those of this run; earlier runs answer for theirs. What is newer than
    `saved_version` is being saved at this moment.
    """

    saved_version: int
    entries: tuple[Entry, ...]
    mails: tuple[MailOrder, ...]
    handled: tuple[str, ...]
    hashes: dict[str, str] = Field(default_factory=dict)


class RequestSnapshot(Snapshot):
    process: Request


class RelationshipSnapshot(Snapshot):
    process: Relationship
    answers: tuple[RecordAnswers, ...]


class ShortlistSnapshot(Snapshot):
    process: Shortlist


class Act(Message, Generic[C]):
    """One act of one person. `process_id` guards against a workflow id that a newer process has taken."""

    process_id: str
    actor: Actor
    command: C
    key: str
    """The idempotency key; the update has the same id."""
    request_hash: str = ""
    """A hash of the request that brought it; the same key with another one is refused. Empty: not asked."""
    attempt: str = ""
    """Another one each time that the act is sent, so that a repeat is known by the answer of the first."""


class Answer(Message):
    """What an update answers beside the view. The engine gives a known update id the answer of the first."""

    request_hash: str = ""
    attempt: str = ""


class RequestAnswer(RequestView, Answer):
    """A version before 0.3 reads the view in it, and has its answers read as this."""


class RelationshipAnswer(RelationshipView, Answer):
    """Like `RequestAnswer`."""


class ShortlistAnswer(ShortlistView, Answer):
    """Like `RequestAnswer`."""


class ErasureInput(Start):
    """`grace`: how long after the asking it begins."""

    person_id: str
    grace: timedelta
    by_operator: bool = False
    begun_at: datetime | None = None
    """When it began, for a run that goes on with what an earlier one has begun."""

    def workflow_id(self) -> str:
        return names.erasure_workflow(self.person_id)


class ErasureView(Message):
    """`state`: waiting, kept, erasing, erased; unknown when there was no such person."""

    state: str
    begins_at: datetime


class KeepData(Message):
    """Calls off the erasure that is to begin at `begins_at`, and no later one."""

    person_id: str
    begins_at: datetime


class ExportInput(Start):
    person_id: str
    export_id: str

    def workflow_id(self) -> str:
        return names.export_workflow(self.person_id)


class ExportView(Message):
    """`state`: collecting, ready, deleted."""

    export_id: str
    state: str
    expires_at: datetime | None = None


class PolicyChangeInput(Start):
    programme_id: str
    revision: int

    def workflow_id(self) -> str:
        return names.policy_change_workflow(self.programme_id, self.revision)


class DraftInput(Start):
    """What is to be drafted, and how it stands, is in the database."""

    draft_id: str

    def workflow_id(self) -> str:
        return names.draft_workflow(self.draft_id)


class DraftDone(Message):
    """What a coordinator does with a draft; `what` None only has it begin, or go on."""

    draft_id: str
    what: DraftAct | None = None
    actor_id: str | None = None


class DraftView(Message):
    draft_id: str
    state: DraftState
    version: int
    round: int
