"""What people say to a shortlist. What is reported to it: `reports.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from models.process import texts
from models.process.actors import Role
from models.process.commands import BY_MENTEE, Command, Comment, Refusals
from models.process.errors import IllegalMove, Invalid, ProcessError, Superseded
from models.process.inputs import Input, Label, Offer, Place
from models.process.shortlist.reasons import Why
from models.process.shortlist.state import MOST_EVER, Ask, AskState
from models.process.shortlist.step import ShortlistStep
from models.process.terms import Sentence

ENDING = "This list is ending at this moment, so it cannot be changed any more."


class ShortlistCommand(Command):
    @classmethod
    def hindrance(cls, process: Any, role: Role) -> ProcessError | None:
        return IllegalMove(ENDING) if getattr(process, "ending", None) else None

    def do(self, step: ShortlistStep) -> None:
        raise NotImplementedError


class ReorderShortlist(ShortlistCommand):
    """Says anew who is still to be asked and in which order: names may be added and left out. Whoever was
    asked already stays as they are."""

    name = "reorder"
    by = BY_MENTEE
    verb = "be changed"
    event = ("ShortlistReordered", "You changed who is asked next")
    offer = Offer("Save the order", done="Your list is saved.", place=Place.OWN)
    refusals: ClassVar[Refusals] = (Superseded,)
    body = "MentorsIn"
    mentors: Annotated[
        tuple[str, ...],
        Input(limit=MOST_EVER, required=True, about="Who is still to be asked, the next one first"),
    ] = ()

    def do(self, step: ShortlistStep) -> None:
        shortlist = step.process
        settled = tuple(ask for ask in shortlist.asks if ask.state is not AskState.WAITING)
        self._check_settled(settled)
        check_names(self.mentors, shortlist.mentee_id, shortlist.maximum - len(shortlist.out))
        if len(settled) + len(self.mentors) > MOST_EVER:
            raise Invalid("This list has seen enough names; please begin another one.", field="mentors")
        step.set(asks=(*settled, *(Ask(mentor_id=one) for one in self.mentors)))
        step.note("ShortlistReordered")

    def _check_settled(self, settled: Sequence[Ask]) -> None:
        asked = {ask.mentor_id for ask in settled}
        if asked & set(self.mentors):
            raise Superseded(
                Sentence(
                    "Somebody on your list has been asked or passed over meanwhile; look at it again and "
                    "name only who is still to be asked."
                ),
                field="mentors",
            )


class WithdrawShortlist(Comment, ShortlistCommand):
    """Takes the list back: the requests that are out are withdrawn, and nobody else is asked.

    Where a mentor accepts at the same moment, the acceptance counts.
    """

    name = "withdraw"
    by = BY_MENTEE
    verb = "be withdrawn"
    event = ("ShortlistWithdrawn", "You took the list back")
    offer = Offer(
        "Take the list back",
        done="Your list is taken back.",
        title="Take the list back",
        tone="no",
        labels={"comment": Label("A word to whoever was asked", "It may stay empty.")},
        optional=frozenset({"comment"}),
    )

    def do(self, step: ShortlistStep) -> None:
        comment = texts.clean(self.comment, "comment")
        step.note("ShortlistWithdrawn", comment)
        step.end_soon(Why.TAKEN_BACK, comment)


def check_new(mentors: Sequence[str], mentee_id: str, most: int) -> None:
    """Raises Invalid for what cannot be a new list: as `check_names`, and nobody."""
    if not mentors:
        raise Invalid(Sentence("Please name at least one {t.mentor}."), field="mentors")
    check_names(mentors, mentee_id, most)


def check_names(mentors: Sequence[str], mentee_id: str, most: int) -> None:
    """Raises Invalid for a person twice, oneself, or more than `most`."""
    if mentee_id in mentors:
        raise Invalid("You cannot ask yourself; please leave yourself out.", field="mentors")
    if twice := [one for one, times in Counter(mentors).items() if times > 1]:
        raise Invalid(
            f"Somebody is on the list {mentors.count(twice[0])} times; please name everybody once.",
            field="mentors",
        )
    if len(mentors) > most:
        raise Invalid(
            Sentence(
                "These are {count} {t.mentors}, and there is room for {most}; please leave some out.",
                count=len(mentors),
                most=most,
            ),
            field="mentors",
        )
