"""Whether a mentee may ask a mentor: each rule, and which of several is told first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.process import opening
from models.process.errors import AlreadyOpen, LimitReached, MenteeFull, MentorFull, NotListed, Refused

FINE = opening.Facts(
    is_self=False,
    is_manager_excluded=False,
    mentee_may_ask=True,
    mentor_is_listed=True,
    open_between=False,
    active_between=False,
    open_requests=4,
    limit=5,
    mentor_places=2,
    mentor_capacity=3,
    mentee_places=0,
    mentee_maximum=1,
)
RULES: list[tuple[dict[str, Any], type[Refused], str]] = [
    ({"is_self": True}, NotListed, "yourself"),
    ({"mentee_may_ask": False}, Refused, "complete your profile"),
    ({"open_between": True}, AlreadyOpen, "is open already"),
    ({"active_between": True}, AlreadyOpen, "work together already"),
    ({"is_manager_excluded": True}, NotListed, "line manager"),
    ({"mentor_is_listed": False}, NotListed, "takes no requests at the moment"),
    ({"mentee_places": 1}, MenteeFull, "as many mentors"),
    ({"mentor_places": 3}, MentorFull, "No place is left"),
    ({"open_requests": 5}, LimitReached, "You have 5 open requests, and this programme allows 5 "),
]


def test_when_nothing_stands_against_it_a_request_may_be_opened() -> None:
    opening.check(FINE)


@pytest.mark.parametrize(("changes", "error", "says"), RULES)
def test_each_rule_has_its_error_and_its_sentence(
    changes: dict[str, Any], error: type[Refused], says: str
) -> None:
    with pytest.raises(error, match=says) as refused:
        opening.check(replace(FINE, **changes))
    assert type(refused.value) is error


@pytest.mark.parametrize("position", range(len(RULES)))
def test_of_several_rules_the_first_one_is_told(position: int) -> None:
    """So that somebody is not sent to fix what would not have helped."""
    changes: dict[str, Any] = {}
    for each, _, _ in RULES[position:]:
        changes |= each
    with pytest.raises(RULES[position][1], match=RULES[position][2]):
        opening.check(replace(FINE, **changes))


def test_a_limit_of_zero_is_no_limit() -> None:
    opening.check(replace(FINE, limit=0, open_requests=1000))


def test_a_limit_that_was_lowered_refuses_new_requests_only() -> None:
    with pytest.raises(LimitReached, match="You have 4 open requests, and this programme allows 2 "):
        opening.check(replace(FINE, limit=2))
