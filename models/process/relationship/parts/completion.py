"""Completion: one side signs off, the other confirms or says what is still to be done; silence confirms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from models.mails.relationship import CompletionDeclined, CompletionRequested
from models.process import texts
from models.process.actors import Role
from models.process.commands import BY_BOTH, BY_SYSTEM, Command, Comment
from models.process.errors import NotAllowed, ProcessError
from models.process.inputs import Label, Offer, Place
from models.process.relationship.base import (
    NextStep,
    Part,
    RelationshipCommand,
    RelationshipState,
    other_side,
)
from models.process.relationship.parts import surveys

if TYPE_CHECKING:
    from models.process.relationship.state import Relationship
    from models.process.relationship.step import RelationshipStep
    from models.process.relationship.view import RelationshipView

S = RelationshipState


class Completion(BaseModel):
    """The fields of the part in the state of the relationship."""

    signed_by: Role | None = None
    sign_offs: int = 0
    confirms_at: datetime | None = None


class SignOff(Comment, RelationshipCommand):
    """One side signs it off as complete; the other confirms, or it confirms itself after a while."""

    name = "complete"
    event = ("CompletionSignedOff", "Signed off as complete")
    by = BY_BOTH
    offer = Offer(
        "Sign off as complete",
        done="You signed off as complete; the other side is asked to confirm.",
        title="Sign off as complete",
        lead="{other} is asked to confirm. Then each of you gets a brief survey.",
        labels={"comment": Label("Your words to {other}")},
        optional=frozenset({"comment"}),
    )

    def do(self, step: RelationshipStep) -> None:
        comment = texts.clean(self.comment, "comment")
        sign_offs = step.process.sign_offs + 1
        step.set(state=S.COMPLETING, since=step.now, signed_by=step.actor.role, sign_offs=sign_offs)
        step.note("CompletionSignedOff", comment)
        _ask(step, other_side(step.actor.role), comment)


class CompletionAnswer(Comment, RelationshipCommand):
    """An answer of the side that has not signed off."""

    @classmethod
    def hindrance(cls, relationship: Relationship | RelationshipView, role: Role) -> ProcessError | None:
        if role is not relationship.signed_by:
            return None
        return NotAllowed("You signed this off yourself; now the other side confirms.")


class ConfirmCompletion(CompletionAnswer):
    """The other side confirms; both are asked to fill in the survey."""

    name = "confirm-completion"
    event = ("CompletionConfirmed", "The completion was confirmed")
    by = BY_BOTH
    offer = Offer("Yes, it is complete", done="Completion confirmed.", place=Place.OWN)

    def do(self, step: RelationshipStep) -> None:
        comment = texts.clean(self.comment, "comment")
        step.end(S.COMPLETED)
        step.note("CompletionConfirmed", comment)
        surveys.ask_both(step, confirmed_by_time=False)


class DeclineCompletion(CompletionAnswer):
    """The other side is not done yet; it goes on."""

    name = "decline-completion"
    event = ("CompletionDeclined", "Not complete yet")
    by = BY_BOTH
    offer = Offer(
        "Not yet",
        done="You go on together; the other side has been told.",
        place=Place.OWN,
        tone="quiet",
        labels={
            "comment": Label(
                "Your words to {other}", "If it is not complete yet, say what is still to be done.", rows=4
            )
        },
    )

    def do(self, step: RelationshipStep) -> None:
        comment = texts.required(self.comment, "comment", "Please say what is still to be done.")
        step.set(state=S.ACTIVE, since=step.now, signed_by=None, confirms_at=None)
        step.note("CompletionDeclined", comment)
        props = CompletionDeclined(relationship_id=step.process.id, comment=comment)
        step.send(other_side(step.actor.role), props)


class ConfirmationOverdue(RelationshipCommand):
    name = "confirmation-overdue"
    event = ("CompletionConfirmedByTime", "It counts as complete, because nobody objected")
    by = BY_SYSTEM

    def do(self, step: RelationshipStep) -> None:
        step.end(S.COMPLETED)
        step.note("CompletionConfirmedByTime")
        surveys.ask_both(step, confirmed_by_time=True)


def _ask(step: RelationshipStep, side: Role, comment: str) -> None:
    """Asks `side` to confirm, and sets the date on which silence does."""
    confirms_at = step.after(step.process.policy.relationship.confirm_after, side)
    step.set(confirms_at=confirms_at)
    props = CompletionRequested(
        relationship_id=step.process.id,
        comment=comment,
        round=step.process.sign_offs,
        confirms_at=confirms_at,
    )
    step.send(side, props)


class CompletionPart(Part):
    fields = Completion

    def next_step(self, relationship: Relationship) -> NextStep | None:
        if relationship.state is not S.COMPLETING or relationship.confirms_at is None:
            return None
        return NextStep(at=relationship.confirms_at, what="confirmation")

    def due(self, relationship: Relationship, step: NextStep, now: datetime) -> Command:
        return ConfirmationOverdue()

    def shifted(self, relationship: Relationship, by: timedelta) -> Mapping[str, Any]:
        confirms_at = relationship.confirms_at
        return {"confirms_at": confirms_at + by} if confirms_at else {}

    def renew(self, step: RelationshipStep) -> None:
        found = self.next_step(step.process)
        if found and found.at <= step.now and step.process.signed_by:
            _ask(step, other_side(step.process.signed_by), comment="")
