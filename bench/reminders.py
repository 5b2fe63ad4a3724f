"""What decisions take on the afternoon on which 5,000 reminders fall due, beside the same on a quiet day.

5,000 requests are really open, each a process of the installation with its own timer. Their reminders fall
due at the rate of the hour over which a programme spreads them, 1.4 a second. The dates
are set request by request, since nobody can wait for seven days; from the timer on everything is as always.
Decisions come one at a time in the meantime, each of a request just made.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from api.web.failures import EngineDown, Unconfirmed
from api.web.gateway import Gateway
from bench.calls import Caller, Refused
from bench.databases import Databases
from bench.figures import Figure, Report, percentile, timings
from bench.installation import Installation, installation
from bench.lifecycle import COMMENT, MESSAGE, SLUG
from bench.machine import cpu_seconds, memory_mb
from bench.people import Programme, Someone, add_people, add_programme, add_tokens
from models.process.calendar import SPREAD, spread
from models.process.match import Basis
from models.process.request.state import Request
from models.store.database import Database
from models.store.delivery import MailRow

DUE = int(os.environ.get("REMINDERS", "5000"))
WITHIN = timedelta(minutes=float(os.environ.get("WITHIN_MINUTES", "60")))
"""Over how long the reminders are spread."""
SECONDS = float(os.environ.get("MEASURED_SECONDS", "600"))
QUIET_DECISIONS = int(os.environ.get("QUIET_DECISIONS", "60"))
OPENED_AT_ONCE = 8
LEAD = timedelta(seconds=30)
PAUSE_SECONDS = 0.5
PAIRS = 1500
MENTORS = 1000


@dataclass(frozen=True, slots=True)
class Town:
    programme: Programme
    mentees: list[Someone]
    mentors: list[Someone]
    pairs: Iterator[tuple[Someone, Someone]]
    """Those who decide; nobody twice."""


async def measure(databases: Databases) -> Report:
    url = await databases.new()
    database = Database(url)
    town = await _town(database)
    with TemporaryDirectory(prefix="steadfast-bench-") as place:
        async with installation(Path(place, "up"), url) as ours:
            caller = Caller(ours.url)
            quiet = [await _decided(caller, town, number) for number in range(QUIET_DECISIONS)]
            opening = await _open_all(ours, town)
            before, used = await _reminded(database), _used(ours)
            busy = await _decided_for(caller, town, SECONDS)
            sent = await _reminded(database) - before
            spent = {name: now - used[name] for name, now in _used(ours).items()}
            memory = {name: memory_mb(pid) for name, pid in ours.pids.items()}
            await caller.close()
    await database.close()
    return _report(quiet, busy, sent, opening, spent, memory)


async def _town(database: Database) -> Town:
    programme = await add_programme(database, SLUG)
    mentees = await add_people(database, programme, "mentee", DUE + PAIRS)
    mentors = await add_people(database, programme, "mentor", MENTORS + PAIRS)
    deciding = list(zip(mentees[DUE:], mentors[MENTORS:], strict=True))
    await add_tokens(database, [one for pair in deciding for one in pair])
    return Town(programme, mentees[:DUE], mentors[:MENTORS], iter(deciding))


async def _open_all(ours: Installation, town: Town) -> float:
    """How long it took, in seconds."""
    gateway, begin, started = Gateway(ours.engine), datetime.now(UTC) + LEAD, time.perf_counter()
    waiting = iter(enumerate(town.mentees))

    async def open_some() -> None:
        for number, mentee in waiting:
            draft = _draft(town, mentee, town.mentors[number % MENTORS], begin)
            await _open(gateway, draft)

    await asyncio.gather(*(open_some() for _ in range(OPENED_AT_ONCE)))
    return time.perf_counter() - started


async def _open(gateway: Gateway, draft: Request) -> None:
    """Again where a busy machine answered too late; the same again is the same request."""
    while True:
        try:
            await gateway.open_request(draft)
            return
        except (EngineDown, Unconfirmed):
            await asyncio.sleep(PAUSE_SECONDS)


def _draft(town: Town, mentee: Someone, mentor: Someone, begin: datetime) -> Request:
    now, one = datetime.now(UTC), str(uuid.uuid4())
    at = max(begin + (SPREAD - spread(one)) * (WITHIN / SPREAD), now + timedelta(seconds=1))
    policy = town.programme.settings.policy()
    rules = policy.request.model_copy(update={"remind_after": (at - now, timedelta(days=12))})
    return Request(
        id=one,
        version=0,
        programme_id=town.programme.id,
        mentee_id=mentee.id,
        mentor_id=mentor.id,
        mentee_zone="Europe/Berlin",
        mentor_zone="Europe/Berlin",
        policy=policy.model_copy(update={"request": rules}),
        since=now,
        created_at=now,
        basis=Basis.GAPS,
        score=50,
        message=MESSAGE,
    )


async def _decided_for(caller: Caller, town: Town, seconds: float) -> list[float]:
    found: list[float] = []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        found.append(await _decided(caller, town, len(found)))
        await asyncio.sleep(PAUSE_SECONDS)
    return found


async def _decided(caller: Caller, town: Town, number: int) -> float:
    mentee, mentor = next(town.pairs)
    asking = {"mentor_id": mentor.id, "message": MESSAGE, "basis": "gaps"}
    asked = await _insist(caller, f"/api/v1/programmes/{SLUG}/requests", mentee, asking, "ask")
    await asyncio.sleep(PAUSE_SECONDS / 2)
    command = "accept" if number % 2 else "reject"
    body = {"comment": COMMENT} | ({} if number % 2 else {"reason": "The topic is not mine"})
    began = time.perf_counter()
    await _insist(caller, f"/api/v1/requests/{asked['id']}/{command}", mentor, body, command)
    return time.perf_counter() - began


async def _insist(caller: Caller, path: str, who: Someone, body: dict[str, Any], key: str) -> Any:
    """As a person does who is told to try again; the time goes on meanwhile."""
    while True:
        try:
            return await caller.post(path, who.token, body, key)
        except Refused as error:
            if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            await asyncio.sleep(PAUSE_SECONDS)


async def _reminded(database: Database) -> int:
    query = select(func.count()).where(MailRow.kind == "request-reminder", MailRow.state == "sent")
    with database.reading() as session:
        return session.scalars(query).one()


def _used(ours: Installation) -> dict[str, float]:
    return {name: cpu_seconds(pid) for name, pid in ours.pids.items()}


def _report(
    quiet: Sequence[float],
    busy: Sequence[float],
    sent: int,
    opening: float,
    spent: dict[str, float],
    memory: dict[str, float],
) -> Report:
    figures = [
        *timings("a decision before, nothing else under way", quiet),
        *timings("a decision while reminders go out", busy),
        Figure("the same, p99", percentile(busy, 0.99) * 1000, "ms", "at most 300"),
        Figure("the slowest", max(busy) * 1000, "ms"),
        Figure("reminders sent meanwhile", sent),
        Figure("reminders per second", sent / SECONDS),
        Figure("requests opened per second, before", DUE / opening),
        *(Figure(f"processor, {name}, of the time", part / SECONDS) for name, part in spent.items()),
        *(Figure(f"memory, {name}", part, "MB") for name, part in memory.items()),
    ]
    note = f"{DUE:,} open requests, reminders spread over {WITHIN}; {len(busy)} decisions in {SECONDS:.0f} s."
    return Report("Decisions while reminders fall due", tuple(figures), (note,))
