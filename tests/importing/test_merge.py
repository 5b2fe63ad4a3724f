from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from models.importing.merge import merged
from models.importing.record import PersonRecord
from models.importing.spool import Spool
from models.process.member import MemberProfile

NOW = datetime(2027, 3, 1, tzinfo=UTC)
BARE = PersonRecord(line=2, email="a@b.de", name="Ann", roles=("mentee",))
FULL = PersonRecord(
    line=2,
    email="a@b.de",
    name="Ann",
    roles=("mentor", "admin"),
    time_zone="Europe/Oslo",
    headline="h",
    about="a",
    country="NO",
    location="Oslo",
    unit="u",
    languages=("no",),
    manager_email="m@b.de",
    skills={"python": 3},
    targets={"go": 2},
    preferences=("x",),
    capacity=2,
    available=False,
    attributes={"cohort": "1"},
)


def test_somebody_new_gets_the_zone_of_the_programme() -> None:
    assert merged(None, BARE, "p1", "Europe/Paris", NOW) == MemberProfile(
        person_id="p1", name="Ann", time_zone="Europe/Paris", joined_at=NOW, is_mentee=True
    )


def test_a_full_line_sets_everything_it_has() -> None:
    found = merged(None, FULL, "p1", "UTC", NOW)
    assert found == MemberProfile(
        person_id="p1",
        name="Ann",
        time_zone="Europe/Oslo",
        joined_at=NOW,
        is_mentor=True,
        is_admin=True,
        headline="h",
        about="a",
        unit="u",
        location="Oslo",
        country="NO",
        languages=["no"],
        attributes={"cohort": "1"},
        manager_email="m@b.de",
        capacity=2,
        available=False,
        skills={"python": 3},
        targets={"go": 2},
        preferences=frozenset({"x"}),
    )


def test_empty_cells_leave_what_is_there() -> None:
    before = replace(merged(None, FULL, "p1", "UTC", NOW), contact="phone", available_from=date(2027, 5, 1))
    after = merged(before, BARE, "p1", "Asia/Tokyo", datetime(2028, 1, 1, tzinfo=UTC))
    assert after == replace(before, is_mentee=True)


def test_roles_are_added_or_replaced_as_wanted() -> None:
    before = replace(merged(None, FULL, "p1", "UTC", NOW), is_admin=False)
    added = merged(before, BARE, "p1", "UTC", NOW)
    replaced = merged(before, BARE, "p1", "UTC", NOW, replace_roles=True)
    assert (added.is_mentee, added.is_mentor) == (True, True)
    assert (replaced.is_mentee, replaced.is_mentor) == (True, False)
    assert not merged(replace(before, left_at=NOW), BARE, "p1", "UTC", NOW).is_mentor


def test_a_default_fills_only_what_nobody_has_said() -> None:
    default = replace(BARE, unit="Sales", capacity=1, defaulted=("unit", "capacity"))
    before = merged(None, FULL, "p1", "UTC", NOW)
    assert merged(before, default, "p1", "UTC", NOW) == replace(before, is_mentee=True)
    assert merged(None, default, "p1", "UTC", NOW).unit == "Sales"


def test_being_an_admin_is_only_ever_added() -> None:
    before = merged(None, FULL, "p1", "UTC", NOW)
    assert merged(before, BARE, "p1", "UTC", NOW).is_admin


def test_becoming_available_forgets_the_date_and_staying_away_keeps_it() -> None:
    away = replace(merged(None, FULL, "p1", "UTC", NOW), available_from=date(2027, 5, 1))
    assert merged(away, replace(BARE, available=True), "p1", "UTC", NOW).available_from is None
    assert merged(away, replace(BARE, available=False), "p1", "UTC", NOW).available_from == date(2027, 5, 1)


def test_who_is_back_by_date_is_away_again_when_a_file_says_so() -> None:
    back = replace(merged(None, FULL, "p1", "UTC", NOW), available_from=NOW.date() - timedelta(days=3))
    assert back.takes_requests(NOW)
    assert not merged(back, replace(BARE, available=False), "p1", "UTC", NOW).takes_requests(NOW)
    assert merged(back, BARE, "p1", "UTC", NOW).takes_requests(NOW)


def test_somebody_who_had_left_is_back() -> None:
    left = replace(merged(None, FULL, "p1", "UTC", NOW), left_at=NOW)
    assert merged(left, BARE, "p1", "UTC", NOW).left_at is None


def test_attributes_of_other_files_stay() -> None:
    before = merged(None, FULL, "p1", "UTC", NOW)
    after = merged(before, replace(BARE, attributes={"team": "red"}), "p1", "UTC", NOW)
    assert after.attributes == {"cohort": "1", "team": "red"}


def test_a_spool_gives_back_what_it_got_as_often_as_wanted() -> None:
    with Spool() as spool:
        spool.add([FULL, BARE])
        spool.add([replace(BARE, about="two\nlines\u2028and more")])
        chunks = [[FULL, BARE], [replace(BARE, about="two\nlines\u2028and more")]]
        assert list(spool) == chunks
        assert list(spool) == chunks
