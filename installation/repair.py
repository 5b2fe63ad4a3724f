"""The reconciler on an installation: what it needs to be reachable, and how carefully it goes about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from installation.configured import engine_is_named
from installation.connection import connect
from installation.keys import load_keys
from installation.operations import connected, translated
from installation.probes import SECONDS, pollers
from installation.processes import Processes
from installation.reconciling import Progress, Reconciler, RepairOptions
from installation.repairer import Repairer
from installation.running import running_on
from models.operator_error import OperatorError
from models.process.names import TASK_QUEUE
from settings import Settings

ENOUGH = 20
"""Disagreements after which a look stops: what to do about them is clear by then."""
LOOK = RepairOptions(mends=False, closely=False, limit=ENOUGH)
REHEARSE = RepairOptions(mends=False, closely=True)
REPAIR = RepairOptions(mends=True, closely=True)


class EngineNotRunning(OperatorError):
    def __init__(self) -> None:
        super().__init__(
            "The embedded engine is not running, and the repair needs it: run `steadfast up` meanwhile."
        )


class NoWorker(OperatorError):
    def __init__(self) -> None:
        super().__init__(
            "No worker is at work, and only workers can progress how the processes stand: start one with "
            "`steadfast worker`."
        )


class WentAway(OperatorError):
    def __init__(self) -> None:
        super().__init__(
            "The engine went away or took too long: see `steadfast doctor`, and try again; "
            "what was mended stays."
        )


@asynccontextmanager
async def reconciler(
    settings: Settings, options: RepairOptions, progress: Progress
) -> AsyncIterator[Reconciler]:
    """Raises an OperatorError for what cannot be reached, at the beginning or in the middle."""
    url = settings.resolved_database_url()
    async with connected(settings) as database:
        client = await _client(settings)
        processes = Processes(client)
        repairer = Repairer(client, database, processes, lambda: datetime.now(UTC))
        try:
            with translated(url):
                yield Reconciler(database, processes, repairer, options, progress)
        except (RPCError, TimeoutError) as error:
            raise WentAway from error


async def _client(settings: Settings) -> Client:
    running = running_on(settings.data_dir)
    if not engine_is_named() and running is None:
        raise EngineNotRunning
    address = None if engine_is_named() or running is None else running.engine
    client = await connect(
        load_keys(settings),
        address=address,
        patience=timedelta(seconds=SECONDS),
        accept_unbound=settings.accept_unbound_payloads,
    )
    try:
        if not await pollers(client, TASK_QUEUE):
            raise NoWorker
    except RPCError as error:
        raise WentAway from error
    return client


def no_progress(_stage: str, _done: int, _total: int | None) -> None:
    """For a look that is over in a moment."""
