"""Skills are created, renamed, merged, grouped and deleted, and nobody loses anything by it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.matching.search import Criteria
from models.process.errors import Invalid, Refused
from models.store import skill_changes
from models.store.database import Database
from models.store.finding import find_mentors
from models.store.pool import MentorPools
from models.store.programmes import change_settings, shown_settings
from models.store.skill_changes import SkillChange
from models.store.skills import load_book
from tests.store.programme import NOW, add_programme, ids, import_lines, profiles, scope

HEADER = "email,name,roles,skills,targets,country"


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url)
    yield made
    await made.close()


@pytest.fixture
async def here(database: Database) -> str:
    made = await add_programme(database)
    lines = (
        "mia@example.org,Mia,mentee,,reactjs:3,DE",
        "ada@example.org,Ada,mentor,reactjs:2|React JS Library:4,,DE",
        "ben@example.org,Ben,mentor,React JS Library:3,React JS Library:5,DE",
        "eve@example.org,Eve,mentor,business_skills:4,,DE",
    )
    assert (await import_lines(database, made, HEADER, *lines)).written
    return made


async def by_name(database: Database, programme_id: str) -> dict[str, str]:
    with database.reading() as session:
        book = load_book(session, programme_id)
    return {skill.name: skill.id for skill in book.skills.values()}


async def test_a_slug_is_shown_in_words(database: Database, here: str) -> None:
    assert set(await by_name(database, here)) == {"reactjs", "React JS Library", "Business skills"}


async def test_a_renamed_skill_is_found_by_both_names_and_kept_by_everybody(
    database: Database, here: str
) -> None:
    skill_id = (await by_name(database, here))["reactjs"]
    with database.writing() as session:
        changed = skill_changes.alter(session, here, skill_id, SkillChange("React", skillset="Web"))
    assert (changed.id, changed.name, changed.aliases, changed.skillset) == (
        skill_id,
        "React",
        ("reactjs",),
        "Web",
    )
    # The file with the former name, and one with the new one, change nothing.
    for name in ("reactjs", "REACT"):
        line = f"mia@example.org,Mia,mentee,,{name}:3,DE"
        report = await import_lines(database, here, HEADER, line)
        assert (report.unchanged, report.new_skills) == (1, [])


async def test_merging_moves_levels_and_targets_and_the_higher_wins(database: Database, here: str) -> None:
    names = await by_name(database, here)
    pools = MentorPools()
    people = await ids(database)

    async def found(criteria: Criteria) -> list[str]:
        listed = await find_mentors(
            database,
            pools,
            await scope(database, here),
            people["mia"],
            criteria,
            NOW,
        )
        return sorted(one.member.name for one in listed.items)

    assert await found(Criteria(skills=("reactjs",))) == ["Ada"]
    with database.writing() as session:
        change_settings(session, here, {"eligibility": "React JS Library>=3"}, NOW)
        merged = skill_changes.merge(session, here, names["React JS Library"], names["reactjs"])
    assert (merged.name, merged.aliases) == ("reactjs", ("React JS Library",))
    after = await profiles(database, here)
    assert after["ada"].skills == {"reactjs": 4}
    assert (after["ben"].skills, after["ben"].targets) == ({"reactjs": 3}, {"reactjs": 5})
    assert after["mia"].targets == {"reactjs": 3}
    assert await found(Criteria(skills=("react js library",))) == ["Ada", "Ben"]
    assert await found(Criteria(text="library")) == ["Ada", "Ben"]
    with database.reading() as session:
        book = load_book(session, here)
        settings = (await scope(database, here)).settings
        assert shown_settings(session, here, settings).eligibility == "reactjs>=3"
        assert "React JS Library" not in book.names.values()
    with pytest.raises(LookupError), database.writing() as session:
        skill_changes.merge(session, here, names["React JS Library"], names["reactjs"])


async def test_a_skill_in_use_is_not_deleted_and_says_by_whom_it_is_used(
    database: Database, here: str
) -> None:
    names = await by_name(database, here)
    in_a_profile = "“Business skills” is in the profile of Eve: merge it"
    with pytest.raises(Refused, match=in_a_profile), database.writing() as session:
        skill_changes.remove(session, here, names["Business skills"])
    with database.writing() as session:
        made = skill_changes.create(session, here, SkillChange("Cooking", ("Cuisine",)))
        change_settings(session, here, {"eligibility": "cuisine>=1"}, NOW)
    asked_for = "rule of who may be a mentor asks for “Cooking”"
    with pytest.raises(Refused, match=asked_for), database.writing() as session:
        skill_changes.remove(session, here, made.id)
    with database.writing() as session:
        change_settings(session, here, {"eligibility": ""}, NOW)
        skill_changes.remove(session, here, made.id)
    assert "Cooking" not in await by_name(database, here)


async def test_weights_follow_the_skills_that_they_are_about(database: Database, here: str) -> None:
    names = await by_name(database, here)

    async def weights() -> tuple[dict[str, float], dict[str, float]]:
        """As they are kept, and as they are shown."""
        kept = (await scope(database, here)).settings
        with database.reading() as session:
            return kept.skill_weights, shown_settings(session, here, kept).skill_weights

    with database.writing() as session:
        skill_changes.create(session, here, SkillChange("Cooking", ("Cuisine",)))
        changed = {"CUISINE": 3, "react js library": 2, "reactjs": 0.5}
        change_settings(session, here, {"skill_weights": changed}, NOW)
    kept, shown = await weights()
    assert shown == {"Cooking": 3, "React JS Library": 2, "reactjs": 0.5}
    with database.writing() as session:
        change_settings(session, here, {"skill_weights": shown}, NOW)
    assert (await weights())[0] == kept

    with database.writing() as session:
        skill_changes.alter(session, here, names["reactjs"], SkillChange("React"))
        skill_changes.merge(session, here, names["React JS Library"], names["reactjs"])
    assert await weights() == ({"cooking": 3, "reactjs": 0.5}, {"Cooking": 3, "React": 0.5})
    cooking = (await by_name(database, here))["Cooking"]
    with database.writing() as session:
        skill_changes.merge(session, here, cooking, names["Business skills"])
    assert (await weights())[1] == {"Business skills": 3, "React": 0.5}


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"Buisness skills": 2}, "no skill “Buisness skills”. Did you mean “Business skills”"),
        ({"reactjs": 2, "ReactJS ": 3}, "different names"),
        ({"Business skills": 2, "Business-skills": 3}, "name one skill twice"),
    ],
)
async def test_weights_name_skills_that_there_are(
    database: Database, here: str, weights: dict[str, float], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence) as refused, database.writing() as session:
        change_settings(session, here, {"skill_weights": weights}, NOW)
    assert refused.value.field == "skill_weights"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (SkillChange("REACTJS"), "There is a skill “REACTJS” already"),
        (SkillChange("React-JS"), "There is “reactjs” already, which is much like it"),
        (SkillChange(" - "), "A name is one line"),
        (SkillChange("a|b"), "A name is one line"),
        (SkillChange("x" * 121), "A name is one line"),
        (SkillChange("Web", ("business skills",)), "There is a skill “business skills” already"),
    ],
)
async def test_a_name_that_is_taken_or_none_is_refused(
    database: Database, here: str, change: SkillChange, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence), database.writing() as session:
        skill_changes.create(session, here, change)


async def test_much_alike_can_be_wanted_and_a_former_name_be_given_anew(
    database: Database, here: str
) -> None:
    skill_id = (await by_name(database, here))["reactjs"]
    with database.writing() as session:
        skill_changes.create(session, here, SkillChange("React JS"), anyway=True)
        skill_changes.alter(session, here, skill_id, SkillChange("Preact", aliases=()))
        again = skill_changes.create(session, here, SkillChange("reactjs"), anyway=True)
    assert again.key == "reactjs-2"
    with database.reading() as session:
        book = load_book(session, here)
    assert [book.find(name).id for name in ("preact", "reactjs")] == [skill_id, again.id]  # type: ignore[union-attr]


async def test_skillsets_are_renamed_and_removed_and_their_skills_stay(database: Database, here: str) -> None:
    names = await by_name(database, here)
    with database.writing() as session:
        for name in ("reactjs", "React JS Library"):
            skill_changes.alter(session, here, names[name], SkillChange(skillset="Web"))
        (web,) = skill_changes.skillsets(session, here)
        skill_changes.ensure_skillset(session, here, "Work")
        with pytest.raises(Invalid, match="There is a skillset “Work” already"):
            skill_changes.rename_skillset(session, here, web.id, "work")
        skill_changes.rename_skillset(session, here, web.id, "Front end")
    with database.reading() as session:
        assert load_book(session, here).skills["reactjs"].skillset == "Front end"
    with database.writing() as session:
        skill_changes.remove_skillset(session, here, web.id)
    with database.reading() as session:
        assert load_book(session, here).skills["reactjs"].skillset == ""
