"""STEADFAST_SMTP_URL: what it takes, and what it says to bad values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.smtp import SmtpSettings, Tls


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", SmtpSettings("mail.example.org", 25)),
        ("smtp://mail.example.org:2525/", SmtpSettings("mail.example.org", 2525)),
        ("smtp://mail.example.org?starttls=true", SmtpSettings("mail.example.org", 587, Tls.STARTTLS)),
        ("smtp://mail.example.org?starttls=false", SmtpSettings("mail.example.org", 25)),
        ("smtps://mail.example.org", SmtpSettings("mail.example.org", 465, Tls.IMPLICIT)),
        ("smtp://[::1]:26", SmtpSettings("::1", 26)),
        (
            "smtp://user:password@host:587?starttls=true",
            SmtpSettings("host", 587, Tls.STARTTLS, "user", "password"),
        ),
        (
            "smtps://post%40example.org:p%3Ass%2Fw%C3%B6rd%23@mail.example.org:2465",
            SmtpSettings("mail.example.org", 2465, Tls.IMPLICIT, "post@example.org", "p:ss/wörd#"),
        ),
        ("smtp://a:b@127.0.0.1:1025", SmtpSettings("127.0.0.1", 1025, Tls.NONE, "a", "b")),
    ],
)
def test_good_addresses(url: str, expected: SmtpSettings) -> None:
    assert SmtpSettings.from_url(url) == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "must begin with smtp:// or smtps://"),
        ("mail.example.org:587", "must begin with"),
        ("http://mail.example.org", "must begin with"),
        ("smtp://", "names no host"),
        ("smtp://user:hushhush@", "names no host"),
        ("smtp://host:port", "host or port that cannot be read"),
        ("smtp://host:70000", "host or port that cannot be read"),
        ("smtp://host:0", "port 0"),
        ("smtp://[::1", "host or port that cannot be read"),
        ("smtp://ho st", "space or a control character"),
        ("smtp://host\n", "space or a control character"),
        ("smtp://host/inbox", "something after the host"),
        ("smtp://host#x", "something after the host"),
        ("smtp://user:hush/hush@host", "host or port that cannot be read"),
        ("smtp://user:25?hushhush@host", "unknown option"),
        ("smtp://host?tls=true", "unknown option"),
        ("smtp://host?starttls=maybe", "starttls=true or starttls=false"),
        ("smtp://host?starttls", "starttls=true or starttls=false"),
        ("smtps://host?starttls=true", "for starttls"),
        ("smtp://user@host?starttls=true", "both a user name and a password"),
        ("smtp://:hushhush@host?starttls=true", "both a user name and a password"),
        ("smtp://user:hushhush@host", "unencrypted"),
        ("smtp://user:hush%00hush@host?starttls=true", "control character"),
        ("smtp://user:hush%FFhush@host?starttls=true", "not percent-encoded UTF-8"),
    ],
)
def test_bad_addresses_are_explained_without_the_password(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        SmtpSettings.from_url(url)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_password_is_not_shown() -> None:
    assert "hush" not in repr(SmtpSettings.from_url("smtps://user:hushhush@host"))


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_explained(text: str) -> None:
    try:
        found = SmtpSettings.from_url(f"smtp://{text}")
    except ValueError:
        return
    assert found.host
    assert 0 < found.port < 65536
