"""A newer build than the present one: it changes the commands of both kinds of process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import workflow
from temporalio.common import VersioningBehavior

with workflow.unsafe.imports_passed_through():
    from workflows.messages import RelationshipInput, RequestInput
    from workflows.options import RECORD_DURABLY
    from workflows.relationship import RelationshipRunner, RelationshipWorkflow
    from workflows.request import RequestRunner, RequestWorkflow


class NewerRequestDesk(RequestRunner):
    async def record(self, work: Callable[[Any, Any], Awaitable[Any]], what: Any) -> Any:
        """Behind a patch, since requests that run are taken over with their history."""
        if workflow.patched("always-durable"):
            return await workflow.execute_activity_method(work, what, **RECORD_DURABLY)
        return await super().record(work, what)


class NewerRelationshipDesk(RelationshipRunner):
    async def record(self, work: Callable[[Any, Any], Awaitable[Any]], what: Any) -> Any:
        """Without a patch, since relationships that run are not taken over before they begin anew."""
        return await workflow.execute_activity_method(work, what, **RECORD_DURABLY)


@workflow.defn(name="Request", versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class NewerRequest(RequestWorkflow):
    @workflow.init
    def __init__(self, start: RequestInput) -> None:
        super().__init__(start)
        self.runner = NewerRequestDesk(start.request, start.handled, start.durable)

    @workflow.run
    async def run(self, start: RequestInput) -> None:
        await super().run(start)


@workflow.defn(name="Relationship", versioning_behavior=VersioningBehavior.PINNED)
class NewerRelationship(RelationshipWorkflow):
    @workflow.init
    def __init__(self, start: RelationshipInput) -> None:
        super().__init__(start)
        begun = self.runner
        self.runner = NewerRelationshipDesk(start.relationship, start.handled, start.durable)
        if begun.process.version > self.runner.process.version:
            # What the beginning has decided is said once, by the runner that goes on.
            self.runner.process, self.runner.entries, self.runner.mails = (
                begun.process,
                begun.entries,
                begun.mails,
            )

    @workflow.run
    async def run(self, start: RelationshipInput) -> None:
        await super().run(start)
