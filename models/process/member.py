"""The profile of one person in one programme, as forms and imports change it and the database keeps it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self

from models.process.profile import ProfileFacts, is_available


@dataclass(slots=True)
class MemberProfile:
    """Levels, targets, familiarity and since when help is needed are by skill name in lower case.

    The other fields are those of the table `members`. `complete` is as last computed; `preferences` has no
    order.
    """

    person_id: str
    name: str
    time_zone: str
    joined_at: datetime
    is_mentee: bool = False
    is_mentor: bool = False
    is_admin: bool = False
    headline: str = ""
    about: str = ""
    unit: str = ""
    location: str = ""
    country: str = ""
    languages: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    contact: str = ""
    manager_email: str = ""
    capacity: int | None = None
    available: bool = True
    available_from: date | None = None
    stepped_down: bool = False
    commitment_at: datetime | None = None
    optional_mails: bool = True
    complete: bool = False
    left_at: datetime | None = None
    skills: dict[str, int] = field(default_factory=dict)
    targets: dict[str, int] = field(default_factory=dict)
    familiarity: dict[str, int] = field(default_factory=dict)
    help: dict[str, datetime] = field(default_factory=dict)
    preferences: frozenset[str] = frozenset()

    @property
    def named(self) -> set[str]:
        """All skills that the profile says something of."""
        return self.skills.keys() | self.targets.keys() | self.familiarity.keys() | self.help.keys()

    def ticks(self, options: frozenset[str], offered: Collection[str]) -> None:
        """Ticks these preferences and no other, of those that the programme has on offer.

        A mentor who unticks all of them steps down (P7), until one is ticked again.
        """
        unticked = self.is_mentor and bool(self.preferences) and bool(offered)
        self.stepped_down = not options and (self.stepped_down or unticked)
        self.preferences = options

    def returned(self) -> Self:
        """A member who has come back has none of the roles from before they left."""
        if self.left_at is None:
            return self
        return replace(self, left_at=None, is_mentee=False, is_mentor=False, is_admin=False)

    def takes_requests(self, now: datetime) -> bool:
        """Whether they are available, or back by `now` (aware)."""
        return is_available(self.available, self.available_from, self.time_zone, now)

    def facts(self) -> ProfileFacts:
        """What completeness depends on."""
        return ProfileFacts(
            is_mentee=self.is_mentee,
            is_mentor=self.is_mentor,
            name=self.name,
            time_zone=self.time_zone,
            levels=self.skills,
            targets=self.targets,
            preferences=self.preferences,
            headline=self.headline,
        )
