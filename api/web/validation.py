"""What pydantic found wrong, as sentences for a person. Never repeats what was sent: it may be anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

_PLACES = {"body", "query", "path", "header", "cookie"}


def field_of(error: Mapping[str, Any]) -> str:
    """Where it is: `skills.3.level`; `body` for the body as a whole."""
    place, *inner = error["loc"] or ("body",)
    if error["type"] == "json_invalid" or not inner:
        return str(place)
    return ".".join(str(part) for part in (inner if place in _PLACES else (place, *inner)))


def sentence_of(error: Mapping[str, Any]) -> str:
    """One sentence that says what is expected."""
    context = error.get("ctx") or {}
    found = _SENTENCES.get(error["type"])
    return found(context) if found else _plain(error)


def _plain(error: Mapping[str, Any]) -> str:
    message = str(error.get("msg", "")).removeprefix("Value error, ").rstrip(".")
    return f"{message[:1].upper()}{message[1:]}."


def _always(sentence: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: sentence


_TEXT = _always("This takes a text without broken characters.")
_OBJECT = _always("This takes a JSON object, with the header Content-Type: application/json.")
_NUMBER = _always("This takes a whole number.")
_DURATION = _always("This takes an ISO 8601 duration such as P7D or PT30M.")
_DATE = _always("This takes a date such as 2027-03-31.")

_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": _always("This is needed."),
    "json_invalid": _always("The body is not valid JSON."),
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_long": lambda context: f"Please keep this to {context['max_length']} characters.",
    "string_too_short": _always("This cannot be empty."),
    "string_pattern_mismatch": _always("This has characters that are not allowed here."),
    "too_long": lambda context: f"This takes {context['max_length']} entries at the most.",
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_from_float": _NUMBER,
    "greater_than_equal": lambda context: f"This takes a number from {context['ge']} upwards.",
    "less_than_equal": lambda context: f"This takes a number up to {context['le']}.",
    "bool_type": _always("This takes true or false."),
    "bool_parsing": _always("This takes true or false."),
    "enum": lambda context: f"This takes one of: {context['expected']}.",
    "literal_error": lambda context: f"This takes one of: {context['expected']}.",
    "list_type": _always("This takes a list."),
    "dict_type": _always("This takes an object."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
}


def _is_day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("This takes a date such as 2027-03-31")


def _is_whole(value: Any) -> Any:
    if isinstance(value, (bool, str)):
        raise ValueError("This takes a whole number")  # noqa: TRY004 - pydantic takes ValueError alone
    return value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Day = Annotated[date, BeforeValidator(_is_day)]
"""A date as the description says it: pydantic alone would take seconds since 1970 as well."""
WHOLE = BeforeValidator(_is_whole)
"""For a number in JSON: pydantic alone would take "3" and true as well. Bounds stand before it, or the
description of the API would not have them."""
Whole = Annotated[int, WHOLE]
