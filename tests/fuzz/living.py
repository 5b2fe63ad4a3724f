"""The app on a port of its own, with people and processes in it, for a tool that sends whatever it likes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn

from api.web.docs import described
from tests.access.scene import Player, Scene
from tests.api.world import world

START_SECONDS = 60.0


@dataclass(frozen=True)
class Living:
    """A server that answers at `url`. `tokens`: by caller; `ids`: of what the mentee and the mentor share."""

    url: str
    tokens: dict[str, str]
    ids: dict[str, str]


@dataclass
class _Server:
    database_url: str
    listening: socket.socket
    ready: threading.Event = field(default_factory=threading.Event)
    found: Living | None = None
    server: uvicorn.Server | None = None

    async def run(self) -> None:
        base = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        async with world(self.database_url, base_url=base) as town:
            scene = await Scene.built(town)
            self.found = await _peopled(scene, base)
            described(town.app)
            config = uvicorn.Config(town.app, log_config=None, access_log=False, lifespan="off")
            self.server = uvicorn.Server(config)
            self.ready.set()
            await self.server.serve([self.listening])


async def _peopled(scene: Scene, base: str) -> Living:
    """Somebody in every role, and of each kind something that is open."""
    together = await scene.in_state("relationship", "active")
    asked = await scene.in_state("request", "pending")
    invited = await scene.in_state("invitation", "open")
    players: dict[str, Player | None] = {
        "mentee": together.mentee,
        "mentor": asked.mentor,
        "admin": scene.players["admin"],
        "elsewhere": scene.players["elsewhere"],
    }
    tokens = {
        name: player.api.headers["authorization"].removeprefix("Bearer ")
        for name, player in players.items()
        if player is not None
    }
    ids = {**invited.ids, **together.ids, "request_id": asked.ids["request_id"]}
    return Living(base, tokens, ids)


@contextmanager
def living(database_url: str) -> Iterator[Living]:
    """Serves the app over the migrated database in a thread until the end of the block."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        made = _Server(database_url, listening)
        thread = threading.Thread(target=lambda: asyncio.run(made.run()), daemon=True)
        thread.start()
        try:
            assert made.ready.wait(START_SECONDS), "the app did not start"
            assert made.found is not None
            yield made.found
        finally:
            if made.server is not None:
                made.server.should_exit = True
            thread.join(START_SECONDS)
