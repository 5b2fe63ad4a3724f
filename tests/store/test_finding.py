from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from models.matching.search import Criteria
from models.process.actors import Role
from models.process.errors import Invalid, Refused
from models.process.match import Basis
from models.process.programme import ProgrammeSettings
from models.store import do_not_pair
from models.store.database import Database
from models.store.do_not_pair import Wish
from models.store.finding import FoundMentors, find_mentors, match_pair
from models.store.pool import MentorPools
from models.store.profiles import load_profiles, save_profiles, touch_people
from models.store.skills import SkillBooks
from models.store.tables import ProgrammeRow
from tests.store.programme import (
    NOW,
    add_places,
    add_programme,
    add_request,
    ids,
    import_lines,
    profiles,
    scope,
)

HEADER = (
    "email,name,roles,skills,targets,preferences,capacity,available,"
    "country,languages,manager_email,cohort,about"
)
PEOPLE = (
    HEADER,
    "mia@b.de,Mia,mentee,python:2,python:4|sql:1,Careers|Review,,,,,boss@b.de,,",
    "tom@b.de,Tom,mentee,,python:1,Careers,,,,,,,",
    "ada@b.de,Ada,mentor,python:5|sql:2,,Careers|Review,2,,DE,de|en,,2027,",
    "ben@b.de,Ben,mentor,python:3,,Review,1,,US,en,,2026,Loves MÜNSTER",
    "clo@b.de,Clo,mentor|mentee,go:4,,Review,,,US,fr,,2027,",
    "boss@b.de,Bo,mentor,python:5|sql:5,,Careers,,,,,,,",
    "away@b.de,Wendy,mentor,python:5,,Careers,,no,,,,,",
    "half@b.de,Hal,mentor,python:5,,,,,,,,,",
)


class Town:
    """A programme and what Mia finds there."""

    def __init__(self, database: Database, programme_id: str, people: dict[str, str]) -> None:
        self.database = database
        self.programme_id = programme_id
        self.people = people
        self.pools = MentorPools()

    async def find(self, who: str = "mia", at: Any = NOW, **criteria: Any) -> FoundMentors:
        wanted = await scope(self.database, self.programme_id)
        person = self.people[who]
        return await find_mentors(self.database, self.pools, wanted, person, Criteria(**criteria), at)

    async def names(self, who: str = "mia", at: Any = NOW, **criteria: Any) -> list[str]:
        return [one.member.name for one in (await self.find(who, at, **criteria)).items]

    async def set(self, **settings: Any) -> None:
        """These settings of the programme and no others than its options."""
        with self.database.writing() as session:
            row = session.get_one(ProgrammeRow, self.programme_id)
            row.settings = ProgrammeSettings(preferences=("Careers", "Review"), **settings).stored()

    async def change(self, who: str, **changes: Any) -> None:
        person = self.people[who]
        with self.database.writing() as session:
            before = load_profiles(session, self.programme_id, [person])
            save_profiles(session, self.programme_id, before, [replace(before[person], **changes)])
            touch_people(session, self.programme_id, [person])


@pytest.fixture
async def town(migrated_url: str) -> AsyncIterator[Town]:
    database = Database(migrated_url)
    programme_id = await add_programme(database, preferences=("Careers", "Review"), filterable=("cohort",))
    report = await import_lines(database, programme_id, *PEOPLE)
    assert report.problems == []
    yield Town(database, programme_id, await ids(database))
    await database.close()


async def test_the_closest_come_first_with_score_and_reasons(town: Town) -> None:
    found = await town.find()
    assert [(one.member.name, one.hit.score, one.hit.exact) for one in found.items] == [
        ("Ada", 100, True),
        ("Ben", 38, False),
        ("Clo", 15, False),
    ]
    assert [reason.text for reason in found.items[1].hit.reasons] == [
        "python: wanted from level 2 to 4; the mentor is at 3, which covers a part of the way.",
        "sql: wanted to level 1; the mentor has not named this skill.",
        "Both chose “Review”.",
    ]
    assert (found.total, found.next, found.advice) == (3, None, None)


async def test_oneself_the_manager_the_absent_and_the_incomplete_are_never_listed(town: Town) -> None:
    assert await town.names() == ["Ada", "Ben", "Clo"]
    assert "Bo" in await town.names("tom")
    assert "Clo" not in await town.names("clo")


