"""The contrast of everything that is read or drawn, computed from the tokens of the sheet."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.assets import whole
from models.looks import Colours, as_colour, contrast, over

TEXT, DRAWN = 4.5, 3.0
SCHEMES = ("light", "dark")
GROUNDS = ("sheet", "mist", "letter", "well")
WATER = ("deep-1", "deep-2", "deep-3")
"""The band runs from the first of them to the last."""

READ = [
    *product(("ink", "soft", "green", "rose"), GROUNDS),
    *product(("ink", "soft", "green", "green-deep"), ["green-tint"]),
    *product(("green-deep", "turn", "turn-deep"), ["sheet"]),
    *product(("ink", "turn-deep", "green", "soft"), ["turn-tint"]),
    *product(("ink", "rose"), ["rose-tint"]),
    *product(["on-green"], ("green", "green-deep")),
    *product(["on-turn"], ("turn", "turn-deep")),
]
SEEN = [
    *product(("green", "turn", "rose", "star", "sail", "ahead", "edge", "focus"), ["sheet"]),
    *product(("green", "turn", "focus", "edge"), ["mist"]),
    *product(["edge"], ("letter", "well")),
    ("sheet", "ink"),
]
ON_WATER = {
    **dict.fromkeys(("ink", "soft", "green", "green-deep", "turn"), TEXT),
    **dict.fromkeys(("edge", "star", "sail", "ahead", "focus"), DRAWN),
}
AVATARS = re.findall(r"--a:(#\w+);--b:(#\w+)", whole())


def tokens(css: str) -> dict[str, Colours]:
    """The colours that a sheet declares: for light, for dark, and what differs on the band."""
    blocks = {"light": r":root\{([^}]*)\}", "dark": r"dark\)\{:root\{([^}]*)\}", "band": r"\.band\{([^}]*)\}"}
    return {
        scheme: dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", match[1]))
        for scheme, block in blocks.items()
        if (match := re.search(block, css))
    }


def failing(css: str) -> list[tuple[str, str, str, float]]:
    """Every pair of the sheet that is too near to each other: scheme, one, other, contrast."""
    found, found_band = tokens(css), tokens(css)["band"]
    pairs: list[tuple[str, str, str, float, float]] = []
    for scheme in SCHEMES:
        colours = found[scheme]
        for least, several in ((TEXT, READ), (DRAWN, SEEN)):
            pairs += [(scheme, a, b, contrast(colours[a], colours[b]), least) for a, b in several]
        for water in WATER:
            veiled = over(found_band["green-tint"], colours[water])
            pairs += [
                *(
                    (scheme, f"band {name}", water, contrast(found_band[name], colours[water]), least)
                    for name, least in ON_WATER.items()
                ),
                (scheme, "band ink", f"chip on {water}", contrast(found_band["ink"], veiled), TEXT),
            ]
        deep = colours["deep-1"]
        pairs += [
            (scheme, "deep-1", f"band {x}", contrast(deep, found_band[x]), TEXT) for x in ("ink", "turn")
        ]
        pairs.append(
            (
                scheme,
                "band on-green",
                "band green",
                contrast(found_band["on-green"], found_band["green"]),
                TEXT,
            )
        )
    assert len(pairs) == 2 * (len(READ) + len(SEEN) + 3 * (len(ON_WATER) + 1) + 3)
    return [(scheme, a, b, ratio) for scheme, a, b, ratio, least in pairs if ratio < least]


def test_everything_can_be_read_and_seen() -> None:
    assert failing(whole()) == []


def test_a_pale_token_is_found() -> None:
    pale = whole().replace("--soft:#4f5e5a", "--soft:#8f9e9a")
    assert {pair[:3] for pair in failing(pale)} >= {("light", "soft", "sheet"), ("light", "soft", "mist")}


@given(st.integers(0, 0xFFFFFF))
def test_everything_can_be_read_and_seen_in_any_accent(number: int) -> None:
    assert failing(whole(f"#{number:06x}")) == []


@given(st.sampled_from(["#0d6455", "#5b2a86", "#0b4f9e", "#7a1f2b"]))
def test_an_accent_that_can_be_read_is_taken_as_it_is(accent: str) -> None:
    assert tokens(whole(accent))["light"]["green"] == accent


def test_an_accent_leaves_what_means_something() -> None:
    plain, other = tokens(whole()), tokens(whole("#5b2a86"))
    for scheme in SCHEMES:
        for name in ("turn", "turn-tint", "rose", "star", "ink", "letter", "focus"):
            assert plain[scheme][name] == other[scheme][name]
        assert plain[scheme]["deep-2"] != other[scheme]["deep-2"]


def test_there_are_ten_pairs_of_avatars() -> None:
    assert len(set(AVATARS)) == 10


@pytest.mark.parametrize(("light", "dark"), AVATARS)
def test_letters_on_an_avatar_can_be_read_even_over_its_wave(light: str, dark: str) -> None:
    """In the dark the two change places."""
    for ground, letters in ((light, dark), (dark, light)):
        assert contrast(letters, ground) >= 6.9
        assert contrast(letters, over(letters + "24", ground)) >= TEXT


def test_no_colour_stands_outside_of_the_tokens() -> None:
    """Except those of avatars, shadows and paper."""
    strays = [
        (part.name, line.strip())
        for part in sorted(Path("api/web/static/sheet").glob("*.css"))
        for line in part.read_text().splitlines()
        if re.search(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", line)
        and not re.search(r"--a:|shadow|--rim|^@media print|:root, .band|#bbb", line)
    ]
    assert strays == []


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ffffff", "#ffffff", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("text", ["#0D6455", " 0d6455 ", "#0d6455"])
def test_a_colour_is_taken_as_people_write_it(text: str) -> None:
    assert as_colour(text) == "#0d6455"
    assert as_colour("#fA0") == "#ffaa00"


@pytest.mark.parametrize(
    "text", ["", "green", "#12345", "#1234567", "#0d6455;}", "#0d64gg", "#0d6455\n#", "１２３"]
)
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as #0d6455"):
        as_colour(text)
