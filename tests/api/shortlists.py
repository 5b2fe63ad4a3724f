"""The part of the gateway of these tests that is about shortlists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from activities.messages import Choosing, DoneAct, SaveShortlist
from activities.records import Records
from activities.shortlists import Shortlists
from models.process import errors, names
from models.process.actors import SYSTEM, Actor
from models.process.commands import Command
from models.process.errors import ProcessError
from models.process.request import moves as request_moves
from models.process.request.reports import BeOvertaken
from models.process.request.state import Request, RequestState
from models.process.request.view import RequestView
from models.process.shortlist import moves
from models.process.shortlist.reasons import of_error
from models.process.shortlist.reports import AskEnded
from models.process.shortlist.state import Shortlist, ShortlistView
from models.process.shortlist.step import StartAsks, TakeBackAsks
from models.process.step import Decision
from workflows.shortlist import CAUSES


class FakeShortlists:
    """Like the process of a list: the same decisions and the same activities, one after the other."""

    records: Records
    clock: Callable[[], datetime]
    requests: dict[str, Request]
    shortlists: dict[str, Shortlist]

    def _check(self) -> None:
        raise NotImplementedError

    def _is_known(self, process_id: str, key: str, request_hash: str) -> bool:
        raise NotImplementedError

    async def open_request(self, draft: Request) -> RequestView:
        raise NotImplementedError

    async def _take(self, decision: Decision[Request]) -> None:
        raise NotImplementedError

    async def open_shortlist(self, draft: Shortlist, is_saved: Callable[[], Awaitable[bool]]) -> None:
        self._check()
        if draft.id not in self.shortlists:
            await self._choose(draft)

    async def act_on_shortlist(
        self, view: ShortlistView, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> ShortlistView:
        self._check()
        if not self._is_known(view.id, key, request_hash):
            decision = moves.decide(self.shortlists[view.id], command, actor, self.clock())
            done = DoneAct(person_id=actor.person_id or "", key=key, request_hash=request_hash)
            await self._go_on(decision, (done,) if request_hash else ())
            handled: Any = vars(self)["handled"]
            handled[view.id, key] = request_hash, None
        return ShortlistView.of(self.shortlists[view.id])

    async def ask_ended(self, request: Request) -> None:
        """What the process of a request does at its end."""
        if request.shortlist_id is None:
            return
        ended = AskEnded(
            process_id=request.shortlist_id,
            request_id=request.id,
            state=request.state,
            cause=request.overtaken,
            relationship_id=request.relationship_id,
        )
        await self._hear(self.shortlists[request.shortlist_id], ended)

    async def _hear(self, shortlist: Shortlist, ended: AskEnded) -> None:
        if shortlist.goes_on:
            await self._go_on(moves.decide(shortlist, ended, SYSTEM, self.clock()))

    async def _go_on(self, decision: Decision[Shortlist], acts: tuple[DoneAct, ...] = ()) -> None:
        self.shortlists[decision.after.id] = decision.after
        if decision.after.chooses:
            await self._choose(decision.after, decision, acts)
            return
        step = SaveShortlist(
            shortlist=decision.after,
            workflow_id=names.shortlist_workflow(decision.after.id),
            entries=decision.entries,
            mails=decision.mails,
            acts=acts,
        )
        await Shortlists(self.records).save(step)
        await self._perform(decision)

    async def _choose(
        self,
        shortlist: Shortlist,
        before: Decision[Shortlist] | None = None,
        acts: tuple[DoneAct, ...] = (),
    ) -> None:
        wanted = Choosing(
            shortlist=shortlist,
            workflow_id=names.shortlist_workflow(shortlist.id),
            now=self.clock(),
            entries=before.entries if before else (),
            mails=before.mails if before else (),
            acts=acts,
        )
        chosen = await Shortlists(self.records).choose(wanted)
        if refused := chosen.refusal:
            known = errors.from_name(refused.error, refused.sentence, refused.field, (), refused.packed)
            raise known or AssertionError(refused)
        assert chosen.asks
        decision = moves.decide(shortlist, chosen.asks, SYSTEM, wanted.now)
        self.shortlists[shortlist.id] = decision.after
        await self._perform(decision)

    async def _perform(self, decision: Decision[Shortlist]) -> None:
        for effect in decision.effects:
            if isinstance(effect, StartAsks):
                for draft in effect.drafts:
                    await self._start(decision.after, draft)
            elif isinstance(effect, TakeBackAsks):
                for ask in effect.asks:
                    command = BeOvertaken(cause=CAUSES[effect.why], comment=effect.comment)
                    stands = self.requests[ask.request_id or ""]
                    await self._take(request_moves.decide(stands, command, SYSTEM, self.clock()))

    async def _start(self, shortlist: Shortlist, draft: Request) -> None:
        try:
            await self.open_request(draft)
        except ProcessError as error:
            ended = AskEnded(request_id=draft.id, state=RequestState.RELEASED, refusal=of_error(error))
            await self._hear(self.shortlists[shortlist.id], ended)
