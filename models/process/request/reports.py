"""What is reported to a request: that time has passed, what became of a claim, who takes part no longer."""

from __future__ import annotations

from typing import Any, Literal

from models.mails.frame import ReleaseCause
from models.mails.request import (
    RequestDatesChanged,
    RequestExpired,
    RequestHandedOver,
    RequestLeftToAdmins,
    RequestNeedsAdmin,
    RequestReleased,
    RequestWithdrawn,
)
from models.process import departures
from models.process.actors import SYSTEM, Actor, Part, Role
from models.process.commands import BY_SYSTEM
from models.process.effects import Overtaken, ReleaseOthers, StartRelationship, StartSuccessor
from models.process.policy import ProgrammePolicy
from models.process.request.commands import RequestCommand
from models.process.request.kinds import RequestKind
from models.process.request.replan import replanned
from models.process.request.state import INNER, RequestState, relationship_id
from models.process.request.step import RequestStep, received

S = RequestState


class PlacesClaimed(RequestCommand):
    """`overtaken`: the open requests for which no place is left now, as seen in the claiming transaction."""

    name = "places-claimed"
    event = ("RequestAccepted", "The {t.request} was accepted")
    by = BY_SYSTEM
    overtaken: tuple[Overtaken, ...] = ()

    def do(self, step: RequestStep) -> None:
        step.actor = step.process.accepting or step.actor
        started = relationship_id(step.process.id)
        on_behalf = step.is_on_behalf
        step.end(S.ACCEPTED, accepting=None, relationship_id=started, on_behalf=on_behalf)
        step.note("RequestAccepted", step.process.comment)
        # The mentee reads of it in the mail of the relationship, with the comment and with what else it ends.
        releases = step.process.policy.request.release_overtaken
        others = tuple(other for other in self.overtaken if releases or other.same_list)
        closes = sum(other.cause is ReleaseCause.MENTEE_MATCHED for other in others)
        decided_by = step.actor.role
        paired = step.process.paired_by is not None
        step.effects.append(
            StartRelationship(relationship_id=started, closes=closes, decided_by=decided_by, paired=paired)
        )
        if others:
            step.effects.append(ReleaseOthers(others=others))


class PlacesRefused(RequestCommand):
    """`full` says on whose side no place was left; with `gone`, that this side takes part no longer."""

    name = "places-refused"
    by = BY_SYSTEM
    full: Literal["mentor", "mentee"]
    gone: bool = False

    def do(self, step: RequestStep) -> None:
        overtaken, left = step.process.overtaken, step.process.left_to_admins
        was_reported = overtaken is not None
        step.set(state=S.PENDING, accepting=None, comment="", left_to_admins=None)
        matched = self.full == "mentee" and not self.gone
        if overtaken is None and matched and step.process.policy.request.release_overtaken:
            overtaken = ReleaseCause.MENTEE_MATCHED
        if overtaken is not None:
            _release(step, overtaken, was_reported=was_reported)
        elif left is not None:
            _leave(step, left)


_NAMES: dict[Role, Literal["mentor", "mentee", "admin"]] = {
    Role.MENTEE: "mentee",
    Role.MENTOR: "mentor",
    Role.ADMIN: "admin",
}


class HandedOver(RequestCommand):
    """Reported from outside: the other mentor can have it, and the request that goes on is reserved."""

    name = "handed-over"
    by = BY_SYSTEM

    def do(self, step: RequestStep) -> None:
        handing = step.process.handing
        assert handing is not None
        step.actor = handing.by
        # The wording is the mentee's and stays; what the first mentor wrote goes no further.
        step.end(S.CLOSED, comment=handing.comment, handed_over_to=handing.to.id)
        step.note("RequestHandedOver", handing.comment)
        step.send(Role.MENTOR, RequestHandedOver(**step.about(), comment=handing.comment))
        step.effects.append(StartSuccessor())


class HandOverRefused(RequestCommand):
    """Reported from outside: the other mentor cannot have it; what has come meanwhile is made up for."""

    name = "hand-over-refused"
    by = BY_SYSTEM

    def do(self, step: RequestStep) -> None:
        handing, overtaken, left = step.process.handing, step.process.overtaken, step.process.left_to_admins
        assert handing is not None
        step.set(state=handing.before, handing=None)
        if overtaken is not None:
            _release(step, overtaken, was_reported=True)
        elif left is not None and not handing.was_left:
            step.set(left_to_admins=None)
            _leave(step, left)


class ReminderDue(RequestCommand):
    name = "reminder-due"
    by = BY_SYSTEM

    def do(self, step: RequestStep) -> None:
        step.leave_last_wait()
        step.remind(by_admin=False)


class DeadlinePassed(RequestCommand):
    name = "deadline-passed"
    event = ("RequestExpired", "The {t.request} expired without an answer")
    by = BY_SYSTEM

    def do(self, step: RequestStep) -> None:
        waited_for = _NAMES[step.process.decider]
        step.end(S.EXPIRED)
        step.note("RequestExpired")
        asked_at = step.process.created_at
        step.send_both(RequestExpired(**step.about(), waited_for=waited_for, asked_at=asked_at))


