"""The colours of pages and mails, and those that follow from the one accent of a programme. Pure.

White is what we say, cream is what people wrote, clay is the reader's turn, green is progress. An accent
takes the place of green and of the water at the top of pages; clay, rose and the star stay, since they
mean something.
Lightness and hue are those of OKLab (Björn Ottosson, 2020); contrast is that of WCAG 2.2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache

Colours = dict[str, str]
"""Names of tokens with colours such as `#0d6455`; eight digits where the ground shines through."""

LIGHT: Colours = {
    "mist": "#eef2ef",
    "sheet": "#ffffff",
    "letter": "#fdf7ea",
    "well": "#f3f6f4",
    "ink": "#15211f",
    "soft": "#4f5e5a",
    "line": "#d9e1dd",
    "edge": "#6f7e78",
    "green": "#0d6455",
    "green-deep": "#094a3f",
    "green-tint": "#dbeee7",
    "on-green": "#ffffff",
    "turn": "#a2431a",
    "turn-deep": "#80330f",
    "turn-tint": "#fceadf",
    "on-turn": "#ffffff",
    "rose": "#9a2440",
    "rose-tint": "#fbe7ea",
    "star": "#b5761a",
    "sail": "#15211f",
    "ahead": "#82948d",
    "focus": "#1a5bc4",
    "deep-1": "#0a2a2e",
    "deep-2": "#114548",
    "deep-3": "#1a5c59",
}
DARK: Colours = {
    "mist": "#0c1514",
    "sheet": "#15211f",
    "letter": "#2b251a",
    "well": "#101a18",
    "ink": "#ebe8df",
    "soft": "#a9b8b2",
    "line": "#2a3935",
    "edge": "#768882",
    "green": "#84d3bf",
    "green-deep": "#abe4d5",
    "green-tint": "#173a33",
    "on-green": "#08231d",
    "turn": "#f4a77f",
    "turn-deep": "#f9c4a8",
    "turn-tint": "#40241a",
    "on-turn": "#2e1206",
    "rose": "#f3a4b1",
    "rose-tint": "#41202a",
    "star": "#f0bd5c",
    "sail": "#f4efe3",
    "ahead": "#6b7e77",
    "focus": "#9cc4ff",
    "deep-1": "#06191b",
    "deep-2": "#0b2b2d",
    "deep-3": "#103a39",
}
BAND: Colours = {
    "sheet": "#114548",
    "ink": "#fbf6ea",
    "soft": "#c3dad3",
    "line": "#ffffff2e",
    "edge": "#8fb3aa",
    "green": "#97e0cc",
    "green-deep": "#c2f0e3",
    "green-tint": "#ffffff1c",
    "on-green": "#08231d",
    "turn": "#ffb893",
    "turn-deep": "#ffb893",
    "turn-tint": "#ffffff1c",
    "star": "#f6c566",
    "sail": "#fbf6ea",
    "ahead": "#8db0a8",
    "focus": "#ffe3a6",
}
"""What differs on the band, which is night water in both schemes."""

TEXT, DRAWN, AIM = 4.5, 3.0, 5.0
"""Contrast that text and drawings need; the colours of an accent stay a little above it."""

WATER = ("deep-1", "deep-2", "deep-3")
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_STEP = 0.004
_TINGE = 0.075
"""The most chroma of grounds: they stay calm under any accent."""


def as_colour(text: str) -> str:
    """A colour as `#0d6455`, from how people write one. Raises ValueError for what is none."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        raise ValueError("A colour is written as # and six digits or letters from a to f, such as #0d6455.")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def contrast(one: str, other: str) -> float:
    """Of two colours without transparency, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def over(veil: str, ground: str) -> str:
    """What is seen of a ground through a colour of eight digits."""
    part = int(veil[7:9], 16) / 255
    mixed = (round(part * a + (1 - part) * b) for a, b in zip(_bytes(veil), _bytes(ground), strict=True))
    return "#" + "".join(f"{one:02x}" for one in mixed)


@lru_cache(maxsize=256)
def schemes(accent: str = "") -> dict[str, Colours]:
    """The colours in `light`, `dark` and on the `band`; an accent changes those that take its hue."""
    if not accent:
        return {"light": LIGHT, "dark": DARK, "band": BAND}
    _, chroma, hue = _perceived(as_colour(accent))
    return {
        "light": LIGHT | _light(as_colour(accent)) | _water((0.26, 0.36, 0.43), chroma, hue),
        "dark": DARK | _dark(chroma, hue) | _water((0.2, 0.27, 0.32), chroma, hue),
        "band": BAND | _band(chroma, hue),
    }


def _light(accent: str) -> dict[str, str]:
    """The accent itself, or a darker one of its hue where it could not be read."""
    lightness, chroma, hue = _perceived(accent)
    tint = _colour(0.93, min(chroma, 0.03), hue)
    grounds = [LIGHT[name] for name in ("sheet", "mist", "letter", "well", "turn-tint")] + [tint]
    green = _readable(min(lightness, 0.6), chroma, hue, grounds)
    deep = _readable(_perceived(green)[0] - 0.08, chroma, hue, grounds)
    return {"green": green, "green-deep": deep, "green-tint": tint}


def _dark(chroma: float, hue: float) -> dict[str, str]:
    tint = _colour(0.32, min(chroma, 0.045), hue)
    dark = _colour(0.23, min(chroma, 0.04), hue)
    grounds = [DARK[name] for name in ("sheet", "mist", "letter", "well", "turn-tint")] + [tint, dark]
    green = _readable(0.8, min(chroma, 0.1), hue, grounds, lighter=True)
    deep = _readable(0.87, min(chroma, 0.07), hue, grounds, lighter=True)
    return {"green": green, "green-deep": deep, "green-tint": tint, "on-green": dark}


def _water(steps: Iterable[float], chroma: float, hue: float) -> dict[str, str]:
    """The band, dark enough for everything that keeps its colour on it."""
    fixed = [BAND[name] for name in ("turn", "star", "ink")]
    made = (_readable(step, min(chroma, _TINGE), hue, fixed) for step in steps)
    return dict(zip(WATER, made, strict=True))


def _band(chroma: float, hue: float) -> dict[str, str]:
    water = list(_water((0.26, 0.36, 0.43), chroma, hue).values())
    dark = _colour(0.23, min(chroma, 0.04), hue)
    green = _readable(0.84, min(chroma, 0.09), hue, [*water, dark], lighter=True)
    deep = _readable(0.92, min(chroma, 0.05), hue, [*water, dark], lighter=True)
    soft = _readable(0.87, min(chroma, 0.025), hue, water, lighter=True)
    edge = _readable(0.74, min(chroma, 0.04), hue, water, lighter=True, aim=DRAWN + 0.3)
    return {
        "sheet": water[1],
        "green": green,
        "green-deep": deep,
        "on-green": dark,
        "soft": soft,
        "edge": edge,
        "ahead": edge,
    }


def _readable(
    lightness: float,
    chroma: float,
    hue: float,
    others: list[str],
    *,
    lighter: bool = False,
    aim: float = AIM,
) -> str:
    """The first colour of this hue, from this lightness on, that holds the aim against all the others.

    There is always one, since black or white at the end of the way holds it.
    """
    while True:
        made = _colour(lightness, chroma, hue)
        if all(contrast(made, other) >= aim for other in others) or not 0 < lightness < 1:
            return made
        lightness += _STEP if lighter else -_STEP


def _bytes(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (one / 255 for one in _bytes(colour))
    )
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _perceived(colour: str) -> tuple[float, float, float]:
    """Lightness from 0 to 1, chroma, and hue in radians."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _colour(lightness: float, chroma: float, hue: float) -> str:
    """The colour, or the one of the same lightness and hue with as much chroma as a screen can show."""
    lightness = min(max(lightness, 0.0), 1.0)
    while True:
        parts = _screen(lightness, chroma, hue)
        if chroma <= 0 or all(-0.001 <= part <= 1.001 for part in parts):
            return "#" + "".join(f"{_byte(part):02x}" for part in parts)
        chroma = chroma - 0.004 if chroma > 0.004 else 0.0


def _screen(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Linear red, green and blue; out of 0 to 1 for what no screen shows."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _byte(part: float) -> int:
    part = min(max(part, 0.0), 1.0)
    return round(255 * (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055))
