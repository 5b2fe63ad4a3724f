"""Positions and shapes of what pages draw: faces, the course of a journey, the dots of a match. Pure.

Every function takes what it gets: nothing, one value, all equal, more than the whole. None gives NaN.
`api.web.charts` has the pictures of figures, `parts/draw.html` the macros.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import bidirectional, category, normalize
from zlib import crc32

STAR = "M0-10 2.4-2.4 10 0 2.4 2.4 0 10-2.4 2.4-10 0-2.4-2.4Z"

PAIRS = 10
_SEAS = (
    "M0 34C10 28 16 28 24 34S38 40 48 34V48H0Z",
    "M0 37C11 42 19 30 25 35S40 39 48 37V48H0Z",
    "M0 32C11 36 15 38 24 34S38 30 48 32V48H0Z",
)
_JOINS = "\u200c"
"""Between two letters that a script would write as one."""


@dataclass(frozen=True, slots=True)
class Face:
    """How somebody is drawn: one of ten pairs of colours, one of three seas, none to two letters."""

    colours: int
    sea: str
    letters: str


def face(person_id: str, name: str) -> Face:
    """The same on every page and at every time: it follows from the id; the letters follow from the name."""
    key = crc32(person_id.encode())
    return Face(key % PAIRS, _SEAS[key // PAIRS % len(_SEAS)], initials(name))


def initials(name: str) -> str:
    """The first letters of the first and the last word; empty where a name has none, such as one of emoji."""
    words = [start for word in normalize("NFKC", name).split() if (start := _first_letter(word))]
    ends = words[:1] + words[1:][-1:]
    right_to_left = any(bidirectional(end[0]) in {"R", "AL"} for end in ends)
    return (_JOINS if right_to_left else "").join(ends)


def _first_letter(word: str) -> str:
    """With the marks that stand above or below it; capital where that is still one letter.

    A word in brackets has none, being no part of the name; apostrophes and quotes are passed over.
    """
    places = (place for place, sign in enumerate(word) if sign.isalnum() and category(sign) != "Lm")
    start = next(places, None)
    if start is None or category(word[0]) == "Ps":
        return ""
    end = start + 1
    while end < len(word) and category(word[end]) in {"Mn", "Mc"}:
        end += 1
    letter = word[start:end]
    return letter.upper() if len(letter.upper()) == len(letter) else letter


def share(value: float, whole: float) -> float:
    """`value` of `whole` as 0 to 1; 0 where there is no whole."""
    if not (math.isfinite(value) and math.isfinite(whole)) or whole <= 0:
        return 0.0
    return min(1.0, max(0.0, value / whole))


def percent(value: float, whole: float = 1) -> str:
    """As an attribute takes it: `42.5%`."""
    return f"{number(100 * share(value, whole))}%"


def number(value: float) -> str:
    """With one decimal at most, without a needless one, and no negative zero."""
    return f"{round(value, 1) + 0.0:g}"


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of a journey: what it is called, its date in words, and how it stands.

    `state`: done, turn (it waits for the reader), now (it waits for somebody else), ahead, or end for what
    ended before it arrived. `star` marks the stop that all is about.
    """

    label: str
    when: str = ""
    state: str = "ahead"
    star: bool = False

    @property
    def said(self) -> str:
        """How it stands, for those who do not see the drawing."""
        return {"done": "done", "turn": "your turn", "end": "it ended here"}.get(self.state, "")


@dataclass(frozen=True, slots=True)
class Point:
    stop: Stop
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Course:
    """A journey as it is drawn: the water, sailed and ahead, as paths 1000 wide; stops, boat in percent."""

    points: list[Point]
    sailed: str
    ahead: str
    boat: tuple[str, str, str] | None
    """Place, height and tilt in degrees; None where the journey is over."""
    current: int | None
    """Which stop it waits at or sails to."""


MIDDLE, SWELL, LENGTH = 50, 6, 1000


def course(today: float, stops: Sequence[Stop]) -> Course:
    """The stops side by side, `today` (0 to 1) between them; the waves have a crest or a trough at each."""
    count, now = max(1, len(stops)), share(today, 1)
    over = not stops or all(stop.state == "done" for stop in stops) or stops[-1].state == "end"
    if over:
        now = 1 - 0.5 / count if stops else 0.0
    points = [
        Point(stop, percent(place + 0.5, count), number(_height((place + 0.5) / count, count)))
        for place, stop in enumerate(stops)
    ]
    tilt = 7 * math.cos(math.pi * (count * now + 1))
    return Course(
        points=points,
        sailed=_water(0, now, count) if now else "",
        ahead="" if over else _water(now, 1, count),
        boat=None if over else (percent(now), number(_height(now, count) - 1), number(tilt)),
        current=next((place for place, stop in enumerate(stops) if stop.state not in {"done", "end"}), None),
    )


def _height(at: float, count: int) -> float:
    return MIDDLE + SWELL * math.sin(math.pi * (count * at + 1))


def _water(start: float, end: float, count: int) -> str:
    parts = max(2, math.ceil((end - start) * 16 * count))
    places = (start + (end - start) * part / parts for part in range(parts + 1))
    return "M" + " ".join(f"{number(LENGTH * at)} {number(_height(at, count))}" for at in places)


@dataclass(frozen=True, slots=True)
class Dot:
    """One level of a scale: `me` (reached), `want` (wanted), `rest`, or `star` (where the other one is)."""

    x: int
    kind: str


def dots(me: int, wish: int, them: int, top: int = 5, gap: int = 26) -> list[Dot]:
    """One for each level, more than `top` where somebody is further; 0 is for none stated."""
    last = max(top, me, wish, them)
    return [Dot(12 + gap * (level - 1), _dot(level, me, wish, them)) for level in range(1, last + 1)]


def _dot(level: int, me: int, wish: int, them: int) -> str:
    if level == them:
        return "star"
    return "me" if level <= me else "want" if level <= wish else "rest"
