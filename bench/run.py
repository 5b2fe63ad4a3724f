"""Runs measurements and prints what they found: `python -m bench.run [NAME ...] [--database KIND]`.

Without a name it runs all. Nothing here judges a figure; docs/performance.md says what each is compared with.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from bench import actions, decisions, filled, indistinct, lifecycle, machine, reminders, starting, statements
from bench.databases import Databases, databases
from bench.figures import Report, as_markdown, as_text
from bench.slots import fill

MEASUREMENTS: dict[str, Callable[[Databases], Awaitable[Report]]] = {
    "actions": actions.measure,
    "statements": statements.measure,
    "starting": starting.measure,
    "decisions": decisions.measure,
    "lifecycle": lifecycle.measure,
    "filled": filled.measure,
    "reminders": reminders.measure,
    "indistinct": indistinct.measure,
}


def main() -> None:
    chosen = _arguments()
    signal.signal(signal.SIGTERM, _end)
    found: dict[str, dict[str, object]] = {}
    about = machine.description()
    print("\n".join(f"{name}: {value}" for name, value in about.items()))
    for kind in chosen.database or ["sqlite"]:
        with databases(kind) as fresh:
            for name in chosen.names or MEASUREMENTS:
                report = asyncio.run(_run(name, fresh))
                print(f"{as_text(report)}\n  {kind}; load of the machine {machine.load()}", flush=True)
                found[f"{name}/{kind}"] = asdict(report)
                if chosen.markdown:
                    _append(chosen.markdown, f"{as_markdown(report)}\n({kind})\n\n")
                if chosen.into:
                    fill(chosen.into, f"{name}, {kind}", as_markdown(report))
                    fill(chosen.into, "machine", _sentence(about))
    if chosen.json:
        chosen.json.write_text(json.dumps({"machine": about, "reports": found}, indent=1), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(MEASUREMENTS)}")
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="append tables there")
    parser.add_argument("--into", type=Path, metavar="FILE", help="replace the tables that stand there")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - MEASUREMENTS.keys():
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}")
    return chosen


async def _run(name: str, fresh: Databases) -> Report:
    return await MEASUREMENTS[name](fresh)


def _sentence(about: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in about.items()) + "."


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as target:
        target.write(text)


def _end(_number: int, _frame: FrameType | None) -> None:
    """Ends like Ctrl-C, so that servers and directories of the measurements go as well."""
    sys.exit(1)


if __name__ == "__main__":
    main()
