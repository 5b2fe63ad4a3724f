"""The best mentors of many mentees in one go, against the list of each one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.matching.bulk import STEP, Sought, Wanted, best_for_all, for_pairing
from models.matching.candidates import Candidates, Options, Places
from models.matching.criteria import Gap, Seeker
from models.matching.pairing import Pair, pair
from models.matching.pool import MentorPool
from models.matching.ranking import rank, score_all
from tests.matching.strategies import Mentor, mentors, pool_of, seekers

programmes = st.lists(mentors, min_size=1, max_size=12)


@settings(deadline=None)
@given(programmes, st.lists(seekers, max_size=5), st.integers(1, 5), st.integers(0, 60), st.data())
def test_everybody_gets_the_best_of_their_list(
    people: list[Mentor], asking: list[Seeker], best: int, floor: int, data: st.DataObject
) -> None:
    pool = pool_of(people)
    masks = [
        np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
        for n in [len(pool)] * len(asking)
    ]
    load = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(pool), max_size=len(pool))))
    sought = [Sought(f"s{at}", one, mask) for at, (one, mask) in enumerate(zip(asking, masks, strict=True))]

    found = best_for_all(pool, sought, Wanted(best, floor), load).by_mentee()

    for one in sought:
        scores = score_all(pool, one.seeker)
        listed = one.allowed & (scores.score >= floor)
        page = rank(pool, scores, listed=listed, load=load, limit=best)
        expected = [(row.place.score, row.place.load) for row in page.rows]
        mine = found[one.id]
        assert [(score, load[pool.positions[mentor]]) for mentor, score in mine] == expected
        assert len({mentor for mentor, _ in mine}) == len(mine)
        assert all(listed[pool.positions[mentor]] for mentor, _ in mine)


@given(programmes, st.lists(seekers, max_size=5))
def test_the_order_of_mentees_never_matters(people: list[Mentor], asking: list[Seeker]) -> None:
    pool = pool_of(people)
    sought = [Sought(f"s{at}", one, np.ones(len(pool), np.bool_)) for at, one in enumerate(asking)]
    forward, backward = (best_for_all(pool, some, Wanted(2)).by_mentee() for some in (sought, sought[::-1]))
    assert forward == backward


def test_those_who_seek_the_same_are_not_all_sent_to_the_same_mentor() -> None:
    pool = MentorPool.of([f"m{at:03}" for at in range(60)], [(f"m{at:03}", "sql", 3) for at in range(60)])
    found = best_for_all(pool, _alike(pool, 120), Wanted(1))
    assert np.bincount(found.mentor, minlength=60).max() < 12


def test_a_pairing_of_many_who_seek_the_same_pairs_them_all() -> None:
    """The closest forty are the same for everybody, and have places for forty of two hundred."""
    ids = [f"m{at:03}" for at in range(200)]
    pool = MentorPool.of(ids, [(one, "sql", 5 if at < 40 else 3) for at, one in enumerate(ids)])
    wanted = replace(for_pairing(200, 200, 1), best=20)

    closest = best_for_all(pool, _alike(pool, 200), wanted)
    spread = best_for_all(pool, _alike(pool, 200), replace(wanted, others=20))

    assert len(_pairs(closest)) == 40
    assert len(_pairs(spread)) == 200


def test_of_a_usual_programme_every_possible_pair_is_a_candidate() -> None:
    assert for_pairing(2_000, 1_000, 20) == Wanted(1_000, 20)
    assert for_pairing(10_000, 10_000, 20) == Wanted(100, 20, 100)
    assert for_pairing(0, 0, 20).others == 0


def test_progress_is_reported_and_can_give_up() -> None:
    pool = pool_of([({}, frozenset())])
    heard: list[int] = []
    best_for_all(pool, _alike(pool, 2 * STEP + 1), Wanted(1), done=heard.append)
    assert heard == [STEP, 2 * STEP, 2 * STEP + 1]

    def give_up(count: int) -> None:
        raise TimeoutError(count)

    with pytest.raises(TimeoutError):
        best_for_all(pool, _alike(pool, STEP), Wanted(1), done=give_up)


def _alike(pool: MentorPool, count: int) -> list[Sought]:
    seeker = Seeker(gaps=(Gap("sql", 1, 5),))
    return [Sought(f"s{at:03}", seeker, np.ones(len(pool), np.bool_)) for at in range(count)]


def _pairs(candidates: Candidates) -> tuple[Pair, ...]:
    return pair(candidates, Places(np.ones(len(candidates.mentors), dtype=np.int64)), Options(floor=1)).pairs
