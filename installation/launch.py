"""What `steadfast up`, `api` and `worker` run."""

# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import structlog
from temporalio.client import Client
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError

from installation.configured import Address, check_reach, completed, deployed, engine_is_named
from installation.connection import connect, ensure_search_attributes
from installation.datadir import DirectoryLock
from installation.engine import EmbeddedEngine
from installation.operations import connected, migrate
from installation.parts import Run, run_parts
from installation.probes import engine_answers, pollers
from installation.running import published
from installation.serving import (
    PAUSE,
    READY_SECONDS,
    NotReady,
    listen,
    serve,
    until_ready,
    url_of,
)
from models.operator_error import OperatorError
from models.process.names import SEARCH_ATTRIBUTES, TASK_QUEUE
from models.sample.people import ADMIN_EMAIL, MENTEE_EMAIL
from models.store import mails
from models.store.sample import load_sample
from models.store.saves import Saves
from settings import Settings

ENGINE_SECONDS = 60.0
"""How long the embedded engine may be away, its restarts included, before all is given up."""
WATCH_SECONDS = 3.0
Say = Callable[[str], None]

_log = structlog.get_logger("steadfast")


class EngineGone(OperatorError):
    def __init__(self) -> None:
        super().__init__(
            f"The embedded engine has not answered for {ENGINE_SECONDS:g} s, and so everything was ended: "
            "the reason stands at the end of engine.log in the data directory; then start it again."
        )


async def up(settings: Settings, at: Address, say: Say, *, sample: bool = False) -> None:
    """Everything in one go, until the task is cancelled. Raises an error of ours, with its sentence."""
    check_reach(settings, at)
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(DirectoryLock(settings.data_dir))
        listening = stack.enter_context(listen(at.host, at.port))
        at = Address(at.host, listening.getsockname()[1])
        settings = completed(settings, at)
        starting = asyncio.create_task(_engine(stack, settings, lock))
        stack.push_async_callback(_given_up, starting)
        await migrate(settings)
        database = await stack.enter_async_context(connected(settings))
        from installation import assembly  # what takes longest to load, while the engine starts

        if not settings.database_url:
            # The lock of the data directory has made sure that no other worker is at this database.
            await database.write(mails.take_back)
        if sample and await load_sample(database, datetime.now(UTC)):
            _log.info("The sample programme was loaded")
        client, watch = await starting
        stack.enter_context(published(settings, client))
        if not engine_is_named():
            # An embedded engine has no other worker, and a version would have to be promoted first.
            settings = settings.model_copy(update={"deployment": ""})
        saves = Saves(has_worker=True)
        worker = assembly.worker(client, database, settings, saves)
        app = assembly.app(settings, database, client, worker.mail.wake, saves)
        await run_parts(
            stack,
            {
                "embedded engine": watch,
                "worker": worker.run,
                "API": lambda stop: serve(app, listening, stop),
            },
            _all_ready(settings, at, client),
            lambda: say(_ready(settings, at, sample)),
        )


async def api(settings: Settings, at: Address, say: Say) -> None:
    """The API and the pages alone, until the task is cancelled. Raises as `up` does."""
    from installation import assembly

    check_reach(settings, at)
    settings = deployed(settings)
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(listen(at.host, at.port))
        at = Address(at.host, listening.getsockname()[1])
        database = await stack.enter_async_context(connected(settings))
        client = await _cluster(settings)
        await run_parts(
            stack,
            {"API": lambda stop: serve(assembly.app(settings, database, client), listening, stop)},
            until_ready(at.host, at.port, header=urlsplit(settings.base_url).netloc),
            lambda: say(f"Steadfast's API is ready at {url_of(at.host, at.port)}"),
        )


async def work(settings: Settings, say: Say) -> None:
    """A worker alone, until the task is cancelled. Raises as `up` does."""
    from installation import assembly

    settings = deployed(settings)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connected(settings))
        client = await _cluster(settings)
        await run_parts(
            stack,
            {"worker": assembly.worker(client, database, settings).run},
            _polls(client),
            lambda: say(_worker_ready(settings)),
        )


def _worker_ready(settings: Settings) -> str:
    if not settings.deployment:
        return "Steadfast's worker is ready"
    return (
        f"Steadfast's worker is ready as version {settings.resolved_build_id()} of {settings.deployment}; "
        "`steadfast deployment promote` makes that the current one"
    )


async def _all_ready(settings: Settings, at: Address, client: Client) -> None:
    await _polls(client)
    await until_ready(at.host, at.port, header=urlsplit(settings.base_url).netloc)


async def _engine(stack: AsyncExitStack, settings: Settings, lock: DirectoryLock) -> tuple[Client, Run]:
    if engine_is_named():
        return await _cluster(settings), _until_asked
    _take_over_logs()
    engine = EmbeddedEngine(settings.data_dir, search_attributes=SEARCH_ATTRIBUTES, lock=lock)
    await stack.enter_async_context(engine)
    client = await connect(
        settings.secret_keys, address=engine.address, accept_unbound=settings.accept_unbound_payloads
    )
    return client, lambda stop: _watch(client, stop)


async def _given_up(starting: asyncio.Task[tuple[Client, Run]]) -> None:
    """Where something else has failed before the engine was there."""
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


async def _until_asked(stop: asyncio.Event) -> None:
    await stop.wait()


async def _cluster(settings: Settings) -> Client:
    """The engine of Temporal's own configuration, with our search attributes."""
    _take_over_logs()
    client = await connect(settings.secret_keys, accept_unbound=settings.accept_unbound_payloads)
    await ensure_search_attributes(client, SEARCH_ATTRIBUTES)
    return client


def _take_over_logs() -> None:
    """The client's own log would go to stdout, past our format."""
    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"))
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    telemetry = TelemetryConfig(logging=LoggingConfig(levels, forwarding=forwarding))
    Runtime.set_default(Runtime(telemetry=telemetry), error_if_already_set=False)


async def _watch(client: Client, stop: asyncio.Event) -> None:
    """Ends with an error when the engine stays away; to start it again is its supervisor's business."""
    seen = time.monotonic()
    while not stop.is_set():
        if await engine_answers(client):
            seen = time.monotonic()
        elif time.monotonic() - seen > ENGINE_SECONDS:
            raise EngineGone
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)


async def _polls(client: Client) -> None:
    """Returns once our own worker asks for tasks."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with suppress(RPCError):
            if client.identity in await pollers(client, TASK_QUEUE):
                return
        await asyncio.sleep(PAUSE)
    raise NotReady("worker", "it does not ask for tasks")


def _ready(settings: Settings, at: Address, sample: bool) -> str:
    lines = []
    if settings.mailbox_enabled():
        lines.append(f"Mails are kept on the page {settings.base_url}/mailbox")
    if sample:
        lines.append(f"Sign in to the sample programme as {ADMIN_EMAIL} (admin) or {MENTEE_EMAIL} (mentee)")
    return "\n".join([*lines, f"Steadfast is ready at {url_of(at.host, at.port)}"])
