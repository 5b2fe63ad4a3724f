"""A shortlist, from the first name to an acceptance or to its end.

choose who is asked -> (a request ends -> choose | reorder | withdraw)* -> matched, exhausted or withdrawn

Each request is a process of its own that outlives the list and signals how it ended. No timer and no search
attribute is ever set here: the requests keep the dates, and a list costs two actions for each of them.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ExternalWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.messages import Choosing, SaveShortlist
    from activities.shortlists import Shortlists
    from models.mails.frame import ReleaseCause
    from models.process import names
    from models.process.actors import SYSTEM, Actor
    from models.process.commands import Command, MailBounced
    from models.process.effects import Effect, Overtaken
    from models.process.relationship.commands import PartyLeft
    from models.process.request.state import Request, RequestState
    from models.process.shortlist import moves
    from models.process.shortlist.commands import WithdrawShortlist
    from models.process.shortlist.reasons import Why
    from models.process.shortlist.reports import AskEnded, MenteeGone
    from models.process.shortlist.state import Ask, Shortlist, ShortlistView
    from models.process.shortlist.step import StartAsks, TakeBackAsks, workflow_of
    from models.process.step import Decision
    from workflows.attributes import attributes
    from workflows.messages import (
        Act,
        RequestInput,
        ShortlistAnswer,
        ShortlistInput,
        ShortlistSnapshot,
    )
    from workflows.options import RECORD_DURABLY
    from workflows.request import RequestWorkflow, request_attributes
    from workflows.runner import ProcessRunner
    from workflows.trust import trusted_result
    from workflows.updates import takes

PAUSE = timedelta(seconds=1)
TRIES = 5
"""For a request whose pair has one that is over and still being saved."""
CAUSES = {Why.TAKEN_BACK: ReleaseCause.TAKEN_BACK, Why.LEFT: ReleaseCause.MENTEE_LEFT}


class ShortlistRunner(ProcessRunner[Shortlist]):
    """The list with its saving and its effects."""

    is_choosing = False
    """Whether an activity looks who is asked: nothing may change what it was asked with."""
    _late: list[Command]
    """What is reported meanwhile."""

    def decide(self, command: Command, actor: Actor, recorded: bool = False) -> Decision[Shortlist]:
        return moves.decide(self.process, command, actor, workflow.now())

    def due(self) -> Command | None:
        return None

    def next_at(self) -> datetime | None:
        return None

    def is_finished(self) -> bool:
        return not self.process.goes_on

    def attributes(self) -> TypedSearchAttributes:
        return shortlist_attributes(self.process)

    def upsert(self) -> None:
        """Nothing: whether it goes on the engine knows, and more is asked of nobody."""

    def report(self, command: Command) -> None:
        if self.is_choosing:
            self._late.append(command)
        else:
            super().report(command)

    async def save(self) -> None:
        if self.process.chooses:
            await self.choose()
            return
        step = self._step()
        await self._durably(Shortlists.save, step)
        self.settle(step, step.shortlist.version)

    def _step(self) -> SaveShortlist:
        return SaveShortlist(shortlist=self.process, workflow_id=workflow.info().workflow_id, **self.batch())

    async def choose(self) -> None:
        """Finds out who is asked now, which is saved with it. Raises ApplicationError for a list that the
        programme's limits do not let begin."""
        wanted = Choosing(**dict(self._step()), now=workflow.now())
        self.is_choosing, self._late = True, []
        chosen = await self._durably(Shortlists.choose, wanted)
        self.is_choosing = False
        if refused := chosen.refusal:
            details = (refused.field, (), refused.packed)
            raise ApplicationError(refused.sentence, *details, type=refused.error, non_retryable=True)
        self.apply(moves.decide(self.process, chosen.asks, SYSTEM, wanted.now))
        self.settle(self._step(), self.process.version)
        for command in self._late:
            self.report(command)

    async def _durably(self, work: Any, what: Any) -> Any:
        return await trusted_result(lambda: workflow.execute_activity_method(work, what, **RECORD_DURABLY))

    async def perform(self, effect: Effect) -> None:
        match effect:
            case StartAsks():
                await asyncio.gather(*(self._start(draft) for draft in effect.drafts))
            case TakeBackAsks():
                await asyncio.gather(*(self._end(ask, effect) for ask in effect.asks))

    async def _start(self, draft: Request) -> None:
        """Awaited until it has started, or it may never exist; abandoned, so that it outlives the list."""
        for _ in range(TRIES):
            try:
                await workflow.start_child_workflow(
                    RequestWorkflow.run,
                    RequestInput(request=draft, durable=True),
                    id=names.request_workflow(draft.programme_id, draft.mentee_id, draft.mentor_id),
                    parent_close_policy=ParentClosePolicy.ABANDON,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                    search_attributes=request_attributes(draft),
                )
            except WorkflowAlreadyStartedError:
                await workflow.sleep(PAUSE)
            else:
                return
        self.report(AskEnded(request_id=draft.id, state=RequestState.RELEASED, refusal=Why.OPEN))

    async def _end(self, ask: Ask, effect: TakeBackAsks) -> None:
        """Where the request is gone, how it ended was said before: the list goes on without its word."""
        workflow_id = workflow_of(self.process, ask)
        handle: ExternalWorkflowHandle[Any] = workflow.get_external_workflow_handle(workflow_id)
        request_id = ask.request_id or ""
        word = Overtaken(
            process_id=request_id,
            workflow_id=workflow_id,
            cause=CAUSES[effect.why],
            comment=effect.comment,
        )
        try:
            await handle.signal(RequestWorkflow.overtaken, word)
        except FailureError:
            self.report(AskEnded(request_id=request_id, state=RequestState.WITHDRAWN))


