"""What people say to a request: one class for each command. What is reported to it: `reports.py`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from models.links import Purpose
from models.mails.request import (
    AmendmentRequested,
    RequestClosed,
    RequestEdited,
    RequestExtended,
    RequestRejected,
    RequestWithdrawn,
)
from models.process import texts
from models.process.actors import Part, Role
from models.process.commands import BY_ADMIN, BY_DECIDER, BY_SENDER, Command, Comment, Refusals
from models.process.effects import ClaimPlaces, HandOn
from models.process.errors import (
    AlreadyOpen,
    IllegalMove,
    Invalid,
    MenteeFull,
    MentorFull,
    NotListed,
    ProcessError,
    Superseded,
    TooSoon,
)
from models.process.inputs import ByLink, Input, Label, Offer, Place, Widget
from models.process.request.kinds import RequestKind, a_kind, roles_in
from models.process.request.state import HandedOver, Handing, Request, RequestState, extended, successor_id
from models.process.request.step import RequestStep, received
from models.process.terms import Sentence

MAX_EXTENSION_DAYS = 90

S = RequestState


LEFT_TO_ADMINS = Sentence(
    "The {t.mentor} of this {t.request} takes no {t.requests} any more, so {t.a_coordinator} of the "
    "programme looks after it. The {t.mentee} can withdraw it; {t.a_coordinator} can hand it over, extend "
    "or close it."
)


class RequestCommand(Command):
    needs_mentor: ClassVar[bool] = False
    """Refused while a request is left to the admins: it has no mentor who answers."""

    kinds: ClassVar[frozenset[RequestKind]] = frozenset(RequestKind)
    """The kinds of request that take it."""
    on_behalf: ClassVar[bool] = False
    """Whether a coordinator who sends it does so in the place of whose answer it is."""

    @classmethod
    def senders(cls, process: Any) -> frozenset[Role]:
        return roles_in(cls.by, process.kind)

    @classmethod
    def hindrance(cls, request: Any, role: Role) -> ProcessError | None:
        if request.kind not in cls.kinds:
            return IllegalMove(
                Sentence("This is {kind}, so it cannot {verb}.", kind=a_kind(request.kind), verb=cls.verb)
            )
        return IllegalMove(LEFT_TO_ADMINS) if cls.needs_mentor and request.left_to_admins else None

    def do(self, step: RequestStep) -> None:
        raise NotImplementedError


class Decision(Comment, RequestCommand):
    """An answer to one wording."""

    body = "DecisionIn"
    by = BY_DECIDER | BY_ADMIN
    on_behalf = True
    needs_mentor = True
    refusals: ClassVar[Refusals] = (Superseded,)
    revision: Annotated[
        int | None,
        Input(
            Widget.HIDDEN,
            least=1,
            begins=True,
            about="The wording that was read; another one meanwhile is refused (409)",
        ),
    ] = None
    """None: whichever is current."""


class Message(RequestCommand):
    """A new wording."""

    body = "MessageIn"
    by = BY_SENDER
    needs_mentor = True
    message: Annotated[str, Input(limit=texts.MAX_MESSAGE, rows=8, required=True, begins=True)] = ""


class AcceptRequest(Decision):
    """The mentor accepts, or an admin in their place: both get a place, and the relationship begins."""

    name = "accept"
    verb = "be accepted"
    offer = Offer(
        "Accept",
        done="You accepted the {t.request}.",
        place=Place.OWN,
        labels={"comment": Label("Your words to {other}", rows=3)},
        ready="accept_sentences",
    )
    refusals = (Superseded, MenteeFull, MentorFull)

    def do(self, step: RequestStep) -> None:
        """First half: the places are taken outside of the process, so nothing is visible until they are."""
        step.same_revision(self.revision)
        comment = step.comment(self.name, self.comment)
        step.set(state=S.ACCEPTING, accepting=step.actor, comment=comment)
        step.effects.append(ClaimPlaces())


class RequestAmendment(Decision):
    """The mentor says what is missing, or an admin in their place; the mentee sends it again, changed."""

    name = "request-amendment"
    event = ("AmendmentRequested", "A change was asked for")
    verb = "be sent back for a change"
    offer = Offer(
        "Ask for a change",
        done="You asked for a change.",
        place=Place.OWN,
        tone="quiet",
        ready="amendment_sentences",
    )

    def do(self, step: RequestStep) -> None:
        step.same_revision(self.revision)
        comment = step.comment(self.name, self.comment)
        step.to(S.AMENDMENT_REQUESTED, comment=comment, on_behalf=step.is_on_behalf)
        step.wait_from_now()
        step.note("AmendmentRequested", comment)
        props = AmendmentRequested(
            **step.about(), comment=comment, closes_at=step.process.closes_at, by_admin=step.is_on_behalf
        )
        step.send(Part.SENDER, props)
        step.tell_decided("request-amendment", comment)


class RejectRequest(Decision):
    """The mentor declines, with a comment and one of the programme's reasons, or an admin in their place."""

    name = "reject"
    event = ("RequestRejected", "The {t.request} was declined")
    verb = "be declined"
    offer = Offer(
        "Decline",
        done="You declined the {t.request}.",
        place=Place.OWN,
        tone="no",
        ready="decline_sentences",
    )
    body = "RejectIn"
    reason: Annotated[str, Input(limit=300, about="One of the programme's reasons for declining")] = ""

    def do(self, step: RequestStep) -> None:
        step.same_revision(self.revision)
        comment = step.comment(self.name, self.comment)
        reason = self._checked_reason(decline_reasons(step.process))
        step.end(S.REJECTED, comment=comment, reason=reason, on_behalf=step.is_on_behalf)
        step.note("RequestRejected", "\n".join(part for part in (reason, comment) if part))
        props = RequestRejected(**step.about(), comment=comment, reason=reason, by_admin=step.is_on_behalf)
        step.send(Part.SENDER, props)
        step.tell_decided("reject", comment)

    def _checked_reason(self, reasons: tuple[str, ...]) -> str:
        reason = self.reason.strip()
        if reasons and reason not in reasons:
            raise Invalid(f"Please choose one of the reasons: {'; '.join(reasons)}.", field="reason")
        if not reasons and reason:
            raise Invalid(
                "This programme has no list of reasons; please say it in the comment.", field="reason"
            )
        return reason


