from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.matching.names import name_key, tidy
from models.matching.suggest import NEARLY_THE_SAME, did_you_mean, near

SKILLS = ["java", "javascript", "python", "react native", "reactjs", "frontend"]


@given(st.text())
def test_tidying_and_keying_twice_is_the_same_as_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert name_key(name_key(text)) == name_key(text)


def test_case_blanks_and_composition_make_no_other_name() -> None:
    assert name_key("  React \n Native ") == name_key("react native")
    assert name_key("Cafe\u0301") == name_key("café")
    assert tidy("  Public   Speaking ") == "Public Speaking"


def test_a_misspelt_name_finds_its_neighbours_nearest_first() -> None:
    assert near("pyton", SKILLS) == ["python"]
    assert near("javscript", SKILLS)[0] == "javascript"
    assert near("PYTHON", SKILLS) == ["python"]
    assert near("cooking", SKILLS) == []


def test_java_is_not_nearly_javascript() -> None:
    assert near("java", ["javascript"], at_least=NEARLY_THE_SAME) == []
    assert near("front-end", SKILLS, at_least=NEARLY_THE_SAME) == ["frontend"]


def test_did_you_mean_is_a_sentence_or_nothing() -> None:
    assert did_you_mean("pyton", SKILLS) == " Did you mean “python”?"
    assert did_you_mean("cooking", SKILLS) == ""
