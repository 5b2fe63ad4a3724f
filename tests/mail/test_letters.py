"""The message that leaves: no name and no subject adds a header, a recipient or a part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.letters import Letter, Rendered, compose
from activities.rendering import Renderer
from models.addresses import sender
from models.store.delivery import MailRow
from tests.mail.samples import BASE, LINK, MENTEE, RECEIVED, TO_MENTOR
from tests.mail.world import html_of, parsed, text_of

HEADERS = [
    *("From", "Reply-To", "To", "Subject", "Date", "Message-ID"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "X-Steadfast-Mail", "MIME-Version", "Content-Type"),
]
ROW = MailRow(id="m", kind="request-received", message_id="0123456789abcdef")
FROM = sender('"Mentoring, ours" <post@example.org>')
AT = datetime(2026, 3, 3, 15, 42, tzinfo=UTC)
RENDERER = Renderer(BASE)

nasty = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "Ann, b@c.example",
            "Ann\r\nBcc: b@c.example",
            "Ann\n\nBody",
            "Ann\x0bBcc: b@c.example",
            "Ann\u2028Bcc: b@c.example",
            "<b@c.example>",
            '" <b@c.example>, "',
            "=?utf-8?q?=0D=0ABcc:_b@c.example?=",
            "=??Q?=0D0",
            "x =?us-ascii?b?DQpCY2M6IGJAYy5leGFtcGxl?= =?us-ascii?b?DQo=?=",
            "Ann; b@c.example",
            "(comment) Ann <b@c.example>",
            "\\",
            '"',
            "ä" * 300,
            "",
        ]
    ),
)


def letter(subject: str = "Hello", name: str = "Ann", address: str = "ann@example.org") -> Letter:
    facts = replace(TO_MENTOR, name=name, address=address)
    return compose(Rendered(subject, "text\n", "<p>html</p>"), ROW, facts, FROM, AT)


def test_headers() -> None:
    message = parsed(letter().raw)
    assert list(message.keys()) == HEADERS
    assert message["From"] == "Open Doors 2026 <post@example.org>"
    assert message["Reply-To"] == "Programme office <office@example.org>"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["To"] == "Ann <ann@example.org>"
    assert message["Message-ID"] == "<0123456789abcdef@example.org>"
    assert message["Date"] == "Tue, 03 Mar 2026 15:42:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Steadfast-Mail"] == "request-received"
    assert message.get_content_type() == "multipart/alternative"
    assert (text_of(message), html_of(message)) == ("text\n", "<p>html</p>")


def test_a_mail_of_no_programme_comes_from_the_installation() -> None:
    facts = replace(TO_MENTOR, programme_name=None)
    made = compose(Rendered("Hello", "text\n", "<p>html</p>"), ROW, facts, FROM, AT)
    assert parsed(made.raw)["From"] == '"Mentoring, ours" <post@example.org>'


@settings(deadline=None, max_examples=50)
@given(nasty)
def test_no_name_adds_a_recipient_or_a_header(name: str) -> None:
    made = letter(name=name)
    message = parsed(made.raw)
    assert list(message.keys()) == HEADERS
    assert (
        [address.addr_spec for address in message["To"].addresses] == [made.recipient] == ["ann@example.org"]
    )
    assert text_of(message) == "text\n"


@settings(deadline=None, max_examples=50)
@given(nasty, nasty)
def test_no_name_on_the_other_side_adds_a_header(name: str, programme: str) -> None:
    """The name goes all the way: through the template of the subject, into the header."""
    facts = replace(TO_MENTOR, mentee=replace(MENTEE, name=name), programme_name=programme)
    made = compose(RENDERER.render(RECEIVED, facts, LINK), ROW, facts, FROM, AT)
    message = parsed(made.raw)
    assert list(message.keys()) == HEADERS
    assert "\n" not in message["Subject"]
    assert len(list(message.iter_parts())) == 2


def test_a_long_subject_stays_whole() -> None:
    subject = "Zoë " + "and somebody with quite a long name " * 5
    assert parsed(letter(subject=subject.strip()).raw)["Subject"] == subject.strip()


def test_addresses_beyond_ascii() -> None:
    domain = letter(address="ann@bücher.example")
    assert (domain.recipient, domain.needs_utf8) == ("ann@xn--bcher-kva.example", False)
    local = letter(address="zoë@example.org")
    assert (local.recipient, local.needs_utf8) == ("zoë@example.org", True)


@pytest.mark.parametrize("address", ["nobody", "a@b.example, c@d.example", "a@b\r\nBcc: c@d.example"])
def test_impossible_addresses_make_no_letter(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        letter(address=address)
