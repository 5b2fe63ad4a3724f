"""Positions and shapes of the pictures of figures: funnels, lines, places, bars, constellations. Pure.

Every function takes what it gets: nothing, one value, all equal, zeros. Where there is nothing to show, it
gives nothing, and the macros of `parts/draw.html` say so in a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.web.drawing import LENGTH, number, percent, share


def river(values: Sequence[float], height: int = 104) -> tuple[str, list[str]]:
    """A funnel 1000 wide as a path, and where its parts are divided; empty where nothing began."""
    whole = max(values, default=0)
    if whole <= 0 or not math.isfinite(whole):
        return "", []
    wide = LENGTH / len(values)
    marks = [(0.0, share(values[0], whole))]
    marks += [(wide * (place + 0.5), share(value, whole)) for place, value in enumerate(values)]
    marks += [(LENGTH, share(values[-1], whole))]
    upper = [(x, height * (1 - part) / 2) for x, part in marks]
    lower = [(x, height * (1 + part) / 2) for x, part in reversed(marks)]
    path = f"M{_spot(upper[0])}{_curve(upper)}L{_spot(lower[0])}{_curve(lower)}Z"
    return path, [number(wide * place) for place in range(1, len(values))]


def _curve(spots: Sequence[tuple[float, float]]) -> str:
    return "".join(
        f"C{number((x + u) / 2)} {number(y)} {number((x + u) / 2)} {number(v)} {_spot((u, v))}"
        for (x, y), (u, v) in pairwise(spots)
    )


def _spot(spot: tuple[float, float]) -> str:
    return f"{number(spot[0])} {number(spot[1])}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line over time: `curve` and `area` as paths 1000 wide, its last point, the height of the aim."""

    curve: str
    area: str
    end_x: str
    end_y: str
    aim_y: str = ""


def spark(values: Sequence[float | None], aim: float | None = None, height: int = 96) -> Line | None:
    """None where no value is known; those that are not known are left out of the line."""
    known = [(place, value) for place, value in enumerate(values) if value is not None and value >= 0]
    known = [(place, value) for place, value in known if math.isfinite(value)]
    if not known:
        return None
    top = max([value for _, value in known] + ([aim] if aim else [])) or 1.0
    steps = max(1, len(values) - 1)

    def at(place: int, value: float) -> tuple[float, float]:
        return 10 + 960 * place / steps, height - 6 - (height - 12) * share(value, top)

    spots = [at(place, value) for place, value in known]
    curve = "M" + " ".join(_spot(spot) for spot in spots)
    (first, _), (last, low) = spots[0], spots[-1]
    return Line(
        curve=curve,
        area=f"{curve} {number(last)} {height} {number(first)} {height}Z",
        end_x=percent(last, LENGTH),
        end_y=number(low),
        aim_y="" if aim is None else number(at(0, aim)[1]),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A place of somebody who carries: taken, free, or over what they can."""

    x: int
    kind: str


def load(taken: int, capacity: int) -> list[Place]:
    """One circle for each place, those beyond the capacity last."""
    return [Place(9 + 20 * n, _place(n, taken, capacity)) for n in range(max(taken, capacity))]


def _place(number: int, taken: int, capacity: int) -> str:
    if number >= capacity:
        return "over"
    return "taken" if number < taken else "free"


@dataclass(frozen=True, slots=True)
class Part:
    x: str
    width: str
    percent: int


def stackbar(counts: Sequence[int]) -> list[Part]:
    """How a whole is divided, in the order given; empty where there is nothing."""
    whole, seen, parts = sum(counts), 0, []
    for count in counts if whole > 0 else ():
        parts.append(Part(percent(seen, whole), percent(count, whole), round(100 * count / whole)))
        seen += count
    return parts


@dataclass(frozen=True, slots=True)
class Light:
    """A star of a constellation with its name; names stand above and below in turn."""

    x: int
    y: int
    label: str
    label_y: int
    size: str
    delay: str


SKY_WIDTH, SKY_HEIGHT = 704, 170


def sky(labels: Sequence[str]) -> tuple[list[Light], str]:
    """A star for each label, rising to the bright one at the end, which has none; and the thread between."""
    lights = [_light(place, len(labels), label) for place, label in enumerate([*labels, ""])]
    return lights, "M" + " ".join(f"{one.x} {one.y}" for one in lights)


def _light(place: int, last: int, label: str) -> Light:
    x = round(70 + (SKY_WIDTH - 140) * place / max(1, last))
    odd = place % 2
    delay = ("", "b", "c", "d", "e")[min(place, 4)]
    if place == last:
        return Light(x, 42, "", 42, "2.1", delay)
    y = round(118 - 34 * place / (last + 1)) + (-20 if odd else 14)
    return Light(x, y, label, y - 18 if odd else y + 30, "0.95", delay)


def of_those_before(parts: Sequence[tuple[str, int]]) -> list[tuple[str, int, str]]:
    """The table of a funnel: each part with its share of the one before."""
    before = [0, *(count for _, count in parts)]
    return [
        (words, count, f"{round(100 * count / whole)}%" if whole > 0 else "")
        for (words, count), whole in zip(parts, before, strict=False)
    ]


def known(points: Sequence[tuple[str, float | None]]) -> list[tuple[str, str]]:
    """The table of a line."""
    return [(words, "not known" if value is None else number(value)) for words, value in points]


def shares(questions: Sequence[tuple[str, str, Sequence[int]]]) -> list[list[str]]:
    """The table of a survey: each answer's share, from the lowest."""
    return [[words, *(f"{part.percent}%" for part in stackbar(counts))] for words, _, counts in questions]
