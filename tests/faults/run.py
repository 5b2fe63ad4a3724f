"""Runs lives under faults and judges what is left: `python -m tests.faults.run --lives 200 --seed 7`.

Lives go on until so many have been lived and every kind of fault has happened. Ends with 1 if anything is
wrong; the directory with all logs is kept then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import update

from models.store import mails
from models.store.database import Database
from models.store.delivery import MailRow
from tests.faults import post
from tests.faults.chaos import Chaos, Pace, chaos
from tests.faults.clients import ANSWER_SECONDS, Caller
from tests.faults.ledger import Ledger
from tests.faults.lives import LIVES, RIVALS, Life, live
from tests.faults.people import CALM, CROWDED, Programme, hasty, settle_in
from tests.faults.stores import store
from tests.faults.town import Make, Town, town
from tests.faults.verdict import of_the_run, verdict

Say = Callable[[str], None]
DRAIN_SECONDS = 900.0
MORE_LIVES = 24
"""How many may be lived beyond the plan, until every fault has happened."""


@dataclass(frozen=True)
class Plan:
    """`clients` live at the same time; `pause` and `pace` are in seconds: between two acts, until a reminder.

    `hurried`: when all is over, mails that wait for another attempt, or for the lease of a worker that was
    killed, are due at once; otherwise the suite waits as the town does.
    """

    database: str
    lives: int
    seed: str
    make: Make
    clients: int
    pause: float
    pace: float
    chaos: Pace
    hurried: bool = False


@dataclass
class Report:
    wrong: list[str]
    lived: int
    faults: Counter[str]
    facts: dict[str, Any] = field(default_factory=dict)


async def hold(plan: Plan, directory: Path, say: Say) -> Report:
    """One whole run."""
    with store(plan.database, directory) as found:
        async with town(found, directory, plan.make) as made:
            database = Database(found.url)
            try:
                return await _held(plan, made, database, say)
            finally:
                await database.close()


async def _held(plan: Plan, made: Town, database: Database, say: Say) -> Report:
    most = plan.lives + MORE_LIVES
    programmes = {
        "calm": await settle_in(database, "calm", CALM, most),
        "hasty": await settle_in(database, "hasty", hasty(plan.pace), most // 2),
        "crowded": await settle_in(database, "crowded", CROWDED, most // 4 * RIVALS),
    }
    ledger, faults = Ledger(), chaos(made, plan.seed, plan.chaos, say)
    began = time.monotonic()
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS, limits=httpx.Limits(max_connections=None)) as http:
        population = Population(plan, made, programmes, ledger, http, most, say)
        await _lived(population, faults, plan.clients)
        say(f"{population.lived} lives are over, {len(faults.events)} faults happened; now everything heals")
        await _healed(plan, made, database)
        caller = population.caller("verdict")
        admins = {slug: programme.admin for slug, programme in programmes.items()}
        wrong = await verdict(made, database, await made.engine_client(), caller, admins, faults.events)
    facts = {**ledger.summary(), **_facts(made), "seconds": round(time.monotonic() - began)}
    return Report([*of_the_run(ledger, made), *wrong], population.lived, faults.kinds, facts)


@dataclass
class Population:
    plan: Plan
    town: Town
    programmes: dict[str, Programme]
    ledger: Ledger
    http: httpx.AsyncClient
    most: int
    say: Say
    lived: int = 0
    begun: int = 0

    def __post_init__(self) -> None:
        self._kinds = cycle(LIVES)
        self._numbers = Counter[str]()

    async def client(self, faults: Chaos) -> None:
        while self.begun < self.plan.lives or (not faults.is_round and self.begun < self.most):
            self.begun += 1
            kind = next(self._kinds)
            slug, _ = LIVES[kind]
            number = self._numbers[slug]
            self._numbers[slug] += 1
            caller = self.caller(f"{slug}/{number}")
            await live(Life(caller, self.programmes[slug], number, self.plan.pause), kind)
            self.lived += 1
            self.say(f"life {self.lived} is over: {kind}")

    def caller(self, name: str) -> Caller:
        return Caller(self.town, self.http, self.ledger, Random(f"{self.plan.seed}/{name}"))


async def _lived(population: Population, faults: Chaos, clients: int) -> None:
    over = asyncio.Event()
    raging = asyncio.create_task(faults.rage(over))
    try:
        await asyncio.gather(*(population.client(faults) for _ in range(clients)))
    finally:
        over.set()
        await raging


async def _healed(plan: Plan, made: Town, database: Database) -> None:
    """Everything is there again, and no mail is on its way any more."""
    await made.until_ready()
    if plan.hurried:
        await _hurry(made, database)
    until = time.monotonic() + DRAIN_SECONDS
    while await post.undelivered(database) and time.monotonic() < until:
        await asyncio.sleep(0.5)


async def _hurry(made: Town, database: Database) -> None:
    """While no worker runs, every lease is one of the dead."""
    await asyncio.gather(*(part.end_gently() for part in made.workers))
    due = {"next_attempt_at": mails.AT_ONCE, "leased_by": None, "leased_until": None}
    with database.writing() as session:
        session.execute(update(MailRow).where(MailRow.state == mails.QUEUED).values(due))
    for part in made.workers:
        part.let_up()
    await made.until_ready()


def _facts(made: Town) -> dict[str, Any]:
    handovers = made.handovers()
    repeated = Counter(one.message_id for one in handovers)
    return {
        "messages that went over": dict(Counter(one.end for one in handovers)),
        "mails that went over more than once": sum(count > 1 for count in repeated.values()),
        "starts of each part": {part.name: part.starts for part in made.parts},
    }


def full(database: str, lives: int, seed: str) -> Plan:
    """The whole suite; on PostgreSQL with two of each, one of the workers doing everything twice."""
    make = Make(2, 2, 1) if database == "postgresql" else Make(1, 1, 1)
    chaos_pace = Pace(away=(3.0, 12.0), peace=(2.0, 10.0))
    return Plan(database, lives, seed, make, clients=12, pause=6.0, pace=20.0, chaos=chaos_pace)


def main() -> None:
    chosen = _arguments()
    seed = chosen.seed or str(Random().randrange(10**6))
    wrong = 0
    for database in chosen.database or ["sqlite", "postgresql"]:
        plan = full(database, chosen.lives, seed)
        print(f"{database}, {chosen.lives} lives, seed {seed}", flush=True)
        directory = Path(tempfile.mkdtemp(prefix="steadfast-faults-"))
        report = asyncio.run(hold(plan, directory, _progress()))
        print(json.dumps({"lives": report.lived, "faults": report.faults, **report.facts}, indent=1))
        for finding in report.wrong:
            print(f"WRONG {finding}")
        wrong += len(report.wrong)
        if report.wrong:
            print(f"{len(report.wrong)} findings; all logs are in {directory}")
        else:
            print("Nothing lost, nothing doubled, nobody stuck, all agree.")
            shutil.rmtree(directory)
    sys.exit(bool(wrong))


def _progress() -> Say:
    began = time.monotonic()
    return lambda sentence: print(f"{time.monotonic() - began:6.1f} s  {sentence}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=200)
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"), help="default: both")
    parser.add_argument("--seed", help="repeats the choices of an earlier run")
    return parser.parse_args()


if __name__ == "__main__":
    main()
