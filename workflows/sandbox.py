"""The SDK's sandbox for our workflows, without what it does again and again to no end.

A workflow's own file is executed anew for every run, under its restrictions: a clock, a random number or a
file in it fails the task. Everything else is loaded once.
"""

from __future__ import annotations

from typing import Any

from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

PASSED_THROUGH = ("models", "activities", "pydantic", "pydantic_core", "sqlalchemy")
"""Loaded once instead of once per workflow run; pure, or never called from within a workflow."""


class Runner(SandboxedWorkflowRunner):
    """Runs workflows in the sandbox, and asks it once for what it would be asked for with every payload."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Instance(super().create_instance(det))


class _Instance(WorkflowInstance):
    """One run. To say where a payload belongs, the sandbox is entered as for a task, three times a payload.

    Only a task changes what it says.
    """

    def __init__(self, inner: WorkflowInstance) -> None:
        self._inner = inner
        self._contexts: dict[Any, SerializationContext | None] = {}

    def activate(self, act: Any) -> Any:
        self._contexts.clear()
        return self._inner.activate(act)

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        if command_info not in self._contexts:
            self._contexts[command_info] = self._inner.get_serialization_context(command_info)
        return self._contexts[command_info]

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        """Our payloads are stored nowhere else than in the engine."""
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()


def runner() -> Runner:
    return Runner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))
