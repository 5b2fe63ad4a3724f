"""One mentoring request, from sending to decision or silence.

open -> (accept | ask to amend -> resubmit | reject | edit | withdraw | remind | extend | close)* -> end
reminders and the closing date come by themselves; acceptance starts the relationship exactly once
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import TypedSearchAttributes
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.workflow import ExternalWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.messages import Claim, Opening, Refusal, SaveRequest
    from activities.records import Records
    from models.process import names, resuming
    from models.process.actors import Actor
    from models.process.commands import Command, MailBounced
    from models.process.effects import ClaimPlaces, Effect, Overtaken, ReleaseOthers, StartRelationship
    from models.process.errors import AlreadyOpen, MenteeFull, MentorFull, Refused
    from models.process.request import moves as request_moves
    from models.process.request.commands import (
        AcceptRequest,
    )
    from models.process.request.reports import (
        BeOvertaken,
        GiveBack,
        LeaveToAdmins,
        PlacesClaimed,
        PlacesRefused,
    )
    from models.process.request.state import Request, RequestState, next_step, relationship_id
    from models.process.request.view import RequestView
    from models.process.step import Decision
    from models.process.terms import Sentence
    from models.process.whole import rest_of
    from workflows.attributes import attributes
    from workflows.messages import (
        Act,
        Answer,
        RelationshipInput,
        RequestAnswer,
        RequestInput,
        RequestSnapshot,
    )
    from workflows.options import RECORD
    from workflows.relationship import RelationshipWorkflow, relationship_attributes
    from workflows.runner import ProcessRunner, refusal
    from workflows.trust import trusted_result
    from workflows.updates import takes

FULL = {
    "mentor": MentorFull(
        Sentence("No place is left with this {t.mentor}; raise the capacity, or decline this {t.request}.")
    ),
    "mentee": MenteeFull(
        Sentence("The {t.mentee} has found {t.a_mentor} in the meantime; there is nothing left to accept.")
    ),
}

GONE = {
    "mentor": Refused(
        Sentence(
            "You are not {t.a_mentor} of this programme any more, so you cannot accept. The {t.mentee} is "
            "told, and you need not do anything."
        )
    ),
    "mentee": Refused(Sentence("The {t.mentee} does not look for {t.a_mentor} in this programme any more.")),
}


class RequestRunner(ProcessRunner[Request]):
    """The request with its saving and its effects."""

    full: str | None = None
    """On whose side the last acceptance found no place."""
    gone: bool = False
    """Whether that side takes part no longer."""

    def decide(self, command: Command, actor: Actor, recorded: bool = False) -> Decision[Request]:
        return request_moves.decide(self.process, command, actor, self.now())

    def due(self) -> Command | None:
        return request_moves.due(self.process, self.now())

    def next_at(self) -> datetime | None:
        step = next_step(self.process)
        return step.at if step else None

    def is_finished(self) -> bool:
        return not self.process.is_open

    def attributes(self) -> TypedSearchAttributes:
        return request_attributes(self.process)

    async def save(self) -> None:
        step = SaveRequest(
            view=RequestView.of(self.process),
            rest=rest_of(self.process),
            workflow_id=workflow.info().workflow_id,
            **self.batch(),
        )
        await self.record(Records.save_request, step)
        self.settle(step, step.view.version)

    async def perform(self, effect: Effect) -> None:
        match effect:
            case ClaimPlaces():
                await self._claim()
            case StartRelationship():
                await self._start_relationship(effect)
            case ReleaseOthers():
                await asyncio.gather(*(self._release(other) for other in effect.others))

    async def _claim(self) -> None:
        request = self.process
        claim = Claim(
            request_id=request.id,
            relationship_id=relationship_id(request.id),
            programme_id=request.programme_id,
            mentee_id=request.mentee_id,
            mentor_id=request.mentor_id,
            now=workflow.now(),
        )
        claimed = await self.record(Records.claim_places, claim)
        self.full, self.gone = claimed.full, claimed.gone
        if claimed.full:
            # Its act came to nothing, so its key may be sent again.
            self.acts.clear()
            self.report(PlacesRefused(full=claimed.full, gone=claimed.gone))
        else:
            self.report(PlacesClaimed(overtaken=claimed.overtaken))

    async def _start_relationship(self, effect: StartRelationship) -> None:
        """Awaited until it has started, or it may never exist; abandoned, so that it outlives us."""
        relationship = resuming.relationship_of(self.process, effect.relationship_id, workflow.now())
        await workflow.start_child_workflow(
            RelationshipWorkflow.run,
            RelationshipInput(relationship=relationship, durable=self.durable, closes=effect.closes),
            id=names.relationship_workflow(effect.relationship_id),
            parent_close_policy=ParentClosePolicy.ABANDON,
            search_attributes=relationship_attributes(relationship),
        )

    async def _release(self, other: Overtaken) -> None:
        handle: ExternalWorkflowHandle[Any] = workflow.get_external_workflow_handle(other.workflow_id)
        try:
            await handle.signal(RequestWorkflow.overtaken, other)
        except FailureError:
            workflow.logger.info("an overtaken request had ended before it could be released")


@workflow.defn(name="Request")
@takes(request_moves.COMMANDS, RequestAnswer)
class RequestWorkflow:
    @workflow.init
    def __init__(self, start: RequestInput) -> None:
        self.runner = RequestRunner(start.request, start.handled, start.durable, start.hashes)
        self.refusal: Refusal | None = None
        if start.resumed:
            self.runner.apply(resuming.resume_request(start.request, workflow.now()))

    @workflow.run
    async def run(self, start: RequestInput) -> None:
        if self.runner.process.version == 0 and not await self._open():
            await workflow.wait_condition(workflow.all_handlers_finished)
            return
        if not await self.runner.run():
            carried = RequestInput(
                request=self.runner.process, durable=self.runner.durable, **self.runner.carried()
            )
            workflow.continue_as_new(carried)

    async def _open(self) -> bool:
        """Records the request under the programme's limits; refused, it never was."""
        draft = self.runner.process
        opening = Opening(
            view=RequestView.of(draft),
            rest=rest_of(draft),
            workflow_id=workflow.info().workflow_id,
            now=workflow.now(),
        )
        opened = await trusted_result(
            lambda: workflow.execute_local_activity_method(Records.open_request, opening, **RECORD)
        )
        self.refusal = opened.refusal
        if opened.refusal is None:
            # Not the time of this task, which may be the second one: the first was lost, and has saved this.
            self.runner.apply(request_moves.open_request(draft, opened.at or workflow.now()))
        return opened.refusal is None

    def _is_open(self) -> bool:
        return self.runner.process.version > 0

    async def take(self, act: Act[Any]) -> RequestAnswer:
        await self._settled()
        return self._answer(self.runner.take(act))

    def _answer(self, beside: Answer) -> RequestAnswer:
        return RequestAnswer(**dict(self.view()), **dict(beside))

    async def _settled(self) -> None:
        """Waits until the request is recorded; fails with the rule that stood against it."""
        await workflow.wait_condition(lambda: self._is_open() or self.refusal is not None)
        if refused := self.refusal:
            raise ApplicationError(
                refused.sentence,
                *(refused.field, (), refused.packed),
                type=refused.error,
                non_retryable=True,
            )

    def check(self, act: Act[Any]) -> None:
        self.runner.check(act)

    @workflow.query
    def view(self) -> RequestView:
        return RequestView.of(self.runner.process)

    @workflow.query
    def snapshot(self) -> RequestSnapshot:
        return RequestSnapshot(process=self.runner.process, **self.runner.snapshot())

    @workflow.update
    async def opened(self, request_id: str) -> RequestView:
        """Answers once the request is recorded, or fails with the rule that stood against it."""
        await workflow.wait_condition(lambda: self._is_open() or self.refusal is not None)
        if request_id != self.runner.process.id:
            raise self._in_the_way()
        await self._settled()
        return self.view()

    @opened.validator
    def _check_opened(self, request_id: str) -> None:
        """Without one, the SDK shows it to no guard before it has begun."""

    def _in_the_way(self) -> ApplicationError:
        """What another request of the pair is told."""
        if self.refusal or not self.runner.process.is_open:
            return ApplicationError("This is ending.", type=names.STILL_ENDING, non_retryable=True)
        return refusal(
            AlreadyOpen(Sentence("{t.A_request} between the two of you is open already."), field="mentor_id")
        )

    @workflow.update
    async def accept(self, act: Act[AcceptRequest]) -> RequestAnswer:
        """Answers when the places are taken, or fails with MentorFull, MenteeFull or Refused."""
        repeated = act.key in self.runner.handled
        await self._settled()
        beside = self.runner.take(act)
        await workflow.wait_condition(lambda: self.runner.process.state is not RequestState.ACCEPTING)
        if self.runner.full and not repeated:
            raise refusal((GONE if self.runner.gone else FULL)[self.runner.full])
        return self._answer(beside)

    @accept.validator
    def _check_accept(self, act: Act[AcceptRequest]) -> None:
        self.check(act)

    @workflow.signal
    async def overtaken(self, by: Overtaken) -> None:
        """Reported by an acceptance elsewhere, which may come before this request is even recorded."""
        await workflow.wait_condition(lambda: self._is_open() or self.refusal is not None)
        if by.process_id == self.runner.process.id:
            self.runner.report(BeOvertaken(cause=by.cause))

    @workflow.signal
    async def left_to_admins(self, by: Overtaken) -> None:
        """The mentor takes no requests any more; like a release, it may come before this is recorded."""
        await workflow.wait_condition(lambda: self._is_open() or self.refusal is not None)
        if by.process_id == self.runner.process.id:
            self.runner.report(LeaveToAdmins(cause=by.cause))

    @workflow.signal
    def given_back(self, process_id: str) -> None:
        """The mentor takes requests again."""
        if process_id == self.runner.process.id:
            self.runner.report(GiveBack())

    @workflow.signal
    def mail_bounced(self, report: MailBounced) -> None:
        if report.process_id == self.runner.process.id:
            self.runner.report(report)


def request_attributes(request: Request) -> TypedSearchAttributes:
    """What the engine can be asked about a request."""
    step = next_step(request)
    return attributes(
        request,
        state=request.public_state.value,
        next_at=step.at if step else None,
        next_what=step.what if step else None,
        last_event=request.last_event or None,
    )
