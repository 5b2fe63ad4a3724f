"""Addresses: one is one, whatever it contains."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.addresses import recipient, sender


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("post@example.org", "", "post@example.org"),
        ("Steadfast <steadfast@localhost>", "Steadfast", "steadfast@localhost"),
        ('"Mentoring, ours" <post@example.org>', "Mentoring, ours", "post@example.org"),
        ("Förderung <post@bücher.example>", "Förderung", "post@xn--bcher-kva.example"),
    ],
)
def test_senders(text: str, name: str, address: str) -> None:
    found = sender(text)
    assert (found.display_name, found.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a@b.example, c@d.example",
        "A <a@b.example",
        "a@b\r\nBcc: c@d.example",
        "<>",
        "a b@c.example",
    ],
)
def test_bad_senders_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be one address|control character|is not an address"):
        sender(text)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@",
        "a@",
        "@b.example",
        "a@b.example,c@d.example",
        "a@b\r\n.example",
        "a b@c.example",
        "a@" + "x" * 70,
    ],
)
def test_impossible_recipients_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        recipient(address, "Name")


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_recipient_is_one_or_refused(address: str, name: str) -> None:
    try:
        found = recipient(address, name)
    except ValueError:
        return
    assert found.addr_spec.count("@") >= 1
    assert "\n" not in str(found)
