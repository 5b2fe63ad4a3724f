"""A small strict reader of address headers and encoded words (RFC 5322, 2047), independent of the library.

It takes only what every mail server takes: anything else raises ValueError.
"""

from __future__ import annotations

import re
from base64 import b64decode

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"
_ATOM = re.compile(f"{_ATEXT}+")
_QUOTED = re.compile(r'"((?:[^"\\\r\n]|\\[ -~])*)"')
_SPEC = re.compile(rf"({_ATEXT}+(?:\.{_ATEXT}+)*)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)")
_WORD = re.compile(r"=\?([A-Za-z0-9-]+)\?([bBqQ])\?([^? ]*)\?=")
_Q_IN_PHRASE = re.compile(r"(?:[A-Za-z0-9!*+/_-]|=[0-9A-F]{2})*")


def header(raw: bytes, name: str) -> str:
    """The value of the one header `name`, unfolded."""
    lines = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    found: list[list[str]] = []
    for line in lines:
        if "\r" in line or "\n" in line or len(line) > 998 or not line.strip():
            raise ValueError(f"no line of a header: {line!r}")
        if "=?" in line and len(line) > 76:
            raise ValueError("a line with an encoded word is longer than 76 characters")
        if line[0] in " \t":
            found[-1][1] += line
            continue
        key, colon, value = line.partition(": ")
        if not colon:
            raise ValueError(f"no header: {line!r}")
        found.append([key, value])
    (value,) = [value for key, value in found if key.lower() == name.lower()]
    return value


def addresses(value: str) -> list[tuple[str, str]]:
    """(display name, address) of each recipient in a header."""
    rest, found = value.strip(" "), []
    while True:
        one, rest = _mailbox(rest)
        found.append(one)
        if not rest:
            return found
        if not rest.startswith(","):
            raise ValueError(f"no comma between recipients: {rest!r}")
        rest = rest[1:].lstrip(" ")


def _mailbox(rest: str) -> tuple[tuple[str, str], str]:
    if bare := _SPEC.match(rest):
        return ("", bare[0]), rest[bare.end() :].lstrip(" ")
    words: list[tuple[str, bool]] = []
    while not rest.startswith("<"):
        if quoted := _QUOTED.match(rest):
            words.append((re.sub(r"\\(.)", r"\1", quoted[1]), False))
            rest = rest[quoted.end() :].lstrip(" ")
        elif atom := _ATOM.match(rest):
            encoded = _WORD.fullmatch(atom[0])
            words.append((atom[0], encoded is not None))
            rest = rest[atom.end() :].lstrip(" ")
        else:
            raise ValueError(f"no word of a phrase: {rest!r}")
    spec = _SPEC.match(rest, 1)
    if not spec or rest[spec.end() : spec.end() + 1] != ">":
        raise ValueError(f"no address: {rest!r}")
    return (_phrase(words), spec[0]), rest[spec.end() + 1 :].lstrip(" ")


def _phrase(words: list[tuple[str, bool]]) -> str:
    text, before = "", None
    for word, encoded in words:
        glue = "" if before is None or (before and encoded) else " "
        text += glue + (decoded(word, in_phrase=True) if encoded else word)
        before = encoded
    return text


def unstructured(value: str) -> str:
    """A subject as it is read: blanks between encoded words are none."""
    text, before = "", False
    for piece in re.split(r"( +)", value):
        encoded = _WORD.fullmatch(piece) is not None
        if encoded and before and not text.rpartition("\0")[2].strip(" "):
            text = text.rpartition("\0")[0]
        text += decoded(piece, in_phrase=False) + "\0" if encoded else piece
        before = encoded or (before and not piece.strip(" "))
    return text.replace("\0", "")


def decoded(word: str, *, in_phrase: bool) -> str:
    match = _WORD.fullmatch(word)
    if match is None or len(word) > 75:
        raise ValueError(f"no encoded word: {word!r}")
    charset, how, text = match.groups()
    if how.lower() == "b":
        return b64decode(text, validate=True).decode(charset)
    if in_phrase and not _Q_IN_PHRASE.fullmatch(text):
        raise ValueError(f"not allowed in a phrase: {text!r}")
    plain = re.sub(r"=([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text.replace("_", " "))
    return plain.encode("latin-1").decode(charset)
