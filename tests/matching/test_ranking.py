from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.matching.criteria import Gap, Seeker
from models.matching.pool import MentorPool
from models.matching.ranking import Place, Ranked, rank, score_all
from models.matching.score import is_exact, score
from tests.matching.strategies import Mentor, mentors, name_of, pool_of, seekers

crowds = st.lists(mentors, max_size=12)


@given(seekers, crowds)
def test_scoring_all_at_once_equals_scoring_one_by_one(seeker: Seeker, people: list[Mentor]) -> None:
    scores = score_all(pool_of(people), seeker)
    assert scores.score.tolist() == [score(seeker, *one) for one in people]
    assert scores.exact.tolist() == [is_exact(seeker, *one) for one in people]


@given(seekers, crowds, st.data())
def test_the_order_is_score_then_load_then_id(
    seeker: Seeker, people: list[Mentor], data: st.DataObject
) -> None:
    pool = pool_of(people)
    load = data.draw(st.lists(st.integers(0, 3), min_size=len(people), max_size=len(people)))
    shown = data.draw(st.lists(st.booleans(), min_size=len(people), max_size=len(people)))
    expected = sorted(
        (-score(seeker, *one), load[place], name_of(place))
        for place, one in enumerate(people)
        if shown[place]
    )
    ranking = rank(
        pool,
        score_all(pool, seeker),
        listed=np.array(shown, dtype=np.bool_),
        load=np.array(load, dtype=np.int64),
        limit=100,
    )
    assert [(-row.place.score, row.place.load, row.place.mentor_id) for row in ranking.rows] == expected
    assert ranking.total == len(expected)
    assert not ranking.more


@given(seekers, crowds, st.integers(1, 5))
def test_pages_put_together_are_the_whole_list(seeker: Seeker, people: list[Mentor], limit: int) -> None:
    pool = pool_of(people)
    scores = score_all(pool, seeker)
    whole = rank(pool, scores, limit=100)
    paged: list[Ranked] = []
    page = rank(pool, scores, limit=limit)
    while page.rows:
        paged.extend(page.rows)
        assert page.more == (len(paged) < len(people))
        page = rank(pool, scores, limit=limit, after=page.rows[-1].place)
    assert tuple(paged) == whole.rows


def test_the_next_page_goes_on_where_somebody_has_left() -> None:
    seeker = Seeker(gaps=(Gap("a", 0, 1),))
    everybody = MentorPool.of(["m1", "m2", "m3"], [(who, "a", 1) for who in ("m1", "m2", "m3")])
    first = rank(everybody, score_all(everybody, seeker), limit=2)
    assert [row.place.mentor_id for row in first.rows] == ["m1", "m2"]
    left = MentorPool.of(["m1", "m3"], [(who, "a", 1) for who in ("m1", "m3")])
    second = rank(left, score_all(left, seeker), limit=2, after=first.rows[-1].place)
    assert [row.place.mentor_id for row in second.rows] == ["m3"]


def test_a_place_before_everybody_shows_everybody() -> None:
    pool = MentorPool.of(["m1"], [("m1", "a", 1)])
    scores = score_all(pool, Seeker(gaps=(Gap("a", 0, 1),)))
    assert rank(pool, scores, after=Place(100, 0, "a")).total == 1
    assert [row.place.mentor_id for row in rank(pool, scores, after=Place(100, 0, "a")).rows] == ["m1"]


def test_an_empty_programme_has_an_empty_list() -> None:
    pool = MentorPool.of([])
    ranking = rank(pool, score_all(pool, Seeker(gaps=(Gap("a", 0, 1),))), after=Place(50, 0, "x"))
    assert (ranking.rows, ranking.total, ranking.more) == ((), 0, False)


def test_a_page_of_nothing_is_refused() -> None:
    pool = MentorPool.of(["m1"])
    with pytest.raises(ValueError, match="at least one"):
        rank(pool, score_all(pool, Seeker()), limit=0)


def test_a_large_programme_is_ordered_like_a_small_one() -> None:
    # More than the page, so that the partial sort is used.
    count = 5000
    people: list[Mentor] = [({"skill a": 1 + place % 5}, frozenset()) for place in range(count)]
    pool = MentorPool.of(
        [f"{place:05}" for place in range(count)],
        [(f"{place:05}", "skill a", one[0]["skill a"]) for place, one in enumerate(people)],
    )
    load = np.arange(count, dtype=np.int64)[::-1].copy() % 7
    seeker = Seeker(gaps=(Gap("skill a", 0, 5),))
    rows = rank(pool, score_all(pool, seeker), load=load, limit=300).rows
    places = [(-row.place.score, row.place.load, row.place.mentor_id) for row in rows]
    everybody = sorted(
        (-score(seeker, *one), int(load[place]), f"{place:05}") for place, one in enumerate(people)
    )
    assert places == everybody[:300]
    assert all(one < other for one, other in pairwise(places))
