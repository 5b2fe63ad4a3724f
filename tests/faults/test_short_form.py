"""The faults suite in its short form; `make faults` is the whole one (docs/faults.md)."""

from __future__ import annotations

import asyncio
import faulthandler
from pathlib import Path

from tests.faults.chaos import Pace
from tests.faults.run import Plan, hold
from tests.faults.town import Make

MAKES = {"sqlite": Make(apis=1, workers=1, doubling=1), "postgresql": Make(apis=2, workers=2)}

PATIENCE_SECONDS = 900


async def test_nothing_is_lost_and_nothing_doubled(backend: str, tmp_path: Path) -> None:
    # Every part is started several times, which on a busy machine takes longer than a test may hang.
    faulthandler.cancel_dump_traceback_later()
    plan = Plan(
        database=backend,
        lives=8,
        seed="short",
        make=MAKES[backend],
        clients=4,
        pause=1.0,
        pace=3.0,
        chaos=Pace(away=(1.0, 2.0), peace=(0.3, 1.0), rounds=1),
        hurried=True,
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        report = await hold(plan, tmp_path, say=print)
    assert report.wrong == [], report.facts
    assert len(report.faults) == 11, "every kind of fault has happened"
