from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from models.matching.advice import NOBODY, TOGETHER
from models.matching.criteria import Gap, Seeker
from models.matching.directory import Directory, Listing
from models.matching.search import Criteria, Hits, Search, read_cursor
from models.process.errors import Invalid

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)

ADA = Listing(
    id="ada",
    levels={"python": 5, "sql": 2},
    preferences=["career"],
    facets=[("country", "DE"), ("language", "de"), ("language", "en"), ("unit", "Öffentlichkeit")],
    texts=["Ada Ägir", "Works with snakes", "Long\ntext"],
    back_at=LONG_AGO,
)
BEN = Listing(
    id="ben",
    levels={"python": 3},
    facets=[("country", "US"), ("language", "en")],
    back_at=LONG_AGO,
    capacity=1,
)
CLO = Listing(id="clo", levels={"rust": 4}, facets=[("country", "US")], back_at=NOW + timedelta(seconds=1))
DAN = Listing(id="dan", levels={"python": 4}, back_at=None)


def directory() -> Directory:
    return Directory.of([DAN, CLO, BEN, ADA])


def ids(mask: Any) -> list[str]:
    return [who for who, listed in zip(("ada", "ben", "clo", "dan"), mask.tolist(), strict=True) if listed]


def run(free: list[bool] | None = None, **criteria: Any) -> Hits:
    seeker = Seeker(gaps=(Gap("python", 2, 4),), preferences=frozenset({"career"}))
    shown = np.array(free or [True] * 4, dtype=np.bool_)
    search = Search(directory(), seeker, shown, np.zeros(4, dtype=np.int64))
    return search.run(Criteria(**criteria))


def listed(hits: Hits) -> list[tuple[str, int]]:
    return [(hit.mentor_id, hit.score) for hit in hits.items]


def test_available_is_who_is_back_by_now() -> None:
    assert ids(directory().available(NOW)) == ["ada", "ben"]
    assert ids(directory().available(NOW + timedelta(seconds=1))) == ["ada", "ben", "clo"]


def test_room_is_the_own_capacity_within_the_maximum_of_the_programme() -> None:
    load = np.array([2, 1, 0, 3], dtype=np.int64)
    assert ids(directory().with_room(load, 3)) == ["ada", "clo"]
    assert ids(directory().with_room(load, 4)) == ["ada", "clo", "dan"]
    assert ids(directory().with_room(np.zeros(4, dtype=np.int64), 0)) == []


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("country", ["us"], ["ben", "clo"]),
        ("country", ["DE", "US"], ["ada", "ben", "clo"]),
        ("language", ["de"], ["ada"]),
        ("unit", ["öffentlichkeit"], ["ada"]),
        ("unit", ["OFFENTLICHKEIT"], ["ada"]),
        ("no such filter", ["x"], []),
        ("country", [], []),
    ],
)
def test_a_filter_takes_any_of_its_values_in_any_case(
    name: str, values: list[str], expected: list[str]
) -> None:
    assert ids(directory().having(name, values)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SNAKE", ["ada"]),
        ("äGIR works", ["ada"]),
        ("long text", ["ada"]),
        ("python", ["ada", "ben", "dan"]),
        ("python snakes rust", []),
        ("  ", ["ada", "ben", "clo", "dan"]),
    ],
)
def test_words_are_found_anywhere_in_any_case(text: str, expected: list[str]) -> None:
    assert ids(directory().containing(text)) == expected


def test_the_closest_come_first_with_their_reasons() -> None:
    hits = run()
    assert listed(hits) == [("ada", 100), ("dan", 70), ("ben", 35), ("clo", 0)]
    assert [reason.kind for reason in hits.items[0].reasons] == ["gap-covered", "preference-shared"]
    assert [hit.exact for hit in hits.items] == [True, True, False, False]
    assert (hits.total, hits.next, hits.advice, hits.without) == (4, None, None, {})


def test_restrictions_hold_together() -> None:
    assert listed(run(exact=True)) == [("ada", 100), ("dan", 70)]
    assert listed(run(exact=True, text="snakes")) == [("ada", 100)]
    assert listed(run(filters={"country": ("us",), "language": ("en",)})) == [("ben", 35)]
    assert listed(run(skills=("rust", "sql"))) == [("ada", 100), ("clo", 0)]
    assert listed(run(free=[False, True, True, False])) == [("ben", 35), ("clo", 0)]


def test_pages_follow_each_other() -> None:
    first = run(limit=3)
    assert first.next is not None
    assert listed(run(limit=3, cursor=first.next)) == [("clo", 0)]


def test_an_empty_list_says_which_wish_to_give_up() -> None:
    hits = run(exact=True, filters={"country": ("US",)})
    assert hits.advice == (
        "Nobody fits all of this: without “exact matches only” there are 2; "
        "without the filter country there are 2."
    )
    assert hits.without == {"exact": 2, "country": 2}
    assert run(text="zebra").advice == "Nobody fits all of this: without the words searched for there are 4."
    assert run(exact=True, text="rust").advice is not None


def test_an_empty_list_with_two_hopeless_wishes_says_so() -> None:
    assert run(text="zebra", filters={"country": ("XX",)}).advice == TOGETHER


def test_a_programme_without_free_mentors_says_so() -> None:
    assert run(free=[False] * 4, exact=True).advice == NOBODY


@pytest.mark.parametrize("cursor", ["x", "1.2", "a.0.m", "1.b.m", "-1.0.m", "1.²3.m", ".."])
def test_a_cursor_of_somewhere_else_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        run(cursor=cursor)
    assert refused.value.field == "cursor"


def test_a_cursor_with_huge_numbers_does_no_harm() -> None:
    assert read_cursor("9" * 400 + "." + "9" * 400 + ".m").score == 100
    assert run(cursor="999.99999999999999999999.m").total == 4
