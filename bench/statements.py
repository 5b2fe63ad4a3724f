"""SQL statements and transactions of each act of a lifecycle, the mails it causes among them.

A count and not a time, so it is the same on every machine and under every load.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.calls import Caller
from bench.databases import Databases
from bench.figures import Figure, Report, percentile
from bench.lifecycle import Life, couples, until_sent
from bench.people import Someone
from bench.within import Counting, Statements, engine_client, serving
from models.store.database import Database

LIVES = 2
QUIET_SECONDS = 0.5
"""After an act, for the mails that it causes; the look into the outbox every second is in the figures."""


class _CountedLife(Life):
    counting: Counting
    found: dict[str, list[Statements]]

    async def _call(
        self, caller: Caller, method: str, path: str, who: Someone, body: dict[str, Any], key: str
    ) -> Any:
        self.counting.found = Statements()
        answer = await super()._call(caller, method, path, who, body, key)
        await asyncio.sleep(QUIET_SECONDS)
        self.found[key.partition("-")[0]].append(self.counting.found)
        return answer


async def measure(databases: Databases) -> Report:
    """Lifecycles one after the other; the first one warms up."""
    url = await databases.new()
    database, asking = Database(url), Database(url)
    _, pairs = await couples(database, LIVES)
    with TemporaryDirectory(prefix="steadfast-bench-") as place:
        async with engine_client(Path(place)) as client, serving(client, database) as address:
            life = _CountedLife(address, pairs)
            life.counting = Counting(database)
            for number in range(LIVES):
                life.found = defaultdict(list)
                await life.live(number)
                await until_sent(asking)
    await database.close()
    await asking.close()
    return _report(life.found)


def _report(found: dict[str, list[Statements]]) -> Report:
    every = [one for counts in found.values() for one in counts]
    figures = [
        Figure("statements per lifecycle", sum(one.total for one in every)),
        Figure("transactions per lifecycle", sum(one.transactions for one in every)),
    ]
    for name, counts in found.items():
        figures.append(Figure(f"{name}, statements", percentile([one.total for one in counts], 0.5)))
        figures.append(Figure(f"{name}, transactions", percentile([one.transactions for one in counts], 0.5)))
    kinds = sum((one.kinds for one in every), start=Statements().kinds)
    note = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(12))
    return Report("What a lifecycle asks of the database", tuple(figures), (f"Most often: {note}",))
