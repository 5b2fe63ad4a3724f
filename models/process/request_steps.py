"""What each command does to a request: one function for each, gathered in `HANDLERS`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from models import mail
from models.process import calendar, departures, texts
from models.process.actors import SYSTEM, Role
from models.process.commands import Command, MailBounced
from models.process.effects import ClaimPlaces, ReleaseOthers, StartRelationship
from models.process.errors import Invalid, Superseded, TooSoon
from models.process.request import (
    Request,
    RequestState,
    closing_after_reminder,
    extended,
    relationship_id,
    schedule,
)
from models.process.request_commands import (
    AcceptRequest,
    BeOvertaken,
    CloseRequest,
    DeadlinePassed,
    EditRequest,
    ExtendRequest,
    GiveBack,
    LeaveToAdmins,
    PlacesClaimed,
    PlacesRefused,
    RejectRequest,
    ReminderDue,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from models.process.step import Step
from models.process.timeline import Audience

MAX_EXTENSION_DAYS = 90

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

    def send(self, to: Role, props: mail.AnyMail) -> None:
        # A mentor who has stopped has nothing to do with it any more, whatever becomes of it.
        if to is not Role.MENTOR or not self.process.left_to_admins:
            super().send(to, props)

    def comment(self, command: str, text: str) -> str:
        if command not in self.process.policy.request.comment_required:
            return texts.clean(text, "comment")
        sentence = "Please write a sentence or two: the other person will read it."
        return texts.required(text, "comment", sentence)

    def same_revision(self, revision: int | None) -> None:
        if revision is not None and revision != self.process.revision:
            raise Superseded(
                "The request was changed after you opened it; please read it again and decide then."
            )

    def about(self) -> dict[str, Any]:
        return {"request_id": self.process.id, "revision": self.process.revision}


def received(request: Request) -> mail.RequestReceived:
    return mail.RequestReceived(
        request_id=request.id,
        revision=request.revision,
        message=request.message,
        score=request.score,
        reasons=tuple(reason.told(Role.MENTOR) for reason in request.reasons),
        reminder_at=request.reminders[0] if request.reminders else None,
        closes_at=request.closes_at,
    )


def _accept(step: RequestStep, command: AcceptRequest) -> None:
    """First half: the places are taken outside of the process, so nothing is visible until they are."""
    step.same_revision(command.revision)
    comment = step.comment(command.name, command.comment)
    step.set(state=S.ACCEPTING, accepting=step.actor, comment=comment)
    step.effects.append(ClaimPlaces())


def _claimed(step: RequestStep, command: PlacesClaimed) -> None:
    step.actor = step.process.accepting or step.actor
    started = relationship_id(step.process.id)
    step.end(S.ACCEPTED, accepting=None, relationship_id=started)
    step.note("RequestAccepted", step.process.comment)
    accepted = mail.RequestAccepted(**step.about(), comment=step.process.comment, relationship_id=started)
    step.send(Role.MENTEE, accepted)
    step.effects.append(StartRelationship(relationship_id=started))
    if step.process.policy.request.release_overtaken and command.overtaken:
        step.effects.append(ReleaseOthers(others=command.overtaken))


def _refused(step: RequestStep, command: PlacesRefused) -> None:
    overtaken, left = step.process.overtaken, step.process.left_to_admins
    step.set(state=S.PENDING, accepting=None, comment="", left_to_admins=None)
    matched = command.full == "mentee" and not command.gone
    if overtaken is None and matched and step.process.policy.request.release_overtaken:
        overtaken = mail.ReleaseCause.MENTEE_MATCHED
    if overtaken is not None:
        _release(step, overtaken)
    elif left is not None:
        _leave(step, left)


def _amend(step: RequestStep, command: RequestAmendment) -> None:
    step.same_revision(command.revision)
    comment = step.comment(command.name, command.comment)
    step.to(S.AMENDMENT_REQUESTED, comment=comment)
    step.wait_from_now()
    step.note("AmendmentRequested", comment)
    props = mail.AmendmentRequested(**step.about(), comment=comment, closes_at=step.process.closes_at)
    step.send(Role.MENTEE, props)


def _reject(step: RequestStep, command: RejectRequest) -> None:
    step.same_revision(command.revision)
    comment = step.comment(command.name, command.comment)
    reasons = step.process.policy.request.decline_reasons
    reason = command.reason.strip()
    if reasons and reason not in reasons:
        raise Invalid(f"Please choose one of the reasons: {'; '.join(reasons)}.", field="reason")
    if not reasons and reason:
        raise Invalid("This programme has no list of reasons; please say it in the comment.", field="reason")
    step.end(S.REJECTED, comment=comment, reason=reason)
    step.note("RequestRejected", "\n".join(part for part in (reason, comment) if part))
    props = mail.RequestRejected(**step.about(), comment=comment, reason=reason)
    step.send(Role.MENTEE, props)


def _new_wording(step: RequestStep, message: str) -> None:
    text = texts.required(message, "message", "Please write a message to the mentor.", texts.MAX_MESSAGE)
    step.set(message=text, revision=step.process.revision + 1)


def _resubmit(step: RequestStep, command: ResubmitRequest) -> None:
    _new_wording(step, command.message)
    step.to(S.PENDING, comment="")
    step.wait_from_now()
    step.note("RequestResubmitted", step.process.message)
    step.send(Role.MENTOR, received(step.process))


def _edit(step: RequestStep, command: EditRequest) -> None:
    _new_wording(step, command.message)
    step.note("RequestEdited", step.process.message)
    request = step.process
    props = mail.RequestEdited(**step.about(), message=request.message, closes_at=request.closes_at)
    step.send(Role.MENTOR, props)


def _withdraw(step: RequestStep, command: WithdrawRequest) -> None:
    comment = step.comment(command.name, command.comment)
    step.end(S.WITHDRAWN, comment=comment)
    step.note("RequestWithdrawn", comment)
    step.send(Role.MENTOR, mail.RequestWithdrawn(**step.about(), comment=comment))


def _remind(step: RequestStep, command: RemindNow | ReminderDue) -> None:
    if isinstance(command, RemindNow):
        _check_not_too_soon(step)
        step.set(nudged_at=step.now)
    if isinstance(command, ReminderDue):
        step.leave_last_wait()
    step.set(reminded_at=step.now)
    request = step.process
    step.note("ReminderSent")
    if request.state is S.AMENDMENT_REQUESTED:
        late = mail.AmendmentReminder(**step.about(), comment=request.comment, closes_at=request.closes_at)
        step.send(Role.MENTEE, late)
        return
    props = mail.RequestReminder(
        **step.about(),
        message=request.message,
        asked_at=request.created_at,
        closes_at=request.closes_at,
        by_admin=isinstance(command, RemindNow),
    )
    step.send(Role.MENTOR, props)


def _check_not_too_soon(step: RequestStep) -> None:
    """One press in a while is enough, whoever presses; a new wait is a new matter."""
    last, pause = step.process.nudged_at, step.process.policy.request.remind_again_after
    if last is None or pause is None or last < step.process.since or step.now >= last + pause:
        return
    # In UTC: the sentence is for an admin, whose time zone the process does not know.
    raise TooSoon(
        f"A reminder was sent on {last:%d %B %Y at %H:%M} UTC already. The next one can be sent from "
        f"{last + pause:%d %B %Y at %H:%M} UTC on."
    )


def _extend(step: RequestStep, command: ExtendRequest) -> None:
    request = step.process
    if request.closes_at is None:
        raise Invalid("This request has no closing date, so there is nothing to extend.", field="days")
    if command.days is not None and not 1 <= command.days <= MAX_EXTENSION_DAYS:
        raise Invalid(f"A request can be extended by 1 to {MAX_EXTENSION_DAYS} days at a time.", field="days")
    period = request.policy.request.extend_by if command.days is None else timedelta(days=command.days)
    reminders, closes_at = extended(request, request.closes_at, period, step.now)
    step.set(closes_at=closes_at, reminders=() if request.left_to_admins else reminders)
    step.note("RequestExtended", step.day(closes_at))
    left = request.left_to_admins is not None
    step.send_both(mail.RequestExtended(**step.about(), closes_at=closes_at, left_to_admins=left))


def _close(step: RequestStep, command: CloseRequest) -> None:
    comment = step.comment(command.name, command.comment)
    step.end(S.CLOSED, comment=comment)
    step.note("RequestClosed", comment)
    step.send_both(mail.RequestClosed(**step.about(), comment=comment))


def _expire(step: RequestStep, command: DeadlinePassed) -> None:
    waited_for: Literal["mentor", "mentee"] = "mentee" if step.process.decider is Role.MENTEE else "mentor"
    step.end(S.EXPIRED)
    step.note("RequestExpired")
    asked_at = step.process.created_at
    step.send_both(mail.RequestExpired(**step.about(), waited_for=waited_for, asked_at=asked_at))


def _overtake(step: RequestStep, command: BeOvertaken) -> None:
    if step.process.state is S.ACCEPTING:
        # The claim that is under way decides; should it fail, the release is made up for.
        step.set(overtaken=command.cause)
    else:
        _release(step, command.cause)


def _release(step: RequestStep, cause: mail.ReleaseCause) -> None:
    step.actor = SYSTEM
    step.end(S.RELEASED, overtaken=cause)
    step.note("RequestReleased", departures.NOTES[cause])
    props = mail.RequestReleased(**step.about(), cause=cause)
    for role in departures.TOLD[cause]:
        step.send(role, props)


def _leave_to_admins(step: RequestStep, command: LeaveToAdmins) -> None:
    if step.process.state is S.ACCEPTING:
        # As with a release: it is made up for when the claim fails.
        step.set(left_to_admins=command.cause)
    elif not step.process.left_to_admins:
        _leave(step, command.cause)


def _leave(step: RequestStep, cause: mail.ReleaseCause) -> None:
    """The closing date stays, so that it does not wait for ever for an admin."""
    step.actor = SYSTEM
    step.set(left_to_admins=cause, reminders=())
    step.note("RequestLeftToAdmins", departures.NOTES[cause])
    told = {**step.about(), "cause": cause, "closes_at": step.process.closes_at}
    step.send(Role.MENTEE, mail.RequestLeftToAdmins(**told))
    step.send(Role.ADMIN, mail.RequestNeedsAdmin(**told))


def _give_back(step: RequestStep, command: GiveBack) -> None:
    """The wait begins anew; what it waits for is what it waited for before."""
    if not step.process.left_to_admins:
        return
    step.set(left_to_admins=None, since=step.now)
    step.wait_from_now()
    step.note("RequestGivenBack")
    if step.process.state is S.PENDING:
        step.send(Role.MENTOR, received(step.process))


def _bounce(step: RequestStep, command: MailBounced) -> None:
    step.note("MailBounced", command.kind, Audience.ADMINS)


HANDLERS: dict[type[Command], Callable[[RequestStep, Any], None]] = {
    AcceptRequest: _accept,
    PlacesClaimed: _claimed,
    PlacesRefused: _refused,
    RequestAmendment: _amend,
    RejectRequest: _reject,
    ResubmitRequest: _resubmit,
    EditRequest: _edit,
    WithdrawRequest: _withdraw,
    RemindNow: _remind,
    ReminderDue: _remind,
    ExtendRequest: _extend,
    CloseRequest: _close,
    DeadlinePassed: _expire,
    BeOvertaken: _overtake,
    LeaveToAdmins: _leave_to_admins,
    GiveBack: _give_back,
    MailBounced: _bounce,
}