@workflow.defn(name="Shortlist")
@takes(moves.COMMANDS, ShortlistAnswer)
class ShortlistWorkflow:
    @workflow.init
    def __init__(self, start: ShortlistInput) -> None:
        self.runner = ShortlistRunner(start.shortlist, start.handled, durable=True, hashes=start.hashes)

    @workflow.run
    async def run(self, start: ShortlistInput) -> None:
        if self.runner.process.version == 0:
            await self.runner.choose()
        if not await self.runner.run():
            workflow.continue_as_new(ShortlistInput(shortlist=self.runner.process, **self.runner.carried()))

    async def take(self, act: Act[Any]) -> ShortlistAnswer:
        await self._settled()
        beside = self.runner.take(act)
        if isinstance(act.command, WithdrawShortlist):
            # One of those who were asked may have accepted at this very moment: then that is the answer.
            await workflow.wait_condition(lambda: not self.runner.process.is_running)
        return ShortlistAnswer(**dict(self.view()), **dict(beside))

    async def _settled(self) -> None:
        """Waits until nobody is being chosen, and what was chosen is under way."""
        await workflow.wait_condition(lambda: not self.runner.is_choosing and self.runner.process.version > 0)

    def check(self, act: Act[Any]) -> None:
        self.runner.check(act)

    @workflow.query
    def view(self) -> ShortlistView:
        return ShortlistView.of(self.runner.process)

    @workflow.query
    def snapshot(self) -> ShortlistSnapshot:
        return ShortlistSnapshot(process=self.runner.process, **self.runner.snapshot())

    @workflow.signal
    def ask_ended(self, report: AskEnded) -> None:
        if report.process_id == self.runner.process.id:
            self.runner.report(report)

    @workflow.signal
    def party_left(self, report: PartyLeft) -> None:
        """The mentee is being erased; of a mentor the end of their request tells."""
        if report.process_id == self.runner.process.id:
            self.runner.report(MenteeGone())

    @workflow.signal
    def mail_bounced(self, report: MailBounced) -> None:
        if report.process_id == self.runner.process.id:
            self.runner.report(report)


def shortlist_attributes(shortlist: Shortlist) -> TypedSearchAttributes:
    """By which a list is found; what they say is what it was when it began."""
    return attributes(shortlist, state=shortlist.state.value, next_at=None, next_what=None)
