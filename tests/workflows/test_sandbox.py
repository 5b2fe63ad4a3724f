"""A workflow run executes nothing but its own file anew: everything else is passed through the sandbox.

What is executed anew costs up to 300 ms for every run; SQLAlchemy alone would bring a worker to its knees.
And that file stays under the restrictions of the sandbox.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from models.process.erasure import GRACE
from tests.infra.engine import VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import office
from tests.workflows.restless import FORBIDDEN, Restless
from workflows import sandbox

OURS = Path(__file__).parent.parent.parent


class Executions:
    """The files whose module code is executed while `found` is a set. A hook cannot be removed again."""

    def __init__(self) -> None:
        self.found: set[Path] | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "exec" or self.found is None:
            return
        code = arguments[0]
        if isinstance(code, CodeType) and code.co_name == "<module>":
            self.found.add(Path(code.co_filename))


@pytest.fixture(scope="module")
def executions() -> Iterator[Executions]:
    heard = Executions()
    yield heard
    heard.found = None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_run_executes_its_own_file_and_little_else(
    virtual_engine: VirtualEngine, migrated_url: str, executions: Executions
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2) as made:
        await made.paired(0)
        executions.found = executed = set[Path]()
        await made.paired(1)
        executions.found = None
    libraries, ours = split(executed)
    assert {"workflows/request.py", "workflows/relationship.py"} <= ours
    assert ours <= {f"workflows/{name}.py" for name in ("__init__", "request", "relationship")}
    assert {file.parts[file.parts.index("site-packages") + 1] for file in libraries} <= {"temporalio"}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_so_do_the_processes_about_a_persons_data(
    virtual_engine: VirtualEngine, migrated_url: str, executions: Executions
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        await made.gateway.begin_export(made.people.mentors[0], new_id())
        executions.found = executed = set[Path]()
        await made.gateway.begin_export(made.people.mentees[0], new_id())
        await made.gateway.begin_erasure(made.people.mentors[0], GRACE)
        executions.found = None
    libraries, ours = split(executed)
    assert {"workflows/erasure.py", "workflows/export.py"} <= ours
    assert ours <= {f"workflows/{name}.py" for name in ("__init__", "erasure", "export")}
    assert {file.parts[file.parts.index("site-packages") + 1] for file in libraries} <= {"temporalio"}


@pytest.mark.parametrize("what", FORBIDDEN)
async def test_a_workflow_that_asks_the_world_is_stopped(virtual_engine: VirtualEngine, what: str) -> None:
    client = virtual_engine.client
    async with Worker(client, task_queue="restless", workflows=[Restless], workflow_runner=sandbox.runner()):
        with pytest.raises(WorkflowFailureError) as failed:
            await client.execute_workflow(Restless.run, what, id=f"restless/{what}", task_queue="restless")
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == "RestrictedWorkflowAccessError", cause


def split(executed: set[Path]) -> tuple[set[Path], set[str]]:
    """The files of libraries, and ours as paths in the tree."""
    libraries = {file for file in executed if "site-packages" in file.parts}
    ours = {file.relative_to(OURS).as_posix() for file in executed - libraries if file.is_relative_to(OURS)}
    return libraries, ours
