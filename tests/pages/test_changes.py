"""A changed request shows what changed: since the mentor asked for it, or since it was first sent."""

from __future__ import annotations

import pytest

from api.requests.changes import compared
from models.links import Purpose
from models.process.request.commands import EditRequest, RequestAmendment, ResubmitRequest
from tests.api.conftest import SQLITE
from tests.pages.reading import broken_rules, words_of
from tests.pages.village import Village, Villager

FIRST = "Hello Ben.\n\nI build ships. May I learn from you?\nAda"
SECOND = "Hello Ben.\n\nI build ships. I want to lead a team by summer! May I learn from you?\n\nAda"


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor")


def shown(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.change, piece.text) for piece in compared(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        (
            FIRST,
            SECOND,
            [
                ("same", "Hello Ben.\n\nI build ships."),
                ("ins", "I want to lead a team by summer!"),
                ("same", "May I learn from you?\n\nAda"),
            ],
        ),
        ("One. Two. Three.", "One. Three.", [("same", "One."), ("del", "Two."), ("same", "Three.")]),
        ("Once.", "Twice.", [("del", "Once."), ("ins", "Twice.")]),
        ("One. Two.", "One.\n\nTwo.", [("same", "One.\n\nTwo.")]),
        ("你好。学习。", "你好。驾船。", [("same", "你好。"), ("del", "学习。"), ("ins", "驾船。")]),
        ("no stop", "no stop", [("same", "no stop")]),
    ],
)
def test_what_changed_is_found_by_sentence(old: str, new: str, pieces: list[tuple[str, str]]) -> None:
    assert shown(old, new) == pieces


@pytest.mark.parametrize(("old", "new"), [(FIRST, SECOND), (SECOND, FIRST), ("a. b\n\n\n c", "c  d.\n e. b")])
def test_either_message_can_be_put_together_from_the_pieces(old: str, new: str) -> None:
    pieces = list(compared(old, new))
    for leave_out, text in (("del", new), ("ins", old)):
        kept = " ".join(piece.text for piece in pieces if piece.change != leave_out)
        assert kept.split() == text.split()


def test_a_message_of_more_sentences_than_can_be_compared_is_shown_whole() -> None:
    old, new = "a\n" * 1999 + "b", "b\n" * 1999 + "a"
    assert shown(old, new) == [("del", old), ("ins", new)]
    old, new = "Yes. No. " * 149 + "Yes. No.", "No. No. Yes. Yes. " * 74 + "No. No. Yes. Yes."
    assert shown(old, new) == [("del", old), ("ins", new)], "few sentences, over and over"
    assert shown("x" + " " * 3998 + "y", "x" + "\n" * 3998 + "y") == [
        ("del", "x" + " " * 3998 + "y"),
        ("ins", "x" + "\n" * 3998 + "y"),
    ]


@SQLITE
@pytest.mark.parametrize("by_link", [True, False])
async def test_the_mentor_sees_what_changed_since_they_asked(
    village: Village, mentee: Villager, mentor: Villager, by_link: bool
) -> None:
    asked = await mentee.ask(mentor, "Before <b>all</b>. Hello Ben.")
    await mentee.tell(asked, EditRequest(message=FIRST))
    await mentor.tell(asked, RequestAmendment(comment="By <when>, please?"))
    await mentee.tell(asked, ResubmitRequest(message=SECOND))
    path = await village.link(Purpose.DECIDE, asked, mentor, 3) if by_link else f"/requests/{asked}"
    page = await mentor.get(path)
    assert broken_rules(page) == []
    assert "What changed since you asked" in words_of(page)
    assert "By <when>, please?" in words_of(page)
    assert page.text.count("<ins>") == 1
    assert "I want to lead a team by summer!</ins>" in page.text
    assert "<del>" not in page.text
    assert "Added: I want to lead a team by summer!" in words_of(page)


@SQLITE
async def test_a_change_that_was_not_asked_for_is_shown_from_the_first_wording_on(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor, "One <i>. Two.")
    unchanged = await mentor.get(await village.link(Purpose.DECIDE, asked, mentor, 1))
    assert "What changed" not in words_of(unchanged)
    await mentee.tell(asked, EditRequest(message="Two."))
    page = await mentor.get(await village.link(Purpose.DECIDE, asked, mentor, 2))
    assert "What changed since they first sent it" in words_of(page)
    assert "One &lt;i&gt;.</del>" in page.text
    assert "Taken out: One <i>." in words_of(page)


@SQLITE
async def test_a_request_that_was_sent_again_as_it_was_says_so(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor, "One. Two.")
    await mentor.tell(asked, RequestAmendment(comment="More?"))
    await mentee.tell(asked, ResubmitRequest(message="One.\n\nTwo."))
    page = await mentor.get(await village.link(Purpose.DECIDE, asked, mentor, 2))
    assert "The message is the same as before." in words_of(page)
    assert "<ins>" not in page.text
