"""Processes that earlier versions began go on under this one: recorded histories lead to the same commands.

A failure here means that processes which are running somewhere would get stuck. Do not record the histories
anew: keep the old order of commands for old processes (see docs/processes.md, "Changing a process").
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from tests.workflows.record import HISTORIES, LIVES
from worker import WORKFLOWS, wary_converter
from workflows import sandbox
from workflows.messages import RequestInput
from workflows.trust import Guard

FILES = sorted(HISTORIES.glob("*/*.json"))


def history(file: Path) -> WorkflowHistory:
    text = file.read_text()
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], text)


def replayer(
    *workflows: type, converter: DataConverter = pydantic_data_converter, namespace: str = "any"
) -> Replayer:
    """Of the present workflows, unless others are named, as a worker has them.

    `converter` is that of whoever wrote the histories. What it has sealed opens in its own `namespace` only.
    """
    return Replayer(
        workflows=workflows or WORKFLOWS,
        workflow_runner=sandbox.runner(),
        namespace=namespace,
        data_converter=wary_converter(converter),
        interceptors=[Guard()],
    )


def test_every_version_has_recorded_every_life() -> None:
    names = {life.__name__.replace("_", "-") for life in LIVES}
    versions = {file.parent for file in FILES}
    assert versions
    first = min(versions)
    assert {file.stem for file in FILES if file.parent == first} <= names
    assert names <= {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_a_recorded_history_replays(file: Path) -> None:
    await replayer().replay_workflow(history(file))


@workflow.defn(name="Request")
class HastyRequest:
    """What a careless change would be: the same process with another first command."""

    @workflow.run
    async def run(self, start: RequestInput) -> None:
        await workflow.sleep(1)

    @workflow.update
    async def opened(self, request_id: str) -> None: ...


async def test_a_change_of_the_commands_is_noticed() -> None:
    hasty = Replayer(
        workflows=[HastyRequest],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=pydantic_data_converter,
    )
    file = next(file for file in FILES if file.stem == "request-expired")
    with pytest.raises(workflow.NondeterminismError):
        await hasty.replay_workflow(history(file))
