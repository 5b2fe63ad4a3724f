"""Records histories of every kind of process, for the replay test to hold later versions against.

    python -m tests.workflows.record NAME [LIFE ...]

writes them (those of the lives named, or all) to `tests/histories/NAME`, which must not exist yet: what was
recorded once stays as it is. NAME is the version whose processes may still be running somewhere when a change
comes. The histories hold invented people and are not encrypted, so that a reader can make sense of them.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from models.process.actors import Role
from models.process.erasure import GRACE
from models.process.errors import MentorFull
from models.process.names import (
    SEARCH_ATTRIBUTES,
    erasure_workflow,
    export_workflow,
    relationship_workflow,
    request_workflow,
)
from models.process.relationship.commands import PartyLeft, WithdrawRelationship
from models.process.relationship.parts.completion import ConfirmCompletion, DeclineCompletion, SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.relationship.view import RelationshipView
from models.process.request.commands import (
    AcceptRequest,
    EditRequest,
    ExtendRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
)
from models.store.migrate import upgrade
from tests.infra.engine import VirtualEngine, running_server, virtual_engine_at
from tests.process.factories import GOAL
from tests.store.population import new_id
from tests.workflows.conftest import FEW
from tests.workflows.office import Office, eventually, office, request_id
from tests.workflows.test_erasure import erased, settled

HISTORIES = Path(__file__).parent.parent / "histories"
ANSWERS = {"useful": "5", "goals": "4", "recommend": "5", "remark": "Thank you."}
ACCEPT = AcceptRequest(comment="Gladly.")

Life = Callable[[Office], Awaitable[str]]
"""Lives a process, to its end or not, and names the workflow whose history is to be kept."""


async def request_accepted(made: Office) -> str:
    asked = await made.ask()
    await made.tell(asked, EditRequest(message="In other words"), made.mentee)
    await made.tell(asked, RequestAmendment(comment="Which talk?"), made.mentor)
    await made.tell(asked, ResubmitRequest(message="The one in June"), made.mentee)
    await made.tell(asked, ACCEPT, made.mentor)
    await made.ended(request_id(asked))
    return request_id(asked)


async def request_declined(made: Office) -> str:
    asked = await made.ask()
    await made.tell(
        asked, RejectRequest(comment="Not now", reason="I have no time at the moment"), made.mentor
    )
    await made.ended(request_id(asked))
    return request_id(asked)


async def request_expired(made: Office) -> str:
    asked = await made.ask()
    assert asked.closes_at
    await made.engine.fast_forward_to(request_id(asked), asked.closes_at)
    await made.ended(request_id(asked))
    return request_id(asked)


async def request_reminded_and_extended(made: Office) -> str:
    asked = await made.ask()
    assert asked.next_reminder_at
    await made.engine.fast_forward_to(request_id(asked), asked.next_reminder_at)
    await made.tell(asked, RemindNow(), made.admin)
    await made.tell(asked, ExtendRequest(days=10), made.admin)
    return request_id(asked)


async def request_refused(made: Office) -> str:
    await made.paired(0)
    people = made.people
    draft = people.request(people.mentees[1], people.mentors[0])
    workflow_id = request_workflow(draft.programme_id, draft.mentee_id, draft.mentor_id)
    with suppress(MentorFull):
        await made.gateway.open_request(draft)
    await made.ended(workflow_id)
    return workflow_id


async def request_released(made: Office) -> str:
    overtaken, asked = await made.ask(1), await made.ask(0)
    await made.tell(asked, ACCEPT, made.mentor)
    await made.ended(request_id(overtaken))
    return request_id(overtaken)


async def request_continued(made: Office) -> str:
    """The second of its runs or a later one, still open."""
    asked = await made.ask()
    first = await made.run_id(request_id(asked))
    for number in range(6):
        await made.saved(await made.tell(asked, EditRequest(message=f"Wording {number}"), made.mentee))
    await eventually(lambda: _is_another_run(made, request_id(asked), first))
    return request_id(asked)


async def relationship_completed(made: Office) -> str:
    pair = await made.paired()
    goal = SetGoal(**{**GOAL, "due": datetime.now(UTC).date() + timedelta(days=90)})
    for command, actor in (
        (goal, made.mentee),
        (ReviseGoal(goal_id=goal.goal_id, progress=80), made.mentor),
        (SignOff(comment="Done?"), made.mentee),
        (DeclineCompletion(comment="Not yet"), made.mentor),
        (SignOff(comment="Done."), made.mentor),
        (ConfirmCompletion(), made.mentee),
        (AnswerSurvey(answers=ANSWERS), made.mentee),
        (AnswerSurvey(answers=ANSWERS), made.mentor),
    ):
        pair = await made.say(pair, command, actor)
    await made.ended(relationship_workflow(pair.id))
    return relationship_workflow(pair.id)


async def relationship_silent(made: Office) -> str:
    """Confirmed by time, and neither survey answered."""
    pair = await made.say(await made.paired(), SignOff(), made.mentee)
    workflow_id = relationship_workflow(pair.id)
    while await made.is_running(workflow_id):
        view = await made.handle(workflow_id).query("view", result_type=RelationshipView)
        if view.next_at:
            await made.engine.fast_forward_to(workflow_id, view.next_at)
    return workflow_id


async def relationship_withdrawn(made: Office) -> str:
    pair = await made.paired()
    await made.say(pair, WithdrawRelationship(comment="Moving away"), made.mentor)
    await made.ended(relationship_workflow(pair.id))
    return relationship_workflow(pair.id)


async def relationship_open(made: Office) -> str:
    return relationship_workflow((await made.say(await made.paired(), SignOff(), made.mentee)).id)


async def erasure_done(made: Office) -> str:
    """Of a mentor with an open request, to the last mail."""
    asked = await made.ask()
    workflow_id = erasure_workflow(asked.mentor_id)
    await made.gateway.begin_erasure(asked.mentor_id, GRACE)
    await made.engine.fast_forward(workflow_id, GRACE)
    await erased(made, asked.mentor_id)
    await settled(made)
    await made.engine.fast_forward(workflow_id, timedelta(hours=7))
    await made.ended(workflow_id)
    return workflow_id


async def erasure_kept(made: Office) -> str:
    person_id = made.people.mentors[0]
    await made.gateway.begin_erasure(person_id, GRACE)
    await made.gateway.keep_data(person_id)
    await made.ended(erasure_workflow(person_id))
    return erasure_workflow(person_id)


async def erasure_waiting(made: Office) -> str:
    await made.gateway.begin_erasure(made.people.mentors[0], GRACE)
    return erasure_workflow(made.people.mentors[0])


async def erasure_held_up(made: Office) -> str:
    """By a process that does not end, until the engine has suggested to continue as new."""
    person_id = made.people.mentors[0]
    await made.ask_nobody()
    await made.gateway.begin_erasure(person_id, timedelta())
    await made.engine.fast_forward(erasure_workflow(person_id), timedelta(minutes=2))
    return erasure_workflow(person_id)


async def relationship_left(made: Office) -> str:
    """One of the two is being erased."""
    pair = await made.paired()
    handle = made.handle(relationship_workflow(pair.id))
    await handle.signal("party_left", PartyLeft(side=Role.MENTOR))
    await handle.result()
    return relationship_workflow(pair.id)


async def export_outlived(made: Office) -> str:
    """A copy that was kept for its week."""
    workflow_id = export_workflow(made.people.mentors[0])
    await made.gateway.begin_export(made.people.mentors[0], new_id())
    await made.engine.fast_forward(workflow_id, timedelta(days=7, seconds=1))
    await made.ended(workflow_id)
    return workflow_id


async def export_deleted(made: Office) -> str:
    workflow_id = export_workflow(made.people.mentors[0])
    await made.gateway.begin_export(made.people.mentors[0], new_id())
    await made.gateway.delete_export(made.people.mentors[0])
    await made.ended(workflow_id)
    return workflow_id


LIVES: tuple[Life, ...] = (
    request_accepted,
    request_declined,
    request_expired,
    request_reminded_and_extended,
    request_refused,
    request_released,
    request_continued,
    relationship_completed,
    relationship_silent,
    relationship_withdrawn,
    relationship_open,
    relationship_left,
    erasure_done,
    erasure_kept,
    erasure_waiting,
    erasure_held_up,
    export_outlived,
    export_deleted,
)
CONTINUED = (request_continued, erasure_held_up)
"""Lives on an engine that soon suggests to continue as new."""


async def _is_another_run(made: Office, workflow_id: str, first: str) -> bool:
    return await made.run_id(workflow_id) != first


async def record(address: str, restless: str, lives: Sequence[Life] = LIVES) -> dict[str, str]:
    """File name -> history as JSON."""
    found = {}
    for life in lives:
        history = await _lived(life, restless if life in CONTINUED else address)
        name = life.__name__.replace("_", "-")
        kept = without_traces(json.loads(history.to_json()))
        found[f"{name}.json"] = json.dumps(kept, separators=(",", ":"), ensure_ascii=False) + "\n"
        print(f"{name}: {len(history.events)} events")
    return found


def without_traces(part: Any) -> Any:
    """Stack traces tell of the machine that recorded, and nothing to a replay."""
    if isinstance(part, dict):
        return {key: without_traces(value) for key, value in part.items() if key != "stackTrace"}
    return [without_traces(each) for each in part] if isinstance(part, list) else part


async def _lived(life: Life, address: str) -> WorkflowHistory:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/steadfast.db"
        await upgrade(url)
        async with virtual_engine_at(address, SEARCH_ATTRIBUTES) as encrypted:
            engine = await readable(encrypted)
            async with office(engine, url, mentees=2, capacity=1) as made:
                workflow_id = await life(made)
                return await made.handle(workflow_id).fetch_history()


async def readable(engine: VirtualEngine) -> VirtualEngine:
    client = await Client.connect(
        engine.address,
        namespace=engine.client.namespace,
        data_converter=pydantic_data_converter,
        identity="recorder",
    )
    return dataclasses.replace(engine, client=client)


def main() -> None:
    directory = HISTORIES / sys.argv[1]
    if directory.exists():
        sys.exit(f"{directory.name} has been recorded before; choose another name.")
    lives = [life for life in LIVES if life.__name__ in sys.argv[2:]] or LIVES
    with running_server() as address, running_server(FEW) as restless:
        histories = asyncio.run(record(address, restless, lives))
    directory.mkdir(parents=True)
    for name, text in histories.items():
        (directory / name).write_text(text)


if __name__ == "__main__":
    main()
