"""What `steadfast doctor` finds: what is reachable, what is misconfigured, and the remedy.

It asks and changes nothing: no file is made, no table, no mail.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import text
from temporalio.client import Client
from temporalio.service import RPCError

from installation import repair
from installation.cases import Case
from installation.configured import NotConfigured, check_mail, engine_is_named
from installation.connection import EngineError, connect, missing_search_attributes
from installation.findings import Finding, note, ok, wrong
from installation.keys import KeysError, KeysMissing, key_file, load_keys
from installation.mail_server import mail_server
from installation.operations import NoDatabase, OperationError, connected, shown_url
from installation.overdue import erasures
from installation.probes import SECONDS, pollers
from installation.processes import WorkersTooOld
from installation.programme_check import programmes
from installation.running import running_on
from models.operator_error import OperatorError
from models.process.names import SEARCH_ATTRIBUTES, TASK_QUEUE
from models.store.database import Database
from settings import Settings, is_loopback

SHOWN = 3
ENOUGH_BYTES = 500_000_000
SKEW = timedelta(seconds=5)
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that stands before this has never been set."""


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """One finding after the other; each question is bounded in time, and none raises."""
    checks: tuple[Callable[[Settings], AsyncIterator[Finding]], ...] = (
        data_directory,
        keys,
        clock,
        database,
        programmes,
        engine,
        processes,
        erasures,
        mail,
        pages,
    )
    for check in checks:
        async for finding in check(settings):
            yield finding


async def data_directory(settings: Settings) -> AsyncIterator[Finding]:
    directory, what = settings.data_dir.resolve(), "data directory"
    if not directory.exists():
        yield note(what, f"{directory} is not there yet; `steadfast up` makes it.")
    elif not (directory.is_dir() and os.access(directory, os.R_OK | os.W_OK | os.X_OK)):
        yield wrong(what, f"{directory} cannot be written: give this user the right to, or name another.")
    elif (free := shutil.disk_usage(directory).free) < ENOUGH_BYTES:
        yield wrong(what, f"Only {free / 1e6:.0f} MB are free for {directory}: make room.")
    else:
        yield ok(what, f"{directory} can be written, {free / 1e9:.1f} GB are free.")


async def keys(settings: Settings) -> AsyncIterator[Finding]:
    what, file = "keys", key_file(settings)
    try:
        count = len(load_keys(settings))
    except KeysMissing as error:
        embedded = not engine_is_named()
        yield (
            note(what, "There are none yet; `steadfast up` makes one.")
            if embedded
            else wrong(what, str(error))
        )
        return
    except KeysError as error:
        yield wrong(what, str(error))
        return
    source = "STEADFAST_SECRET_KEYS" if settings.secret_keys else str(file)
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield wrong(what, f"Others may read {file}: run `chmod 600 {file}`.")
    else:
        yield ok(what, f"{count} from {source}; the newest signs and encrypts.")


async def clock(_settings: Settings) -> AsyncIterator[Finding]:
    now = datetime.now(UTC)
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        yield wrong("clock", "The time zones of the world are missing: install the package tzdata.")
    if now < BUILT:
        yield wrong("clock", f"It is {now:%Y-%m-%d} here, which has passed: set the clock of this machine.")
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC.")


async def database(settings: Settings) -> AsyncIterator[Finding]:
    what, url = "database", settings.resolved_database_url()
    try:
        async with connected(settings, pool_size=1) as found:
            yield ok(what, f"{shown_url(url)} is reachable, its schema is current.")
            if not found.is_sqlite:
                yield await _skew(found)
    except NoDatabase as error:
        fresh = not settings.database_url
        yield note(what, "There is none yet; `steadfast up` makes it.") if fresh else wrong(what, str(error))
    except OperationError as error:
        yield wrong(what, str(error))


async def _skew(found: Database) -> Finding:
    theirs: datetime = await found.read(lambda session: session.scalar(text("SELECT clock_timestamp()")))
    apart = abs(theirs - datetime.now(UTC))
    if apart > SKEW:
        return wrong(
            "clock", f"{apart.total_seconds():.0f} s from that of the database: synchronise both (NTP)."
        )
    return ok("clock", "Agrees with that of the database.")


