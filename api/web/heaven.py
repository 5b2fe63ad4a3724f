"""The stars over the band of a page: drawn from the page's name, so that each has its own and keeps it."""

from __future__ import annotations

from functools import cache
from random import Random

from markupsafe import Markup

from api.web.drawing import STAR

SMALL = 22
WIDTH, HEIGHT = 352, 176


@cache
def heaven(seed: str) -> Markup:
    """Small stars at random, and five that are joined, one of them bright."""
    chance = Random(seed)  # noqa: S311
    small = "".join(
        f'<circle cx="{chance.randint(4, WIDTH - 4)}" cy="{chance.randint(4, HEIGHT - 6)}" '
        f'r="{chance.choice((0.8, 1, 1.4))}" opacity=".{chance.choice((3, 45, 6))}"/>'
        for _ in range(SMALL)
    )
    joined = [(24 + 74 * n + chance.randint(-14, 14), chance.randint(50, 130)) for n in range(5)]
    bright = chance.choice((2, 3, 4))
    joined[bright] = (joined[bright][0], chance.randint(22, 34))
    thread = "M" + " ".join(f"{x} {y}" for x, y in joined)
    knots = "".join(
        f'<path class="bright" transform="translate({x} {y}) scale(1.6)" d="{STAR}"/>'
        if n == bright
        else f'<circle cx="{x}" cy="{y}" r="2.2"/>'
        for n, (x, y) in enumerate(joined)
    )
    return Markup(  # noqa: S704
        f'<svg class="heaven" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{small}'
        f'<path class="link" d="{thread}"/>{knots}</svg>'
    )
