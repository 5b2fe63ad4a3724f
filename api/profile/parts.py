"""The sections of the profile's form: closed, each says what it holds; open is what is to be looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from api.profile.schemas import ProfileOut
from models import naming
from models.process.terms import Sentence, joined


@dataclass(frozen=True, slots=True)
class Part:
    """One section. `fields` are the names of its fields, those that end with _ the beginnings of names.

    `summary` is what it holds as it is saved; empty where it holds nothing.
    """

    name: str
    title: str
    fields: tuple[str, ...]
    summary: str
    wrong: bool = False
    missing: int = 0
    asked: bool = False

    @property
    def is_open(self) -> bool:
        return self.wrong or self.asked or self.missing > 0

    def holds(self, field: str) -> bool:
        return any(field == one or (one.endswith("_") and field.startswith(one)) for one in self.fields)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the sections depend on: the profile as it is saved, what is wrong with the form, what to open."""

    profile: ProfileOut
    is_mentor: bool
    has_options: bool
    maximum: int
    wrong: Collection[str] = ()
    opened: str = ""

    def parts(self) -> list[Part]:
        return [self._looked_at(part) for part in self._all()]

    def _looked_at(self, part: Part) -> Part:
        return Part(
            part.name,
            part.title,
            part.fields,
            part.summary,
            wrong=any(map(part.holds, self.wrong)),
            missing=sum(part.holds(hint.field) for hint in self.profile.hints),
            asked=part.name == self.opened,
        )

    def _all(self) -> Iterator[Part]:
        profile = self.profile
        yield Part("you", "You", ("name", "headline", "about"), profile.headline)
        where = ("time_zone", "unit", "location", "country", "languages", "attributes", "attribute_")
        yield Part("where", "Where you are", where, _where(profile))
        yield Part("part", "Your part in the programme", ("roles",), _roles(profile))
        skills = ("skills", "targets", "skill_", "level_", "target_", "familiarity_", "help_")
        yield Part("skills", "Skills", skills, _skills(profile))
        if self.has_options:
            yield Part("preferences", "Preferences", ("preferences",), ", ".join(profile.preferences))
        if self.is_mentor:
            fields = ("capacity", "available", "available_from", "commitment")
            yield Part("mentoring", Sentence("As {t.a_mentor}"), fields, self._mentoring())
        yield Part("reach", "How to reach you", ("contact", "essential_only"), _reach(profile))

    def _mentoring(self) -> str:
        places = self.maximum if self.profile.capacity is None else self.profile.capacity
        takes = "takes" if self.profile.available else "takes no"
        count = Sentence("{places} {who}", places=places, who=_counted(places, "{t.mentee}", "{t.mentees}"))
        return Sentence("Up to {count} at once; {takes} new {t.requests}", count=count, takes=takes)


def _where(profile: ProfileOut) -> str:
    place = naming.place(profile.unit, profile.location, country_code=profile.country)
    return " · ".join(part for part in (place, naming.languages(profile.languages)) if part)


def _roles(profile: ProfileOut) -> str:
    words = {"mentee": Sentence("{t.Mentee}"), "mentor": Sentence("{t.Mentor}")}
    return joined(" and ", (words[role] for role in profile.roles if role in words))


def _skills(profile: ProfileOut) -> str:
    if not profile.skills:
        return ""
    known = len(profile.skills)
    learning = sum((one.target or 0) > (one.level or 0) for one in profile.skills)
    return f"{known} {'skill' if known == 1 else 'skills'}, {learning or 'none'} to learn"


def _reach(profile: ProfileOut) -> str:
    first = profile.contact.partition("\n")[0]
    return first if profile.optional_mails else " · ".join(filter(None, (first, "Fewer mails")))


def _counted(number: int, one: str, many: str) -> Sentence:
    return Sentence(one if number == 1 else many)