def decline_reasons(request: Request) -> tuple[str, ...]:
    """The programme's list is one of mentors: who declines an offer says it in words of their own."""
    is_offer = request.kind is RequestKind.OFFER
    return () if is_offer else request.policy.request.decline_reasons


class ResubmitRequest(Message):
    """The mentee sends the request again, changed as the mentor asked."""

    name = "resubmit"
    event = ("RequestResubmitted", "The changed {t.request} was sent again")
    verb = "be sent again"
    offer = Offer(
        "Send it again",
        done="Your {t.request} is on its way again.",
        place=Place.OPEN,
        title="Change it and send it again",
        labels={"message": Label("Your message")},
        link=ByLink(
            Purpose.AMEND,
            title="Change your {t.request} to {other}",
            heading="{other} asks you to change your {t.request}",
            form="Your message",
            labels={"message": Label("Change it here, then send it again")},
        ),
    )

    def do(self, step: RequestStep) -> None:
        step.new_wording(self.message)
        step.to(S.PENDING, comment="", on_behalf=False)
        step.wait_from_now()
        step.note("RequestResubmitted", step.process.message)
        step.send(Part.DECIDER, received(step.process))


class EditRequest(Message):
    """The mentee changes the wording of a pending request; the mentor gets a mail."""

    name = "edit"
    event = ("RequestEdited", "The message was changed")
    verb = "be edited"
    offer = Offer(
        "Save the change",
        done="Message saved; they have been told.",
        title="Change the message",
        labels={"message": Label("Your message", "{other} is told. The dates stay as they are.")},
    )

    def do(self, step: RequestStep) -> None:
        step.new_wording(self.message)
        request = step.process
        step.note("RequestEdited", request.message)
        props = RequestEdited(**step.about(), message=request.message, closes_at=request.closes_at)
        step.send(Part.DECIDER, props)


class WithdrawRequest(Comment, RequestCommand):
    """The mentee takes the request back."""

    name = "withdraw"
    event = ("RequestWithdrawn", "The {t.request} was withdrawn")
    by = BY_SENDER
    verb = "be withdrawn"
    offer = Offer(
        "Withdraw it",
        done="{t.Request} withdrawn; they have been told.",
        title="Withdraw the {t.request}",
        tone="no",
        labels={"comment": Label("A word to {other}")},
    )

    def do(self, step: RequestStep) -> None:
        comment = step.comment(self.name, self.comment)
        step.end(S.WITHDRAWN, comment=comment)
        step.note("RequestWithdrawn", comment)
        step.send(Part.DECIDER, RequestWithdrawn(**step.about(), comment=comment))


class RemindNow(RequestCommand):
    """An admin has the side whose turn it is reminded now, once in a while (`remind_again_after`)."""

    name = "remind"
    event = ("ReminderSent", "A reminder was sent")
    by = BY_ADMIN
    verb = "be reminded of"
    offer = Offer("Remind now", done="A reminder is on its way.", place=Place.DESK, press="Remind now")
    needs_mentor = True
    refusals = (TooSoon,)

    def do(self, step: RequestStep) -> None:
        self._check_not_too_soon(step)
        step.set(nudged_at=step.now)
        step.remind(by_admin=True)

    def _check_not_too_soon(self, step: RequestStep) -> None:
        """One press in a while is enough, whoever presses; a new wait is a new matter."""
        last, pause = step.process.nudged_at, step.process.policy.request.remind_again_after
        if last is None or pause is None or last < step.process.since or step.now >= last + pause:
            return
        # In UTC: the sentence is for an admin, whose time zone the process does not know.
        raise TooSoon(
            f"A reminder was sent on {last:%d %B %Y at %H:%M} UTC already. The next one can be sent from "
            f"{last + pause:%d %B %Y at %H:%M} UTC on."
        )


