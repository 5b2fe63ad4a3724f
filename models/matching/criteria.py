"""What a mentee is looking for, as the score sees it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from models.process.match import Basis

DEFAULT_SKILL_WEIGHT = 70
WHOLE = 100
"""What shares and weights are written in: per cent."""


@dataclass(frozen=True, slots=True)
class SkillLevels:
    """Where a person stands in one skill: levels of the programme's scale, 0 or None for none stated."""

    current: int = 0
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A skill whose target is above the current level; current 0 stands for no level stated.

    `weight` is how much each of its levels counts, in per cent of the usual; at 0 it is explained and does
    not count.
    """

    skill: str
    current: int
    target: int
    weight: int = WHOLE

    @property
    def size(self) -> int:
        """Levels that are missing, at least one."""
        return self.target - self.current

    @property
    def needed(self) -> int:
        """What the gap counts in the score when it is covered fully."""
        return self.size * self.weight


@dataclass(frozen=True, slots=True)
class Seeker:
    """A mentee's search: skills and options are keys of the programme, `skill_weight` is per cent."""

    basis: Basis = Basis.GAPS
    gaps: tuple[Gap, ...] = ()
    preferences: frozenset[str] = frozenset()
    skill_weight: int = DEFAULT_SKILL_WEIGHT

    def __post_init__(self) -> None:
        if not 0 <= self.skill_weight <= WHOLE:
            raise ValueError("The weight of the skills is a percentage from 0 to 100.")
        if len({gap.skill for gap in self.gaps}) != len(self.gaps):
            raise ValueError("A skill can stand only once among the gaps.")
        if any(gap.size <= 0 or gap.current < 0 or gap.weight < 0 for gap in self.gaps):
            raise ValueError("A gap needs a target above the current level, and no weight below zero.")

    @property
    def counted_gaps(self) -> tuple[Gap, ...]:
        """The gaps that enter the score: none when the basis is preferences only."""
        return self.gaps if self.basis is Basis.GAPS else ()


def own_gaps(standings: Mapping[str, SkillLevels]) -> tuple[Gap, ...]:
    """The gaps of a profile: every skill whose target lies above its current level, by skill key."""
    return tuple(
        Gap(skill, standing.current, standing.target)
        for skill, standing in sorted(standings.items())
        if standing.target is not None and standing.target > standing.current
    )


def chosen_gaps(standings: Mapping[str, SkillLevels], skills: Collection[str], top: int) -> tuple[Gap, ...]:
    """The gaps of a search over skills picked by hand, whether or not the profile has targets for them.

    A picked skill keeps the profile's own gap. One without a gap asks for the top of the scale, so that
    the most experienced come first; a skill in which the mentee is at the top already asks for nothing.
    """
    picked = {skill: standings.get(skill, SkillLevels()) for skill in skills}
    widened = {
        skill: standing
        if standing.target is not None and standing.target > standing.current
        else SkillLevels(standing.current, top)
        for skill, standing in picked.items()
    }
    return own_gaps(widened)


def weighed(gaps: tuple[Gap, ...], weights: Mapping[str, float]) -> tuple[Gap, ...]:
    """The gaps with the factors of a programme, by the key of the skill; without one a skill counts as
    usual."""
    return tuple(
        replace(gap, weight=round(weights[gap.skill] * WHOLE)) if gap.skill in weights else gap
        for gap in gaps
    )
