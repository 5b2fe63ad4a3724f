"""The score of a mentor for a mentee: a whole percentage from integers alone (docs/matching.md).

The parts and `percent` take plain integers as well as numpy arrays of int64, so that one mentor and a
whole programme are scored by the same lines and can never disagree.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, overload

from models.matching.criteria import WHOLE, Gap, Seeker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Whole = TypeVar("Whole", "int", "NDArray[np.int64]")


@dataclass(frozen=True, slots=True)
class Asked:
    """The denominators of a search: levels missing over all gaps, each times its weight, and preferences
    wanted."""

    needed: int
    wanted: int

    @classmethod
    def by(cls, seeker: Seeker) -> "Asked":
        """What the seeker asks for under its basis."""
        return cls(sum(gap.needed for gap in seeker.counted_gaps), len(seeker.preferences))

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to compare, so that every score is 0 and no match is exact."""
        return self.needed == 0 and self.wanted == 0


def gained(gap: Gap, level: int) -> int:
    """Levels of the gap that a mentor at `level` covers: 0 up to the size of the gap."""
    return max(0, min(level - gap.current, gap.size))


def percent(asked: Asked, weight: int, covered: Whole, shared: Whole) -> Whole:
    """The score, 0 to 100, rounded half up.

    `weight` is the skills' share in per cent. `covered` and `shared` are the levels covered, times their
    weights, and the preferences shared, as integers or as arrays of shape (mentors,). A side that asks for
    nothing leaves its share to the other.
    """
    if asked.nothing:
        return covered * 0
    if asked.wanted == 0:
        return _rounded(WHOLE * covered, asked.needed)
    if asked.needed == 0:
        return _rounded(WHOLE * shared, asked.wanted)
    numerator = weight * covered * asked.wanted + (WHOLE - weight) * shared * asked.needed
    return _rounded(numerator, asked.needed * asked.wanted)


@overload
def fully_met(asked: Asked, covered: int, shared: int) -> bool: ...
@overload
def fully_met(
    asked: Asked, covered: "NDArray[np.int64]", shared: "NDArray[np.int64]"
) -> "NDArray[np.bool_]": ...
def fully_met(
    asked: Asked, covered: "int | NDArray[np.int64]", shared: "int | NDArray[np.int64]"
) -> "bool | NDArray[np.bool_]":
    """Whether the match is exact: every gap covered; where no gap counts, every preference shared.

    Booleans for integers, an array of them for arrays. Nothing asked is never met.
    """
    if asked.needed:
        return covered == asked.needed
    if asked.wanted:
        return shared == asked.wanted
    return covered < 0


def score(seeker: Seeker, levels: Mapping[str, int], preferences: Collection[str]) -> int:
    """The score of one mentor with `levels` by skill and `preferences` ticked."""
    covered, shared = parts(seeker, levels, preferences)
    return percent(Asked.by(seeker), seeker.skill_weight, covered, shared)


def is_exact(seeker: Seeker, levels: Mapping[str, int], preferences: Collection[str]) -> bool:
    """Whether one mentor is an exact match for the seeker."""
    return fully_met(Asked.by(seeker), *parts(seeker, levels, preferences))


def parts(seeker: Seeker, levels: Mapping[str, int], preferences: Collection[str]) -> tuple[int, int]:
    """Levels covered, times their weights, and preferences shared by one mentor."""
    covered = sum(gained(gap, levels.get(gap.skill, 0)) * gap.weight for gap in seeker.counted_gaps)
    return covered, len(seeker.preferences.intersection(preferences))


def _rounded(numerator: Whole, denominator: int) -> Whole:
    return (2 * numerator + denominator) // (2 * denominator)
