"""Whether a mentee may ask a mentor: every rule alone, and which comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.matching.rules import Rule
from models.process.asking import Facts, check, obstacles
from models.process.errors import AlreadyOpen, LimitReached, MenteeFull, MentorFull, NotListed, Refused

FINE = Facts(
    is_self=False,
    forbidden=(),
    mentee_may_ask=True,
    mentor_is_listed=True,
    open_between=False,
    active_between=False,
    asked_lately=0,
    open_requests=4,
    limit=5,
    mentor_places=2,
    mentor_capacity=3,
    mentee_places=0,
    mentee_maximum=1,
)

RULES: list[tuple[dict[str, Any], type[Refused]]] = [
    ({"is_self": True}, NotListed),
    ({"mentee_may_ask": False}, Refused),
    ({"open_between": True}, AlreadyOpen),
    ({"active_between": True}, AlreadyOpen),
    ({"forbidden": (Rule.MANAGER,)}, NotListed),
    ({"mentor_is_listed": False}, NotListed),
    ({"asked_lately": 3}, LimitReached),
    ({"mentee_places": 1}, MenteeFull),
    ({"mentor_places": 3}, MentorFull),
    ({"open_requests": 5}, LimitReached),
]


def test_nothing_stands_against_it() -> None:
    check(FINE)
    check(replace(FINE, limit=0, open_requests=1000))


@pytest.mark.parametrize(("changes", "error"), RULES)
def test_each_rule_alone(changes: dict[str, Any], error: type[Refused]) -> None:
    with pytest.raises(Refused) as caught:
        check(replace(FINE, **changes))
    assert type(caught.value) is error
    assert caught.value.sentence.endswith(".")


@pytest.mark.parametrize("place", range(len(RULES) - 1))
def test_the_first_rule_is_told(place: int) -> None:
    together = RULES[place][0] | RULES[place + 1][0]
    with pytest.raises(Refused) as caught:
        check(replace(FINE, **together))
    assert type(caught.value) is RULES[place][1]


def test_limits_that_were_lowered_later_still_refuse() -> None:
    with pytest.raises(LimitReached):
        check(replace(FINE, open_requests=9, limit=3))
    with pytest.raises(MentorFull):
        check(replace(FINE, mentor_places=3, mentor_capacity=0))


@pytest.mark.parametrize("rule", Rule)
def test_no_refusal_tells_which_rule_it_was(rule: Rule) -> None:
    refusals = []
    for changes in ({"forbidden": (rule,)}, {"mentor_is_listed": False}):
        with pytest.raises(NotListed) as caught:
            check(replace(FINE, **changes))
        refusals.append((caught.value.sentence, caught.value.field))
    assert refusals[0] == refusals[1]


def test_coordinators_read_all_that_stands_against_a_pair() -> None:
    assert obstacles(FINE) == []
    facts = replace(FINE, forbidden=(Rule.DO_NOT_PAIR, Rule.UNIT), open_between=True, mentor_places=3)
    kinds = [kind for kind, _ in obstacles(facts, "They are away.")]
    assert kinds == ["do-not-pair", "same-unit", "open", "away", "full"]
