"""Names of time zones: what is taken, what is suggested, and what a clock is called."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models import zones
from models.process import zone_rules
from tests.infra.zones import LATER, shifted

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "US/Pacific", "Etc/GMT+5", "Asia/Calcutta"])
def test_what_the_package_knows_is_taken(name: str) -> None:
    assert name in zone_rules.known()


@pytest.mark.parametrize(
    "name",
    [
        *("localtime", "Factory", "posixrules", "leapseconds", "SystemV/EST5EDT", "tzdata.zi", "zone.tab"),
        *("posix/Europe/Berlin", "right/Europe/Berlin", "GMT+5", "CEST", "Europe", "europe/berlin", ""),
        *("../../etc/passwd", "/etc/localtime"),
    ],
)
def test_what_differs_from_machine_to_machine_is_not(name: str, tmp_path: Path) -> None:
    machine = tmp_path / "zones"
    (machine / "posix/Europe").mkdir(parents=True)
    for file in ("localtime", "posix/Europe/Berlin"):
        (machine / file).write_bytes(b"TZif2")
    zoneinfo.reset_tzpath([machine])
    zone_rules.known.cache_clear()
    try:
        assert name not in zone_rules.known()
        assert zone_rules.zone(name) == ZoneInfo("UTC")
    finally:
        zoneinfo.reset_tzpath()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("GMT+5", "Asia/Karachi"),
        ("UTC+05:30", "Asia/Kolkata"),
        ("GMT-5", "America/New_York"),
        ("+0200", "Europe/Athens"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
    ],
)
def test_places_are_suggested(name: str, place: str) -> None:
    assert place in zones.suggestion(name)
    assert "Etc/" not in zones.suggestion(name)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        *((name, "Europe/Berlin") for name in ("europe/berlin", " Europe/Berlin ", "EUROPE/BERLIN")),
        *((name, name) for name in ("EST", "CET", "US/Pacific", "Etc/GMT+5", "UTC")),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("etc/gmt+5", "Etc/GMT+5"),
        *(
            (name, None)
            for name in ("localtime", "LOCALTIME", "factory", "posixrules", "right/UTC", "../UTC")
        ),
        *(
            (name, None)
            for name in ("UTC\0", "GMT+5", "UTC-5", "Berlin", "CEST", "", " ", "Europe/", "x" * 9999)
        ),
    ],
)
def test_a_zone_is_found_whatever_its_case(written: str, found: str | None) -> None:
    assert zones.find(written) == found


@pytest.mark.parametrize("name", ["CEST", "PST", "IST", "BST"])
def test_an_abbreviation_is_not_taken_for_a_place(name: str) -> None:
    assert zones.suggestion(name) == " An abbreviation does not say which place is meant: name the place."


def test_what_counts_the_other_way_round_is_not_guessed_at() -> None:
    assert "like" not in zones.suggestion("Etc/UTC+5")
    assert "America/New_York" in zones.suggestion("UTC−5")


@pytest.mark.parametrize("name", ["GMT+5:17", "GMT+99", "Mars/Olympus", "localtime", "Factory", "Etc/GMT+15"])
def test_nothing_is_suggested_that_is_no_place(name: str) -> None:
    assert "Etc/" not in zones.suggestion(name)
    assert "GMT" not in zones.suggestion(name)


def test_every_city_that_stands_for_an_offset_has_it() -> None:
    for (sign, hours, minutes), city in zones.CITIES.items():
        assert city in zones.places()
        # In standard time, which is in July on the southern half of the world.
        offsets = {ZoneInfo(city).utcoffset(NOW + timedelta(days=days)) for days in (0, 182)}
        assert sign * timedelta(hours=hours, minutes=minutes) in offsets


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Europe/Berlin", "Berlin time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("Etc/GMT+5", "UTC-5"),
        ("Etc/GMT-14", "UTC+14"),
        ("Etc/GMT+0", "UTC"),
        ("GMT0", "UTC"),
        ("Zulu", "UTC"),
        ("localtime", "UTC"),
    ],
)
def test_a_clock_is_called_by_its_place_or_its_distance(name: str, called: str) -> None:
    assert zones.clock(name) == called


def test_the_clock_that_is_named_is_the_one_that_is_shown() -> None:
    for name in zone_rules.known():
        called = zones.clock(name)
        if called.startswith("UTC"):
            hours = int(called.removeprefix("UTC") or "0")
            assert NOW.astimezone(zone_rules.zone(name)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/New_York", "Africa/Casablanca", "UTC", "Etc/GMT+5"]
)
def test_rules_that_were_packed_are_those_of_the_zone(name: str) -> None:
    packed = zone_rules.zone_with(zone_rules.rules_of(name))
    for days in range(0, 20_000, 50):
        at = NOW + timedelta(days=days)
        assert at.astimezone(packed).utcoffset() == at.astimezone(ZoneInfo(name)).utcoffset()


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "Europe", "/etc/localtime"])
def test_the_rules_of_what_is_no_zone_are_those_of_utc(name: str) -> None:
    assert zone_rules.rules_of(name) == zone_rules.rules_of("UTC")


def test_rules_are_read_anew_and_packed_ones_stay(tmp_path: Path) -> None:
    before = zone_rules.rules_of("Europe/Berlin")
    with shifted(LATER, tmp_path):
        assert zone_rules.rules_of("Europe/Berlin") != before
        assert NOW.astimezone(zone_rules.zone_with(before)).utcoffset() == timedelta(hours=1)
