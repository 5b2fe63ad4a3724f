from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store.database import Database
from models.store.importing import import_people
from models.store.profiles import load_profiles, save_profiles, touch_people
from models.store.tables import (
    MemberPreferenceRow,
    MemberRow,
    MemberSkillRow,
    PersonRow,
    ProgrammeRow,
    SkillRow,
)
from tests.store.programme import NOW, add_programme, ids, import_lines, profiles, scope

HEADER = "email,name,roles,time_zone,about,skills,targets,preferences,capacity,available,cohort"
ADA = "ada@b.de,Ada,mentor,Europe/Oslo,About,Python:5|sql:3,,Careers|Review,2,yes,2027"
BEN = "ben@b.de,Ben,mentee,,,python:1,python:3|go:2,Careers,,,"


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url)
    yield made
    await made.close()


async def counts(database: Database) -> dict[str, int]:
    tables = (PersonRow, MemberRow, SkillRow, MemberSkillRow, MemberPreferenceRow)
    with database.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


async def test_people_their_skills_and_preferences_are_written(database: Database) -> None:
    here = await add_programme(database, time_zone="Europe/Paris")
    report = await import_lines(database, here, HEADER, ADA, BEN)
    assert (report.problems, report.created, report.updated, report.written) == ([], 2, 0, True)
    found = await profiles(database, here)
    assert found["ada"] == MemberProfile(
        person_id=found["ada"].person_id,
        name="Ada",
        time_zone="Europe/Oslo",
        joined_at=NOW,
        is_mentor=True,
        about="About",
        skills={"python": 5, "sql": 3},
        preferences=frozenset({"Careers", "Review"}),
        capacity=2,
        attributes={"cohort": "2027"},
        complete=True,
    )
    assert found["ben"].time_zone == "Europe/Paris"
    assert (found["ben"].skills, found["ben"].targets) == ({"python": 1}, {"python": 3, "go": 2})
    after = await scope(database, here)
    assert after.people_version == 1
    assert after.settings.preferences == ("Careers", "Review")


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    here = await add_programme(database)
    await import_lines(database, here, HEADER, ADA, BEN)
    before = await counts(database)
    report = await import_lines(database, here, HEADER, ADA, BEN, now=NOW + timedelta(days=1))
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert await counts(database) == before
    assert (await scope(database, here)).people_version == 1


async def test_a_file_with_a_bad_line_writes_nothing_at_all(database: Database) -> None:
    here = await add_programme(database)
    many = [f"p{place}@b.de,P,mentee,,,go:1,,,,," for place in range(600)]
    report = await import_lines(database, here, HEADER, *many, ADA.replace(":5", ":6"), BEN)
    assert [(problem.line, problem.column) for problem in report.problems] == [(602, "skills")]
    assert not report.written
    assert set((await counts(database)).values()) == {0}


async def test_a_dry_run_counts_and_writes_nothing(database: Database) -> None:
    here = await add_programme(database)
    report = await import_lines(database, here, HEADER, ADA, BEN, dry_run=True)
    assert (report.created, report.written, report.new_skills) == (2, False, ["Python", "sql", "go"])
    assert set((await counts(database)).values()) == {0}
    await import_lines(database, here, HEADER, ADA, BEN)
    changed = ADA.replace("About", "Else")
    report = await import_lines(database, here, HEADER, changed, BEN, dry_run=True)
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    assert (await profiles(database, here))["ada"].about == "About"


async def test_only_the_columns_of_the_file_are_changed(database: Database) -> None:
    here = await add_programme(database)
    await import_lines(database, here, HEADER, ADA, BEN)
    before = await profiles(database, here)
    report = await import_lines(
        database, here, "email,name,roles,skills,unit", "ada@b.de,Ada L,mentor|mentee,go:2|sql:3,Sales"
    )
    assert (report.updated, report.unchanged) == (1, 0)
    after = await profiles(database, here)
    assert after == before | {
        "ada": replace(before["ada"], name="Ada L", is_mentee=True, skills={"go": 2, "sql": 3}, unit="Sales")
    }


async def test_a_person_of_another_programme_keeps_everything_there(database: Database) -> None:
    here, there = await add_programme(database), await add_programme(database, "there")
    await import_lines(database, here, HEADER, ADA)
    before = await profiles(database, here)
    await import_lines(database, there, HEADER, ADA.replace("Ada", "Somebody").replace("Python:5", "php:1"))
    assert await profiles(database, here) == before
    assert (await profiles(database, there))["ada"].name == "Somebody"
    assert (await counts(database))["people"] == 1
    with database.reading() as session:
        assert session.scalar(select(PersonRow.name)) == "Ada"
    assert (await scope(database, here)).people_version == 1


