"""What `steadfast up`, `api` and `worker` run."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError

import worker
from api.app import create_app
from api.context import Context
from api.gateway import Gateway
from installation.connection import connect, ensure_search_attributes, external_engine_configured
from installation.datadir import DirectoryLock
from installation.engine import EmbeddedEngine
from installation.explained import Explained
from installation.keys import ensure_keys, load_keys
from installation.operations import connected, migrate
from installation.parts import Run, run_parts
from installation.probes import engine_answers, pollers
from installation.serving import (
    PAUSE,
    READY_SECONDS,
    NotReady,
    door,
    is_everywhere,
    serve,
    until_ready,
    url_of,
)
from models.sample.people import ADMIN_EMAIL, MENTEE_EMAIL
from models.store.database import Database
from models.store.landings import Landings
from models.store.sample import load_sample
from settings import Settings, is_loopback
from workflows.names import SEARCH_ATTRIBUTES, TASK_QUEUE

ENGINE_SECONDS = 60.0
"""How long the embedded engine may be away, its restarts included, before all is given up."""
WATCH_SECONDS = 3.0
RUNNING = "running.json"
"""In the data directory while `up` runs: how `steadfast doctor` finds its parts."""

Say = Callable[[str], None]

_log = structlog.get_logger("steadfast")


class EngineGone(Explained):
    def __init__(self) -> None:
        super().__init__(
            f"The embedded engine has not answered for {ENGINE_SECONDS:g} s, and so everything was ended: "
            "the reason stands at the end of engine.log in the data directory; then start it again."
        )


class NotConfigured(Explained):
    """Something that a part needs was not told; one sentence for the operator, with the remedy."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int


async def up(settings: Settings, at: Address, say: Say, *, sample: bool = False) -> None:
    """Everything in one go, until the task is cancelled. Raises an error of ours, with its sentence."""
    _check_reach(settings, at)
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(DirectoryLock(settings.data_dir))
        listening = stack.enter_context(door(at.host, at.port))
        at = Address(at.host, listening.getsockname()[1])
        settings = _completed(settings, at)
        await migrate(settings)
        database = await stack.enter_async_context(connected(settings))
        if sample and await load_sample(database, datetime.now(UTC)):
            _log.info("The sample programme was loaded")
        client, watch = await _engine(stack, settings, lock)
        stack.enter_context(_published(settings, client))
        if not engine_is_named():
            # Nobody else works for an engine of our own, and a version would have to be promoted first.
            settings = settings.model_copy(update={"deployment": ""})
        landings = Landings()
        hands = worker.build(client, database, settings, landings)
        app = _app(settings, database, client, hands.mail.wake, landings)
        await run_parts(
            stack,
            {
                "embedded engine": watch,
                "worker": hands.run,
                "API": lambda stop: serve(app, listening, stop),
            },
            _all_ready(settings, at, client),
            lambda: say(_ready(settings, at, sample)),
        )


async def api(settings: Settings, at: Address, say: Say) -> None:
    """The API and the pages alone, until the task is cancelled. Raises as `up` does."""
    _check_reach(settings, at)
    settings = _deployed(settings)
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(door(at.host, at.port))
        at = Address(at.host, listening.getsockname()[1])
        database = await stack.enter_async_context(connected(settings))
        client = await _cluster(settings)
        await run_parts(
            stack,
            {"API": lambda stop: serve(_app(settings, database, client), listening, stop)},
            until_ready(at.host, at.port, header=urlsplit(settings.base_url).netloc),
            lambda: say(f"Steadfast's API is ready at {url_of(at.host, at.port)}"),
        )


