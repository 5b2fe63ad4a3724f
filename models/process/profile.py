"""A person's profile in a programme: when it is complete, who may mentor, and who has room (P4, P6-P8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict

from models.folding import fold
from models.process import zone_rules
from models.process.errors import Invalid
from models.process.match import spoken
from models.process.terms import Sentence

LONGEST_AWAY = timedelta(days=3660)
_RULE = re.compile(r"\s*(?P<skill>[^\s<>=][^<>=]*?)\s*>=\s*(?P<level>\d{1,2})\s*")
_SECOND_DAY = date(1, 1, 2)


class Requirement(BaseModel):
    """One skill and the level that a mentor needs in it at least."""

    model_config = ConfigDict(frozen=True)

    skill: str
    """As the rule writes it, or the key of the skill."""
    level: int
    name: str = ""
    """What people call the skill."""

    @property
    def words(self) -> str:
        return f"{self.name or spoken(self.skill)} at level {self.level} or above"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a profile lacks: the field, and a sentence that tells the person what to do."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What completeness depends on; levels and targets by skill name."""

    is_mentee: bool = False
    is_mentor: bool = False
    name: str = ""
    time_zone: str = ""
    levels: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, int] = field(default_factory=dict)
    preferences: Collection[str] = ()
    headline: str = ""


def requirements(rule: str) -> tuple[Requirement, ...]:
    """The eligibility rule of a programme: `business_skills>=4`, several separated by commas, all needed.

    An empty rule asks for nothing. Raises Invalid for text that is no rule.
    """
    found = []
    for part in filter(str.strip, rule.split(",")):
        match = _RULE.fullmatch(part)
        if match is None:
            sentence = "The eligibility rule is written like “business_skills>=4”, several with commas."
            raise Invalid(sentence, field="eligibility")
        found.append(Requirement(skill=match["skill"], level=int(match["level"])))
    return tuple(found)


def missing(
    profile: ProfileFacts, options: Collection[str] = (), needed: Collection[Requirement] = ()
) -> list[Missing]:
    """What the profile lacks for its roles, in the order of the form; empty when it is complete (P4).

    `options` are the programme's preference options: while it has none, none is required. `needed`
    is the programme's rule of who may mentor (P6).
    """
    found = []
    if not profile.name.strip():
        found.append(Missing(field="name", sentence="Tell us your name."))
    if not profile.time_zone:
        found.append(Missing(field="time_zone", sentence="Choose your time zone."))
    if profile.is_mentor:
        found.extend(_missing_of_mentor(profile, options, needed))
    elif profile.is_mentee:
        # A mentor who is also a mentee may look around without an aim; that must not hide them as a mentor.
        found.extend(_missing_of_mentee(profile, options))
    return found


def _missing_of_mentor(
    profile: ProfileFacts, options: Collection[str], needed: Collection[Requirement]
) -> list[Missing]:
    found = []
    if not profile.levels and not needed:
        sentence = "Name at least one skill that you can help with."
        if profile.is_mentee:
            sentence = Sentence(
                "Because you are also {t.a_mentor}: name at least one skill that you can help with."
            )
        found.append(Missing(field="skills", sentence=sentence))
    for short in unmet(profile.levels, needed):
        sentence = Sentence("To be {t.a_mentor} here you need {wanted}.", wanted=short.words)
        found.append(Missing(field="skills", sentence=sentence))
    if options and not profile.preferences:
        found.append(Missing(field="preferences", sentence=NEEDS_PREFERENCE))
    return found


def _missing_of_mentee(profile: ProfileFacts, options: Collection[str]) -> list[Missing]:
    if profile.targets or profile.preferences:
        return []
    if options:
        sentence = "Name a skill that you want to get better at, or tick a preference."
    else:
        sentence = "Name at least one skill that you want to get better at, with its target."
    return [Missing(field="targets", sentence=sentence)]


NEEDS_HEADLINE = "Write a headline: one line on what you do, or what you are after."
NEEDS_PREFERENCE = "Tick at least one preference."


def advisable(profile: ProfileFacts, options: Collection[str] = ()) -> list[Missing]:
    """What the profile should have beyond what is `missing`, and what no save of it may leave empty.

    It keeps nobody from anything: imported people have often not written it yet.
    """
    found = []
    if (profile.is_mentor or profile.is_mentee) and not profile.headline:
        found.append(Missing(field="headline", sentence=NEEDS_HEADLINE))
    if profile.is_mentee and not profile.is_mentor and options and not profile.preferences:
        found.append(Missing(field="preferences", sentence=NEEDS_PREFERENCE))
    return found


def unmet(levels: Mapping[str, int], needed: Collection[Requirement]) -> list[Requirement]:
    """The requirements that these levels (by the key of the skill) do not meet."""
    plain: dict[str, int] = {}
    for key, level in levels.items():
        # A rule may write `Business skills` for the key `business_skills`.
        plain[fold(key)] = max(level, plain.get(fold(key), 0))
    return [one for one in needed if levels.get(one.skill, plain.get(fold(one.skill), 0)) < one.level]


def rewritten(rule: str, written: Callable[[str], str]) -> str:
    """The rule with other names for its skills: `written` gives one by the present one."""
    return ", ".join(f"{written(one.skill)}>={one.level}" for one in requirements(rule))


def checked_back(day: date, today: date, field_name: str = "available_from") -> date:
    """The first day back as chosen on the person's `today`. Raises Invalid."""
    if not today < day <= today + LONGEST_AWAY:
        raise Invalid("Please choose a day after today, within the next ten years.", field=field_name)
    return day


def back_at(available: bool, available_from: date | None, zone: str) -> datetime | None:
    """From when on a person takes requests, aware UTC; None while no end is known (P8).

    `available_from` is the first day on which they are back, in their own zone (IANA).
    """
    if available:
        return datetime.min.replace(tzinfo=UTC)
    if available_from is None:
        return None
    # East of Greenwich the very first day begins before there is a time in UTC.
    day = max(available_from, _SECOND_DAY)
    return datetime.combine(day, time(), zone_rules.zone(zone)).astimezone(UTC)


def is_available(available: bool, available_from: date | None, zone: str, now: datetime) -> bool:
    """Whether a person takes new requests at `now` (aware)."""
    back = back_at(available, available_from, zone)
    return back is not None and back <= now


def places(capacity: int | None, maximum: int) -> int:
    """How many mentees a person takes at once: their own number within the programme's maximum."""
    return maximum if capacity is None else min(capacity, maximum)