async def test_a_mentor_who_lacks_something_is_kept_incomplete(database: Database) -> None:
    here = await add_programme(database, preferences=("Careers",), eligibility="python>=4")
    lines = (
        "email,name,roles,skills,preferences",
        "low@b.de,L,mentor,python:3,careers",
        "none@b.de,N,mentor,python:4,",
        "good@b.de,G,mentor,python:4,careers",
    )
    await import_lines(database, here, *lines)
    found = await profiles(database, here)
    assert {name: profile.complete for name, profile in found.items()} == {
        "low": False,
        "none": False,
        "good": True,
    }


async def test_options_that_a_file_brings_count_for_those_who_were_there_before(database: Database) -> None:
    here = await add_programme(database)
    await import_lines(database, here, "email,name,roles,skills", "old@b.de,O,mentor,python:3")
    assert (await profiles(database, here))["old"].complete
    await import_lines(
        database, here, "email,name,roles,skills,preferences", "new@b.de,N,mentor,python:3,Careers"
    )
    found = await profiles(database, here)
    assert (found["old"].complete, found["new"].complete) == (False, True)


async def test_an_unknown_programme_is_said_to_be_unknown(database: Database) -> None:
    with pytest.raises(LookupError, match="no such programme"):
        await import_lines(database, "nowhere", HEADER, ADA)


async def test_progress_is_told_by_stage(database: Database) -> None:
    here = await add_programme(database)
    told: list[tuple[str, int, int | None]] = []
    lines = ["email,name,roles", *(f"p{place}@b.de,P,mentee" for place in range(1100))]
    await import_people(
        database,
        here,
        io.BytesIO("\n".join(lines).encode()),
        NOW,
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )
    assert [entry for entry in told if entry[0] == "checking"] == [
        ("checking", 500, None),
        ("checking", 1000, None),
        ("checking", 1100, None),
    ]
    assert [entry for entry in told if entry[0] == "writing"] == [
        ("writing", 500, 1100),
        ("writing", 1000, 1100),
        ("writing", 1100, 1100),
    ]


async def test_two_imports_at_once_leave_everybody_once(database: Database) -> None:
    here, there = await add_programme(database), await add_programme(database, "there")
    lines = [f"p{place}@b.de,P{place},mentor,,,go:1|php:{1 + place % 5},,,,," for place in range(700)]
    reports = await asyncio.gather(
        import_lines(database, here, HEADER, *lines),
        import_lines(database, here, HEADER, *reversed(lines)),
        import_lines(database, there, HEADER, *lines),
    )
    assert [report.problems for report in reports] == [[], [], []]
    assert sorted(report.created for report in reports) == [0, 700, 700]
    found = await counts(database)
    assert (found["people"], found["members"], found["skills"]) == (700, 1400, 4)


class Meddled(io.BytesIO):
    """A file at whose end somebody does something; it is read in a thread, while the event loop is free."""

    def __init__(self, content: str, meddle: Callable[[], Coroutine[Any, Any, None]]) -> None:
        super().__init__(content.encode())
        self._loop = asyncio.get_running_loop()
        self._meddle = meddle

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        if not chunk:
            asyncio.run_coroutine_threadsafe(self._meddle(), self._loop).result(30)
        return chunk


async def test_settings_that_change_between_checking_and_writing_stop_the_import(database: Database) -> None:
    here = await add_programme(database)

    async def narrow_the_scale() -> None:
        with database.writing() as session:
            row = session.get_one(ProgrammeRow, here)
            row.settings = ProgrammeSettings(levels=3).stored()

    source = Meddled(f"{HEADER}\n{ADA}\n{BEN}\n", narrow_the_scale)
    report = await import_people(database, here, source, NOW)
    assert [problem.line for problem in report.problems] == [0]
    assert "Run it again." in report.problems[0].sentence
    assert not report.written
    assert set((await counts(database)).values()) == {0}


async def test_a_profile_is_saved_and_read_as_it_is(database: Database) -> None:
    here = await add_programme(database)
    await import_lines(database, here, HEADER, ADA)
    person = (await ids(database))["ada"]
    with database.writing() as session:
        before = load_profiles(session, here, [person], for_update=True)
        after = replace(
            before[person],
            skills={"rust": 1},
            targets={"rust": 4, "go": 2},
            preferences=frozenset({"Review"}),
            languages=["de", "en"],
            available=False,
            available_from=date(2027, 5, 1),
            commitment_at=NOW,
            contact="Room 7",
        )
        save_profiles(session, here, before, [after])
        touch_people(session, here)
    with database.reading() as session:
        assert load_profiles(session, here, [person, "nobody"]) == {person: after}
    assert (await scope(database, here)).people_version == 2
