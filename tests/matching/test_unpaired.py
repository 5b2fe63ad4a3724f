"""What coordinators read about a mentee whom a pairing left without a mentor."""

from __future__ import annotations

import pytest

from models.matching.pairing import Unpaired, Why
from models.matching.rules import Rule
from models.matching.unpaired import why_none
from models.process.terms import Term, Terms, in_terms

ODD = "Xaver {t.mentee}"
NAMES = {"v": "Vera", "w": "Will", "x": ODD}
NOBODY_MAY = "No mentor who takes requests may be paired with this mentee."
FULL = "Every mentor who fits is full already"
TAKEN = "The places of all who fit went to closer pairs or to those who waited longer"


@pytest.mark.parametrize(
    ("unpaired", "expected"),
    [
        (
            Unpaired("a", Why.NO_MENTOR),
            f"{NOBODY_MAY} Once: The two are not to be paired. 8 times: Both are in the same unit.",
        ),
        (
            Unpaired("a", Why.BELOW_FLOOR, 34),
            "The closest mentor reaches 34 %, and at least 50 % is asked for.",
        ),
        (Unpaired("a", Why.FORBIDDEN, 70), "Every mentor who fits has been ruled out by hand."),
        (
            Unpaired("a", Why.FULL, 70, ("v", "w"), ("w",)),
            f"{FULL}: Vera and Will. One more place for Will would change that.",
        ),
        (
            Unpaired("a", Why.TAKEN, 70, ("v", "w", "x"), ("v", "x")),
            f"{TAKEN}: Vera, Will and {ODD}. One more place for Vera or {ODD} would change that.",
        ),
        (
            Unpaired("a", Why.TAKEN, 70, ("v", "erased")),
            f"{TAKEN}: Vera. No single further place is sure to change that.",
        ),
    ],
)
def test_each_reason_is_a_sentence(unpaired: Unpaired, expected: str) -> None:
    rules = {Rule.DO_NOT_PAIR: 1, Rule.UNIT: 8}
    assert why_none(unpaired, NAMES, floor=50, rules=rules) == expected


def test_the_words_of_the_programme_are_used() -> None:
    words = Terms(mentor=Term(one="coach", many="coaches")).words
    found = in_terms(why_none(Unpaired("a", Why.FULL, 70, ("v",)), NAMES, 50), words)
    assert found.startswith("Every coach who fits is full already: Vera.")
