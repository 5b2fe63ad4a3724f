from __future__ import annotations

import pytest
from hypothesis import given

from models.matching.criteria import Gap, Seeker
from models.matching.reasons import explain
from models.matching.score import score
from models.process.actors import Role
from models.process.match import Basis, Match
from tests.matching.strategies import Mentor, mentors, seekers

PYTHON = Gap("python", 2, 4)


@pytest.mark.parametrize(
    ("level", "kind", "text"),
    [
        (5, "gap-covered", "python: wanted from level 2 to 4; the mentor is at 5."),
        (4, "gap-covered", "python: wanted from level 2 to 4; the mentor is at 4."),
        (
            3,
            "gap-partly-covered",
            "python: wanted from level 2 to 4; the mentor is at 3, which covers a part of the way.",
        ),
        (2, "gap-not-covered", "python: wanted from level 2 to 4; the mentor is at 2, which is not above."),
        (0, "gap-not-covered", "python: wanted from level 2 to 4; the mentor has not named this skill."),
    ],
)
def test_a_gap_says_what_is_wanted_and_where_the_mentor_stands(level: int, kind: str, text: str) -> None:
    (reason,) = explain(Seeker(gaps=(PYTHON,)), {"python": level}, ())
    assert reason.model_dump() == {
        "kind": kind,
        "text": text,
        "skill": "python",
        "current": 2,
        "target": 4,
        "level": level,
    }


def test_a_skill_without_a_level_says_only_where_it_leads() -> None:
    (reason,) = explain(Seeker(gaps=(Gap("go", 0, 2),)), {"go": 3}, ())
    assert reason.text == "go: wanted to level 2; the mentor is at 3."


def test_names_and_the_word_for_a_mentor_are_those_of_the_programme() -> None:
    seeker = Seeker(gaps=(PYTHON,), preferences=frozenset({"o1"}))
    gap, option = explain(
        seeker, {"python": 4}, {"o1"}, {"python": "Python", "o1": "Careers"}, mentor="guide"
    )
    assert gap.text == "Python: wanted from level 2 to 4; the guide is at 4."
    assert option.model_dump() == {
        "kind": "preference-shared",
        "text": "Both chose “Careers”.",
        "option": "Careers",
    }


def test_covered_gaps_come_first_and_large_ones_before_small() -> None:
    gaps = (Gap("a", 3, 4), Gap("b", 0, 4), Gap("c", 1, 4), Gap("d", 0, 5), Gap("e", 3, 4))
    found = explain(Seeker(gaps=gaps), {"e": 5, "b": 4, "c": 2, "a": 4}, ())
    assert [reason.model_dump()["skill"] for reason in found] == ["b", "a", "e", "c", "d"]


def test_with_nothing_to_compare_it_says_so() -> None:
    (reason,) = explain(Seeker(), {"python": 5}, {"x"})
    assert reason.kind == "nothing-to-compare"
    (reason,) = explain(Seeker(basis=Basis.PREFERENCES, gaps=(PYTHON,)), {"python": 5}, ())
    assert reason.kind == "nothing-to-compare"


@given(seekers, mentors)
def test_the_reasons_add_up_to_the_score_and_survive_their_journey(seeker: Seeker, mentor: Mentor) -> None:
    levels, ticked = mentor
    found = explain(seeker, levels, ticked)
    match = Match(score=score(seeker, levels, ticked), reasons=found)
    assert Match.model_validate_json(match.model_dump_json()) == match
    kinds = {reason.kind for reason in found}
    helpful = {"gap-covered", "gap-partly-covered", "preference-shared"}
    if not kinds & helpful:
        assert match.score == 0
    if kinds <= {"gap-covered"} and not seeker.preferences:
        assert match.score == 100


@pytest.mark.parametrize(
    ("level", "mentee", "mentor"),
    [
        (5, "and they are at 5.", "and you are at 5."),
        (
            3,
            "and they are at 3, which covers part of the way.",
            "and you are at 3, which covers part of the way.",
        ),
        (2, "and they are at 2, which is not above.", "and you are at 2, which is not above."),
        (0, "and they have not named this skill.", "and you have not named this skill."),
    ],
)
def test_each_side_is_told_in_its_own_words(level: int, mentee: str, mentor: str) -> None:
    (reason,) = explain(Seeker(gaps=(PYTHON,)), {"python": level}, ())
    assert reason.told(Role.MENTEE) == f"python: you want to get from level 2 to 4, {mentee}"
    assert reason.told(Role.MENTOR) == f"python: they want to get from level 2 to 4, {mentor}"
    assert reason.told(Role.ADMIN) == reason.text


def test_what_is_shared_is_told_to_both_alike() -> None:
    seeker = Seeker(basis=Basis.PREFERENCES, preferences=frozenset({"x"}))
    (reason,) = explain(seeker, {}, {"x"}, {"x": "Careers"})
    assert reason.told(Role.MENTEE) == reason.told(Role.MENTOR) == "You both chose “Careers”."
    (nothing,) = explain(Seeker(), {}, ())
    assert nothing.told(Role.MENTOR) == nothing.text


def test_a_skill_that_nobody_has_begun_is_told_without_a_level() -> None:
    (reason,) = explain(Seeker(gaps=(Gap("go", 0, 2),)), {"go": 3}, ())
    assert reason.told(Role.MENTEE) == "go: you want to get to level 2, and they are at 3."
