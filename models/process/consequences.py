"""What a combination of settings leads to that none of them says by itself, in sentences for an admin."""

from __future__ import annotations

from collections.abc import Iterator

from models.process.profile import requirements
from models.process.programme import ProgrammeSettings

_WAITS = (
    ("remind_after", "close_after", "a request"),
    ("amendment_remind_after", "amendment_close_after", "a request that waits for a change"),
    ("survey_remind_after", "survey_close_after", "a survey"),
)


def consequences(settings: ProgrammeSettings) -> list[str]:
    """Empty where every setting does what it says."""
    return [*_of_waits(settings), *_of_lists(settings), *_of_eligibility(settings)]


def _of_waits(settings: ProgrammeSettings) -> Iterator[str]:
    shown = settings.stored()
    for remind, close, what in _WAITS:
        periods, end = getattr(settings, remind), getattr(settings, close)
        texts, closes = shown[remind], f"{what} closes ({close} is {shown[close]})"
        if end is None:
            yield f"{what.capitalize()} that nobody answers stays open for ever: {close} is off."
        elif not periods:
            yield f"Nobody is reminded before {closes}: {remind} is off."
        elif periods[0] >= end:
            yield f"Nobody is reminded before {closes}: {remind} is {_listed(texts)}."
        elif never := [text for text, one in zip(texts, periods, strict=True) if one >= end]:
            yield f"No reminder is ever sent after {_listed(never)}, because before that {closes}."


def _listed(texts: list[str]) -> str:
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last


def _of_lists(settings: ProgrammeSettings) -> Iterator[str]:
    if settings.close_after is not None and settings.stalled_after >= settings.close_after:
        shown = settings.stored()
        yield (
            f"No request is ever listed as stalled (stalled_after is {shown['stalled_after']}), because it "
            f"closes before (close_after is {shown['close_after']})."
        )


def _of_eligibility(settings: ProgrammeSettings) -> Iterator[str]:
    for needed in requirements(settings.eligibility):
        if needed.level > settings.levels:
            yield (
                f"Nobody can mentor: eligibility asks for {needed.skill} at level {needed.level}, and levels "
                f"end at {settings.levels}."
            )
