"""A programme's words: their forms, and sentences that take them without touching what people typed."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from models.process.errors import Invalid, from_name
from models.process.terms import USUAL, Sentence, Term, Terms, in_terms, pack, unpack
from workflows.runner import refusal

COACHES = Terms(
    mentor=Term(one="adviser", many="advisers"), mentee=Term(one="user", many="users", a="a user")
)
WORDS = COACHES.words


def test_each_term_has_its_forms() -> None:
    names = ("mentor", "mentors", "a_mentor", "Mentor", "Mentors", "A_mentor")
    assert [WORDS[name] for name in names] == [
        *("adviser", "advisers", "an adviser"),
        *("Adviser", "Advisers", "An adviser"),
    ]
    assert WORDS["a_mentee"] == "a user"
    assert USUAL.words["A_coordinator"] == "A coordinator"


def test_a_relationship_is_called_mentoring_where_the_programme_has_no_word_for_it() -> None:
    assert [USUAL.words[name] for name in ("mentoring", "Mentorings", "mentorships")] == [
        *("mentoring", "Mentorings", "mentorships"),
    ]
    own = Terms(relationship=Term(one="tandem", many="tandems")).words
    assert {own[name] for name in ("mentoring", "relationship", "mentorship")} == {"tandem"}
    assert {own[name] for name in ("mentorings", "mentorships")} == {"tandems"}


def test_a_sentence_takes_the_words_of_the_programme() -> None:
    sentence = Sentence("{t.A_mentor} has {count} {t.mentees}.", count=3)
    assert sentence == "A mentor has 3 mentees."
    assert in_terms(sentence, WORDS) == "An adviser has 3 users."
    assert in_terms("A mentor has 3 mentees.", WORDS) == "A mentor has 3 mentees."


def test_a_sentence_can_be_part_of_another() -> None:
    part = Sentence("no {t.mentor}")
    assert in_terms(Sentence("There is {part}.", part=part), WORDS) == "There is no adviser."


@pytest.mark.parametrize("typed", ["{t.mentor}", "{name}", "mentor", "{", "{0.__class__}", "{{t.mentor}}"])
def test_what_people_typed_is_never_a_template(typed: str) -> None:
    sentence = Sentence("{name} is no {t.mentor}.", name=typed)
    assert sentence == f"{typed} is no mentor."
    assert in_terms(sentence, WORDS) == f"{typed} is no adviser."
    again = unpack(str(sentence), json.loads(json.dumps(pack(sentence))))
    assert in_terms(again, WORDS) == f"{typed} is no adviser."


def test_a_sentence_crosses_the_engine_with_its_parts() -> None:
    sentence = Sentence(
        "{a} {b}", a=Sentence("No {t.mentor}: {why}.", why=Sentence("{t.mentees}, {n}", n=2)), b="x"
    )
    again = unpack(str(sentence), json.loads(json.dumps(pack(sentence))))
    assert in_terms(again, WORDS) == "No adviser: users, 2. x"


@pytest.mark.parametrize(
    "packed",
    [
        None,
        [],
        ["{t.guru}", {}],
        ["{x}", {}],
        ["Another sentence.", {}],
        {"a": 1},
        7,
        ["{x}", {"x": [1]}],
        "x",
    ],
)
def test_what_another_version_packed_stays_as_it_reads(packed: object) -> None:
    assert in_terms(unpack("Only the mentor may.", packed), WORDS) == "Only the mentor may."


def test_a_copy_is_the_same_sentence() -> None:
    sentence = Sentence("{name} is no {t.mentor}.", name="{t.mentor} {x}")
    for again in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):  # noqa: S301 - our own
        assert again == sentence
        assert in_terms(again, WORDS) == "{t.mentor} {x} is no adviser."


def test_an_error_crosses_the_engine_with_its_templates() -> None:
    error = Invalid(
        Sentence("No {t.mentor}."), "mentor_id", [("message", "Write one."), ("x", Sentence("{t.Request}"))]
    )
    failure = refusal(error)
    assert failure.message == "No mentor."
    field, further, packed = json.loads(json.dumps(failure.details))
    again = from_name(failure.type, failure.message, field, further, packed)
    assert again is not None
    assert [in_terms(text, WORDS) for text in again.texts] == ["No adviser.", "Write one.", "Request"]
    assert [field for field, _ in again.further] == ["message", "x"]


def test_a_template_names_only_terms_that_there_are() -> None:
    with pytest.raises(KeyError):
        Sentence("No {t.guru}.")