async def work(settings: Settings, say: Say) -> None:
    """A worker alone, until the task is cancelled. Raises as `up` does."""
    settings = _deployed(settings)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connected(settings))
        client = await _cluster(settings)
        await run_parts(
            stack,
            {"worker": worker.build(client, database, settings).run},
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


def _check_reach(settings: Settings, at: Address) -> None:
    if not settings.smtp_url and not is_loopback(at.host):
        raise NotConfigured(
            f"{at.host} is open to others, and without a mail server the mailbox page shows everybody's "
            "sign-in links: set STEADFAST_SMTP_URL, or use --host 127.0.0.1."
        )
    if not settings.base_url and is_everywhere(at.host):
        raise NotConfigured(
            f"{at.host} stands for every address of this machine, and links in mails need one: "
            "set STEADFAST_BASE_URL to the address under which people reach the pages."
        )


def _completed(settings: Settings, at: Address) -> Settings:
    """With the keys, and with the address that follows from where we listen."""
    keys, base_url = ensure_keys(settings), settings.base_url or url_of(at.host, at.port)
    settings = settings.model_copy(update={"secret_keys": keys, "base_url": base_url})
    check_mail(settings)
    return settings


def _deployed(settings: Settings) -> Settings:
    """With the keys; nothing is made up for a part that shares its installation with others."""
    if not settings.base_url:
        raise NotConfigured(
            "STEADFAST_BASE_URL is not set: set it to the address under which people reach the pages, "
            "such as https://mentoring.example.org."
        )
    if not engine_is_named():
        raise NotConfigured(
            "TEMPORAL_ADDRESS is not set: set it, and what else Temporal needs, to the engine that all parts "
            "share; `steadfast up` brings one of its own."
        )
    settings = settings.model_copy(update={"secret_keys": load_keys(settings)})
    check_mail(settings)
    return settings


def check_mail(settings: Settings) -> None:
    """Raises NotConfigured where mails would have nowhere to go."""
    if not settings.smtp_url and not settings.mailbox_enabled():
        raise NotConfigured(
            f"STEADFAST_SMTP_URL is not set, and {settings.base_url}, open to others, has no mailbox page: "
            "set it to your mail server, such as smtp://user:password@host:587?starttls=true."
        )


def engine_is_named() -> bool:
    """Whether Temporal's own variables or its profile file name an engine."""
    if external_engine_configured(os.environ):
        return True
    try:
        return bool(ClientConfig.load_client_connect_config().get("target_host"))
    except (RuntimeError, ValueError, OSError):
        return True  # named, but not readable: whoever connects says why


async def _engine(stack: AsyncExitStack, settings: Settings, lock: DirectoryLock) -> tuple[Client, Run]:
    if engine_is_named():
        return await _cluster(settings), _until_asked
    _take_over_logs()
    engine = EmbeddedEngine(settings.data_dir, search_attributes=SEARCH_ATTRIBUTES, lock=lock)
    await stack.enter_async_context(engine)
    client = await connect(settings.secret_keys, address=engine.address)
    return client, lambda stop: _watch(client, stop)


async def _until_asked(stop: asyncio.Event) -> None:
    await stop.wait()


async def _cluster(settings: Settings) -> Client:
    """The engine of Temporal's own configuration, with our search attributes."""
    _take_over_logs()
    client = await connect(settings.secret_keys)
    await ensure_search_attributes(client, SEARCH_ATTRIBUTES)
    return client


def _take_over_logs() -> None:
    """The client's own log would go to stdout, past our format."""
    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"))
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    telemetry = TelemetryConfig(logging=LoggingConfig(levels, forwarding=forwarding))
    Runtime.set_default(Runtime(telemetry=telemetry), error_if_already_set=False)


@dataclass(frozen=True, slots=True)
class Running:
    """A `steadfast up` that is there: its process, its pages and its engine (host:port)."""

    pid: int
    url: str
    engine: str


@contextmanager
def _published(settings: Settings, client: Client) -> Iterator[None]:
    file = settings.data_dir / RUNNING
    running = Running(os.getpid(), settings.base_url, client.service_client.config.target_host)
    file.write_text(json.dumps(asdict(running)), "utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def running_on(directory: Path) -> Running | None:
    """The `up` on this data directory; None if there is none, or only what a killed one left behind."""
    try:
        running = Running(**json.loads((directory / RUNNING).read_text("utf-8")))
        os.kill(running.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return running


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


def _leave_to_poll() -> None:
    """Mail is delivered by another process, which looks for it every second."""


def _app(
    settings: Settings,
    database: Database,
    client: Client,
    wake_mail: Callable[[], None] = _leave_to_poll,
    landings: Landings | None = None,
) -> FastAPI:
    return create_app(
        Context(
            database=database,
            gateway=Gateway(client),
            base_url=settings.base_url,
            keys=settings.secret_keys,
            mailbox_enabled=settings.mailbox_enabled(),
            trusted_proxies=frozenset(settings.trusted_proxies),
            wake_mail=wake_mail,
            landings=landings or Landings(),
        )
    )


def _ready(settings: Settings, at: Address, sample: bool) -> str:
    lines = []
    if settings.mailbox_enabled():
        lines.append(f"Mails are kept on the page {settings.base_url}/mailbox")
    if sample:
        lines.append(f"Sign in to the sample programme as {ADMIN_EMAIL} (admin) or {MENTEE_EMAIL} (mentee)")
    return "\n".join([*lines, f"Steadfast is ready at {url_of(at.host, at.port)}"])