async def engine(settings: Settings) -> AsyncIterator[Finding]:
    what, running = "engine", running_on(settings.data_dir)
    if not engine_is_named() and running is None:
        yield note(what, "The embedded one is not running; `steadfast up` starts it.")
        return
    address = None if engine_is_named() or running is None else running.engine
    try:
        client = await connect(_any_key(settings), address=address, patience=timedelta(seconds=SECONDS))
        yield ok(what, f"{client.service_client.config.target_host} answers, namespace {client.namespace}.")
        async for finding in _equipment(client):
            yield finding
    except EngineError as error:
        yield wrong(what, str(error))
    except RPCError as error:
        yield wrong(what, f"It does not tell what it is equipped with ({error.status.name}): try again.")


def _any_key(settings: Settings) -> Sequence[str]:
    """The client wants one, and nothing that is asked here is encrypted."""
    try:
        return load_keys(settings)
    except KeysError:
        return ("none of the questions that are asked here needs a key",)


async def _equipment(client: Client) -> AsyncIterator[Finding]:
    missing = await missing_search_attributes(client, SEARCH_ATTRIBUTES)
    if missing:
        yield wrong(
            "engine",
            f"The search attributes {', '.join(missing)} are not registered: start a `steadfast worker`, "
            "which does that where it may, and says how where it may not.",
        )
    else:
        yield ok("engine", f"All {len(SEARCH_ATTRIBUTES)} search attributes are registered.")
    working = len(await pollers(client, TASK_QUEUE))
    if working:
        yield ok("worker", f"{working} at work within the last two minutes.")
    else:
        yield wrong("worker", "None is at work, so nothing goes on: start one with `steadfast worker`.")


async def processes(settings: Settings) -> AsyncIterator[Finding]:
    """Whether engine and database agree; no finding where one cannot be asked, which is its own finding."""
    what, cases = "processes", list[Case]()
    try:
        async with repair.reconciler(settings, repair.LOOK, repair.no_progress) as reconciler:
            cases = [case async for case in reconciler.run()]
            found = reconciler.sum
    except (repair.WentAway, WorkersTooOld) as error:
        yield wrong(what, str(error))
        return
    except OperatorError:
        return
    if not cases:
        yield ok(what, f"The engine and the database agree on {found.looked_at:,}.")
        return
    few = "; ".join(f"{case.kind} {case.id}: {case.sentence}" for case in cases[:SHOWN])
    count = f"{len(cases):,}" if found.is_complete else f"{len(cases):,} or more"
    yield wrong(
        what,
        f"The engine and the database disagree on {count}: run `steadfast doctor --repair`, which mends that "
        f"and says how. {'Among them: ' if len(cases) > SHOWN else ''}{few}.",
    )


async def mail(settings: Settings) -> AsyncIterator[Finding]:
    server = settings.smtp()
    if server is not None:
        yield await mail_server(server)
        return
    try:
        if settings.base_url:
            check_mail(settings)
    except NotConfigured as error:
        yield wrong("mail", str(error))
    else:
        yield ok("mail", "No mail server is set, so mails are kept on the mailbox page.")


async def pages(settings: Settings) -> AsyncIterator[Finding]:
    running = running_on(settings.data_dir)
    url = settings.base_url or (running.url if running else "")
    if not url:
        missing = "STEADFAST_BASE_URL is not set: set it to the address under which people reach the pages."
        yield wrong("pages", missing) if engine_is_named() else note("pages", "`steadfast up` serves them.")
        return
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        yield note("pages", f"{url} is not encrypted, so others can read what goes to and fro: use https.")
    status = await asyncio.to_thread(_status, url)
    if status == HTTPStatus.OK:
        yield ok("pages", f"{url} is ready.")
    elif status:
        yield wrong(
            "pages", f"{url}/readyz answers {status}: see what is wrong above, and the log of the API."
        )
    elif running is None and not engine_is_named():
        yield note("pages", f"{url} does not answer; `steadfast up` is not running.")
    else:
        yield wrong(
            "pages", f"{url} does not answer: start `steadfast api`, and check what stands before it."
        )


def _status(url: str) -> int:
    """0 where nothing answers."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