async def test_the_manager_is_listed_where_the_programme_says_so(migrated_url: str) -> None:
    database = Database(migrated_url)
    there = await add_programme(database, preferences=("Careers", "Review"), exclude_manager=False)
    await import_lines(database, there, *PEOPLE)
    assert "Bo" in await Town(database, there, await ids(database)).names()
    await database.close()


async def test_what_the_programme_does_not_show_finds_nobody(town: Town) -> None:
    by_cohort: dict[str, Any] = {"filters": {"Cohort": ("2027",)}}
    assert await town.names(**by_cohort) == ["Ada", "Clo"]
    await town.set()
    found = await town.find(**by_cohort)
    assert (found.items, found.without) == ((), {"Cohort": 3})
    # As by an attribute that nobody has, so that no answer tells who has it.
    assert (await town.find(filters={"Shoe size": ("2027",)})).without == {"Shoe size": 3}


async def test_hard_rules_of_the_programme_and_pairs_that_are_not_to_be(town: Town) -> None:
    mia, ada, ben = (town.people[name] for name in ("mia", "ada", "ben"))

    def part(one: str, other: str, by: str, role: Role) -> str:
        said = Wish(str(uuid4()), (one, other), by, role, "", NOW)
        with town.database.writing() as session:
            return do_not_pair.add(session, town.programme_id, said).id

    by_admin = part(ada, mia, ben, Role.ADMIN)
    assert part(mia, ada, town.people["tom"], Role.ADMIN) == by_admin
    by_mentor = part(ada, mia, ada, Role.MENTOR)
    assert await town.names() == ["Ben", "Clo"]
    assert "Ada" in await town.names("tom")
    for row, listed in ((by_admin, False), (by_mentor, True)):
        with town.database.writing() as session:
            do_not_pair.remove(session, row)
        assert ("Ada" in await town.names()) == listed
    await town.change("mia", unit="North", languages=["de"], time_zone="Europe/Berlin")
    await town.change("ada", unit="north")
    await town.change("ben", languages=["fr"])
    await town.change("clo", time_zone="Asia/Tokyo", languages=[])
    for setting, gone in (
        ({"units_must_differ": True}, "Ada"), ({"common_language": True}, "Ben"), ({"hours_apart": 2}, "Clo")
    ):  # fmt: skip
        await town.set(**setting)
        assert await town.names() == [name for name in ("Ada", "Ben", "Clo") if name != gone]


async def test_whoever_is_asked_or_works_with_the_mentee_is_not_listed(town: Town) -> None:
    mia, ada, ben, clo = (town.people[name] for name in ("mia", "ada", "ben", "clo"))
    await add_request(town.database, town.programme_id, mia, ada)
    await add_request(town.database, town.programme_id, clo, mia)
    await add_places(town.database, town.programme_id, [(mia, ben)])
    assert await town.names() == []
    assert (await town.find()).advice is not None
    assert await town.names("tom") == ["Bo", "Ada", "Clo"]


async def test_after_a_refusal_and_after_the_end_a_mentor_is_listed_again(town: Town) -> None:
    mia = town.people["mia"]
    await add_request(town.database, town.programme_id, mia, town.people["ada"], is_open=False)
    await add_places(town.database, town.programme_id, [(mia, town.people["ben"])], released=True)
    assert await town.names() == ["Ada", "Ben", "Clo"]


async def test_the_full_are_not_listed_until_a_place_is_free(town: Town) -> None:
    tom, clo, ben = (town.people[name] for name in ("tom", "clo", "ben"))
    assert "Ben" in await town.names()
    await add_places(town.database, town.programme_id, [(tom, ben)])
    assert "Ben" not in await town.names()
    await town.change("ben", capacity=2)
    assert "Ben" in await town.names()
    await add_places(town.database, town.programme_id, [(clo, ben)])
    assert "Ben" not in await town.names()


async def test_those_who_are_away_come_back_by_themselves(town: Town) -> None:
    await town.change("away", available_from=date(2027, 3, 2))
    assert "Wendy" not in await town.names()
    assert "Wendy" in await town.names(at=NOW + timedelta(hours=12))