class BeOvertaken(RequestCommand):
    """Reported from outside: the mentee was matched elsewhere, the mentor's last place went, one has left."""

    name = "overtaken"
    event = ("RequestReleased", "The {t.request} was released")
    by = BY_SYSTEM
    cause: ReleaseCause
    comment: str = ""
    """Of a mentee who takes back the shortlist that it is of."""

    def do(self, step: RequestStep) -> None:
        if step.process.state in INNER:
            # What is under way decides; should it fail, the release is made up for.
            step.set(overtaken=self.cause)
        else:
            _release(step, self.cause, was_reported=True, comment=self.comment)


class LeaveToAdmins(RequestCommand):
    """Reported from outside: the mentor takes no requests any more, and the programme wants its admins to
    decide what becomes of those that are open."""

    name = "leave-to-admins"
    event = ("RequestLeftToAdmins", "The {t.request} was left to the {t.coordinators}")
    by = BY_SYSTEM
    cause: ReleaseCause

    def do(self, step: RequestStep) -> None:
        if step.process.kind is not RequestKind.REQUEST:
            # Without whoever made it, an offer has nothing that a coordinator could decide.
            BeOvertaken(cause=self.cause).do(step)
        elif step.process.state in INNER:
            # As with a release: it is made up for when that fails.
            step.set(left_to_admins=self.cause)
        elif not step.process.left_to_admins:
            _leave(step, self.cause)


class GiveBack(RequestCommand):
    """Reported from outside: the mentor of a request that was left to the admins takes requests again."""

    name = "give-back"
    event = ("RequestGivenBack", "The {t.mentor} is back, and the {t.request} waits for them again")
    by = BY_SYSTEM

    def do(self, step: RequestStep) -> None:
        """The wait begins anew; what it waits for is what it waited for before."""
        if not step.process.left_to_admins:
            return
        step.set(left_to_admins=None, since=step.now)
        step.wait_from_now()
        step.note("RequestGivenBack")
        if step.process.decider is Role.MENTOR:
            step.send(Part.DECIDER, received(step.process))


class NewPolicy(RequestCommand):
    """Reported from outside: the programme's new rules are to hold for open requests too (R12).

    One that is older than the rules it has changes nothing, so it can be reported again and in any order.
    """

    name = "new-policy"
    event = ("RulesChanged", "New rules of the programme began to hold for the {t.request}")
    by = BY_SYSTEM
    process_id: str
    policy: ProgrammePolicy

    def do(self, step: RequestStep) -> None:
        if self.policy.revision <= step.process.policy.revision:
            return
        before = step.process
        found = replanned(before, self.policy, step.now)
        step.process = found.request
        closes_at = found.request.closes_at
        step.note("RulesChanged", step.day(closes_at) if found.moved and closes_at else None)
        if found.moved:
            left = before.left_to_admins is not None
            dates: dict[str, Any] = {"closes_at": closes_at, "closed_at": before.closes_at}
            step.send_both(RequestDatesChanged(**step.about(), **dates, left_to_admins=left))


def _release(step: RequestStep, cause: ReleaseCause, *, was_reported: bool, comment: str = "") -> None:
    """`was_reported`: by what overtook it; the mail about that tells a mentee who has found a mentor."""
    if cause is ReleaseCause.TAKEN_BACK:
        _take_back(step, comment)
        return
    step.actor = SYSTEM
    step.end(S.RELEASED, overtaken=cause)
    step.note("RequestReleased", departures.NOTES[cause])
    props = RequestReleased(**step.about(), cause=cause)
    for role in departures.TOLD[cause]:
        if not (was_reported and cause is ReleaseCause.MENTEE_MATCHED and role is Role.MENTEE):
            step.send(role, props)


def _take_back(step: RequestStep, comment: str) -> None:
    """The mentee's own withdrawal, sent by the shortlist."""
    step.actor = Actor(role=Role.MENTEE, person_id=step.process.mentee_id)
    step.end(S.WITHDRAWN, comment=comment, overtaken=ReleaseCause.TAKEN_BACK)
    step.note("RequestWithdrawn", comment)
    step.send(Role.MENTOR, RequestWithdrawn(**step.about(), comment=comment))


def _leave(step: RequestStep, cause: ReleaseCause) -> None:
    """The closing date stays, so that it does not wait for ever for an admin."""
    step.actor = SYSTEM
    step.set(left_to_admins=cause, reminders=())
    step.note("RequestLeftToAdmins", departures.NOTES[cause])
    told = {**step.about(), "cause": cause, "closes_at": step.process.closes_at}
    step.send(Role.MENTEE, RequestLeftToAdmins(**told))
    step.send(Role.ADMIN, RequestNeedsAdmin(**told))
