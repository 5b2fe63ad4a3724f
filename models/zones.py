"""Suggestions for an unknown time zone, and the name of the clock of a known one."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from models.matching.suggest import did_you_mean, near
from models.process.zone_rules import known

_UTC = frozenset(
    prefix + name
    for prefix in ("", "Etc/")
    for name in ("UTC", "UCT", "Universal", "Zulu", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich")
)
_FIXED = re.compile(r"Etc/GMT([+-])(\d{1,2})")
_OFFSET = re.compile(r"(Etc/)?(?:GMT|UTC|Z)?\s*([+\-−–])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_ABBREVIATION = re.compile(r"[A-Z]{2,5}")
CITIES = {
    (1, 0, 0): "Europe/London",
    (1, 1, 0): "Europe/Berlin",
    (1, 2, 0): "Europe/Athens",
    (1, 3, 0): "Europe/Istanbul",
    (1, 3, 30): "Asia/Tehran",
    (1, 4, 0): "Asia/Dubai",
    (1, 4, 30): "Asia/Kabul",
    (1, 5, 0): "Asia/Karachi",
    (1, 5, 30): "Asia/Kolkata",
    (1, 5, 45): "Asia/Kathmandu",
    (1, 6, 0): "Asia/Dhaka",
    (1, 6, 30): "Asia/Yangon",
    (1, 7, 0): "Asia/Bangkok",
    (1, 8, 0): "Asia/Singapore",
    (1, 9, 0): "Asia/Tokyo",
    (1, 9, 30): "Australia/Adelaide",
    (1, 10, 0): "Australia/Sydney",
    (1, 11, 0): "Pacific/Noumea",
    (1, 12, 0): "Pacific/Auckland",
    (1, 13, 0): "Pacific/Tongatapu",
    (-1, 0, 0): "Europe/London",
    (-1, 1, 0): "Atlantic/Azores",
    (-1, 3, 0): "America/Sao_Paulo",
    (-1, 3, 30): "America/St_Johns",
    (-1, 4, 0): "America/Halifax",
    (-1, 5, 0): "America/New_York",
    (-1, 6, 0): "America/Chicago",
    (-1, 7, 0): "America/Denver",
    (-1, 8, 0): "America/Los_Angeles",
    (-1, 9, 0): "America/Anchorage",
    (-1, 10, 0): "Pacific/Honolulu",
}
"""(sign, hours, minutes) of the standard time -> a place that many know. Only suggested, never taken."""


@cache
def places() -> tuple[str, ...]:
    """The zones that people live in, in order, UTC first."""
    return ("UTC", *sorted({line[2] for line in table("zone.tab")}))


def table(name: str) -> list[list[str]]:
    """The lines of a table that the time zone database carries."""
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def find(name: str) -> str | None:
    """The zone of that name, whatever its case and with blanks for underscores; None if there is none."""
    written = name.strip()
    return written if written in known() else _folded().get(written.replace(" ", "_").casefold())


@cache
def _folded() -> dict[str, str]:
    return {name.casefold(): name for name in known()}


def suggestion(name: str) -> str:
    """A sentence to append, with a leading blank: places that may be meant by an unknown name, if any."""
    if offset := _OFFSET.fullmatch(name.strip()):
        etc, sign, hours, minutes = offset.groups()
        # The names of Etc/ count the other way round, which is too easily mistaken to guess at.
        city = None if etc else CITIES.get((1 if sign == "+" else -1, int(hours), int(minutes or 0)))
        example = f", like {city}" if city else ""
        return f" An offset does not know when clocks change: name a place with that time{example}."
    if _ABBREVIATION.fullmatch(name.strip()):
        return " An abbreviation does not say which place is meant: name the place."
    cities = {place.rpartition("/")[2].casefold(): place for place in places()}
    found = near(name.strip().replace(" ", "_"), list(cities), limit=1)
    if found and not near(name, places()):
        return f" Did you mean “{cities[found[0]]}”?"
    return did_you_mean(name, places())


def clock(name: str) -> str:
    """What a clock there is called: `Berlin time`, `UTC-5` for `Etc/GMT+5`, `UTC` for an unknown zone."""
    if name in _UTC or name not in known():
        return "UTC"
    if fixed := _FIXED.fullmatch(name):
        return f"UTC{'-' if fixed[1] == '+' else '+'}{fixed[2]}"
    return f"{name.rpartition('/')[2].replace('_', ' ')} time"
