"""What the parts of a relationship share: its states, the table of moves, its commands, and what a part is.

A part has its own fields, commands, dates and next step. `Relationship` is put together of the parts; a new
part is a module in `parts/` and a line there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from models.process.actors import Role
from models.process.commands import Command
from models.process.terms import Sentence

if TYPE_CHECKING:
    from models.process.relationship.state import Relationship
    from models.process.relationship.step import RelationshipStep

SIDES = (Role.MENTEE, Role.MENTOR)


class RelationshipState(StrEnum):
    ACTIVE = "active"
    COMPLETING = "completing"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


S = RelationshipState

RUNNING = frozenset({S.ACTIVE, S.COMPLETING})

IN_TOUCH = frozenset({S.ACTIVE, S.COMPLETING, S.COMPLETED})
"""While a relationship is in one of these, the two may know how to reach each other (L1)."""

MOVES: dict[tuple[RelationshipState, str], frozenset[RelationshipState]] = {
    (S.ACTIVE, "set-goal"): frozenset({S.ACTIVE}),
    (S.ACTIVE, "revise-goal"): frozenset({S.ACTIVE}),
    (S.ACTIVE, "complete"): frozenset({S.COMPLETING}),
    (S.ACTIVE, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.ACTIVE, "end"): frozenset({S.ENDED}),
    (S.ACTIVE, "party-left"): frozenset({S.WITHDRAWN}),
    (S.ACTIVE, "mail-bounced"): frozenset({S.ACTIVE}),
    (S.COMPLETING, "set-goal"): frozenset({S.COMPLETING}),
    (S.COMPLETING, "revise-goal"): frozenset({S.COMPLETING}),
    (S.COMPLETING, "confirm-completion"): frozenset({S.COMPLETED}),
    (S.COMPLETING, "decline-completion"): frozenset({S.ACTIVE}),
    (S.COMPLETING, "withdraw"): frozenset({S.WITHDRAWN}),
    (S.COMPLETING, "end"): frozenset({S.ENDED}),
    (S.COMPLETING, "confirmation-overdue"): frozenset({S.COMPLETED}),
    (S.COMPLETING, "party-left"): frozenset({S.WITHDRAWN}),
    (S.COMPLETING, "mail-bounced"): frozenset({S.COMPLETING}),
    (S.COMPLETED, "survey"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "survey-reminder-due"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "survey-overdue"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "party-left"): frozenset({S.COMPLETED}),
    (S.COMPLETED, "mail-bounced"): frozenset({S.COMPLETED}),
}
"""(state, command) -> the states it may lead to. A completed one lives on until both surveys are settled."""

STANDS: dict[RelationshipState, str] = {
    S.ACTIVE: "is active",
    S.COMPLETING: "waits for the confirmation that it is complete",
    S.COMPLETED: "has been completed",
    S.WITHDRAWN: "has been ended by one of the two",
    S.ENDED: Sentence("has been ended by {t.a_coordinator}"),
}
"""Ends the sentence "This relationship ..."."""


def other_side(side: Role) -> Role:
    return Role.MENTOR if side is Role.MENTEE else Role.MENTEE


class RelationshipCommand(Command):
    def do(self, step: RelationshipStep) -> None:
        raise NotImplementedError


class NextStep(BaseModel):
    """What happens by itself, and when; `side` is whose survey it is about."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    what: Literal["confirmation", "survey-reminder", "survey-closing"]
    side: Role | None = None


class Part(ABC):
    """What a relationship asks each of its parts. The fields of a part are a model beside it."""

    fields: ClassVar[type[BaseModel]]

    @abstractmethod
    def next_step(self, relationship: Relationship) -> NextStep | None:
        """The next thing that silence will do in this part, or None where nothing is scheduled."""

    @abstractmethod
    def due(self, relationship: Relationship, step: NextStep, now: datetime) -> Command:
        """The command that `step`, which is due, sends."""

    @abstractmethod
    def shifted(self, relationship: Relationship, by: timedelta) -> Mapping[str, Any]:
        """The fields with every date that is still to come moved by `by`; none where there is no date."""

    @abstractmethod
    def renew(self, step: RelationshipStep) -> None:
        """Starts anew what fell due while the process was lost, and mails who is asked again."""
