"""One draft of recommendations or pairs, from the asking to its publication.

computing -> a coordinator reads, changes, has it computed again -> publishing, once -> published
it can be discarded before anything is sent, and is after a month

Its history holds ids, states and dates. Who is with whom is in the database, where coordinators change it; so
is what has been computed and published, and a process that was lost goes on from there.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.drafting import Drafting
    from activities.messages import DraftStands, DraftStep, OfDraft
    from models.process.draft.state import KEPT_FOR, OPEN, DraftAct, DraftState, after
    from models.process.errors import ProcessError
    from workflows.messages import DraftDone, DraftInput, DraftView
    from workflows.options import LONG, RECORD_DURABLY
    from workflows.runner import refusal
    from workflows.trust import trusted_result

S = DraftState


@workflow.defn(name="Draft")
class DraftWorkflow:
    @workflow.init
    def __init__(self, start: DraftInput) -> None:
        self.draft_id = start.draft_id
        self.state: DraftState | None = None
        self.is_unknown = False
        self.version = self.saved = 0
        self.round = 1
        self.actor_id: str | None = None
        self.expires_at: datetime | None = None

    @workflow.run
    async def run(self, start: DraftInput) -> None:
        self._take_up(await self._do(Drafting.begin_draft, OfDraft(draft_id=self.draft_id)))
        while self.state in OPEN and not workflow.info().is_continue_as_new_suggested():
            await self._save()
            await self._live()
        await self._save()
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self.state in OPEN:
            # A handler may have changed the state while it was waited for.
            await self._save()
            workflow.continue_as_new(DraftInput(draft_id=self.draft_id))

    def _take_up(self, stands: DraftStands) -> None:
        self.is_unknown = stands.state is None
        self.version = self.saved = stands.version
        self.round, self.expires_at = stands.round, stands.expires_at
        self.state = stands.state

    async def _live(self) -> None:
        if self.state is S.COMPUTING:
            await self._compute()
        elif self.state is S.PUBLISHING:
            await self._do(Drafting.publish_draft, self._step(), LONG)
            self._move(DraftAct.SENT)
        elif self.state is S.DRAFT:
            await self._wait()

    async def _compute(self) -> None:
        number = self.round
        computing = asyncio.create_task(self._do(Drafting.compute_draft, self._step(), LONG))
        await workflow.wait_condition(lambda: computing.done() or self.state is not S.COMPUTING)
        # Discarded: once it is saved, the computation sees it and ends.
        await self._save()
        await computing
        if self.state is S.COMPUTING and self.round == number:
            self._move(DraftAct.COMPUTED)

    async def _wait(self) -> None:
        ends = self.expires_at or workflow.now() + KEPT_FOR
        left = max(ends - workflow.now(), timedelta(milliseconds=1))
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.state is not S.DRAFT, timeout=left)
        if self.state is S.DRAFT:
            self._move(DraftAct.DISCARD)

    def _move(self, act: DraftAct) -> None:
        """Raises IllegalMove."""
        assert self.state is not None
        found = after(self.state, act)
        if found is self.state:
            return
        self.state, self.version = found, self.version + 1
        if found is S.COMPUTING:
            self.round += 1

    async def _save(self) -> None:
        while self.version > self.saved and self.state:
            step = self._step()
            await self._do(Drafting.save_draft, step)
            self.saved = step.version

    def _step(self) -> DraftStep:
        assert self.state is not None
        return DraftStep(
            draft_id=self.draft_id,
            state=self.state,
            version=self.version,
            round=self.round,
            now=workflow.now(),
            actor_id=self.actor_id,
        )

    async def _do(self, what: Any, about: Any, options: dict[str, Any] = RECORD_DURABLY) -> Any:
        return await trusted_result(lambda: workflow.execute_activity_method(what, about, **options))

    @workflow.update
    async def done(self, act: DraftDone) -> DraftView:
        """A coordinator has it computed again, published or discarded; a second time changes nothing.

        The API starts the process with it where the engine has lost it.
        """
        await workflow.wait_condition(lambda: self.state is not None or self.is_unknown)
        if self.state is None:
            raise ApplicationError("There is no such draft.", type="NotFound", non_retryable=True)
        if act.what is not None:
            was = self.version
            try:
                self._move(act.what)
            except ProcessError as error:
                raise refusal(error) from error
            if self.version > was:
                self.actor_id = act.actor_id
        return self.view()

    @done.validator
    def _check_done(self, act: DraftDone) -> None:
        """Refuses without a trace what the state does not take."""
        if act.draft_id != self.draft_id or act.what in {DraftAct.COMPUTED, DraftAct.SENT}:
            raise ApplicationError("This is not for this draft.", type="NotSealed", non_retryable=True)
        if self.state is None or act.what is None:
            return
        try:
            after(self.state, act.what)
        except ProcessError as error:
            raise refusal(error) from error

    @workflow.query
    def view(self) -> DraftView:
        return DraftView(
            draft_id=self.draft_id, state=self.state or S.COMPUTING, version=self.version, round=self.round
        )
