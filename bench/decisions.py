"""Latency of a decision, from the POST over a real connection to uvicorn to the answer, beside a bare update.

Also beside an update that waits for one empty activity: an acceptance waits for its places, and every act up
to 300 ms for its save, so that whoever acted finds it in their lists.

One client and nothing else under way. A decision and a bare update take turns, so that whatever else the
machine does slows both alike.
"""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.calls import Caller
from bench.databases import Databases
from bench.figures import Figure, Report, percentile, timings
from bench.floor import floor
from bench.floor_workflows import BareUpdates
from bench.installation import installation
from bench.lifecycle import COMMENT, MESSAGE, SLUG, Couple, couples
from models.store.database import Database

EACH = 60
WARM_UP = 5
SECONDS = 60.0
REASON = "The topic is not mine"
DECISIONS: dict[str, dict[str, Any]] = {
    "reject": {"comment": COMMENT, "reason": REASON},
    "accept": {"comment": COMMENT},
}


async def measure(databases: Databases) -> Report:
    """Requests are made beforehand, one for every decision, and not timed."""
    url = await databases.new()
    database = Database(url)
    _, pairs = await couples(database, (EACH + WARM_UP) * len(DECISIONS))
    await database.close()
    taken: dict[str, list[float]] = defaultdict(list)
    with TemporaryDirectory(prefix="steadfast-bench-") as place:
        async with floor(Path(place, "floor")) as ground, installation(Path(place, "up"), url) as ours:
            caller, began = Caller(ours.url), time.perf_counter()
            bare = await ground.bare()
            while pairs and (len(taken["accept"]) < WARM_UP * 2 or time.perf_counter() - began < SECONDS):
                for command, body in DECISIONS.items():
                    taken[command].append(await _decided(caller, pairs.pop(), command, body))
                    for name, update in (("plain", BareUpdates.plain), ("recorded", BareUpdates.recorded)):
                        asked = time.perf_counter()
                        await bare.execute_update(update)
                        taken[name].append(time.perf_counter() - asked)
            await caller.close()
    return _report({name: times[WARM_UP:] for name, times in taken.items()})


async def _decided(caller: Caller, couple: Couple, command: str, body: dict[str, Any]) -> float:
    asking = {"mentor_id": couple.mentor.id, "message": MESSAGE, "basis": "gaps"}
    asked = await caller.post(f"/api/v1/programmes/{SLUG}/requests", couple.mentee.token, asking, "ask")
    began = time.perf_counter()
    await caller.post(f"/api/v1/requests/{asked['id']}/{command}", couple.mentor.token, body, command)
    return time.perf_counter() - began


def _report(taken: dict[str, list[float]]) -> Report:
    names = {"plain": "bare update", "recorded": "bare update that waits for one empty activity"}
    figures = [figure for name, times in taken.items() for figure in timings(names.get(name, name), times)]
    for command in DECISIONS:
        for share in (0.5, 0.99):
            own, name = percentile(taken[command], share), f"p{share * 100:.0f}"
            ratio = own / percentile(taken["plain"], share)
            figures.append(Figure(f"{command} to a bare update, {name}", ratio, "", "at most 2"))
            ratio = own / percentile(taken["recorded"], share)
            figures.append(Figure(f"{command} to one that waits for an activity, {name}", ratio))
    return Report("A decision, alone", tuple(figures), (f"{len(taken['accept'])} of each decision.",))
