"""From the text of a cell to a value, or to the sentences that say what is wrong with it."""

import re
import unicodedata

from models import zones
from models.canonical import clean_address
from models.importing.errors import BadValue
from models.importing.names import NameBook
from models.importing.report import shown
from models.process import zone_rules

MAX_ABOUT = 4000
MAX_ENTRIES = 100
"""Entries of one cell of skills, targets, preferences or languages."""

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_LEVEL = re.compile(r"[0-9]{1,4}", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}", re.ASCII)
_YES = frozenset({"yes", "true", "y", "1", "on"})
_NO = frozenset({"no", "false", "n", "0", "off"})


def line_of_text(text: str, limit: int) -> str:
    """A text on one line, in composed characters."""
    found = unicodedata.normalize("NFC", text)
    if _has_control(found):
        raise BadValue("The text contains a line break or a control character. Write it on one line.")
    return _within(found, limit)


def long_text(text: str, limit: int = MAX_ABOUT) -> str:
    """A text of several lines; line ends become LF."""
    found = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _has_control(found.replace("\n", " ").replace("\t", " ")):
        raise BadValue("The text contains a control character. Remove it.")
    return _within(found, limit)


def _has_control(text: str) -> bool:
    # Nearly every text is printable, which is asked in one go. A soft hyphen is not, and is fine.
    return not text.isprintable() and any(unicodedata.category(mark) in _CONTROLS for mark in text)


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise BadValue(f"The text has {len(text):,} characters. Shorten it to {limit:,}.")
    return text


def address(text: str) -> str:
    """An e-mail address in lower case."""
    try:
        return clean_address(text)
    except ValueError as error:
        raise BadValue(f"{shown(text)} is not an e-mail address. {error}") from error


def zone(text: str) -> str:
    """An IANA time zone."""
    if text not in zone_rules.known():
        near = zones.suggestion(text)
        raise BadValue(f"There is no time zone {shown(text)}. Write it like Europe/Berlin.{near}")
    return text


def roles(text: str, allow_admin: bool) -> tuple[str, ...]:
    """Roles in the order mentee, mentor, admin."""
    given = {part.casefold() for part in _parts(text)}
    known = ("mentee", "mentor", "admin") if allow_admin else ("mentee", "mentor")
    if "admin" in given and not allow_admin:
        raise BadValue(
            "An admin is named by the operator of the installation, not by an import. Remove admin."
        )
    if unknown := sorted(given.difference(known)):
        raise BadValue(f"There is no role {shown(unknown[0])}. Write mentee, mentor or mentee|mentor.")
    return tuple(role for role in known if role in given)


def country(text: str) -> str:
    """An ISO 3166-1 alpha-2 code in upper case; only its form is checked."""
    if not _COUNTRY.fullmatch(text):
        raise BadValue(f"{shown(text)} is not a country code. Write two letters, like DE (ISO 3166-1).")
    return text.upper()


def languages(text: str) -> tuple[str, ...]:
    """ISO 639 codes in lower case, each once; only their form is checked."""
    parts = _parts(text)
    bad = [part for part in parts if not _LANGUAGE.fullmatch(part)]
    if bad:
        raise BadValue(
            *(f"{shown(part)} is not a language code. Write it like en|de (ISO 639)." for part in bad)
        )
    return tuple(dict.fromkeys(part.lower() for part in parts))


def capacity(text: str, most: int) -> int:
    """How many mentees at once."""
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= most:
        raise BadValue(
            f"{shown(text)} is not a capacity. Write a whole number from 1 to {most}, or available: no."
        )
    return int(text)


def yes_or_no(text: str) -> bool:
    """Yes, true, y, 1, on, and their opposites."""
    if (word := text.casefold()) in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(f"{shown(text)} is neither yes nor no.")


def levels(text: str, book: NameBook, top: int, line: int) -> dict[str, int]:
    """`name:level|name:level` as levels by name; names are looked up in the book."""
    found: dict[str, int] = {}
    wrong: list[str] = []
    for part in _parts(text):
        try:
            name, level = _named_level(part, book, top, line)
        except BadValue as error:
            wrong.extend(error.sentences)
            continue
        if name in found:
            wrong.append(
                f"The skill {shown(part.rpartition(':')[0].strip())} stands twice in this cell. Keep one."
            )
        found[name] = level
    if wrong:
        raise BadValue(*wrong)
    return found


def _named_level(part: str, book: NameBook, top: int, line: int) -> tuple[str, int]:
    name, colon, level = part.rpartition(":")
    if not colon:
        raise BadValue(f"{shown(part)} has no level. Write it like {part[:20]}:3.")
    if not _LEVEL.fullmatch(level.strip()) or not 1 <= int(level) <= top:
        raise BadValue(
            f"The level {shown(level.strip())} of {shown(name)} is not a whole number from 1 to {top}."
        )
    return book.look_up(name, line), int(level)


def options(text: str, book: NameBook, line: int) -> tuple[str, ...]:
    """`a|b` as names of the book, each once."""
    found: dict[str, None] = {}
    wrong: list[str] = []
    for part in _parts(text):
        try:
            found[book.look_up(part, line)] = None
        except BadValue as error:
            wrong.extend(error.sentences)
    if wrong:
        raise BadValue(*wrong)
    return tuple(found)


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) > MAX_ENTRIES:
        raise BadValue(f"The cell has {len(parts)} entries; {MAX_ENTRIES} is the most. Shorten it.")
    return [part for part in parts if part]
