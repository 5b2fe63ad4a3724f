"""Why a mentor scores what they score, in sentences and in fields (M3)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from models.folding import fold, order
from models.matching.criteria import Gap, Seeker
from models.matching.score import gained
from models.process.match import MatchReason, leveled


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
    level_names: tuple[str, ...] = (),
) -> tuple[MatchReason, ...]:
    """The reasons for one mentor: covered gaps first and larger before smaller, then shared preferences.

    The texts name no people and read the same for mentee, mentor and admin. `names` gives the names of skills
    and options by key (a key without one stands for itself); `mentor` is the programme's own word (P3).
    `level_names` are what the programme calls its levels, from the first.
    """
    if not seeker.counted_gaps and not seeker.preferences:
        return (_reason(ReasonKind.NOTHING_TO_COMPARE, _NOTHING, {}),)
    gaps = [
        _about_gap(gap, levels.get(gap.skill, 0), names.get(gap.skill, gap.skill), mentor, level_names)
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
def _about_gap(gap: Gap, level: int, name: str, mentor: str, level_names: tuple[str, ...]) -> _AboutGap:
    kind = _kind(gap, level)
    named = {number: called for number, called in enumerate(level_names, 1) if called}
    goal = leveled(gap.target, named.get(gap.target))
    wish = (
        f"from level {leveled(gap.current, named.get(gap.current))} to {goal}"
        if gap.current
        else f"to level {goal}"
    )
    fields: dict[str, str | int] = {
        "skill": name,
        "current": gap.current,
        "target": gap.target,
        "level": level,
    }
    for part in ("current", "target", "level"):
        if called := named.get(int(fields[part])):
            fields[f"{part}_name"] = called
    text = f"{name}: wanted {wish}; the {mentor} {_standing(kind, level, named.get(level))}."
    return _AboutGap((_KIND_ORDER[kind], -gap.size, fold(name), gap.skill), _reason(kind, text, fields))


def _kind(gap: Gap, level: int) -> ReasonKind:
    covered = gained(gap, level)
    if covered == gap.size:
        return ReasonKind.GAP_COVERED
    return ReasonKind.GAP_PARTLY_COVERED if covered else ReasonKind.GAP_NOT_COVERED


def _standing(kind: ReasonKind, level: int, called: str | None) -> str:
    if level == 0:
        return "has not named this skill"
    return f"is at {leveled(level, called)}{_ENDINGS[kind]}"


def _about_options(names: Iterable[str]) -> list[MatchReason]:
    return [
        _reason(ReasonKind.PREFERENCE_SHARED, f"Both chose “{name}”.", {"option": name})
        for name in sorted(names, key=order)
    ]


def _reason(kind: ReasonKind, text: str, fields: Mapping[str, str | int]) -> MatchReason:
    return MatchReason.model_validate({"kind": kind.value, "text": text, **fields})
