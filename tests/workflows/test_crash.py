"""Everything is killed at the worst moment: an act was decided and what it led to is in the database already.

Whoever acted got no answer. Then either both the process and the database know of the act, or neither does.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.web.failures import EngineDown, Unconfirmed
from installation.temporal_server import HOST, dies_with_us, environment, free_port, server_command
from models.process.errors import IllegalMove
from models.process.names import SEARCH_ATTRIBUTES
from models.process.request.commands import AcceptRequest, EditRequest, RejectRequest
from models.process.request.view import RequestView
from models.store.database import Database
from models.store.requests import view_of
from tests.infra.engine import virtual_engine_at
from tests.workflows.office import Office, eventually, office, request_id
from tests.workflows.test_faults import Faulty, Run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

ACCEPT = AcceptRequest(comment="Gladly.")
REJECT = RejectRequest(comment="Not now.", reason="I have no time at the moment")


TASK_SECONDS = 10
"""How long the engine waits for a workflow task that was begun."""


@dataclass
class Server:
    """An engine that keeps its file, and can be killed and started again."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = server_command(self.port, database=self.folder / "engine.db", search_attributes={})
        nowhere = subprocess.DEVNULL
        self.process = subprocess.Popen(
            dies_with_us(command), env=environment(self.folder), stdout=nowhere, stderr=nowhere
        )

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()


@dataclass
class Moment:
    """`step` is the kind of step after whose work everything stops until `over`."""

    step: str = "none"
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Caught(Faulty):
    moment: Moment = field(default_factory=Moment)

    async def run(self, name: str, work: Run) -> Any:
        answer = await work()
        if name.startswith(self.moment.step):
            self.moment.reached.set()
            await self.moment.over.wait()
        return answer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(free_port(), tmp_path)
    found.start()
    yield found
    found.kill()


@asynccontextmanager
async def caught_office(server: Server, url: str, moment: Moment, **settings: Any) -> AsyncIterator[Office]:
    def records(database: Database) -> Caught:
        return Caught(database, lambda: None, moment=moment)

    async with (
        virtual_engine_at(f"{HOST}:{server.port}", SEARCH_ATTRIBUTES) as engine,
        office(engine, url, records=records, **settings) as made,
    ):
        yield made


def power_cut(server: Server, moment: Moment) -> None:
    """What the step has written stays; that it was done is forgotten."""
    server.kill()
    server.start()
    moment.over.set()


async def long_power_cut(server: Server, moment: Moment) -> None:
    """The engine gives the task up for lost, and has it done again from its beginning."""
    server.kill()
    await asyncio.sleep(TASK_SECONDS + 1)
    server.start()
    moment.over.set()


@pytest.mark.parametrize(("step", "command"), [("accept", ACCEPT), ("save", REJECT)])
async def test_the_database_and_the_process_agree_afterwards(
    server: Server, migrated_url: str, step: str, command: AcceptRequest | RejectRequest
) -> None:
    moment = Moment()
    async with caught_office(server, migrated_url, moment) as made:
        asked = await made.ask()
        await made.saved(asked)
        moment.step = step
        act = asyncio.create_task(made.tell(asked, command, made.mentor))
        await moment.reached.wait()
        act.cancel()
        with suppress(Unconfirmed, asyncio.CancelledError):
            await act
        power_cut(server, moment)

        async def agree() -> bool:
            with suppress(Exception):  # while the engine is starting
                handle = made.handle(request_id(asked))
                view = await handle.query("view", result_type=RequestView)
                row, held = await made.request(asked), await made.people.held()
                return (view.state, view.state == "accepted") == (row.state, len(held) == 1)
            return False

        await eventually(agree)


async def test_a_request_whose_beginning_was_saved_and_forgotten_begins_again(
    server: Server, migrated_url: str
) -> None:
    moment = Moment(step="save")
    async with caught_office(server, migrated_url, moment) as made:
        asking = asyncio.create_task(made.ask())
        await moment.reached.wait()
        await long_power_cut(server, moment)
        with suppress(EngineDown, Unconfirmed):
            await asking
        saved = (await made.requests())[0]

        async def edited() -> bool:
            with suppress(EngineDown, Unconfirmed, IllegalMove):
                told = await made.tell(saved, EditRequest(message="In other words"), made.mentee, "k")
                await made.saved(told)
                return view_of(await made.request(saved)) == told
            return False

        await eventually(edited)
        assert await made.happened(saved.id) == ["RequestSubmitted", "RequestEdited"]
        assert len(await made.mails(saved.id)) == 2


async def test_what_time_brought_is_saved_only_once_the_engine_has_kept_it(
    server: Server, migrated_url: str
) -> None:
    """Done anew, the task of the reminder would find the closing date passed, and send no reminder."""
    moment, periods = Moment(), {"remind_after": (timedelta(seconds=3),), "close_after": timedelta(seconds=8)}
    async with caught_office(server, migrated_url, moment, **periods) as made:
        asked = await made.ask()
        await made.saved(asked)
        moment.step = "save"
        await moment.reached.wait()
        await long_power_cut(server, moment)

        async def expired() -> bool:
            return (await made.request(asked)).state == "expired"

        await eventually(expired)
        await made.ended(request_id(asked))
        view = await made.handle(request_id(asked)).query("view", result_type=RequestView)
        assert view_of(await made.request(asked)) == view
        assert await made.happened(asked.id) == ["RequestSubmitted", "ReminderSent", "RequestExpired"]
