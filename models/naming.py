"""What people read for codes and figures on pages and in mails alike; names are the English ones of Babel."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel.numbers import format_percent

from models import regions

LOCALE = "en_GB"


def country(code: str) -> str:
    """The name of a country by its ISO 3166 code; what is no code stays as it is."""
    return regions.countries().get(code.upper(), code)


def language(code: str) -> str:
    return regions.languages().get(code.lower(), code)


def languages(codes: Iterable[str]) -> str:
    return ", ".join(language(code) for code in codes)


def place(*parts: str, country_code: str = "") -> str:
    """Where somebody is, from the smallest part to the country, as far as it is stated."""
    return ", ".join(part for part in (*parts, country(country_code)) if part)


@cache
def percent(figure: int) -> str:
    """A whole figure of a hundred, with its sign: `65%`."""
    return format_percent(figure / 100, locale=LOCALE)


def attribute(name: str) -> str:
    """What people read for the stored name of an attribute: `start_year` is `Start year`."""
    return name.replace("_", " ").capitalize()