class ExtendRequest(RequestCommand):
    """An admin puts the closing date off."""

    name = "extend"
    event = ("RequestExtended", "The closing date was moved")
    by = BY_ADMIN
    verb = "be extended"
    offer = Offer(
        "Extend",
        done="Closing date moved; both have been told.",
        place=Place.DESK,
        tone="quiet",
        press="Extend by {extension}",
        title="Extend by another number of days",
        labels={"days": Label("Days")},
    )
    body = "ExtendIn"
    days: Annotated[
        int | None,
        Input(
            Widget.NUMBER,
            between=(1, MAX_EXTENSION_DAYS),
            wrong="Please write a whole number of days.",
            about=f"1 to {MAX_EXTENSION_DAYS}; left out: the programme's own period",
        ),
    ] = None
    """From the closing date, or from now when that is past."""

    def do(self, step: RequestStep) -> None:
        request = step.process
        if request.closes_at is None:
            raise Invalid(
                Sentence("This {t.request} has no closing date, so there is nothing to extend."), field="days"
            )
        if self.days is not None and not 1 <= self.days <= MAX_EXTENSION_DAYS:
            raise Invalid(
                Sentence(
                    "{t.A_request} can be extended by 1 to {days} days at a time.", days=MAX_EXTENSION_DAYS
                ),
                field="days",
            )
        period = request.policy.request.extend_by if self.days is None else timedelta(days=self.days)
        reminders, closes_at = extended(request, request.closes_at, period, step.now)
        step.set(closes_at=closes_at, reminders=() if request.left_to_admins else reminders)
        step.note("RequestExtended", step.day(closes_at))
        left = request.left_to_admins is not None
        step.send_both(RequestExtended(**step.about(), closes_at=closes_at, left_to_admins=left))


class CloseRequest(Comment, RequestCommand):
    """An admin closes the request, with a comment that both read."""

    name = "close"
    event = ("RequestClosed", "The {t.request} was closed")
    by = BY_ADMIN
    verb = "be closed"
    offer = Offer(
        "Close the {t.request}",
        done="{t.Request} closed; both have been told.",
        place=Place.DESK,
        title="Close with a comment",
        tone="no",
        labels={"comment": Label("Why it is closed", "Both read it.")},
    )

    def do(self, step: RequestStep) -> None:
        comment = step.comment(self.name, self.comment)
        step.end(S.CLOSED, comment=comment)
        step.note("RequestClosed", comment)
        step.send_both(RequestClosed(**step.about(), comment=comment))


class HandOverRequest(Comment, RequestCommand):
    """An admin hands the request to another mentor; all three are told, and the dates begin anew.

    The answer is the request that goes on in its place, with the new mentor.
    """

    name = "hand-over"
    kinds = frozenset({RequestKind.REQUEST})
    event = ("RequestHandedOver", "The {t.request} was handed over")
    by = BY_ADMIN
    verb = "be handed over"
    offer = Offer(
        "Hand it over",
        done="{t.Request} handed over; everybody has been told.",
        place=Place.OWN,
        labels={"comment": Label("A word with it", "All three read it.")},
    )
    body = "HandOverIn"
    refusals = (MentorFull, NotListed, AlreadyOpen)
    mentor_id: Annotated[str, Input(Widget.TEXT, limit=64, required=True, about="The new mentor")] = ""
    to: Request | None = None
    """The request that goes on, as it would be sent; made where the mentor was looked up."""

    def do(self, step: RequestStep) -> None:
        """First half: whether the other mentor can have it is found out outside of the process."""
        if self.to is None or self.to.mentor_id == step.process.mentor_id:
            raise Invalid(Sentence("Please choose another {t.mentor}."), field="mentor_id")
        comment = step.comment(self.name, self.comment)
        request = step.process
        to = self.to.model_copy(
            update={
                "id": successor_id(request.id),
                "mentee_id": request.mentee_id,
                "message": request.message,
                "handed_over_from": request.id,
                "shortlist_id": request.shortlist_id,
                "opened_by": HandedOver(by=step.actor, comment=comment),
            }
        )
        left = request.left_to_admins is not None
        handing = Handing(by=step.actor, comment=comment, before=request.state, to=to, was_left=left)
        step.set(state=S.HANDING_OVER, handing=handing)
        step.effects.append(HandOn())
