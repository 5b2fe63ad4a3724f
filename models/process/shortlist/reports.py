"""What is reported to a shortlist: whom it can ask now, how a request ended, that its mentee has gone."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from models.mails.frame import ReleaseCause
from models.mails.shortlist import ShortlistExhausted
from models.process.actors import Actor, Role
from models.process.commands import BY_SYSTEM
from models.process.errors import IllegalMove
from models.process.request.state import Request, RequestState
from models.process.shortlist.commands import ShortlistCommand
from models.process.shortlist.reasons import ENDS, OF_CAUSE, Why
from models.process.shortlist.state import Ask, AskState, Shortlist, ShortlistState
from models.process.shortlist.step import ShortlistStep, StartAsks

S = ShortlistState


class PassedOver(BaseModel):
    model_config = ConfigDict(frozen=True)

    mentor_id: str
    why: Why


class AsksChosen(ShortlistCommand):
    """What an activity found, the first time and whenever it is somebody else's turn.

    `over` is what stands against everybody. `others` are the best other mentors, where nobody is left.
    """

    name = "asks-chosen"
    by = BY_SYSTEM
    event = ("MentorAsked", "{t.A_mentor} of the list was asked")
    passed: tuple[PassedOver, ...] = ()
    drafts: tuple[Request, ...] = ()
    over: Why | None = None
    others: tuple[str, ...] = ()

    def leaves_nobody(self, shortlist: Shortlist) -> bool:
        """Whether the list comes to its end with it."""
        settled = len(self.passed) == len(shortlist.waiting)
        return settled and not self.drafts and not shortlist.out

    def do(self, step: ShortlistStep) -> None:
        if step.process.version == 0:
            _begin(step)
        for one in self.passed:
            step.pass_over(one.mentor_id, one.why)
        for draft in self.drafts:
            step.put(draft.mentor_id, AskState.ASKED, request_id=draft.id)
            step.note("MentorAsked", draft.mentor_id)
        if self.drafts:
            step.effects.append(StartAsks(drafts=self.drafts))
        self._end(step)

    def _end(self, step: ShortlistStep) -> None:
        if self.over:
            step.note("ShortlistEnded", self.over)
            step.end_for(self.over)
        elif not step.process.out and not step.process.waiting:
            step.note("ShortlistExhausted")
            step.end(S.EXHAUSTED)
            step.send(Role.MENTEE, ShortlistExhausted(shortlist_id=step.process.id, others=self.others))


class Heir(BaseModel):
    """A request that goes on with another mentor."""

    model_config = ConfigDict(frozen=True)

    request_id: str
    mentor_id: str


class AskEnded(ShortlistCommand):
    """A request of the list has ended, or was never taken: then `refusal` names the rule."""

    name = "ask-ended"
    by = BY_SYSTEM
    event = ("AskEnded", "{t.A_request} of the list ended")
    process_id: str = ""
    request_id: str
    state: RequestState
    cause: ReleaseCause | None = None
    relationship_id: str | None = None
    refusal: Why | None = None
    heir: Heir | None = None
    """Where a coordinator has handed it over: the list waits for that one now."""

    @classmethod
    def hindrance(cls, process: object, role: Role) -> None:
        return None

    def do(self, step: ShortlistStep) -> None:
        ask = next((one for one in step.process.out if one.request_id == self.request_id), None)
        if ask is None:
            raise IllegalMove("No such request of this list is open.")
        if self.heir and step.process.is_running:
            step.hand_on(ask, self.heir.mentor_id, self.heir.request_id)
            return
        self._put(step, ask)
        if self.state is RequestState.ACCEPTED and not step.process.relationship_id:
            step.end(S.MATCHED, relationship_id=self.relationship_id)
        elif step.process.is_running:
            self._go_on(step)

    def _put(self, step: ShortlistStep, ask: Ask) -> None:
        if self.refusal:
            step.pass_over(ask.mentor_id, self.refusal)
            return
        step.put(ask.mentor_id, AskState(self.state.value))
        # Of a list that ended the last one makes a version for all, so that they are saved at once.
        if step.process.is_running or not step.process.out:
            step.note("AskEnded", f"{ask.mentor_id} {self.state}")

    def _go_on(self, step: ShortlistStep) -> None:
        """Of what ends the whole list the last request says so: a winner among them may be heard of later."""
        why = step.process.ending or self._over()
        if why and step.process.out:
            step.set(ending=why)
        elif why:
            step.note("ShortlistEnded", why)
            step.end_for(why)

    def _over(self) -> Why | None:
        """What stands against every further name, as this end shows it."""
        if self.refusal:
            return self.refusal if self.refusal in ENDS else None
        return OF_CAUSE.get(self.cause) if self.cause else None


class MenteeGone(ShortlistCommand):
    """The mentee leaves: nobody is asked any more, and the requests that are out are released."""

    name = "mentee-gone"
    by = BY_SYSTEM
    event = ("ShortlistEnded", "The list ended")

    def do(self, step: ShortlistStep) -> None:
        step.note("ShortlistEnded", Why.LEFT)
        step.end_soon(Why.LEFT)


def _begin(step: ShortlistStep) -> None:
    step.set(since=step.now)
    system, step.actor = step.actor, Actor(role=Role.MENTEE, person_id=step.process.mentee_id)
    step.note("ShortlistStarted")
    step.actor = system
