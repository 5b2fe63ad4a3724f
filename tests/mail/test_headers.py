"""One address is one recipient with exactly its name, as a strict reader that is not the library reads it."""

from __future__ import annotations

from email.headerregistry import Address

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from activities import headers
from activities.wording import one_line
from models.addresses import sender
from tests.mail import strict
from tests.mail.test_letters import letter

LONGEST = 190
_LETTERS = st.one_of(
    st.sampled_from(" ,;:@<>()[]\"\\.'=?_-äéßŁ日本語🎉👩🏽\u200dא\u0301\u00a0"),
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("abcdefghijklmnopqrstuvwxyz "),
)
names = st.one_of(
    st.text(_LETTERS, max_size=LONGEST),
    st.text('abc, ."\\', max_size=LONGEST),
    st.text("ä b", max_size=LONGEST),
)
OF_EACH_LENGTH = (
    "Dr. Anna, PhD, MBA, ",
    'x "y" \\ ',
    "Head of, ",
    "Ä ö ü ",
    "日本 ",
    "🎉👩🏽\u200d🚀 ",
    "a",
    "=?utf-8?q?=2C?= ",
)


def read(name: str, header: str = "To", address: str = "ann@example.org") -> list[tuple[str, str]]:
    raw = headers.address(header, Address(name, addr_spec=address)).encode() + b"\r\n"
    return strict.addresses(strict.header(raw, header))


@pytest.mark.parametrize("header", ["From", "To", "Reply-To"])
@pytest.mark.parametrize("pattern", OF_EACH_LENGTH)
def test_names_of_every_length(header: str, pattern: str) -> None:
    for length in range(1, LONGEST + 1):
        name = one_line((pattern * LONGEST)[:length])
        assert read(name, header) == [(name, "ann@example.org")]


@settings(deadline=None, max_examples=400)
@given(names, st.sampled_from(["From", "To", "Reply-To"]))
@example("Dr. Anna-Maria von und zu Hohenlohe, PhD, MBA, Head of People, Culture, and Learning", "To")
@example("=?utf-8?q?=0D=0ABcc:_b@c.example?=", "To")
@example("a  b", "From")
def test_one_recipient_with_exactly_its_name(name: str, header: str) -> None:
    if "\r" in name or "\n" in name:
        with pytest.raises(ValueError, match="invalid arguments"):
            read(name, header)
        return
    assert read(name, header) == [(name, "ann@example.org")]


@settings(deadline=None, max_examples=200)
@given(names)
def test_a_letter_goes_to_one_recipient_from_one_sender(name: str) -> None:
    raw = letter(name=name).raw
    assert strict.addresses(strict.header(raw, "To")) == [(one_line(name), "ann@example.org")]
    assert strict.addresses(strict.header(raw, "From")) == [("Open Doors 2026", "post@example.org")]


@pytest.mark.parametrize("length", [1, 40, 76, 120, 190])
def test_a_long_sender_is_one_sender(length: int) -> None:
    name = ("Mentoring, Learning and Culture of Example Ltd., Europe, " * 4)[:length].strip()
    found = sender(f'"{name}" <post@example.org>')
    raw = headers.address("From", found).encode() + b"\r\n"
    assert strict.addresses(strict.header(raw, "From")) == [(name, "post@example.org")]


@settings(deadline=None, max_examples=300)
@given(st.one_of(names, st.text("a ä", max_size=400)).map(lambda text: one_line(text, 400)).filter(bool))
def test_subjects_stay_whole(subject: str) -> None:
    raw = headers.text("Subject", subject).encode() + b"\r\n"
    assert strict.unstructured(strict.header(raw, "Subject")) == subject


def test_long_addresses_fold_before_the_address() -> None:
    address = f"{'a' * 64}@{'b' * 60}.example.org"
    assert read("Ann", address=address) == [("Ann", address)]


@pytest.mark.parametrize("value", ["a\r\nBcc: b@c.example", "a\nb", "a\rb"])
def test_no_line_end_gets_into_a_header(value: str) -> None:
    with pytest.raises(ValueError, match="line end"):
        headers.plain("X-Any", value)
    assert strict.header(headers.text("Subject", value).encode() + b"\r\n", "Subject").count("\n") == 0


def test_a_plain_name_stays_readable() -> None:
    assert headers.address("To", Address("Ann", addr_spec="a@b.example")) == "To: Ann <a@b.example>\r\n"
    assert headers.address("To", Address("", addr_spec="a@b.example")) == "To: a@b.example\r\n"
    quoted = headers.address("To", Address('A. "B", C', addr_spec="a@b.example"))
    assert quoted == 'To: "A. \\"B\\", C" <a@b.example>\r\n'
