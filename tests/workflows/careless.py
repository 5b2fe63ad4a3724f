"""What a careless change looks like: a request that waits another time for the database, after an act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.messages import RequestInput
    from workflows.options import RECORD_DURABLY
    from workflows.request import RequestRunner, RequestWorkflow

LONGER = {**RECORD_DURABLY, "start_to_close_timeout": timedelta(minutes=1)}


class CarelessDesk(RequestRunner):
    async def record(self, work: Callable[[Any, Any], Awaitable[Any]], what: Any) -> Any:
        if self._has_fresh_acts:
            self._has_fresh_acts = False
            return await workflow.execute_activity_method(work, what, **LONGER)
        return await super().record(work, what)


@workflow.defn(name="Request")
class CarelessRequest(RequestWorkflow):
    @workflow.init
    def __init__(self, start: RequestInput) -> None:
        super().__init__(start)
        self.runner = CarelessDesk(start.request, start.handled, start.durable)

    @workflow.run
    async def run(self, start: RequestInput) -> None:
        await super().run(start)
