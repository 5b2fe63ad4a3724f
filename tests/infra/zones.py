"""Other rules for the time zones of the tests, as new time zone data may bring them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

LATER: Mapping[str, str] = {"Europe/Berlin": "Europe/London", "America/New_York": "America/Chicago"}
"""Each zone with the clocks of another place: the day ends an hour later than it did."""
EARLIER: Mapping[str, str] = {"Europe/Berlin": "Europe/Athens", "America/New_York": "America/Halifax"}
SHIFTS = (LATER, EARLIER)


@contextmanager
def shifted(shift: Mapping[str, str] | None, folder: Path) -> Iterator[None]:
    """While it lasts, all that reads a zone of `shift` finds the clocks of the other place; uses `folder`."""
    if shift is None:
        yield
        return
    for name, other in shift.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(resources.files("tzdata").joinpath("zoneinfo", other).read_bytes())
    zoneinfo.reset_tzpath([folder])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache()
