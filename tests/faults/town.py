"""An installation of real parts in processes of their own: mail server, engine, workers and APIs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from temporalio.client import Client

from installation.connection import connect
from installation.temporal_server import HOST, environment, free_port, server_command
from models.process.names import SEARCH_ATTRIBUTES
from models.store.database import Database
from models.store.migrate import upgrade
from tests.faults import mail_server
from tests.faults.parts import Part, clean_environment
from tests.faults.stores import AnyStore

SECRET = "a secret of the faults suite which is long enough to be one"
STEADFAST = (sys.executable, "-c", "import cli; cli.main()")
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Make:
    """How many there are of each; the first `doubling` of the workers do everything twice."""

    apis: int = 1
    workers: int = 1
    doubling: int = 0


@dataclass
class Town:
    store: AnyStore
    engine: Part
    mail: Part
    workers: list[Part]
    apis: list[Part]
    urls: list[str]
    directory: Path
    engine_address: str

    @property
    def parts(self) -> Iterator[Part]:
        yield from (self.mail, self.engine, *self.workers, *self.apis)

    @property
    def host(self) -> str:
        """What a proxy in front of all APIs would ask for."""
        return self.urls[0].removeprefix("http://")

    def url(self, random: Random) -> str:
        return random.choice(self.urls)

    def answer_mail_as(self, mode: str) -> None:
        mail_server.answer_as(self.directory, mode)

    def handovers(self) -> list[mail_server.Handover]:
        return mail_server.handovers(self.directory)

    async def until_ready(self) -> None:
        for part in self.parts:
            await part.until_ready()

    async def engine_client(self) -> Client:
        return await connect((SECRET,), address=self.engine_address)


@asynccontextmanager
async def town(store: AnyStore, directory: Path, make: Make) -> AsyncIterator[Town]:
    """Runs until the end of the block; `directory` keeps all logs, the engine's file and the mails."""
    await upgrade(store.url)
    made = _planned(store, directory, make)
    try:
        await _start(made)
        yield made
    finally:
        for part in reversed(list(made.parts)):
            await part.stop()


def _planned(store: AnyStore, directory: Path, make: Make) -> Town:
    engine_port, mail_port = free_port(), free_port()
    ports = [free_port() for _ in range(make.apis)]
    urls = [f"http://{HOST}:{port}" for port in ports]
    environ = {
        **clean_environment(),
        "STEADFAST_DATABASE_URL": store.url,
        "STEADFAST_SMTP_URL": f"smtp://{HOST}:{mail_port}",
        "STEADFAST_BASE_URL": urls[0],
        "STEADFAST_SECRET_KEYS": SECRET,
        "STEADFAST_MAIL_FROM": "Town <town@example.org>",
        "STEADFAST_LOG_FORMAT": "json",
        "STEADFAST_DATA_DIR": str(directory / "data"),
        "TEMPORAL_ADDRESS": f"{HOST}:{engine_port}",
    }

    def part(name: str, command: Sequence[str], ready: str, *, may_end: bool = False) -> Part:
        return Part(name, command, environ, directory / f"{name}.log", ready, may_end)

    twice = (sys.executable, "-m", "tests.faults.doubling")
    mails = (sys.executable, "-m", "tests.faults.mail_server", str(mail_port), str(directory))
    return Town(
        store=store,
        engine=_engine(engine_port, directory),
        mail=part("mail", mails, mail_server.READY, may_end=True),
        workers=[
            part(f"worker{n}", twice if n < make.doubling else (*STEADFAST, "worker"), "worker is ready")
            for n in range(make.workers)
        ],
        apis=[
            part(f"api{n}", (*STEADFAST, "api", "--port", str(port)), "API is ready")
            for n, port in enumerate(ports)
        ],
        urls=urls,
        directory=directory,
        engine_address=f"{HOST}:{engine_port}",
    )


def _engine(port: int, directory: Path) -> Part:
    """The server that `steadfast up` would run, on a file."""
    command = server_command(port, database=directory / "engine.db", search_attributes=SEARCH_ATTRIBUTES)
    return Part("engine", command, environment(directory), directory / "engine.log")


async def _start(made: Town) -> None:
    made.answer_mail_as(mail_server.TAKES)
    made.mail.start()
    made.engine.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await made.engine_client()
    for part in (*made.workers, *made.apis):
        part.start()
    await made.until_ready()


def database_of(made: Town) -> Database:
    return Database(made.store.url)
