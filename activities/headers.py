"""Headers of a message as they leave, folded and encoded here.

The standard library folds a long display name without its quotes, so that one recipient becomes several, and
loses blanks between encoded words (CPython issues 80222, 92081; differently in each version). So a text that
does not fit on its line, or is more than plain ASCII, leaves as encoded words of RFC 2047, one on a line.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from email.headerregistry import Address

_LINE = 76
"""No line with an encoded word may be longer (RFC 2047, section 2)."""
_ROOM = _LINE - len("Reply-To: =?utf-8?b?") - len("?=")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""What may stand before an address without quotes."""
_AS_IT_IS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
"""What a "Q" word in a display name may hold (RFC 2047, section 5)."""
_BREAK = re.compile(r"[\r\n\0]")
_FOLD = "\r\n "


def plain(name: str, value: str) -> str:
    """A header whose value is made of our own words. Raises ValueError for a line end in it."""
    if _BREAK.search(value):
        raise ValueError("a line end was about to get into a header")
    return f"{name}: {value}\r\n"


def text(name: str, value: str) -> str:
    """A header of words for people, such as a subject."""
    if _is_plain(value) and len(name) + len(": ") + len(value) <= _LINE:
        return plain(name, value)
    return f"{name}: {_encoded(value)}\r\n"


def address(name: str, value: Address) -> str:
    """A header with one address, whatever the characters and the length of its display name."""
    spec = value.addr_spec
    if _BREAK.search(spec):
        raise ValueError("a line end was about to get into a header")
    if not value.display_name:
        return f"{name}: {spec}\r\n"
    words = _phrase(value.display_name, _LINE - len(f"{name}: "))
    last = words.rpartition("\r\n")[2] if _FOLD in words else f"{name}: {words}"
    blank = " " if len(f"{last} <{spec}>") <= _LINE else _FOLD
    return f"{name}: {words}{blank}<{spec}>\r\n"


def _phrase(words: str, room: int) -> str:
    if _is_plain(words):
        escaped = words.replace("\\", r"\\").replace('"', r"\"")
        unquoted = _PHRASE.fullmatch(words) is not None
        found = words if unquoted else f'"{escaped}"'
        if len(found) <= room:
            return found
    return _encoded(words)


def _is_plain(words: str) -> bool:
    """Whether readers take `words` for what they are: “=?” begins an encoded word, also within quotes."""
    return words.isascii() and words.isprintable() and "=?" not in words and words == words.strip(" ")


def _encoded(words: str) -> str:
    """`words` as encoded words: "Q" where that is shorter and can be read; no character is cut in two."""
    if sum(map(len, map(_q, words))) * 3 <= len(_bytes(words)) * 4:
        return _FOLD.join(f"=?utf-8?q?{''.join(map(_q, piece))}?=" for piece in _pieces(words, _q, _ROOM))
    whole = _ROOM // 4 * 3
    return _FOLD.join(
        f"=?utf-8?b?{b64encode(_bytes(piece)).decode()}?=" for piece in _pieces(words, _bytes, whole)
    )


def _pieces(words: str, form: Callable[[str], str | bytes], room: int) -> list[str]:
    pieces, used = [""], 0
    for character in words:
        length = len(form(character))
        if used + length > room:
            pieces, used = [*pieces, ""], 0
        pieces[-1] += character
        used += length
    return pieces


def _bytes(words: str) -> bytes:
    return words.encode(errors="replace")


def _q(character: str) -> str:
    if character == " ":
        return "_"
    return character if character in _AS_IT_IS else "".join(f"={byte:02X}" for byte in _bytes(character))
