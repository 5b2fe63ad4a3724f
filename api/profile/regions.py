"""Countries and languages as people write them in their profiles."""

from __future__ import annotations

from collections.abc import Collection

from models import regions
from models.matching.suggest import did_you_mean
from models.process import texts
from models.process.errors import Invalid

MAX_LINE = 200
MAX_LANGUAGES = 100


def country(text: str) -> str:
    """The code of a country (ISO 3166-1), from the code or its name in many languages. Raises Invalid."""
    cleaned = texts.line(text, "country", MAX_LINE)
    code = regions.country_code(cleaned) if cleaned else ""
    if code is None:
        hint = did_you_mean(cleaned, regions.countries().values())
        sentence = f"There is no such country; write its name, or two letters such as DE (ISO 3166-1).{hint}"
        raise Invalid(sentence, field="country")
    return code


def languages(given: Collection[str]) -> list[str]:
    """The codes of languages (ISO 639), each once, from codes or names. Raises Invalid."""
    if len(given) > MAX_LANGUAGES:
        raise Invalid(f"A profile has up to {MAX_LANGUAGES} languages.", field="languages")
    return list(dict.fromkeys(_language(texts.line(one, "languages", MAX_LINE)) for one in given))


def _language(text: str) -> str:
    code = regions.language_code(text)
    if code is None:
        hint = did_you_mean(text, regions.languages().values())
        sentence = f"“{text}” is not a language we know; write its name, or its code (ISO 639).{hint}"
        raise Invalid(sentence, field="languages")
    return code
