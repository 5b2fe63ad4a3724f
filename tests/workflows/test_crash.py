"""Everything is killed at the worst moment: an act was decided and what it led to is in the database already.

Whoever acted got no answer. Then either both the process and the database know of the act, or neither does.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.gateway import Unconfirmed
from installation.temporal_server import HOST, dies_with_us, environment, free_port, server_command
from models.process.request_commands import AcceptRequest, RejectRequest
from models.process.views import RequestView
from models.store.database import Database
from tests.infra.engine import virtual_engine_at
from tests.workflows.office import eventually, office, request_id
from tests.workflows.test_faults import Faulty, Run
from workflows.names import SEARCH_ATTRIBUTES

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

ACCEPT = AcceptRequest(comment="Gladly.")
REJECT = RejectRequest(comment="Not now.", reason="I have no time at the moment")


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


@pytest.mark.parametrize(("step", "command"), [("claim", ACCEPT), ("save", ACCEPT), ("save", REJECT)])
async def test_the_database_and_the_process_agree_afterwards(
    server: Server, migrated_url: str, step: str, command: AcceptRequest | RejectRequest
) -> None:
    moment = Moment()

    def records(database: Database) -> Caught:
        return Caught(database, lambda: None, moment=moment)

    async with (
        virtual_engine_at(f"{HOST}:{server.port}", SEARCH_ATTRIBUTES) as engine,
        office(engine, migrated_url, records=records) as made,
    ):
        asked = await made.ask()
        await made.saved(asked)
        moment.step = step
        act = asyncio.create_task(made.tell(asked, command, made.mentor))
        await moment.reached.wait()
        act.cancel()
        with suppress(Unconfirmed, asyncio.CancelledError):
            await act
        server.kill()
        server.start()
        moment.over.set()

        async def agree() -> bool:
            with suppress(Exception):  # while the engine is starting
                handle = made.handle(request_id(asked))
                view = await handle.query("view", result_type=RequestView)
                row, held = await made.request(asked), await made.people.held()
                return (view.state, view.state == "accepted") == (row.state, len(held) == 1)
            return False

        await eventually(agree)
