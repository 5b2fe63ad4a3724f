"""One copy of a person's data: asked for -> collected, announced by mail -> deleted after a week, or before.

Its history holds two ids and dates; the copy itself stays in the database.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.exporting import Exporting
    from activities.messages import ExportStep
    from models.process.effects import ExportDiscarded
    from workflows.messages import ExportInput, ExportView
    from workflows.options import ERASE, RECORD_DURABLY
    from workflows.trust import NotSealed, trusted_result

KEPT = timedelta(days=7)
NAMED = "discard-names-its-export"


@workflow.defn(name="Export")
class ExportWorkflow:
    @workflow.init
    def __init__(self, start: ExportInput) -> None:
        self.start = start
        self.state = "asked"
        self.is_discarded = False
        self.expires_at: datetime | None = None

    @workflow.run
    async def run(self, start: ExportInput) -> None:
        if await self._do(Exporting.begin_export, self._step()):
            self.state = "collecting"
            self.expires_at = workflow.now() + KEPT
            await self._do(Exporting.collect_export, self._step(), ERASE)
            self.state = "ready"
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.is_discarded, timeout=KEPT)
            await self._do(Exporting.delete_export, self._step())
        self.state = "deleted"
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _step(self) -> ExportStep:
        return ExportStep(
            export_id=self.start.export_id,
            person_id=self.start.person_id,
            now=workflow.now(),
            expires_at=self.expires_at,
        )

    async def _do(self, what: Any, step: ExportStep, options: dict[str, Any] = RECORD_DURABLY) -> Any:
        return await trusted_result(lambda: workflow.execute_activity_method(what, step, **options))

    @workflow.update
    async def begun(self) -> ExportView:
        """Answers once it is written down."""
        await workflow.wait_condition(lambda: self.state != "asked")
        return self.view()

    @begun.validator
    def _check_begun(self) -> None:
        """Without one, the SDK shows it to no guard before it has begun."""

    @workflow.update
    async def deleted(self, which: ExportDiscarded | None = None) -> ExportView:
        """Deletes the copy now. Versions before 0.3 did not say which."""
        self.is_discarded = True
        await workflow.wait_condition(lambda: self.state == "deleted")
        return self.view()

    @deleted.validator
    def _check_deleted(self, which: ExportDiscarded | None = None) -> None:
        if which is None or which.export_id != self.start.export_id:
            raise NotSealed

    @workflow.signal
    def discard(self, which: ExportDiscarded | None = None) -> None:
        """The same, without an answer: the person is being erased."""
        # Only versions before 0.3 did not say which one; what says nothing is not sealed either.
        if which.export_id != self.start.export_id if which else workflow.patched(NAMED):
            return
        self.is_discarded = True

    @workflow.query
    def view(self) -> ExportView:
        return ExportView(export_id=self.start.export_id, state=self.state, expires_at=self.expires_at)
