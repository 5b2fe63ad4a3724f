"""The same workflows for workers that have a version: the engine refuses to know how a process moves from
one version to the next by workers that have none."""

from __future__ import annotations

from temporalio import workflow
from temporalio.common import VersioningBehavior

from workflows.relationship import RelationshipWorkflow
from workflows.request import RequestWorkflow
from workflows.shortlist import ShortlistWorkflow

with workflow.unsafe.imports_passed_through():
    from workflows.messages import RelationshipInput, RequestInput, ShortlistInput


# Carried on by the current version at once: it lives for weeks, so a patch is soon no longer needed.
@workflow.defn(name="Request", versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class VersionedRequest(RequestWorkflow):
    @workflow.init
    def __init__(self, start: RequestInput) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: RequestInput) -> None:
        await super().run(start)


# Carried on by the version that its run began under: it lives for years, and no patch has to stay for as
# long. It moves to another version by continuing as new, when `move_on` or anything else wakes it.
@workflow.defn(name="Relationship", versioning_behavior=VersioningBehavior.PINNED)
class VersionedRelationship(RelationshipWorkflow):
    @workflow.init
    def __init__(self, start: RelationshipInput) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: RelationshipInput) -> None:
        await super().run(start)


# Like a request.
@workflow.defn(name="Shortlist", versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class VersionedShortlist(ShortlistWorkflow):
    @workflow.init
    def __init__(self, start: ShortlistInput) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: ShortlistInput) -> None:
        await super().run(start)
