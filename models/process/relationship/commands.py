"""What can be said to a relationship as a whole. What is said to a part of it stands in the part."""

from __future__ import annotations

from models.mails.relationship import RelationshipEnded, RelationshipWithdrawn
from models.process import texts
from models.process.actors import Role
from models.process.commands import BY_ADMIN, BY_BOTH, BY_SYSTEM, Comment
from models.process.inputs import Label, Offer
from models.process.relationship.base import RelationshipCommand, RelationshipState, other_side
from models.process.relationship.parts import surveys
from models.process.relationship.step import RelationshipStep

S = RelationshipState


class WithdrawRelationship(Comment, RelationshipCommand):
    """One of the two ends it; the other side gets a kind mail."""

    name = "withdraw"
    event = ("RelationshipWithdrawn", "The {t.mentoring} was ended early")
    by = BY_BOTH
    offer = Offer(
        "End it",
        done="{t.Mentoring} ended; the other side has been told.",
        title="End this {t.mentoring} early",
        lead="It ends at once, and {other} gets a friendly mail with your words. This cannot be undone.",
        tone="no",
        labels={"comment": Label("A word to {other}")},
        optional=frozenset({"comment"}),
    )

    def do(self, step: RelationshipStep) -> None:
        comment = texts.clean(self.comment, "comment")
        step.end(S.WITHDRAWN)
        step.note("RelationshipWithdrawn", comment)
        props = RelationshipWithdrawn(relationship_id=step.process.id, comment=comment)
        step.send(other_side(step.actor.role), props)


class EndRelationship(Comment, RelationshipCommand):
    """An admin ends it, with a comment that both read."""

    name = "end"
    event = ("RelationshipEnded", "The {t.mentoring} was ended by {t.a_coordinator}")
    by = BY_ADMIN
    offer = Offer(
        "End it",
        done="{t.Mentoring} ended; both have been told.",
        title="End this {t.mentoring} as {t.a_coordinator}",
        tone="no",
        labels={"comment": Label("Why it ends", "Both read it.")},
    )

    def do(self, step: RelationshipStep) -> None:
        comment = texts.required(self.comment, "comment", "Please say why: both will read it.")
        step.end(S.ENDED)
        step.note("RelationshipEnded", comment)
        step.send_both(RelationshipEnded(relationship_id=step.process.id, comment=comment))


class PartyLeft(RelationshipCommand):
    """Reported by an erasure: the person on `side` is going for good, and the process ends with that."""

    name = "party-left"
    event = ("PartyLeft", "One of the two has left")
    by = BY_SYSTEM
    side: Role
    process_id: str = ""
    """Of the process that is meant; versions before 0.3 did not say."""

    def do(self, step: RelationshipStep) -> None:
        ran = step.process.state is not S.COMPLETED
        surveys.close_open(step)
        if ran:
            step.end(S.WITHDRAWN)
            props = RelationshipWithdrawn(relationship_id=step.process.id, comment="", left=True)
            step.send(other_side(self.side), props)
        what = "RelationshipWithdrawn" if ran else "PartyLeft"
        step.note(what, f"The {self.side} has left the programme.")