async def test_a_change_of_a_profile_is_seen_by_the_next_search(town: Town) -> None:
    assert (await town.names())[0] == "Ada"
    await town.change("half", preferences=frozenset({"Careers", "Review"}), complete=True, skills={"sql": 1})
    assert "Hal" in await town.names()
    await town.change("ada", left_at=NOW)
    assert "Ada" not in await town.names()
    await town.change("ben", preferences=frozenset(), complete=False)
    assert "Ben" not in await town.names()


async def test_equal_scores_go_to_the_one_with_less_to_do(town: Town) -> None:
    await town.change("ben", skills={"python": 5, "sql": 2}, preferences=frozenset({"Careers", "Review"}))
    await add_request(town.database, town.programme_id, town.people["tom"], town.people["ada"])
    assert (await town.names())[:2] == ["Ben", "Ada"]
    await add_request(town.database, town.programme_id, town.people["tom"], town.people["ben"])
    await add_request(town.database, town.programme_id, town.people["clo"], town.people["ben"])
    assert (await town.names())[:2] == ["Ada", "Ben"]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"exact": True}, ["Ada"]),
        ({"basis": Basis.PREFERENCES, "exact": True}, ["Ada"]),
        ({"filters": {"country": ("us",)}}, ["Ben", "Clo"]),
        ({"filters": {"language": ("de", "fr")}}, ["Ada", "Clo"]),
        ({"filters": {"cohort": ("2027",), "country": ("US",)}}, ["Clo"]),
        ({"text": "münster loves"}, ["Ben"]),
        ({"text": "go"}, ["Clo"]),
        ({"skills": ("GO",)}, ["Clo"]),
        ({"skills": ("sql", "python"), "preferences": ("Review",)}, ["Ada", "Ben"]),
    ],
)
async def test_filters_and_changed_criteria(
    town: Town, criteria: dict[str, Any], expected: list[str]
) -> None:
    assert await town.names(**criteria) == expected


async def test_an_unknown_skill_is_answered_with_a_suggestion(town: Town) -> None:
    found = await town.find(skills=("pyton",))
    assert (found.items, found.advice) == ((), "Nobody here names “pyton”. Did you mean “python”?")
    assert [one.hit.score for one in (await town.find(skills=("pyton", "go"))).items] == [71]


async def test_pages_go_on_where_the_last_ended(town: Town) -> None:
    first = await town.find(limit=2)
    assert [one.member.name for one in first.items] == ["Ada", "Ben"]
    assert await town.names(limit=2, cursor=first.next) == ["Clo"]
    with pytest.raises(Invalid):
        await town.find(cursor="nonsense")


async def test_only_a_mentee_with_a_complete_profile_may_search(town: Town) -> None:
    with pytest.raises(Refused, match="not a mentee"):
        await town.find("ada")
    await town.change("mia", complete=False)
    with pytest.raises(Refused, match="complete your profile"):
        await town.find()
    await town.change("mia", complete=True, left_at=NOW)
    with pytest.raises(Refused, match="not a mentee"):
        await town.find()


async def test_the_score_of_a_pair_is_the_score_of_the_list(town: Town) -> None:
    wanted = await scope(town.database, town.programme_id)
    found = await town.find()
    with town.database.reading() as session:
        for one in found.items:
            pair = (town.people["mia"], one.member.person_id)
            match = match_pair(session, SkillBooks(), wanted, *pair, Basis.GAPS)
            assert (match.score, match.reasons) == (one.hit.score, one.hit.reasons)
        with pytest.raises(LookupError):
            match_pair(session, SkillBooks(), wanted, town.people["mia"], "nobody", Basis.GAPS)


async def test_other_programmes_do_not_mix_in(town: Town) -> None:
    there = await add_programme(town.database, "there")
    await import_lines(town.database, there, HEADER, PEOPLE[1], "zoe@b.de,Zoe,mentor,python:5,,Review,,,,,,,")
    assert await town.names() == ["Ada", "Ben", "Clo"]
    elsewhere = Town(town.database, there, await ids(town.database))
    elsewhere.pools = town.pools
    assert await elsewhere.names() == ["Zoe"]
    assert set(await profiles(town.database, there)) == {"mia", "zoe"}
