"""What is cut out of somebody else's words when a person is erased."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.process.erasure import CUT, FORMER, placeholder_address, traces, without

ANNE = traces(("Anne-Marie Li", "Anne Li"), "anne@example.org")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Thank you, Anne-Marie Li!", "Thank you, …!"),
        ("anne taught me; ANNE'S way", "… taught me; …'S way"),
        ("Write to anne@example.org, Marie.", "Write to …, …."),
        ("Annexes and Marietta stay", "Annexes and Marietta stay"),
        ("My life is Li Bai's", "My life is Li Bai's"),
        ("", ""),
    ],
)
def test_the_name_goes_and_the_words_stay(text: str, left: str) -> None:
    assert without(text, ANNE) == left


def test_a_name_is_no_pattern() -> None:
    assert without("a.b (c) stays", traces((".* (x", "[a-z]+"), "a+b@example.org")) == "a.b (c) stays"


def test_what_stands_in_the_place_of_a_name_is_no_trace() -> None:
    assert traces((FORMER,), placeholder_address("p")) == (placeholder_address("p"),)


@given(st.text(), st.text(), st.text())
def test_a_whole_name_is_never_left(before: str, name: str, after: str) -> None:
    # What takes the place of a name is no trace of one: a person called "A" or "…" stays as they are.
    assume(name.strip() and name.strip() not in {CUT, FORMER, *FORMER.split()})
    found = traces((name,), "somebody@example.org")
    text = f"{before} {name.strip()} {after}"
    assert without(text, found).casefold() != text.casefold()
