"""From the counts of the store to what the pictures of the desk show, with the sentences beneath. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.web.dates import Dates
from api.web.words import period
from models.naming import percent
from models.process.answering import FEW, Wait, median_days
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence
from models.store.health import Funnel, Survey

WEEKS = 12
WATCHED = timedelta(weeks=WEEKS)

Sent = tuple[datetime, Wait]
"""When a request was sent, and how long it waited for its first answer."""


@dataclass(frozen=True, slots=True)
class FunnelPicture:
    """`parts` are pairs of words and count. `is_few`: so few that they are only counted."""

    parts: list[tuple[str, int]]
    is_few: bool
    text: str


@dataclass(frozen=True, slots=True)
class AnswersPicture:
    """`median` in words for the whole time; `points` of each week, `aim` in days."""

    median: str
    points: list[tuple[str, float | None]]
    aim: float
    text: str


@dataclass(frozen=True, slots=True)
class SurveyPicture:
    """`bars`: words of the question, mean, counts of 1 to 5; none as long as too few have answered."""

    bars: list[tuple[str, str, tuple[int, ...]]]
    answered: str
    text: str


def funnel(found: Funnel) -> FunnelPicture:
    parts = [
        ("sent", found.sent),
        ("answered", found.answered),
        ("accepted", found.accepted),
        ("goals set", found.goals),
        ("done", found.completed),
    ]
    is_few = found.sent < FEW
    return FunnelPicture(parts, is_few, _few(found.sent) if is_few else _funnel_words(found))


def _few(number: int) -> str:
    return f"Fewer than {FEW}: they are only counted." if number else "Nothing yet in this time."


def _funnel_words(found: Funnel) -> str:
    share = percent(round(100 * found.accepted / found.sent))
    wait = "{open} still wait" if found.open != 1 else "one still waits"
    text = Sentence(
        "{share} of the {t.requests} became {t.a_mentoring}, " + wait + ".", share=share, open=found.open
    )
    if not found.declined or not found.reason_count:
        return text
    were = "was" if found.reason_count == 1 else "were"
    return Sentence(
        "{text} Of {declined} that were declined, {count} " + were + " for this reason: “{reason}”.",
        text=text,
        declined=found.declined,
        count=found.reason_count,
        reason=found.reason,
    )


def answers(sent: Sequence[Sent], settings: ProgrammeSettings, dates: Dates) -> AnswersPicture:
    weeks: list[list[Wait]] = [[] for _ in range(WEEKS)]
    for at, wait in sent:
        weeks[min(max(_weeks_ago(at, dates.now), 0), WEEKS - 1)].append(wait)
    begins = [dates.today - timedelta(weeks=n + 1) for n in range(WEEKS)]
    points = [(_week(begin, dates), _shown(waits)) for begin, waits in zip(begins, weeks, strict=True)]
    return AnswersPicture(
        median=_median([wait for _, wait in sent]),
        points=points[::-1],
        aim=settings.stalled_after / timedelta(days=1),
        text=_answers_words(len(sent), settings),
    )


def _weeks_ago(at: datetime, now: datetime) -> int:
    return (now - at) // timedelta(weeks=1)


def _week(begin: date, dates: Dates) -> str:
    return f"from {dates.day(begin)}"


def _shown(waits: Sequence[Wait]) -> float | None:
    found = median_days(waits) if len(waits) >= FEW else None
    return None if found is None else round(found, 1)


def _median(waits: Sequence[Wait]) -> str:
    """Empty where there are too few to say."""
    if len(waits) < FEW:
        return ""
    found = median_days(waits)
    return "–" if found is None else f"{found:.1f}"


def _answers_words(number: int, settings: ProgrammeSettings) -> str:
    if number < FEW:
        return Sentence(
            "{count} {t.requests} were sent in the last {weeks} weeks: fewer than {few} are only counted.",
            count=number,
            weeks=WEEKS,
            few=FEW,
        )
    return Sentence(
        "Half of the {t.requests} sent in a week were answered within so many days. One that expired counts "
        "as never answered, one that waits as far as it has waited. The dashed line: stalled, {after}.",
        after=period(settings.stalled_after),
    )


def survey(found: Survey) -> SurveyPicture:
    enough = found.answered >= FEW
    if found.settled < FEW:
        answered = f"{found.answered} of {found.settled} answered" if found.settled else ""
    else:
        answered = f"{percent(round(100 * found.answered / found.settled))} answered"
    bars = [(one.text, f"{one.mean:.1f}", one.counts) for one in found.scales if enough and one.answers]
    if not enough:
        text = _few(found.answered) if found.answered else "Nobody has answered yet."
        return SurveyPicture(bars, answered, text)
    return SurveyPicture(bars, answered, "From 1, not at all, to 5, very much.")
