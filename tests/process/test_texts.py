"""What people write is kept as they wrote it, without what a database, a mail or a page cannot carry."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.process import texts
from models.process.errors import Invalid


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Gladly. \n", "Gladly."),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("one\u2028two\u2029three\x85four\x0bfive\x0csix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("a\ttab", "a\ttab"),
        ("nul\x00 bell\x07 delete\x7f", "nul bell delete"),
        ("half \ud83d of an emoji \udc4d", "half  of an emoji"),
        ("whole 👍🏽 family 👨\u200d👩\u200d👧", "whole 👍🏽 family 👨\u200d👩\u200d👧"),
        ("\u202eevil\u202c", "evil"),
        ("a\u202ab\u202bc\u202dd\u2066e\u2067f\u2068g\u2069h", "abcdefgh"),
        ("שלום\u200f (ok)", "שלום\u200f (ok)"),
        ("نص\u200cعربي", "نص\u200cعربي"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("e\u0301 stays as it was typed", "e\u0301 stays as it was typed"),
    ],
)
def test_what_is_kept(written: str, kept: str) -> None:
    assert texts.clean(written, "comment") == kept


@pytest.mark.parametrize(
    "written", ["", "   ", "\r\n\t", "\x00", "\ud800", "\u200b", "\u200d\u2060\ufeff", "\u202e"]
)
def test_nothing_that_can_be_seen_is_nothing(written: str) -> None:
    with pytest.raises(Invalid, match=r"^Please write\.$") as refused:
        texts.required(written, "message", "Please write.")
    assert refused.value.field == "message"


@pytest.mark.parametrize("written", [".", "0", "👍", "שלום", "\u200b.\u200b"])
def test_a_single_character_is_something(written: str) -> None:
    assert texts.required(written, "message", "Please write.")


def test_a_limit_counts_what_is_kept() -> None:
    assert len(texts.clean(" " * 50 + "x" * 10 + "\x00" * 50, "comment", 10)) == 10
    with pytest.raises(Invalid, match="11 characters; please keep it to 10") as refused:
        texts.clean("x" * 11, "comment", 10)
    assert refused.value.field == "comment"


@given(st.text(max_size=200) | st.text(st.characters(categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Zs"])))
def test_whatever_is_kept_can_be_stored_and_stays_the_same(written: str) -> None:
    kept = texts.clean(written, "comment")
    kept.encode()
    assert texts.clean(kept, "comment") == kept
    assert {unicodedata.category(c) for c in kept if c not in "\n\t"}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ann \t Fox\r\n", "Ann Fox"),
        ("Ann\u202egnp.xof", "Anngnp.xof"),
        ("\u202eevil", "evil"),
        ("\u200b", ""),
        ("\u3164", ""),
        ("\u2800\uffa0\u115f", ""),
        ("\u0301", ""),
        ("\u200f", ""),
        ("An\u200bn F\u00adox\ufeff", "Ann Fox"),
        ("Ann\U000e0041\U000e0042", "Ann"),
        ("Zoe\u0308", "Zoë"),
        ("a\x1b[31m\x00\ud800", "a[31m"),
        ("نص\u200cعربي", "نص\u200cعربي"),
        ("王小明", "王小明"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_a_line_shows_all_that_is_in_it(written: str, kept: str) -> None:
    assert texts.one_line(written) == kept
    assert texts.one_line(kept) == kept
