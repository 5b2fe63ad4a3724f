"""Drafts without an engine: the same moves and the same activities, one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from temporalio.testing import ActivityEnvironment

from activities.drafting import Drafting
from activities.messages import DraftStep, OfDraft
from models.process.draft.state import DraftAct, DraftState, after
from models.process.errors import ProcessError
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.store.database import Database
from workflows.messages import DraftView


class FakeDrafts:
    """`works` False: a draft stays in the state that it was brought to."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        open_request: Callable[[Request], Awaitable[RequestView]],
    ) -> None:
        async def open_pair(request: Request) -> str:
            try:
                await open_request(request)
            except ProcessError as error:
                return error.sentence
            return ""

        self.drafting = Drafting(database, lambda: None, open_pair)
        self.clock = clock
        self.works = True

    async def do(self, draft_id: str, act: DraftAct | None, actor_id: str) -> DraftView:
        stands = await self.drafting.begin_draft(OfDraft(draft_id=draft_id))
        assert stands.state is not None
        state, version, number = stands.state, stands.version, stands.round
        if act and (moved := after(state, act)) is not state:
            state, version = moved, version + 1
            number += state is DraftState.COMPUTING
        first = step = self._step(draft_id, state, version, number, actor_id)
        await self.drafting.save_draft(step)
        for busy, done in ((DraftState.COMPUTING, DraftAct.COMPUTED), (DraftState.PUBLISHING, DraftAct.SENT)):
            if self.works and step.state is busy:
                what = (
                    self.drafting.compute_draft
                    if busy is DraftState.COMPUTING
                    else self.drafting.publish_draft
                )
                await ActivityEnvironment().run(what, step)
                step = self._step(draft_id, after(busy, done), step.version + 1, number, actor_id)
                await self.drafting.save_draft(step)
        return DraftView(draft_id=draft_id, state=first.state, version=first.version, round=number)

    def _step(self, draft_id: str, state: DraftState, version: int, number: int, actor_id: str) -> DraftStep:
        return DraftStep(
            draft_id=draft_id, state=state, version=version, round=number, now=self.clock(), actor_id=actor_id
        )
