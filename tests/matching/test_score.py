from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.matching.criteria import Gap, Seeker, weighed
from models.matching.score import is_exact, score
from models.process.match import Basis
from tests.matching.strategies import Mentor, mentors, seekers


def by_the_book(seeker: Seeker, mentor: Mentor) -> int:
    """The formula of docs/matching.md, word by word and in fractions."""
    levels, ticked = mentor
    gaps = seeker.gaps if seeker.basis is Basis.GAPS else ()
    skill = preference = None
    whole_gap = sum(Fraction(gap.weight, 100) * gap.size for gap in gaps)
    if whole_gap:
        covered = [
            Fraction(gap.weight, 100) * gap.size * _coverage(gap, levels.get(gap.skill, 0)) for gap in gaps
        ]
        skill = sum(covered, Fraction(0)) / whole_gap
    if seeker.preferences:
        preference = Fraction(len(seeker.preferences & ticked), len(seeker.preferences))
    if skill is None or preference is None:
        whole = skill if skill is not None else preference if preference is not None else Fraction(0)
    else:
        w = Fraction(seeker.skill_weight, 100)
        whole = w * skill + (1 - w) * preference
    return floor(100 * whole + Fraction(1, 2))


def _coverage(gap: Gap, level: int) -> Fraction:
    share = Fraction(level - gap.current, gap.target - gap.current)
    return min(max(share, Fraction(0)), Fraction(1))


@given(seekers, mentors)
def test_the_score_is_the_documented_formula(seeker: Seeker, mentor: Mentor) -> None:
    assert score(seeker, *mentor) == by_the_book(seeker, mentor)


@given(seekers, mentors)
def test_an_exact_match_covers_every_gap_or_else_shares_every_preference(
    seeker: Seeker, mentor: Mentor
) -> None:
    levels, ticked = mentor
    gaps = [gap for gap in seeker.gaps if gap.weight and seeker.basis is Basis.GAPS]
    if gaps:
        expected = all(levels.get(gap.skill, 0) >= gap.target for gap in gaps)
    else:
        expected = bool(seeker.preferences) and seeker.preferences <= ticked
    assert is_exact(seeker, *mentor) is expected


@given(seekers, mentors)
def test_a_score_is_a_percentage(seeker: Seeker, mentor: Mentor) -> None:
    assert 0 <= score(seeker, *mentor) <= 100


@given(seekers, mentors)
def test_to_cover_one_more_gap_never_lowers_the_score(seeker: Seeker, mentor: Mentor) -> None:
    levels, ticked = mentor
    for gap in seeker.gaps:
        better = levels | {gap.skill: max(gap.target, levels.get(gap.skill, 0))}
        assert score(seeker, better, ticked) >= score(seeker, levels, ticked)


@given(seekers, mentors, st.randoms(use_true_random=False))
def test_the_order_of_what_is_compared_never_matters(seeker: Seeker, mentor: Mentor, random: Random) -> None:
    levels, ticked = mentor
    gaps, other = list(seeker.gaps), list(levels.items())
    random.shuffle(gaps)
    random.shuffle(other)
    assert score(replace(seeker, gaps=tuple(gaps)), dict(other), ticked) == score(seeker, levels, ticked)


@given(seekers, mentors, st.integers(1, 9))
def test_only_the_proportion_of_weights_matters(seeker: Seeker, mentor: Mentor, times: int) -> None:
    gaps = tuple(replace(gap, weight=gap.weight * times) for gap in seeker.gaps)
    assert score(replace(seeker, gaps=gaps), *mentor) == score(seeker, *mentor)


def test_a_skill_that_counts_twice_counts_twice() -> None:
    """2 · 2 of 2 · 2 + 1 levels: 80 %, and 67 % where python counts as usual."""
    heavy = weighed(GAPS, {"python": 2.0})
    assert score(Seeker(gaps=heavy), {"python": 4}, ()) == 80
    assert score(Seeker(gaps=GAPS), {"python": 4}, ()) == 67
    assert score(Seeker(gaps=weighed(GAPS, {"sql": 0})), {"python": 4}, ()) == 100


@given(seekers, mentors, st.data())
def test_a_higher_level_never_lowers_the_score(seeker: Seeker, mentor: Mentor, data: st.DataObject) -> None:
    levels, ticked = mentor
    if levels:
        skill = data.draw(st.sampled_from(sorted(levels)))
        better = levels | {skill: levels[skill] + 1}
        assert score(seeker, better, ticked) >= score(seeker, levels, ticked)


GAPS = (Gap("python", 2, 4), Gap("sql", 0, 1))


@pytest.mark.parametrize(
    ("levels", "ticked", "expected"),
    [
        ({"python": 3, "sql": 4}, {"career"}, 62),  # the worked example of docs/matching.md
        ({"python": 5, "sql": 5}, {"career", "review"}, 100),
        ({"python": 2}, set(), 0),
        ({}, {"career", "review"}, 30),
        ({"python": 4}, set(), 47),  # 0.7 * 2/3 = 46.67
        ({"sql": 1}, {"review"}, 38),  # 0.7 * 1/3 + 0.3 * 1/2 = 38.33
    ],
)
def test_scores_by_hand(levels: dict[str, int], ticked: set[str], expected: int) -> None:
    seeker = Seeker(gaps=GAPS, preferences=frozenset({"career", "review"}))
    assert score(seeker, levels, ticked) == expected


def test_halves_are_rounded_up() -> None:
    seeker = Seeker(gaps=(Gap("a", 0, 1), Gap("b", 0, 1)), preferences=frozenset({"x"}), skill_weight=25)
    assert score(seeker, {"a": 1}, set()) == 13  # 12.5


def test_a_side_that_asks_for_nothing_leaves_its_share_to_the_other() -> None:
    assert score(Seeker(gaps=GAPS), {"python": 5, "sql": 5}, ()) == 100
    assert score(Seeker(preferences=frozenset({"x"})), {}, {"x"}) == 100
    assert score(Seeker(), {"python": 5}, {"x"}) == 0
    assert not is_exact(Seeker(), {"python": 5}, {"x"})


def test_the_basis_preferences_looks_at_preferences_alone() -> None:
    seeker = Seeker(basis=Basis.PREFERENCES, gaps=GAPS, preferences=frozenset({"x", "y"}))
    assert score(seeker, {"python": 5, "sql": 5}, {"x"}) == 50
    assert not is_exact(seeker, {"python": 5, "sql": 5}, {"x"})


@pytest.mark.parametrize(
    ("weight", "gaps"),
    [
        (101, ()),
        (-1, ()),
        (70, (Gap("a", 1, 2), Gap("a", 2, 3))),
        (70, (Gap("a", 2, 2),)),
        (70, (Gap("a", -1, 2),)),
        (70, (Gap("a", 1, 2, -1),)),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(weight: int, gaps: tuple[Gap, ...]) -> None:
    with pytest.raises(ValueError, match=r"\."):
        Seeker(skill_weight=weight, gaps=gaps)
