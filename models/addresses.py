"""Addresses as they go into headers and envelopes: parsed and built, never pasted together."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

_HEADERS = HeaderRegistry()
_ONE = "must be one address, like Mentoring <mentoring@example.org>"
_IMPOSSIBLE = "is not an address that mail can be sent to"
_LOCAL = re.compile(r'(?=.{1,64}$)[^\s<>()\[\],:;@"\\.]+(\.[^\s<>()\[\],:;@"\\.]+)*')
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_UNREADABLE = (ValueError, IndexError, AttributeError, MessageError)
"""What the standard library's parser raises for texts that it cannot read."""


def sender(text: str) -> Address:
    """`Name <box@example.org>` or `box@example.org`. Raises ValueError with one sentence."""
    if any(not character.isprintable() for character in text):
        raise ValueError("contains a line end or another control character")
    try:
        header: Any = _HEADERS("From", text)
        found: tuple[Address, ...] = header.addresses
    except _UNREADABLE as error:
        raise ValueError(_ONE) from error
    if header.defects or len(found) != 1 or not found[0].username or not found[0].domain:
        raise ValueError(_ONE)
    return recipient(found[0].addr_spec, found[0].display_name)


@lru_cache(maxsize=256)
def contact(text: str) -> Address | None:
    """Where a programme is reached (its setting `reply_to`). None for an empty or unreadable text."""
    try:
        return sender(text) if text else None
    except ValueError:
        return None


def recipient(address: str, name: str) -> Address:
    """One address with a name, whatever characters the name has. Raises ValueError for an impossible address.

    Built from its parts: a text given to the header `To` is split at commas, and decoded if it looks encoded.
    """
    local, _, domain = address.rpartition("@")
    if not _LOCAL.fullmatch(local) or not local.isprintable():
        raise ValueError(_IMPOSSIBLE)
    if not domain.isascii():
        domain = _in_ascii(address)
    if not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        raise ValueError(_IMPOSSIBLE)
    return Address(display_name=name, username=local, domain=domain)


def without_addresses(text: str, recipient: str = "") -> str:
    """`text` with nothing of what looks like an address, nor of the recipient's before its `@`."""
    text = re.sub(r"[^\s<>,;:()\[\]\"']+@[^\s<>,;:()\[\]\"']+", "(address)", text)
    local = recipient.rpartition("@")[0]
    if not local:
        return text
    return re.sub(rf"(?<!\w){re.escape(local)}(?!\w)", "(address)", text, flags=re.IGNORECASE)


def _in_ascii(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False).ascii_domain
    except EmailNotValidError as error:
        raise ValueError(_IMPOSSIBLE) from error
    return found
