"""Where mail is handed over, read from one URL: `smtp://user:password@host:587?starttls=true` or `smtps://host`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from models.networks import ascii_host


class Tls(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


_PORTS = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.IMPLICIT: 465}
_EXAMPLE = "smtp://user:password@mail.example.org:587?starttls=true"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """A mail server and how to talk to it. With TLS the server's certificate is always verified."""

    host: str
    port: int
    tls: Tls = Tls.NONE
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Raises ValueError with one sentence that says what is wrong; it never repeats the password."""
        parts, port = _split(url)
        tls = _tls(parts)
        host = ascii_host(parts.hostname or "")
        username, password = _credential(parts.username, "user name"), _credential(parts.password, "password")
        if (username is None) != (password is None):
            raise ValueError(f"needs both a user name and a password, or neither, as in {_EXAMPLE}")
        if username is not None and tls is Tls.NONE and not _is_loopback(host):
            raise ValueError("would send the password unencrypted; add ?starttls=true or write smtps://")
        return cls(host, port or _PORTS[tls], tls, username, password)


def _split(url: str) -> tuple[SplitResult, int | None]:
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("contains a space or a control character; write it percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # Without the cause, which would show a piece of a password that was not percent-encoded.
        raise ValueError(f"has a host or port that cannot be read; write it like {_EXAMPLE}") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(f"must begin with smtp:// or smtps://, as in {_EXAMPLE}")
    if not parts.hostname:
        raise ValueError(f"names no host; write it like {_EXAMPLE}")
    if port == 0:
        raise ValueError("has port 0, which no server listens on")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError("has something after the host; a / or # in a password is written %2F or %23")
    return parts, port


def _tls(parts: SplitResult) -> Tls:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if set(options) - {"starttls"}:
        # Not repeated: it may be the rest of a password with a raw question mark in it.
        raise ValueError(
            "has an unknown option; there is only starttls, and a ? in a password is written %3F"
        )
    value = options.get("starttls", "false").lower()
    if value not in {"true", "false"}:
        raise ValueError("takes starttls=true or starttls=false")
    if parts.scheme == "smtps":
        if "starttls" in options:
            raise ValueError("asks for smtps:// and for starttls; smtps:// is encrypted from the first byte")
        return Tls.IMPLICIT
    return Tls.STARTTLS if value == "true" else Tls.NONE


def _credential(value: str | None, what: str) -> str | None:
    if not value:
        return None
    try:
        text = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise ValueError(f"has a {what} that is not percent-encoded UTF-8") from None
    if not text.isprintable():
        raise ValueError(f"has a {what} with a control character")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
