"""Why a value of a setting is refused, as the end of a sentence that begins with the setting."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

TAKES = {
    "day_ends": "takes a time of day from 01:00 to 23:59, such as 17:00",
    "weekdays": "takes days from 0 (Monday) to 6 (Sunday), several separated by |",
    "survey_questions": 'takes questions such as {"key": "useful", "text": "..."}, with "kind" (scale, text '
    'or choice), "required" (true or false) and "choices" if need be',
    "registration_questions": 'takes questions such as {"key": "why", "text": "...", "kind": "text"}, with '
    '"kind" (scale, text or choice), "required" (true or false) and "choices" if need be',
    "hours_apart": "takes a whole number from 0 to 12, or off",
    "logo": "takes an SVG or PNG as a data URI, the name of the one that there is, or off",
    "skill_weights": 'takes a number from 0 to 10 for each skill, such as {"SQL": 2, "Python": 0.5}',
    "terms": 'takes words such as {"mentor": {"one": "coach", "many": "coaches"}}, for mentor, mentee, '
    'coordinator, request and relationship, each with "a" (a coach) if need be',
}
_MOST = {
    "too_long": "takes up to {max_length} entries",
    "string_too_long": "takes a text of up to {max_length} characters",
    "string_unicode": "has a character that cannot be kept",
}


def reason(key: str, field: FieldInfo | None, error: ErrorDetails) -> str:
    """`field`: None for a setting that this version does not have."""
    if field is None:
        return "is no setting of this version."
    own = error["msg"].removeprefix("Value error, ")
    if own != error["msg"]:
        return f"{own}."
    if error["type"] in _MOST:
        return f"{_MOST[error['type']].format(**error.get('ctx', {}))}."
    takes = TAKES.get(key) or _takes(field)
    if error["input"] is None and len(error["loc"]) == 1:
        return f"cannot be switched off: it {takes}."
    return f"{takes}."


def _takes(field: FieldInfo) -> str:
    """What all settings of a kind take, for what is of another kind or out of bounds."""
    default = field.get_default()
    is_list = isinstance(default, tuple | frozenset)
    several = ", several separated by |" if is_list else ""
    if isinstance(next(iter(default), None) if is_list else default, timedelta):
        return (
            f"takes {'ISO 8601 periods' if is_list else 'an ISO 8601 period'} such as P7D or PT30M{several}"
        )
    if options := _choices(field):
        return f"takes {' or '.join(options)}{several}"
    if isinstance(default, int | float):
        whole = "a whole number" if isinstance(default, int) else "a number"
        return f"takes {whole}{_bounds(field)}"
    return f"takes {'texts' if is_list else 'a text'}{several}"


def _bounds(field: FieldInfo) -> str:
    least, most = (_bound(field, name) for name in ("ge", "le"))
    return f" from {least} to {most}"


def _bound(field: FieldInfo, name: str) -> Any:
    return next((getattr(one, name) for one in field.metadata if hasattr(one, name)), None)


def _choices(field: FieldInfo) -> list[str]:
    """What a setting with a fixed choice takes; empty for any other."""
    default = field.get_default()
    if isinstance(default, bool):
        return ["true", "false"]
    if isinstance(default, Enum):
        return [str(one) for one in type(default)]
    for one in (field.annotation, *get_args(field.annotation)):
        if get_origin(one) is Literal:
            return list(get_args(one))
    return []
