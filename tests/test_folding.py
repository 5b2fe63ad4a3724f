"""What a search, a filter and a sorted list take for the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.folding import fold, order, searchable, words

SAME = [
    ("José Núñez", "jose nunez"),
    ("Jose\u0301", "josé"),
    ("Łukasz Żak", "LUKASZ ZAK"),
    ("Søren Ørsted", "soren orsted"),
    ("Straße", "STRASSE"),
    ("Æsir", "aesir"),
    ("İbrahim Işık", "ibrahim isik"),
    ("Đorđe", "Dorde"),
    ("Nguyễn Đức", "nguyen duc"),
    ("Antonín Dvořák", "antonin dvorak"),
    ("Siobhán O’Neil", "siobhan o'neil"),
    ("O`Neil", "Oʼneil"),
    ("Ann-Marie", "ann‑marie"),
    ("Ann – Marie", "Ann Marie"),
    ("Ｆｕｌｌ\u3000Ｗｉｄｔｈ", "full width"),
    ("ｱｲｳ", "アイウ"),
    ("Άθήνα", "αθηνα"),
    ("Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
    ("Ёлка", "елка"),
    ("حَسَن", "حسن"),
    ("أحمد", "احمد"),
    ("שָׁלוֹם", "שלום"),
    ("  a \u00a0 b\u200b\n", "a b"),
    ("co\u00adop", "coop"),
]
DIFFERENT = [("C", "C++"), ("C", "C#"), ("C#", "C++"), (".NET", "net"), ("か", "が"), ("की", "क"), ("ที่", "ที")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_accents_case_and_signs_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_is_another_word_stays_one(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_is_once_and_composition_makes_no_difference(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("written", ["muller", "Mueller", "MÜLLER", "Jurgen Müller"])
def test_an_umlaut_is_found_as_people_type_it(written: str) -> None:
    assert all(word in searchable("Jürgen Müller") for word in words(written))


def test_ideographs_are_found_without_the_blank() -> None:
    assert words("山田太郎")[0] in searchable("山田 太郎")


def test_a_list_is_sorted_by_what_is_read_not_by_code_points() -> None:
    assert sorted(["Zoë", "Łukasz", "Ødegård", "adam", "Åse"], key=order) == [
        "adam",
        "Åse",
        "Łukasz",
        "Ødegård",
        "Zoë",
    ]
