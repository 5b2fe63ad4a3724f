"""How long `steadfast up` takes to its ready line, on a new and on a known directory, and its memory."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.databases import Databases
from bench.figures import Figure, Report
from bench.installation import installation
from bench.machine import memory_mb

SETTLING_SECONDS = 2.0


async def measure(databases: Databases) -> Report:
    """The same directory twice, the second time with everything in place."""
    url = await databases.new()
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="steadfast-bench-") as place:
        for name in ("a new directory", "a known directory"):
            async with installation(Path(place, "up"), url) as ours:
                await asyncio.sleep(SETTLING_SECONDS)
                figures.append(Figure(f"ready on {name}", ours.seconds, "s"))
                figures += [
                    Figure(f"memory of {part}, {name}", memory_mb(pid), "MB")
                    for part, pid in ours.pids.items()
                ]
    return Report("Start-up and memory", tuple(figures))
