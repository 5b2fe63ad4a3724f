"""How a `steadfast up` that runs is found by other commands: by a file in its data directory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from temporalio.client import Client

from settings import Settings

RUNNING = "running.json"


@dataclass(frozen=True, slots=True)
class Running:
    """A `steadfast up` that is there: its process, its pages and its engine (host:port)."""

    pid: int
    url: str
    engine: str


@contextmanager
def published(settings: Settings, client: Client) -> Iterator[None]:
    """Says so in the data directory, for as long as it runs."""
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
