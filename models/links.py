"""The tokens of mail links: `purpose.link.signature`, signed so that none can be forged.

A token only names a row of `links`; what the link may do, for whom and until when is read there. It is signed
by HMAC-SHA-256 (itsdangerous) with a salt per purpose, so a token for one purpose is worthless for another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from collections.abc import Sequence
from enum import StrEnum

from itsdangerous import Signer


class Purpose(StrEnum):
    """What a link lets its reader do; in brackets, what the `round` of its row counts."""

    DECIDE = "decide"
    """The mentor decides on a request (its revision)."""
    AMEND = "amend"
    """The mentee changes a request (its revision)."""
    CONFIRM = "confirm"
    """The other side confirms a completion (the sign-off)."""
    SURVEY = "survey"
    ANSWER = "answer"
    """The one who was asked a question answers it."""
    INVITATION = "invitation"
    KEEP = "keep"
    """The person calls off the erasure of their data."""
    UNSUBSCRIBE = "unsubscribe"
    """The person gets no more mails of a programme that are not essential. It has a page of its own."""


class BadLink(Exception):
    """The token was not signed by any of the keys: made up, cut off or changed. Says nothing about which."""


_PURPOSES = frozenset(purpose.value for purpose in Purpose)
_FORM = re.compile(r"([a-z]{1,32})\.([0-9a-f]{32})\.[A-Za-z0-9_-]{43}")


def sign(purpose: Purpose, link_id: str, keys: Sequence[str | bytes]) -> str:
    """A URL-safe token for the link, signed with the first of `keys` (newest first). `link_id` is a UUID."""
    if not keys:
        raise ValueError("there is no key to sign a link with")
    return _signed(purpose, uuid.UUID(link_id).hex, keys[0])


def read(token: str, keys: Sequence[str | bytes]) -> tuple[Purpose, str]:
    """The purpose and the link id of `token`. Raises BadLink unless one of `keys` signed just this text."""
    form = _FORM.fullmatch(token)
    if form is None or form[1] not in _PURPOSES:
        raise BadLink
    purpose = Purpose(form[1])
    # The whole token is compared, not the decoded signature: 43 characters of base64 carry 258 bits for 256,
    # so that four last characters decode to the same bytes, and no changed token may pass for the original.
    matches = [hmac.compare_digest(_signed(purpose, form[2], key), token) for key in keys]
    if not any(matches):
        raise BadLink
    return purpose, str(uuid.UUID(form[2]))


def _signed(purpose: Purpose, link: str, key: str | bytes) -> str:
    # One key for each signer: itsdangerous wants a list oldest first, ours are newest first.
    salt = f"steadfast.link.{purpose}"
    signer = Signer(key, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
    return signer.sign(f"{purpose}.{link}").decode("ascii")
