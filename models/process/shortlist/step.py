"""What the commands of a shortlist build their decisions with."""

from __future__ import annotations

from typing import Any

from models.process.effects import Effect
from models.process.names import request_workflow
from models.process.request.state import Request
from models.process.shortlist.reasons import Why
from models.process.shortlist.state import Ask, AskState, Shortlist, ShortlistState
from models.process.step import Step

S = ShortlistState


class StartAsks(Effect):
    """Send these requests, each with a process of its own that outlives the list."""

    drafts: tuple[Request, ...]


class TakeBackAsks(Effect):
    """End the requests that are out. `why` is one of `TAKEN_BACK` and `LEFT`."""

    asks: tuple[Ask, ...]
    why: Why
    comment: str = ""


class ShortlistStep(Step[Shortlist]):
    def put(self, mentor_id: str, state: AskState, **more: Any) -> None:
        """Sets where one mentor of the list stands."""
        changed = {"state": state, "at": self.now, **more}
        asks = tuple(
            ask.model_copy(update=changed) if ask.mentor_id == mentor_id else ask for ask in self.process.asks
        )
        self.set(asks=asks)

    def hand_on(self, ask: Ask, mentor_id: str, request_id: str) -> None:
        """Another mentor takes the place of one who was asked, and is named once."""
        heir = Ask(mentor_id=mentor_id, state=AskState.ASKED, request_id=request_id, at=self.now)
        kept = [one for one in self.process.asks if one.mentor_id != mentor_id]
        self.set(asks=tuple(heir if one is ask else one for one in kept))
        self.note("AskEnded", f"{ask.mentor_id} closed")
        self.note("MentorAsked", mentor_id)
        if self.process.ending:
            self.end_soon(self.process.ending)

    def pass_over(self, mentor_id: str, why: Why) -> None:
        self.put(mentor_id, AskState.PASSED_OVER, why=why)
        self.note("MentorPassedOver", f"{mentor_id} {why}")

    def end(self, state: ShortlistState, why: Why | None = None, **more: Any) -> None:
        """Nobody of those who wait is asked any more."""
        self.set(state=state, why=why, since=self.now, ended_at=self.now, ending=None, **more)
        left = why or Why.FOUND
        for ask in self.process.waiting:
            self.put(ask.mentor_id, AskState.PASSED_OVER, why=left)

    def end_soon(self, why: Why, comment: str = "") -> None:
        """Ends it when the requests that are out have ended, and has them end."""
        out = self.process.out
        if not out:
            self.end_for(why)
            return
        self.set(ending=why)
        self.effects.append(TakeBackAsks(asks=out, why=why, comment=comment))

    def end_for(self, why: Why) -> None:
        """Ends it for what stands against every further name, or for the mentee's own wish."""
        self.end(S.MATCHED if why is Why.FOUND_ELSEWHERE else S.WITHDRAWN, why)


def workflow_of(shortlist: Shortlist, ask: Ask) -> str:
    """The workflow of the request that an ask made."""
    return request_workflow(shortlist.programme_id, shortlist.mentee_id, ask.mentor_id)
