"""Why a mentor scores what they score, in sentences and in fields (M3)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from models.matching.criteria import Gap, Seeker
from models.matching.score import gained
from models.process.match import MatchReason


class ReasonKind(StrEnum):
    """What a reason says.

    Those about a gap carry `skill` (its name), `current` (0: none stated), `target` and the mentor's `level`
    (0: none stated); a shared preference carries `option` (its name).
    """

    GAP_COVERED = "gap-covered"
    GAP_PARTLY_COVERED = "gap-partly-covered"
    GAP_NOT_COVERED = "gap-not-covered"
    PREFERENCE_SHARED = "preference-shared"
    NOTHING_TO_COMPARE = "nothing-to-compare"


_KIND_ORDER = {kind: place for place, kind in enumerate(ReasonKind)}
_ENDINGS = {
    ReasonKind.GAP_COVERED: "",
    ReasonKind.GAP_PARTLY_COVERED: ", which covers a part of the way",
    ReasonKind.GAP_NOT_COVERED: ", which is not above",
}
_NOTHING = "There are no skill gaps and no preferences to compare: set a target or tick a preference."


def explain(
    seeker: Seeker,
    levels: Mapping[str, int],
    preferences: Collection[str],
    names: Mapping[str, str] = MappingProxyType({}),
    mentor: str = "mentor",
) -> tuple[MatchReason, ...]:
    """The reasons for one mentor: covered gaps first and larger before smaller, then shared preferences.

    The texts name nobody and read the same for mentee, mentor and admin. `names` gives the names of skills
    and options by key (a key without one stands for itself); `mentor` is the programme's own word (P3).
    """
    if not seeker.counted_gaps and not seeker.preferences:
        return (_reason(ReasonKind.NOTHING_TO_COMPARE, _NOTHING, {}),)
    gaps = [
        _about_gap(gap, levels.get(gap.skill, 0), names.get(gap.skill, gap.skill), mentor)
        for gap in seeker.counted_gaps
    ]
    shared = seeker.preferences.intersection(preferences)
    return (
        *(about.reason for about in sorted(gaps, key=lambda about: about.order)),
        *_about_options(names.get(key, key) for key in shared),
    )


@dataclass(frozen=True, slots=True)
class _AboutGap:
    """`order` is where it stands among the reasons for one mentor."""

    order: tuple[int, int, str, str]
    reason: MatchReason


# On a page of fifty mentors the same gap meets the same few levels again and again.
@lru_cache(maxsize=4096)
def _about_gap(gap: Gap, level: int, name: str, mentor: str) -> _AboutGap:
    kind = _kind(gap, level)
    wish = f"from level {gap.current} to {gap.target}" if gap.current else f"to level {gap.target}"
    fields: dict[str, str | int] = {
        "skill": name,
        "current": gap.current,
        "target": gap.target,
        "level": level,
    }
    text = f"{name}: wanted {wish}; the {mentor} {_standing(kind, level)}."
    return _AboutGap((_KIND_ORDER[kind], -gap.size, name.casefold(), gap.skill), _reason(kind, text, fields))


def _kind(gap: Gap, level: int) -> ReasonKind:
    covered = gained(gap, level)
    if covered == gap.size:
        return ReasonKind.GAP_COVERED
    return ReasonKind.GAP_PARTLY_COVERED if covered else ReasonKind.GAP_NOT_COVERED


def _standing(kind: ReasonKind, level: int) -> str:
    if level == 0:
        return "has not named this skill"
    return f"is at {level}{_ENDINGS[kind]}"


def _about_options(names: Iterable[str]) -> list[MatchReason]:
    return [
        _reason(ReasonKind.PREFERENCE_SHARED, f"Both chose “{name}”.", {"option": name})
        for name in sorted(names, key=lambda name: (name.casefold(), name))
    ]


def _reason(kind: ReasonKind, text: str, fields: Mapping[str, str | int]) -> MatchReason:
    return MatchReason.model_validate({"kind": kind.value, "text": text, **fields})
