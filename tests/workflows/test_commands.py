"""The commands that the workflows give to the engine do not change without a new version of them.

A replay of old histories notices when old processes would be given other commands. It does not notice a
change on a path that no history went along, nor another timeout, retry policy or search attribute.
"""

from __future__ import annotations

import json

import pytest

from models.process.relationship import moves as relationship_moves
from models.process.request import moves as request_moves
from tests.workflows import record
from tests.workflows.careless import CarelessRequest
from tests.workflows.commands import FOLDER, LIVED, lived, name_of, record_of
from tests.workflows.record import HISTORIES, LIVES, Life
from tests.workflows.test_replay import FILES, history, replayer
from workflows.relationship import RelationshipWorkflow
from workflows.version import COMMANDS

RECIPE = """
The workflows give other commands to the engine than version {version} of them is recorded with.
If that was not meant, undo it. If it was, processes that run still have to find the old ones:
  1. Put the change behind `workflow.patched("name-of-the-change")` and keep the old branch.
  2. Record histories of the new code: python -m tests.workflows.record NAME
  3. Raise COMMANDS in workflows/version.py, and record the commands: python -m tests.workflows.commands NAME
docs/processes.md, "Changing a process", says more."""


def recorded() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(record_of(COMMANDS).read_text())["lives"]
    return found


def test_every_version_of_the_commands_has_its_record_and_its_histories() -> None:
    files = {int(file.stem): json.loads(file.read_text()) for file in FOLDER.glob("*.json")}
    assert sorted(files) == list(range(1, COMMANDS + 1)), RECIPE.format(version=COMMANDS)
    for found in files.values():
        stems = {file.stem for file in (HISTORIES / found["histories"]).glob("*.json")}
        assert stems >= found["lives"].keys() & {name_of(life) for life in LIVES}
    assert recorded().keys() == {name_of(life) for life in LIVED}


def test_every_command_of_a_person_is_lived() -> None:
    lines = {line for life in recorded().values() for line in life}
    for commands in (request_moves.COMMANDS, relationship_moves.COMMANDS):
        for name in (name for name, command in commands.items() if command.is_act()):
            assert f"workflow-execution-update-accepted {name}" in lines


@pytest.mark.parametrize("life", LIVED, ids=name_of)
async def test_the_commands_are_those_of_their_version(life: Life, engine_address: str) -> None:
    found = await lived(life, engine_address)
    assert found == recorded()[name_of(life)], RECIPE.format(version=COMMANDS)


async def test_a_change_that_no_replay_notices_is_noticed(engine_address: str) -> None:
    """A request that waits longer for the database, after an act: every recorded history agrees with it."""
    replays = replayer(CarelessRequest, RelationshipWorkflow)
    for file in (file for file in FILES if file.stem.startswith(("request-", "relationship-"))):
        await replays.replay_workflow(history(file))
    careless = (CarelessRequest, RelationshipWorkflow)
    found = await lived(record.request_declined, engine_address, careless)
    expected = recorded()["request-declined"]
    assert found != expected
    assert [line for line in found if line not in expected] == [
        "activity-task-scheduled save-request start_to_close_timeout=60 attempts=0 up-to=30"
    ]
