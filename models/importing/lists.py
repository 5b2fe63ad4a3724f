"""Lists as people and forms write them in one cell, and the entries of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from models.folding import fold
from models.importing.errors import BadValue

MAX_ENTRIES = 100
"""Entries of one cell of skills, targets, preferences or languages."""

_BULLETS = "•◦▪▫●○■□‣⁃➢➤►✓✔☑·∙*"
_WIDE = str.maketrans(
    {"；": ";", "،": ",", "，": ",", "、": ",", "؛": ";", "：": ":", "｜": "|", "\xa0": " "}
)
_HARD = re.compile(r"[|;\r\n\v\f\t\x85\u2028\u2029]|(?:(?<=\s)|^)[•◦▪▫●○■□‣⁃➢➤►·∙](?=\s|$)")
_LEAD = re.compile(rf"(?:[{re.escape(_BULLETS)}]\s*|[-–—>+]\s+|\(?\d{{1,2}}[.)]\s+)+")
_OUTSIDE = re.compile(r",(?![^()\[\]]*[)\]])")
"""A comma that does not stand in brackets."""


def unfolded(text: str) -> str:
    """Text with the separators of other scripts as those that are looked for."""
    return text.translate(_WIDE)


def entries(
    text: str,
    is_known: Callable[[str], bool],
    is_complete: Callable[[str], bool] | None = None,
    meant: Mapping[str, str] | None = None,
) -> list[str]:
    """The entries of a cell. Raises BadValue for more than there may be.

    Bars, semicolons, line breaks and bullets always stand between entries. A comma does so unless it belongs
    to a name that `is_known`, or another separator is there: then only if all it parts `is_complete`.
    `meant` gives by folded entries what they stand for.
    """
    cell = unfolded(text)
    pieces = [piece for part in _HARD.split(cell) if (piece := _bare(part))]
    only_commas = _HARD.search(cell) is None
    found: list[str] = []
    for piece in pieces:
        found += _by_commas(piece, only_commas, is_known, is_complete)
    if len(found) > MAX_ENTRIES:
        raise BadValue(f"The cell has {len(found)} entries; {MAX_ENTRIES} is the most. Shorten it.")
    return [said for one in found if (said := meant.get(fold(one), one))] if meant else found


def _bare(part: str) -> str:
    return _LEAD.sub("", part.strip(), count=1).strip() if part else ""


def _by_commas(
    piece: str,
    only_commas: bool,
    is_known: Callable[[str], bool],
    is_complete: Callable[[str], bool] | None,
) -> list[str]:
    if "," not in piece or is_known(piece):
        return [piece]
    parts = [part.strip() for part in _OUTSIDE.split(piece)]
    if not only_commas and not (is_complete and all(map(is_complete, filter(None, parts)))):
        return [piece]
    found: list[str] = []
    while parts:
        # The longest run of parts that is one known name: options may have commas in them.
        for end in range(len(parts), 1, -1):
            joined = ", ".join(parts[:end])
            if is_known(joined):
                break
        else:
            end, joined = 1, parts[0]
        found += [_bare(joined)] if joined else []
        del parts[:end]
    return found
