"""One mentoring request, from sending to decision or silence.

open -> (accept | ask to amend -> resubmit | reject | edit | withdraw | remind | extend | close | hand over)*
     -> end
reminders and the closing date come by themselves; acceptance starts the relationship exactly once
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import TypedSearchAttributes
from temporalio.exceptions import ApplicationError, FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ExternalWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.messages import (
        Acceptance,
        Claim,
        Claimed,
        Opening,
        Refusal,
        SaveRequest,
        Succession,
    )
    from activities.records import Records
    from models.process import errors, names, resuming
    from models.process.actors import SYSTEM, Actor
    from models.process.commands import Command, MailBounced
    from models.process.effects import (
        ClaimPlaces,
        Effect,
        HandOn,
        Overtaken,
        ReleaseOthers,
        StartRelationship,
        StartSuccessor,
    )
    from models.process.errors import AlreadyOpen
    from models.process.request import moves as request_moves
    from models.process.request.commands import AcceptRequest, HandOverRequest
    from models.process.request.reports import (
        BeOvertaken,
        GiveBack,
        HandedOver,
        HandOverRefused,
        LeaveToAdmins,
        NewPolicy,
        PlacesClaimed,
        PlacesRefused,
    )
    from models.process.request.state import Request, RequestState, next_step
    from models.process.request.view import RequestView
    from models.process.shortlist.reasons import of_error
    from models.process.shortlist.reports import AskEnded, Heir
    from models.process.step import Decision
    from models.process.terms import Sentence
    from models.process.whole import rest_of
    from workflows.attributes import attributes
    from workflows.claims import claim_of, error_of
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

A_SECOND = timedelta(seconds=1)
ACCEPTS_IN_ONE = "accepts-in-one-step"


class RequestRunner(ProcessRunner[Request]):
    """The request with its saving and its effects."""

    no_place: Claimed | None = None
    """What the last acceptance found, where it found no place."""
    not_handed: Refusal | None = None
    """Why it could not be handed over, the last time."""
    _late: list[Command] | None = None
    """What is reported while an acceptance or a succession is being saved."""

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
        step = _step(self.process, **self.batch())
        await self.record(Records.save_request, step)
        self.settle(step, step.view.version)

    async def perform(self, effect: Effect) -> None:
        match effect:
            case ClaimPlaces() if workflow.patched(ACCEPTS_IN_ONE):
                await self._accept()
            case ClaimPlaces():
                await self._claim()
            case StartRelationship():
                await self._start_relationship(effect)
            case HandOn():
                await self._hand_on()
            case StartSuccessor():
                await self._start_successor()
            case ReleaseOthers():
                await asyncio.gather(*(self._release(other) for other in effect.others))

    def report(self, command: Command) -> None:
        """While an acceptance is being saved, nothing else may change what it was saved with."""
        if self._late is None:
            super().report(command)
        else:
            self._late.append(command)

    async def _accept(self) -> None:
        """Takes the places and saves the acceptance in one go, or learns that there is none."""
        claim = claim_of(self.process, workflow.now())
        step = self._step_with(self._accepted(claim))
        self._late = late = list[Command]()
        claimed = await self.record(Records.accept_request, Acceptance(claim=claim, step=step))
        self._late = None
        if not self._is_refused(claimed):
            self.apply(self._accepted(claim, claimed.overtaken))
            self.settle(step, step.view.version)
            self.upsert()
        for command in late:
            self.report(command)

    def _step_with(self, decision: Decision[Request]) -> SaveRequest:
        """What is unsaved, with what `decision` would add to it."""
        unsaved = self.batch()
        unsaved |= {name: unsaved[name] + getattr(decision, name) for name in ("entries", "mails")}
        return _step(decision.after, **unsaved)

    async def _hand_on(self) -> None:
        """Reserves the request that goes on and saves the end of this one, or learns why it cannot."""
        handing = self.process.handing
        assert handing is not None
        ended = request_moves.decide(self.process, HandedOver(), SYSTEM, workflow.now())
        step, to = self._step_with(ended), handing.to
        opening = _opening(to, names.request_workflow(to.programme_id, to.mentee_id, to.mentor_id))
        self._late = late = list[Command]()
        opened = await self.record(Records.hand_over_request, Succession(opening=opening, step=step))
        self._late = None
        self.not_handed = opened.refusal
        if opened.refusal is None:
            self.apply(ended)
            self.settle(step, step.view.version)
            self.upsert()
        else:
            # Its act came to nothing, so its key may be sent again.
            self.acts.clear()
            self.report(HandOverRefused())
        for command in late:
            self.report(command)

    async def _start_successor(self) -> None:
        """Its row is reserved, so it has to begin, however long another process of the pair takes to end."""
        handing, pause = self.process.handing, A_SECOND
        assert handing is not None
        start = RequestInput(request=handing.to, durable=True)
        while True:
            try:
                await workflow.start_child_workflow(
                    RequestWorkflow.run,
                    start,
                    id=start.workflow_id(),
                    parent_close_policy=ParentClosePolicy.ABANDON,
                    search_attributes=request_attributes(handing.to),
                )
                return
            except WorkflowAlreadyStartedError:
                await workflow.sleep(pause)
                pause = min(2 * pause, 60 * A_SECOND)

    def _accepted(self, claim: Claim, overtaken: tuple[Overtaken, ...] = ()) -> Decision[Request]:
        """Whom it overtakes shows in no view: the saved step is the same without them."""
        return request_moves.decide(self.process, PlacesClaimed(overtaken=overtaken), SYSTEM, claim.now)

    async def _claim(self) -> None:
        """As it was before 0.3: the acceptance is saved by a step of its own."""
        claimed = await self.record(Records.claim_places, claim_of(self.process, workflow.now()))
        if not self._is_refused(claimed):
            self.report(PlacesClaimed(overtaken=claimed.overtaken))

    def _is_refused(self, claimed: Claimed) -> bool:
        self.no_place = claimed if claimed.full else None
        if claimed.full:
            # Its act came to nothing, so its key may be sent again.
            self.acts.clear()
            self.report(PlacesRefused(full=claimed.full, gone=claimed.gone))
        return self.no_place is not None

    async def _start_relationship(self, effect: StartRelationship) -> None:
        """Awaited until it has started, or it may never exist; abandoned, so that it outlives us."""
        relationship = resuming.relationship_of(self.process, effect.relationship_id, workflow.now())
        await workflow.start_child_workflow(
            RelationshipWorkflow.run,
            RelationshipInput(
                relationship=relationship,
                durable=self.durable,
                closes=effect.closes,
                decided_by=effect.decided_by,
                paired=effect.paired,
            ),
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


def _opening(draft: Request, workflow_id: str) -> Opening:
    return Opening(
        view=RequestView.of(draft), rest=rest_of(draft), workflow_id=workflow_id, now=workflow.now()
    )


def _step(process: Request, **unsaved: Any) -> SaveRequest:
    return SaveRequest(
        view=RequestView.of(process),
        rest=rest_of(process),
        workflow_id=workflow.info().workflow_id,
        **unsaved,
    )


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
            await self._tell_shortlist()
            await workflow.wait_condition(workflow.all_handlers_finished)
            return
        if not await self.runner.run():
            carried = RequestInput(
                request=self.runner.process, durable=self.runner.durable, **self.runner.carried()
            )
            workflow.continue_as_new(carried)
        await self._tell_shortlist()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _tell_shortlist(self) -> None:
        """Says how this ended to the list that it is of, so that somebody else is asked, or nobody."""
        request = self.runner.process
        if request.shortlist_id is None:
            return
        refused = self.refusal and errors.from_name(self.refusal.error, self.refusal.sentence)
        ended = AskEnded(
            process_id=request.shortlist_id,
            request_id=request.id,
            state=RequestState.RELEASED if refused else request.state,
            cause=request.overtaken,
            relationship_id=request.relationship_id,
            refusal=of_error(refused) if refused else None,
            heir=_heir_of(request),
        )
        workflow_id = names.shortlist_workflow(request.shortlist_id)
        handle: ExternalWorkflowHandle[Any] = workflow.get_external_workflow_handle(workflow_id)
        try:
            await handle.signal(names.ASK_ENDED, ended)
        except FailureError:
            workflow.logger.info("the shortlist had ended before its request did")

    async def _open(self) -> bool:
        """Records the request under the programme's limits; refused, it never was."""
        draft = self.runner.process
        opening = _opening(draft, workflow.info().workflow_id)
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
        if self.refusal:
            raise _failure(self.refusal)

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
        if self.runner.no_place and not repeated:
            raise refusal(error_of(self.runner.no_place, act.actor.role))
        return self._answer(beside)

    @accept.validator
    def _check_accept(self, act: Act[AcceptRequest]) -> None:
        self.check(act)

    @workflow.update(name=HandOverRequest.name)
    async def hand_over(self, act: Act[HandOverRequest]) -> RequestAnswer:
        """Answers when the other mentor has it, or fails with what stands against that."""
        repeated = act.key in self.runner.handled
        await self._settled()
        beside = self.runner.take(act)
        await workflow.wait_condition(lambda: self.runner.process.state is not RequestState.HANDING_OVER)
        if self.runner.not_handed and not repeated:
            raise _failure(self.runner.not_handed)
        return self._answer(beside)

    @hand_over.validator
    def _check_hand_over(self, act: Act[HandOverRequest]) -> None:
        self.check(act)

    @workflow.signal
    async def overtaken(self, by: Overtaken) -> None:
        """Reported by an acceptance elsewhere, which may come before this request is even recorded."""
        await workflow.wait_condition(lambda: self._is_open() or self.refusal is not None)
        if by.process_id == self.runner.process.id:
            self.runner.report(BeOvertaken(cause=by.cause, comment=by.comment))

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
    async def policy_changed(self, new: NewPolicy) -> None:
        """The programme's new rules; like a release, they may come before this is recorded."""
        await workflow.wait_condition(lambda: self._is_open() or self.refusal is not None)
        if new.process_id == self.runner.process.id:
            self.runner.report(new)

    @workflow.signal
    def mail_bounced(self, report: MailBounced) -> None:
        if report.process_id == self.runner.process.id:
            self.runner.report(report)


def _failure(refused: Refusal) -> ApplicationError:
    details = (refused.field, (), refused.packed)
    return ApplicationError(refused.sentence, *details, type=refused.error, non_retryable=True)


def _heir_of(request: Request) -> Heir | None:
    handing = request.handing if request.handed_over_to else None
    return Heir(request_id=handing.to.id, mentor_id=handing.to.mentor_id) if handing else None


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
