"""New rules of a programme for what is open: round after round, until every open request lives by them.

asked for in the database -> a round tells each that is behind -> what was busy or not reached is told again
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.messages import PolicyRound, PolicyStep
    from activities.policy_changes import PolicyChanges
    from workflows.messages import PolicyChangeInput
    from workflows.options import RECORD_DURABLY, TELL_ALL
    from workflows.trust import trusted_result

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (3, 10, 30, 60, 300, 900, 3600))
"""Between two rounds. What was told a moment ago is saved a moment later; one that is being accepted takes
nothing until it has its places, and one of which the engine knows nothing waits for a repair."""


@workflow.defn(name="PolicyChange")
class PolicyChangeWorkflow:
    @workflow.run
    async def run(self, start: PolicyChangeInput) -> None:
        step = PolicyStep(programme_id=start.programme_id, revision=start.revision)
        for pause in (*PAUSES, None):
            found: PolicyRound = await self._do(PolicyChanges.tell_policy, step, TELL_ALL)
            if not found.left or pause is None:
                break
            step = step.model_copy(update={"told": found.told})
            await workflow.sleep(pause)
        await self._do(PolicyChanges.end_policy_change, step, RECORD_DURABLY)

    async def _do(self, what: Any, step: PolicyStep, options: dict[str, Any]) -> Any:
        return await trusted_result(lambda: workflow.execute_activity_method(what, step, **options))
