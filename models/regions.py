"""Countries and languages by the names that people write, in the languages that they write in.

The names are those of the Unicode locale data (Babel); codes are ISO 3166-1 alpha-2 and ISO 639.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from babel import Locale
from babel.core import get_global

from models.folding import fold

_SPOKEN = (
    "en de fr es pt it nl pl ru uk cs sk hu ro bg el tr sv da nb fi et lv lt sl hr sr bs mk sq ca "
    "eu gl ga cy is ar he fa hi bn ur ta te mr id ms vi th ja ko zh zh_Hant af sw ka hy az kk uz"
).split()
"""Locales whose names are known, the likeliest first: of two meanings the earlier one counts."""

_COUNTRIES_TOO = {
    "uk": "GB",
    "el": "GR",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "great britain": "GB",
    "britain": "GB",
    "u.k": "GB",
    "america": "US",
    "united states of america": "US",
    "the united states": "US",
    "u.s": "US",
    "u.s.a": "US",
    "the netherlands": "NL",
    "holland": "NL",
    "czech republic": "CZ",
    "republic of ireland": "IE",
    "korea": "KR",
    "republic of korea": "KR",
    "russian federation": "RU",
    "ivory coast": "CI",
    "macedonia": "MK",
    "viet nam": "VN",
    "turkey": "TR",
    "hong kong": "HK",
    "macau": "MO",
    "macao": "MO",
    "burma": "MM",
    "swaziland": "SZ",
    "cape verde": "CV",
    "palestine": "PS",
}
_LANGUAGES_TOO = {
    "mandarin": "zh",
    "cantonese": "yue",
    "farsi": "fa",
    "flemish": "nl",
    "castilian": "es",
    "castellano": "es",
    "brazilian": "pt",
    "brasileiro": "pt",
    "norwegian": "no",
    "norwegisch": "no",
    "tagalog": "tl",
    "gaelic": "gd",
}
_NO_COUNTRIES = frozenset({"EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""What Babel names besides countries. EU is taken: ISO 3166 reserves it, and people write it."""
_ASIDE = re.compile(r"[(\[](.*?)[)\]]")
_CODE = re.compile(r"[A-Za-z]{2,3}", re.ASCII)
_TAG = re.compile(r"([A-Za-z]{2,3})[-_][A-Za-z0-9]{2,8}", re.ASCII)


def country_code(text: str) -> str | None:
    """The code of a country by its code or its name; None for what is neither."""
    return _first(text, _country)


def language_code(text: str) -> str | None:
    """The code of a language by its code (also `en-GB`), or its name; None for what is neither."""
    return _first(text, _language)


@cache
def countries() -> dict[str, str]:
    """English names by code."""
    return {code: name for code, name in Locale("en").territories.items() if _is_country(code)}


@cache
def languages() -> dict[str, str]:
    """English names by code, without the variants of countries."""
    return {code: name for code, name in Locale("en").languages.items() if _CODE.fullmatch(code)} | {
        "no": "Norwegian",
        "tl": "Tagalog",
    }


def _first(text: str, look_up: Callable[[str], str | None]) -> str | None:
    """What stands before an aside in brackets counts first, then the aside: `Germany (DE)`."""
    asides = _ASIDE.findall(text)
    readings = [text, _ASIDE.sub(" ", text), *asides] if asides else [text]
    return next((code for one in readings if (code := look_up(one.strip(" .,")))), None)


@cache
def _country(text: str) -> str | None:
    if _CODE.fullmatch(text) and (code := text.upper()) in countries():
        return code
    key = fold(text)
    if key in _COUNTRIES_TOO:
        return _COUNTRIES_TOO[key]
    for names in (_names(locale, "territories") for locale in _SPOKEN):
        if (code := names.get(key, "")) and _is_country(code):
            return code
    aliases = get_global("territory_aliases").get(text.upper(), []) if _CODE.fullmatch(text) else []
    return aliases[0] if len(aliases) == 1 else None


@cache
def _language(text: str) -> str | None:
    key = fold(text)
    if _CODE.fullmatch(text) and key in languages():
        return key
    if key in _LANGUAGES_TOO:
        return _LANGUAGES_TOO[key]
    if tag := _TAG.fullmatch(text):
        return _language(tag[1])
    for names in (_names(locale, "languages") for locale in _SPOKEN):
        if code := names.get(key):
            return code.partition("_")[0]
    return get_global("language_aliases").get(key) if _CODE.fullmatch(text) else None


@cache
def _names(locale: str, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in getattr(Locale.parse(locale), kind).items():
        found.setdefault(fold(name), code)
    return found


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
