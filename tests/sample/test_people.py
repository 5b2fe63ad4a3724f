from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable

from models.importing.record import ImportRules, PersonRecord
from models.process.profile import ProfileFacts, missing
from models.sample.draw import number, one, some
from models.sample.names import POOLS
from models.sample.people import ADMIN_EMAIL, MENTEE_EMAIL, people, people_csv, sources
from models.sample.places import COUNTRIES
from models.sample.programme import PREFERENCES
from tests.importing.files import read


def records() -> list[PersonRecord]:
    found, report = read(
        people_csv(),
        ImportRules(options=PREFERENCES, allow_admin=True),
        {"experience": "attribute:experience"},
    )
    assert report.problems == []
    return found


def skills_of(cells: Iterable[str | None]) -> Counter[str]:
    return Counter(part.rpartition(":")[0] for cell in cells for part in (cell or "").split("|") if part)


def test_the_sample_is_the_same_everywhere_to_the_byte() -> None:
    # A change of this number changes every installation's sample: say so in the change log.
    assert (
        hashlib.sha256(people_csv()).hexdigest()
        == "e15ecc2437a44d6de6cc7ebcf682404a150cd5a3c61e6dbdaace7b1953fd7dd2"
    )


def test_the_sample_is_a_file_like_any_other() -> None:
    found = records()
    assert Counter(record.roles for record in found) == {
        ("mentor",): 268,
        ("mentee", "mentor"): 10,
        ("mentee",): 600,
        ("admin",): 1,
    }
    assert {record.email for record in found if "admin" in record.roles} == {ADMIN_EMAIL}
    assert MENTEE_EMAIL in {record.email for record in found}


def test_nobody_shares_a_name_or_an_address() -> None:
    found = records()
    assert len({record.name for record in found}) == len(found)
    assert all(record.email.isascii() and record.email.endswith("@example.org") for record in found)


def test_everybody_lives_in_a_zone_of_their_country() -> None:
    for record in records():
        assert record.country is not None
        assert record.time_zone in COUNTRIES[record.country].zones


def test_mentors_keep_the_skills_of_the_data_at_levels_worth_asking_for() -> None:
    mentors = [record for record in records() if "mentor" in record.roles]
    assert [set(record.skills or {}) for record in mentors] == [set(one.skills) for one in sources()]
    assert {level for record in mentors for level in (record.skills or {}).values()} == {2, 3, 4, 5}
    assert {record.capacity for record in mentors} == {1, 2, 3}
    away = sum(record.available is False for record in mentors)
    assert 10 <= away <= 30


def test_targets_lie_above_and_follow_the_distribution_of_the_skills() -> None:
    mentees = [record for record in records() if record.roles == ("mentee",)]
    for record in mentees:
        for skill, target in (record.targets or {}).items():
            assert (record.skills or {}).get(skill, 0) < target <= 5
        assert all(1 <= level <= 3 for level in (record.skills or {}).values())
    offered = Counter(skill for source in sources() for skill in source.skills)
    wanted = Counter(skill for record in mentees for skill in record.targets or {})
    assert set(wanted) <= set(offered)
    top = [skill for skill, _ in offered.most_common(5)]
    assert {skill for skill, _ in wanted.most_common(4)} <= set(top)
    for skill in top:
        share = wanted[skill] / wanted.total()
        assert abs(share - offered[skill] / offered.total()) < 0.02


def test_all_but_a_handful_are_complete_on_purpose() -> None:
    unfinished = 0
    for record in records():
        facts = ProfileFacts(
            is_mentee="mentee" in record.roles,
            is_mentor="mentor" in record.roles,
            name=record.name,
            time_zone=record.time_zone or "",
            levels=record.skills or {},
            targets=record.targets or {},
            preferences=record.preferences or (),
        )
        unfinished += bool(missing(facts, PREFERENCES))
    assert 5 <= unfinished <= 20


def test_managers_are_mentors_of_the_programme_and_never_oneself() -> None:
    found = records()
    mentors = {record.email for record in found if "mentor" in record.roles}
    managers = {record.email: record.manager_email for record in found if record.manager_email}
    assert managers
    assert set(managers.values()) <= mentors


def test_every_line_has_only_known_columns() -> None:
    rows = list(csv.DictReader(io.StringIO(people_csv().decode())))
    assert len(rows) == len(people()) == 879
    assert all(None not in row for row in rows)


def test_the_skills_survive_the_way_through_a_cell() -> None:
    mentors = [line for line in people() if "mentor" in line["roles"]]
    assert skills_of(line["skills"] for line in mentors) == Counter(
        skill for source in sources() for skill in source.skills
    )


def test_every_country_and_pool_that_is_needed_is_there() -> None:
    assert {source.country for source in sources()} <= set(COUNTRIES)
    assert {pool for country in COUNTRIES.values() for pool in country.pools} <= set(POOLS)
    for given, family in POOLS.values():
        assert len(set(given)) == len(given)
        assert len(set(family)) == len(family)


def test_draws_are_stable_and_differ_by_person_and_purpose() -> None:
    assert number("M001", "level", 1000) == number("M001", "level", 1000)
    assert len({number(f"M{n}", "level", 1 << 60) for n in range(100)}) == 100
    assert len({number("M001", f"purpose {n}", 1 << 60) for n in range(100)}) == 100
    assert one("M001", "x", ["only"]) == "only"
    assert some("M001", "x", [1, 2, 3], 5) == [1, 2, 3]
    picked = some("M001", "x", list(range(20)), 4)
    assert len(set(picked)) == 4
    assert picked == sorted(picked)
