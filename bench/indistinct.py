"""Whether time tells the known from the unknown: two kinds of request in turn, and the ratio of their times.

The tests hold both kinds to the same statements and the same answer (tests/access/test_indistinct.py); this
measures what is left. Both are sent in turn in one run, so the load of the machine meets both.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Awaitable, Callable
from statistics import median

from httpx import Response

from bench.databases import Databases
from bench.figures import Figure, Report
from tests.access.scene import Scene
from tests.api.world import world

ROUNDS = 300
Ask = Callable[[], Awaitable[Response]]


async def measure(databases: Databases) -> Report:
    async with world(await databases.new()) as town:
        scene = await Scene.built(town)
        target = await scene.in_state("relationship", "active")
        api, nobody = scene.players["their admin"].api, scene.anonymous.api
        known = [player.email for player in scene.players.values() if player.email]

        def sign_in(address: Callable[[], str]) -> Ask:
            return lambda: nobody.post("/api/v1/sign-in", json={"email": address()})

        def reading(path: str, found: Callable[[], str]) -> Ask:
            return lambda: api.get(f"/api/v1/{path}/{found()}")

        pairs = {
            "sign-in, known to unknown": (
                sign_in(lambda: random.choice(known)),  # noqa: S311 - any of them
                sign_in(lambda: f"{uuid.uuid4().hex[:12]}@example.org"),
            ),
            "a request, foreign to unknown": (
                reading("requests", lambda: target.ids["request_id"]),
                reading("requests", lambda: str(uuid.uuid4())),
            ),
            "a relationship, foreign to unknown": (
                reading("relationships", lambda: target.ids["relationship_id"]),
                reading("relationships", lambda: str(uuid.uuid4())),
            ),
        }
        figures = [
            figure for name, (one, other) in pairs.items() for figure in await _compared(name, one, other)
        ]
    note = f"{ROUNDS} of each kind in turn, in an order that is drawn anew; the API in this process."
    return Report("Known and unknown, by time", tuple(figures), (note,))


async def _compared(name: str, one: Ask, other: Ask) -> list[Figure]:
    """The ratio of the medians, and how often the first took longer than the second of its round."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for which in random.sample((0, 1), 2):
            began = time.perf_counter()
            await (one, other)[which]()
            seconds[which].append(time.perf_counter() - began)
    longer = sum(first > second for first, second in zip(*seconds, strict=True))
    return [
        Figure(f"{name}: ratio of medians", median(seconds[0]) / median(seconds[1]), "", "1"),
        Figure(f"{name}: longer in", 100 * longer / ROUNDS, "%", "50 %"),
    ]
