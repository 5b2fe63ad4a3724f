"""English names of countries and languages, for what the database keeps as codes."""

from __future__ import annotations

from models import regions


def countries() -> dict[str, str]:
    """Names by ISO 3166 code."""
    return regions.countries()


def country(code: str) -> str:
    return regions.countries().get(code.upper(), code)


def language(code: str) -> str:
    return regions.languages().get(code.lower(), code)


def languages(codes: list[str]) -> str:
    return ", ".join(language(code) for code in codes)


def attribute(name: str) -> str:
    """What people read for the stored name of an attribute: `start_year` is `Start year`."""
    return name.replace("_", " ").capitalize()
