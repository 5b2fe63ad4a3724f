"""From the text of a cell to a value, or to the sentences that say what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from models import zones
from models.canonical import clean_address
from models.importing.errors import BadValue
from models.importing.lists import entries
from models.importing.names import NameBook
from models.importing.report import shown
from models.importing.words import NOTHING, NOTHING_AT_ALL
from models.matching.suggest import did_you_mean
from models.process import texts
from models.regions import countries, country_code, language_code
from models.regions import languages as known_languages

MAX_ABOUT = 4000

_WHOLE = re.compile(
    r"(?:(?:max\.?|maximum|up to|bis zu)\s*)?([+-]?[0-9]{1,9})(?:[.,]0{1,6})?(?:\s*mentees?)?",
    re.ASCII | re.IGNORECASE,
)
_NAMED = re.compile(r"[^<>]*<\s*([^<>\s]+@[^<>\s]+)\s*>\s*[;,.]?")
_AND = re.compile(r"\s*(?:/|&|\+|\band\b|\bund\b|\bet\b|\by\b)\s*", re.IGNORECASE)
_FLUENCY = re.compile(
    r"\s*(?:[:–—]|\s-).*|\s*[(\[].*[)\]]\s*|\s+(?:[ABC][12]\b|native|fluent).*", re.IGNORECASE | re.DOTALL
)
_LITERAL = frozenset({"name", "first_name", "last_name", "country", "languages"})


def is_nothing(text: str, name: str) -> bool:
    """Whether what stands in a cell of this field says that nothing stands there."""
    if len(text) > 17:
        return False
    return text.casefold() in (NOTHING_AT_ALL if name in _LITERAL else NOTHING)


def line_of_text(text: str, limit: int) -> str:
    """A text on one line, as every way in keeps it."""
    found = texts.one_line(text)
    if not found:
        raise BadValue("Nothing in this cell can be seen. Write it in letters, or empty the cell.")
    return _within(found, limit)


def long_text(text: str, limit: int = MAX_ABOUT) -> str:
    """A text of several lines; line ends become LF."""
    return _within(unicodedata.normalize("NFC", texts.clean(text, "about", len(text))), limit)


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise BadValue(f"The text has {len(text):,} characters. Shorten it to {limit:,}.")
    return text


def address(text: str) -> str:
    """An e-mail address in lower case, also from `mailto:`, `Ann <ann@example.org>` and among stray signs."""
    try:
        return clean_address(text)
    except ValueError as error:
        bare = _bare_address(text)
        if bare != text:
            try:
                return clean_address(bare)
            except ValueError:
                pass
        raise BadValue(f"{shown(text)} is not an e-mail address. {error}") from error


def _bare_address(text: str) -> str:
    plain = texts.one_line(unicodedata.normalize("NFKC", text))
    if match := _NAMED.fullmatch(plain):
        plain = match[1]
    plain = re.sub(r"(?i)^(?:e-?mail|mail)\s*:\s*|^mailto:", "", plain.strip(" <>\"'"))
    plain = plain.partition("?")[0] if "mailto:" in text.casefold() else plain
    # A blank inside splits nothing that could be two addresses.
    return re.sub(r"\s+", "", plain).strip("<>\"'.,;:") if plain.count("@") == 1 else plain


def zone(text: str) -> str:
    """An IANA time zone, as it is written."""
    found = zones.find(text)
    if found is None:
        near = zones.suggestion(text)
        raise BadValue(f"There is no time zone {shown(text)}. Write it like Europe/Berlin.{near}")
    return found


def country(text: str) -> str:
    """An ISO 3166-1 alpha-2 code in upper case, from the code or a name."""
    found = country_code(texts.one_line(text))
    if found is None:
        raise BadValue(
            f"{shown(text)} is no country that is known. Write its name, or two letters like DE (ISO 3166-1)."
            f"{did_you_mean(text, countries().values())}"
        )
    return found


def languages(text: str, meant: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """ISO 639 codes in lower case, each once, from codes or names."""
    found: dict[str, None] = {}
    wrong: list[str] = []
    bad: list[str] = []
    for entry in entries(text, lambda name: False, meant=meant):
        for part in [entry] if language_code(entry) else _AND.split(entry):
            code = language_code(part) or language_code(_FLUENCY.sub("", part))
            if code:
                found[code] = None
            else:
                bad.append(entry)
                wrong.append(
                    f"{shown(part)} is no language that is known. Write its name, or its code (ISO 639)."
                    f"{did_you_mean(part, known_languages().values())}"
                )
    if wrong:
        raise BadValue(*wrong, entries=bad)
    return tuple(found)


def capacity(text: str, most: int) -> int:
    """How many mentees at once."""
    match = _WHOLE.fullmatch(text)
    if not match or not 1 <= int(match[1]) <= most:
        raise BadValue(
            f"{shown(text)} is not a capacity. Write a whole number from 1 to {most}, or available: no."
        )
    return int(match[1])


def options(text: str, book: NameBook, line: int, meant: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """A list of options as names of the book, each once."""
    found: dict[str, None] = {}
    wrong: list[str] = []
    bad: list[str] = []
    for part in entries(text, book.has, meant=meant):
        try:
            found[book.look_up(part, line)] = None
        except BadValue as error:
            wrong.extend(error.sentences)
            bad.append(part)
    if wrong:
        raise BadValue(*wrong, entries=bad)
    return tuple(found)
