"""What workflows and activities say to each other: one model in, one model out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from models.mails.order import MailOrder
from models.process.draft.state import DraftState
from models.process.effects import Overtaken, RecordAnswers
from models.process.relationship.view import RelationshipView
from models.process.request.view import RequestView
from models.process.shortlist.reports import AsksChosen
from models.process.shortlist.state import Shortlist
from models.process.surveys import Question
from models.process.timeline import Entry


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class Opening(Message):
    """A request that wants to be recorded. `now` is the process's own time, virtual or not."""

    view: RequestView
    workflow_id: str
    now: datetime
    rest: dict[str, Any] | None = None
    """Here and below: of `models.process.whole.rest_of`; None where it comes from a version before 0.3."""


class Refusal(Message):
    """A `models.process.errors.ProcessError` as data: its class name, sentence and field."""

    error: str
    sentence: str
    field: str | None = None
    packed: list[Any] | None = None
    """The template of the sentence."""


class Opened(Message):
    """`at`: when it was opened, the same however often the process has to begin.

    `refusal` is always said, as `full` of `Claimed`: nothing else of the same step can pass for an answer.
    """

    refusal: Refusal | None
    at: datetime | None = None


class Claim(Message):
    request_id: str
    relationship_id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    now: datetime


class Claimed(Message):
    """`full`: on whose side no place was left; then nothing was taken. With `gone`, that side takes part no
    longer (a worker of before 0.3 reads it as full)."""

    full: Literal["mentor", "mentee"] | None
    gone: bool = False
    overtaken: tuple[Overtaken, ...] = ()


class DoneAct(Message):
    """An act that was taken: whose, with which key, and a hash of the request that brought it."""

    person_id: str
    key: str
    request_hash: str


class SaveStep(Message):
    """A new version of a process with all that was said on the way to it."""

    workflow_id: str
    entries: tuple[Entry, ...]
    mails: tuple[MailOrder, ...]
    acts: tuple[DoneAct, ...] = ()
    rest: dict[str, Any] | None = None


class SaveRequest(SaveStep):
    view: RequestView


class Acceptance(Message):
    """Places to be taken, and the step that is saved where they are."""

    claim: Claim
    step: SaveRequest


class Succession(Message):
    """The request that goes on with another mentor, and the step that ends the one before it."""

    opening: Opening
    step: SaveRequest


class SaveRelationship(SaveStep):
    view: RelationshipView
    release_places: bool = False
    answers: tuple[RecordAnswers, ...] = ()
    questions: tuple[Question, ...] = ()
    """The survey's questions, kept with the answers; empty until the surveys are asked."""


class SaveShortlist(SaveStep):
    shortlist: Shortlist

    @property
    def view(self) -> Shortlist:
        return self.shortlist


class Choosing(SaveShortlist):
    """A list that has to know who is asked now, with what is unsaved of it. `now`: the process's own time."""

    now: datetime


class Chosen(Message):
    """One of the two is None."""

    refusal: Refusal | None
    asks: AsksChosen | None


class ErasureStart(Message):
    """An erasure that was asked for at `now` and is to begin at `begins_at`."""

    person_id: str
    now: datetime
    begins_at: datetime
    by_operator: bool


class OfPerson(Message):
    """What an activity about a person's data needs; `now` is the process's own time."""

    person_id: str
    now: datetime


class LastWord(OfPerson):
    at_any_rate: bool = False
    """Whether the address is to be forgotten even if the mail has not left."""


class Run(Message):
    """One execution in the engine."""

    workflow_id: str
    run_id: str


class Histories(Message):
    """What the engine still keeps of a person: runs that have ended (at most a batch), and how many go on."""

    ended: tuple[Run, ...]
    running: int


class ExportStep(Message):
    export_id: str
    person_id: str
    now: datetime
    expires_at: datetime | None = None


class PolicyStep(Message):
    """One change of a programme's settings; `told` is how many requests earlier rounds have told."""

    programme_id: str
    revision: int
    told: int = 0


class PolicyRound(Message):
    """What a round has come to: `left` live by older rules still."""

    told: int
    left: int


class OfDraft(Message):
    draft_id: str


class DraftStands(Message):
    """How a draft stands in the database; `state` None: there is no such."""

    state: DraftState | None
    version: int = 0
    round: int = 1
    expires_at: datetime | None = None


class DraftStep(OfDraft):
    """A draft as its process has it; `actor_id`: the coordinator who has it published."""

    state: DraftState
    version: int
    round: int
    now: datetime
    actor_id: str | None = None
