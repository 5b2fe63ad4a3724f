"""What the commands of a request build their decisions with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.mails.order import AnyMail
from models.mails.request import (
    AmendmentReminder,
    DecidedOnBehalf,
    RequestReceived,
    RequestReminder,
)
from models.process import calendar, texts
from models.process.actors import Part, Role
from models.process.errors import Superseded
from models.process.request.state import (
    Request,
    RequestState,
    closing_after_reminder,
    schedule,
)
from models.process.step import Step
from models.process.terms import Sentence

S = RequestState


class RequestStep(Step[Request]):
    """The moves that end one wait and begin another."""

    def to(self, state: RequestState, **changes: Any) -> None:
        self.set(state=state, since=self.now, reminders=(), closes_at=None, **changes)

    def end(self, state: RequestState, **changes: Any) -> None:
        self.to(state, decided_at=self.now, **changes)

    def wait_from_now(self) -> None:
        reminders, closes_at = schedule(self.process, self.now)
        self.set(reminders=() if self.process.left_to_admins else reminders, closes_at=closes_at)

    def leave_last_wait(self) -> None:
        """Reminders that were missed while everything was down are one reminder now, not a burst of them."""
        closes_at = closing_after_reminder(self.process, self.now)
        if closes_at and closes_at != self.process.closes_at:
            self.note("ClosingDateMoved", self.day(closes_at))
        left = tuple(at for at in self.process.reminders if at > self.now)
        self.set(closes_at=closes_at, reminders=left)

    def day(self, moment: datetime) -> str:
        """The date where the person lives whose answer is awaited, for a note."""
        return calendar.local_day(moment, self.process.zone_of(self.process.decider)).isoformat()

    @property
    def is_on_behalf(self) -> bool:
        return self.actor.on_behalf_of is not None

    def send(self, to: Role | Part, props: AnyMail) -> None:
        role = self.process.role_of(to) if isinstance(to, Part) else to
        # A mentor who has stopped has nothing to do with it any more, whatever becomes of it.
        if role is not Role.MENTOR or not self.process.left_to_admins:
            super().send(role, props)

    def tell_decided(self, decision: str, comment: str) -> None:
        """Tells whose answer it was, where a coordinator has given it in their place."""
        if self.is_on_behalf:
            props = DecidedOnBehalf(**self.about(), decision=decision, comment=comment)
            self.send(Part.DECIDER, props)

    def comment(self, command: str, text: str) -> str:
        if command not in self.process.policy.request.comment_required:
            return texts.clean(text, "comment")
        sentence = "Please write a sentence or two: the other person will read it."
        return texts.required(text, "comment", sentence)

    def same_revision(self, revision: int | None) -> None:
        if revision is not None and revision != self.process.revision:
            raise Superseded(
                Sentence(
                    "The {t.request} was changed after you opened it; please read it again and decide then."
                )
            )

    def new_wording(self, message: str) -> None:
        whom = "{t." + self.process.role_of(Part.DECIDER) + "}"
        sentence = Sentence(f"Please write a message to the {whom}.")
        text = texts.required(message, "message", sentence, texts.MAX_MESSAGE)
        self.set(message=text, revision=self.process.revision + 1)

    def remind(self, *, by_admin: bool) -> None:
        self.set(reminded_at=self.now)
        request = self.process
        self.note("ReminderSent")
        if request.state is S.AMENDMENT_REQUESTED:
            late = AmendmentReminder(
                **self.about(),
                comment=request.comment,
                closes_at=request.closes_at,
                by_admin=request.on_behalf,
            )
            self.send(Part.SENDER, late)
            return
        props = RequestReminder(
            **self.about(),
            message=request.message,
            asked_at=request.created_at,
            closes_at=request.closes_at,
            by_admin=by_admin,
        )
        self.send(Part.DECIDER, props)

    def about(self) -> dict[str, Any]:
        return {"request_id": self.process.id, "revision": self.process.revision}


def received(request: Request) -> RequestReceived:
    return RequestReceived(
        request_id=request.id,
        revision=request.revision,
        message=request.message,
        score=request.score,
        reasons=tuple(reason.told(request.role_of(Part.DECIDER)) for reason in request.reasons),
        reminder_at=request.reminders[0] if request.reminders else None,
        closes_at=request.closes_at,
        handed_over=request.handed_over_from is not None,
    )
