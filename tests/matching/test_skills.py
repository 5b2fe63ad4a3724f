from __future__ import annotations

import pytest

from models.matching.skills import Skill, SkillBook
from models.process.actors import Role
from models.process.match import MatchReason
from models.process.profile import unmet

BOOK = SkillBook.of(
    [
        Skill("1", "reactjs", "React", ("react.js", "ReactJS")),
        Skill("2", "business_skills", "Business skills"),
        Skill("3", "c", "C"),
        Skill("4", "c++", "C++"),
        Skill("5", "python", "Python 3"),
        Skill("6", "python-2", "Python"),
    ]
)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("react", "reactjs"),
        ("React.JS", "reactjs"),
        ("reactjs", "reactjs"),
        ("business_skills", "business_skills"),
        ("Business-Skills", "business_skills"),
        ("BÚSINESS  skills", "business_skills"),
        ("c", "c"),
        ("C++", "c++"),
        ("python", "python-2"),
        ("Python 3", "python"),
    ],
)
def test_a_skill_is_found_by_name_alias_and_key(written: str, key: str) -> None:
    found = BOOK.find(written)
    assert found is not None
    assert found.key == key


def test_what_is_no_skill_is_not_found() -> None:
    assert BOOK.find("cooking") is BOOK.find("") is None
    assert BOOK.did_you_mean("Reakt") == " Did you mean “React”?"


def test_of_two_skills_that_differ_by_an_accent_each_is_found_by_itself() -> None:
    book = SkillBook.of_names(["Resume", "Résumé"])
    assert [book.find(one).name for one in ("resume", "résumé")] == ["Resume", "Résumé"]  # type: ignore[union-attr]


def test_a_rule_is_kept_by_keys_and_shown_by_names() -> None:
    kept = BOOK.rule_with_keys("Business skills >= 4, react.js>=2, cooking>=1")
    assert kept == "business_skills>=4, reactjs>=2, cooking>=1"
    assert BOOK.shown_rule(kept) == "Business skills>=4, React>=2, cooking>=1"
    short = unmet({"business_skills": 4}, BOOK.needed(kept))
    assert [one.words for one in short] == ["React at level 2 or above", "cooking at level 1 or above"]


def test_a_reason_that_was_kept_with_a_slug_is_read_in_words() -> None:
    reason = MatchReason.model_validate(
        {"kind": "gap-covered", "text": "", "skill": "business_skills", "current": 0, "target": 2, "level": 4}
    )
    assert reason.told(Role.MENTEE).startswith("Business skills: you want to get to level 2")
