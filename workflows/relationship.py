"""One relationship, from acceptance to the last survey.

start -> (goals | complete -> (confirm | not yet | silence confirms) | withdraw | end)* -> two surveys -> end
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import TypedSearchAttributes
from temporalio.workflow import ContinueAsNewVersioningBehavior

with workflow.unsafe.imports_passed_through():
    from activities.messages import SaveRelationship
    from activities.records import Records
    from models.process import resuming
    from models.process.actors import Actor
    from models.process.commands import Command, MailBounced
    from models.process.effects import Effect, RecordAnswers, ReleasePlaces
    from models.process.relationship import moves as relationship_moves
    from models.process.relationship.commands import PartyLeft
    from models.process.relationship.state import Relationship, next_step
    from models.process.relationship.view import RelationshipView
    from models.process.step import Decision
    from models.process.whole import rest_of
    from workflows.attributes import attributes
    from workflows.messages import Act, RelationshipAnswer, RelationshipInput, RelationshipSnapshot
    from workflows.runner import ProcessRunner
    from workflows.updates import takes


class RelationshipRunner(ProcessRunner[Relationship]):
    """The relationship with its saving. Its effects are all part of what is saved with a version."""

    def decide(self, command: Command, actor: Actor, recorded: bool = False) -> Decision[Relationship]:
        return relationship_moves.decide(self.process, command, actor, self.now(), recorded)

    def due(self) -> Command | None:
        return relationship_moves.due(self.process, self.now())

    def next_at(self) -> datetime | None:
        step = next_step(self.process)
        return step.at if step else None

    def is_finished(self) -> bool:
        return self.process.version > 0 and self.process.is_finished

    def attributes(self) -> TypedSearchAttributes:
        return relationship_attributes(self.process)

    async def save(self) -> None:
        effects = list(self.effects)
        step = SaveRelationship(
            view=RelationshipView.of(self.process),
            rest=rest_of(self.process),
            workflow_id=workflow.info().workflow_id,
            **self.batch(),
            release_places=any(isinstance(effect, ReleasePlaces) for effect in effects),
            answers=tuple(effect for effect in effects if isinstance(effect, RecordAnswers)),
            questions=self.process.policy.relationship.survey_questions if self.process.surveys else (),
        )
        await self.record(Records.save_relationship, step)
        self.settle(step, step.view.version)
        for _ in effects:
            self.effects.popleft()

    def should_upgrade(self) -> bool:
        return workflow.info().is_target_worker_deployment_version_changed()

    async def perform(self, effect: Effect) -> None:
        raise NotImplementedError(f"{type(effect).__name__} comes without a new version")


@workflow.defn(name="Relationship")
@takes(relationship_moves.COMMANDS, RelationshipAnswer)
class RelationshipWorkflow:
    @workflow.init
    def __init__(self, start: RelationshipInput) -> None:
        self.runner = RelationshipRunner(start.relationship, start.handled, start.durable, start.hashes)
        if start.relationship.version == 0:
            begun = start.relationship
            self.runner.apply(
                relationship_moves.start(
                    begun, begun.started_at, start.closes, start.decided_by, paired=start.paired
                )
            )
        elif start.resumed:
            self.runner.apply(resuming.resume_relationship(start.relationship, workflow.now()))

    @workflow.run
    async def run(self, start: RelationshipInput) -> None:
        if not await self.runner.run():
            carried = RelationshipInput(
                relationship=self.runner.process,
                durable=self.runner.durable,
                **self.runner.carried(),
            )
            upgrade = ContinueAsNewVersioningBehavior.AUTO_UPGRADE if self.runner.should_upgrade() else None
            workflow.continue_as_new(carried, initial_versioning_behavior=upgrade)

    def check(self, act: Act[Any]) -> None:
        self.runner.check(act)

    async def take(self, act: Act[Any]) -> RelationshipAnswer:
        beside = self.runner.take(act)
        return RelationshipAnswer(**dict(self.view()), **dict(beside))

    @workflow.query
    def view(self) -> RelationshipView:
        return RelationshipView.of(self.runner.process)

    @workflow.query
    def snapshot(self) -> RelationshipSnapshot:
        return RelationshipSnapshot(
            process=self.runner.process, answers=tuple(self.runner.answered), **self.runner.snapshot()
        )

    @workflow.signal
    def party_left(self, report: PartyLeft) -> None:
        if report.process_id in ("", self.runner.process.id):
            self.runner.report(report)

    @workflow.signal
    def move_on(self) -> None:
        """Says that there is another version of the workers, where nothing else would wake the process."""

    @workflow.signal
    def mail_bounced(self, report: MailBounced) -> None:
        if report.process_id == self.runner.process.id:
            self.runner.report(report)


def relationship_attributes(relationship: Relationship) -> TypedSearchAttributes:
    """What the engine can be asked about a relationship; without the last event, which no list needs."""
    step = next_step(relationship)
    return attributes(
        relationship,
        state=relationship.state.value,
        next_at=step.at if step else None,
        next_what=step.what if step else None,
    )
