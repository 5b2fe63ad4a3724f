"""Types of settings that carry their bounds, so that no setting can be without any.

What they refuse, they refuse with the end of a sentence that begins with the name of the setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from models import addresses, looks
from models.process import texts
from models.process.terms import USUAL_WORDS

LONGEST = timedelta(days=3660)
"""Ten years: a date beyond what a calendar can hold would stop the process that computes it."""
SHORT = timedelta(days=30)
MAX_PERIODS = 20
MAX_OPTIONS = 50
MAX_OPTION = 120
MAX_SENTENCES = 10
MAX_SENTENCE = 300
MAX_LINE = 200
MAX_RULE = 1000
MAX_WEIGHTS = 200
MAX_CONTACT = 320


def _up_to(longest: timedelta, called: str) -> Callable[[timedelta], timedelta]:
    def check(value: timedelta) -> timedelta:
        if not timedelta() < value <= longest:
            raise ValueError(f"takes a period longer than zero, up to {called}")
        return value

    return check


def _in_order(value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    return tuple(sorted(set(value)))


def _option(value: str) -> str:
    option = value.strip()
    if not 0 < len(option) <= MAX_OPTION or "|" in option:
        raise ValueError(f"takes different texts of 1 to {MAX_OPTION} characters, without “|”")
    return option


def _different(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) < len(value):
        raise ValueError(f"takes different texts of 1 to {MAX_OPTION} characters, without “|”")
    return value


_TERM = re.compile(r"\{t\.(\w+)\}")


def _sentence(value: str) -> str:
    sentence = texts.one_line(value)
    if not 0 < len(sentence) <= MAX_SENTENCE or "|" in sentence:
        raise ValueError(_DIFFERENT_SENTENCES)
    rest = _TERM.sub(lambda found: "" if found[1] in USUAL_WORDS else found[0], sentence)
    if "{" in rest or "}" in rest:
        raise ValueError("takes in braces only the programme’s words, such as {t.mentee} or {t.a_request}")
    return sentence


def _different_sentences(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) < len(value):
        raise ValueError(_DIFFERENT_SENTENCES)
    return value


_DIFFERENT_SENTENCES = f"takes different sentences of 1 to {MAX_SENTENCE} characters, without “|”"


def _weights(value: dict[str, float]) -> dict[str, float]:
    """A factor of 1 says nothing and goes; hundredths are what the score counts in."""
    names = [" ".join(name.split()) for name in value]
    if not all(names) or len({name.casefold() for name in names}) < len(names):
        raise ValueError("takes different names of skills")
    rounded = (round(factor, 2) for factor in value.values())
    return {name: factor for name, factor in sorted(zip(names, rounded, strict=True)) if factor != 1}


def _line(value: str) -> str:
    line = value.strip()
    if not line:
        raise ValueError("cannot be empty")
    return line


def _accent(value: str) -> str:
    try:
        return looks.as_colour(value) if value.strip() else ""
    except ValueError:
        raise ValueError("takes a colour such as #0d6455, or off") from None


def _contact(value: str) -> str:
    text = value.strip()
    found = addresses.contact(text)
    # Servers that know ASCII only would refuse every mail with another address in its header.
    if text and (found is None or not found.username.isascii()):
        raise ValueError("takes one address such as Programme office <office@example.org>, or off")
    return text


Period = Annotated[timedelta, AfterValidator(_up_to(LONGEST, "ten years"))]
ShortPeriod = Annotated[timedelta, AfterValidator(_up_to(SHORT, "30 days"))]
Periods = Annotated[tuple[Period, ...], Field(max_length=MAX_PERIODS), AfterValidator(_in_order)]
Options = Annotated[
    tuple[Annotated[str, AfterValidator(_option)], ...],
    Field(max_length=MAX_OPTIONS),
    AfterValidator(_different),
]
Sentences = Annotated[
    tuple[Annotated[str, AfterValidator(_sentence)], ...],
    Field(max_length=MAX_SENTENCES),
    AfterValidator(_different_sentences),
]
Line = Annotated[str, Field(max_length=MAX_LINE), AfterValidator(_line)]
Name = Annotated[str, Field(max_length=64)]
Contact = Annotated[str, Field(max_length=MAX_CONTACT), AfterValidator(_contact)]
Accent = Annotated[str, AfterValidator(_accent)]
LogoName = Annotated[str, Field(pattern=r"^(?:[0-9a-f]{32}\.(?:png|svg))?$")]
SkillWeights = Annotated[
    dict[Annotated[str, Field(max_length=MAX_OPTION)], Annotated[float, Field(ge=0, le=10)]],
    Field(max_length=MAX_WEIGHTS),
    AfterValidator(_weights),
]
Rule = Annotated[str, Field(max_length=MAX_RULE)]
