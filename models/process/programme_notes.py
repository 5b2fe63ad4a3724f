"""What a combination of settings leads to that none of them says by itself, in sentences for an admin."""

from __future__ import annotations

from collections.abc import Iterator

from models.process.match import spoken
from models.process.profile import requirements
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence

_WAITS = (
    ("remind_after", "close_after", "{t.a_request}"),
    ("amendment_remind_after", "amendment_close_after", "{t.a_request} that waits for a change"),
    ("survey_remind_after", "survey_close_after", "a survey"),
)


def notes_on(settings: ProgrammeSettings) -> list[str]:
    """Empty where every setting does what it says."""
    return [*_of_waits(settings), *_of_lists(settings), *_of_eligibility(settings)]


def _of_waits(settings: ProgrammeSettings) -> Iterator[str]:
    shown = settings.stored()
    for remind, close, what in _WAITS:
        periods, end = getattr(settings, remind), getattr(settings, close)
        names = {"remind": remind, "close": close}
        closes = Sentence(what + " closes ({close} is {end})", close=close, end=shown[close])
        if end is None:
            yield Sentence(
                _begun(what) + " that nobody answers stays open for ever: {close} is off.", **names
            )
        elif not periods:
            yield Sentence("Nobody is reminded before {closes}: {remind} is off.", closes=closes, **names)
        elif periods[0] >= end:
            texts = _listed(shown[remind])
            yield Sentence(
                "Nobody is reminded before {closes}: {remind} is {texts}.",
                closes=closes,
                texts=texts,
                **names,
            )
        elif never := [text for text, one in zip(shown[remind], periods, strict=True) if one >= end]:
            yield Sentence(
                "No reminder is ever sent after {texts}, because before that {closes}.",
                texts=_listed(never),
                closes=closes,
            )


def _begun(template: str) -> str:
    return template.replace("{t.a_", "{t.A_") if template.startswith("{") else template.capitalize()


def _listed(texts: list[str]) -> str:
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last


def _of_lists(settings: ProgrammeSettings) -> Iterator[str]:
    if settings.close_after is not None and settings.stalled_after >= settings.close_after:
        shown = settings.stored()
        yield Sentence(
            "No {t.request} is ever listed as stalled (stalled_after is {stalled}), because it "
            "closes before (close_after is {close}).",
            stalled=shown["stalled_after"],
            close=shown["close_after"],
        )


def _of_eligibility(settings: ProgrammeSettings) -> Iterator[str]:
    for needed in requirements(settings.eligibility):
        if needed.level > settings.levels:
            yield Sentence(
                "Nobody can be {t.a_mentor}: eligibility asks for {skill} at level {level}, and levels "
                "end at {end}.",
                skill=spoken(needed.skill),
                level=needed.level,
                end=settings.levels,
            )
