"""What erasing a person means: when it begins, what stands in their place, what is cut out.

Everything written between the person and another goes, on both sides. What is the other side's
own - their goals and their answers to a survey - stays, without the person's name and address in it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum

GRACE = timedelta(hours=24)
"""Between the asking and the erasing; the person is signed out and hidden at once, and can still stop it."""

FORMER = "A former member"
"""What everybody reads in the place of the person's name."""

GONE = "(erased)"
"""What stands where a text has to stand."""

CUT = "…"
"""What stands where a name was, in the words of other people."""

OURS = ("RequestExtended", "RulesChanged")
"""Timeline entries of people whose notes are the system's own words: a date."""

SHORTEST = 3
"""Letters that a part of a name has at the least to be cut out on its own; “Li” alone would tear up words."""


class ErasureState(StrEnum):
    ASKED = "asked"
    """Recorded before its process is started, which erases no person without the record."""
    WAITING = "waiting"
    """Asked for; nothing is gone yet, and the person may still keep it."""
    KEPT = "kept"
    """Called off."""
    ERASING = "erasing"
    ERASED = "erased"


LOCKED = frozenset({ErasureState.WAITING, ErasureState.ERASING, ErasureState.ERASED})
"""While in one of these the person cannot sign in."""


def placeholder_address(person_id: str) -> str:
    """An address that cannot exist (RFC 2606), different for each person."""
    return f"{person_id}@erased.invalid"


def traces(names: tuple[str, ...], address: str) -> tuple[str, ...]:
    """What a person can be recognised by in the words of others: whole names, their parts, the address."""
    parts = (part for name in names for part in re.split(r"[\s,.;()\"'-]+", name))
    long = {part for part in parts if len(part) >= SHORTEST}
    found = {address, *(name.strip() for name in names), *long} - {"", FORMER, *FORMER.split()}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


def without(text: str, found: tuple[str, ...]) -> str:
    """`text` with every trace of the person cut out, whatever its case; whole words only."""
    if not text or not found:
        return text
    either = "|".join(re.escape(one) for one in found)
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", CUT, text, flags=re.IGNORECASE)
