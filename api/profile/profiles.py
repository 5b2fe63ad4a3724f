"""Profiles as their owners read and change them (P4-P8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.finding.schemas import MentorOut
from api.profile import regions
from api.profile.schemas import HintOut, ProfileOut, SkillOut
from api.web.access import Member
from api.web.context import Context
from api.web.errors import NotFound
from models import zones
from models.folding import order
from models.matching.names import Named
from models.matching.skills import SkillBook
from models.matching.suggest import did_you_mean
from models.process import texts
from models.process.calendar import local_day
from models.process.errors import Invalid
from models.process.member import MemberProfile
from models.process.profile import advisable, checked_back, missing, unmet
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence, in_terms
from models.store.profiles import is_complete, load_profiles, save_profiles, touch_people
from models.store.programmes import locked_settings
from models.store.skills import load_book
from models.store.tables import MemberRow

MAX_LINE = 200
MAX_ABOUT = 4000
MAX_ENTRIES = 100


@dataclass(frozen=True)
class ProfileChange:
    """What a person changes; None leaves a field as it is. `clears` empties capacity or available_from."""

    name: str | None = None
    roles: tuple[str, ...] | None = None
    time_zone: str | None = None
    headline: str | None = None
    about: str | None = None
    unit: str | None = None
    location: str | None = None
    country: str | None = None
    languages: tuple[str, ...] | None = None
    attributes: dict[str, str] | None = None
    contact: str | None = None
    skills: tuple[SkillOut, ...] | None = None
    preferences: tuple[str, ...] | None = None
    capacity: int | None = None
    available: bool | None = None
    available_from: date | None = None
    commitment: bool | None = None
    optional_mails: bool | None = None
    clears: frozenset[str] = field(default_factory=frozenset)


async def save_profile(ctx: Context, member: Member, change: ProfileChange) -> ProfileOut:
    """Writes what the change names. Raises Invalid for the first field that does not fit."""
    programme_id, person = member.programme.id, member.person_id

    def work(session: Session) -> tuple[ProgrammeSettings, SkillBook, MemberProfile]:
        # Not those that came with `member`: an admin may have changed them since.
        settings = locked_settings(session, programme_id)
        found = load_profiles(session, programme_id, [person], for_update=True)
        if person not in found:
            raise NotFound
        book = load_book(session, programme_id)
        after = changed(found[person], change, settings, book, ctx.clock())
        save_profiles(session, programme_id, found, [after])
        if after != found[person]:
            touch_people(session, programme_id, [person])
        return settings, book, after

    settings, book, after = await ctx.database.write(work)
    return profile_out(after, member.viewer.email, settings, book, ctx.clock())


def changed(
    before: MemberProfile,
    change: ProfileChange,
    settings: ProgrammeSettings,
    book: SkillBook,
    now: datetime,
) -> MemberProfile:
    """The profile after the change; `before` stays as it is. Raises Invalid."""
    after = deepcopy(before)
    for one in fields(ProfileChange):
        value = getattr(change, one.name)
        # What stays as it is may be older than the rules for it.
        if value is not None and one.name in _SIMPLE and value != _given(getattr(before, one.name)):
            setattr(after, one.name, _SIMPLE[one.name](value))
    if change.skills is not None:
        _set_skills(after, change.skills, settings, book, now)
    if change.preferences is not None:
        after.ticks(_options(change.preferences, settings), settings.preferences)
    _set_mentoring(after, change, settings, now)
    _set_availability(after, change, now)
    if change.roles is not None:
        _set_roles(after, change.roles, settings, book)
    _check_emptied(after, change, settings)
    after.complete = is_complete(after, settings)
    return after


def _check_emptied(after: MemberProfile, change: ProfileChange, settings: ProgrammeSettings) -> None:
    """Raises Invalid where the change itself leaves empty what should not be; other fields may be older."""
    named = [
        one
        for one in advisable(after.facts(), settings.preferences)
        if getattr(change, one.field) is not None
    ]
    if named:
        first, *further = ((one.field, one.sentence) for one in named)
        raise Invalid(first[1], first[0], further)


def _given(kept: Any) -> Any:
    """What is stored, in the form of a change."""
    return tuple(kept) if isinstance(kept, list) else kept


def _set_mentoring(
    after: MemberProfile, change: ProfileChange, settings: ProgrammeSettings, now: datetime
) -> None:
    if change.capacity is not None:
        after.capacity = _capacity(change.capacity, settings)
    if "capacity" in change.clears:
        after.capacity = None
    if change.commitment is not None:
        # The first acknowledgement is the one that counts; saving the form again does not renew it.
        after.commitment_at = (after.commitment_at or now) if change.commitment else None


def _set_availability(after: MemberProfile, change: ProfileChange, now: datetime) -> None:
    known = after.available_from
    if after.takes_requests(now):
        after.available, after.available_from = True, None
    if after.available and change.available_from is not None and change.available_from == known:
        # A day that has come since the profile was read is sent back with the rest of it: they are back.
        return
    if change.available is not None:
        after.available = change.available
    if after.available or "available_from" in change.clears:
        after.available_from = None
    elif change.available_from is not None and change.available_from != after.available_from:
        after.available_from = checked_back(change.available_from, local_day(now, after.time_zone))


def _capacity(wanted: int, settings: ProgrammeSettings) -> int:
    if not 0 <= wanted <= settings.max_capacity:
        raise Invalid(
            Sentence(
                "This programme allows up to {count} {t.mentees} at a time.", count=settings.max_capacity
            ),
            field="capacity",
        )
    return wanted


def checked_roles(roles: Collection[str]) -> frozenset[str]:
    """Raises Invalid for what is no role."""
    found = frozenset(roles)
    if found - {"mentee", "mentor", "admin"}:
        raise Invalid(Sentence("A role is {t.mentee} or {t.mentor}, or admin."), field="roles")
    return found


def _set_roles(
    after: MemberProfile, roles: Collection[str], settings: ProgrammeSettings, book: SkillBook
) -> None:
    checked_roles(roles)
    if ("admin" in roles) > after.is_admin:
        raise Invalid(
            Sentence("{t.Coordinators} are named by the programme; nobody makes themselves one."),
            field="roles",
        )
    if not roles and not after.is_admin:
        raise Invalid(
            Sentence("Please stay {t.a_mentee} or {t.a_mentor}, or ask {t.a_coordinator} to remove you."),
            field="roles",
        )
    if "mentor" in roles and not after.is_mentor:
        _check_eligible(after, settings, book)
    after.is_mentee, after.is_mentor = "mentee" in roles, "mentor" in roles


def _check_eligible(profile: MemberProfile, settings: ProgrammeSettings, book: SkillBook) -> None:
    """P6: a person below the rule cannot offer themselves, and reads why."""
    short = unmet(profile.skills, book.needed(settings.eligibility))
    if short:
        wanted = " and ".join(one.words for one in short)
        raise Invalid(Sentence("To be {t.a_mentor} here you need {wanted}.", wanted=wanted), field="roles")


def _set_skills(
    after: MemberProfile,
    skills: Collection[SkillOut],
    settings: ProgrammeSettings,
    book: SkillBook,
    now: datetime,
) -> None:
    if len(skills) > MAX_ENTRIES:
        raise Invalid(f"A profile has up to {MAX_ENTRIES} skills.", field="skills")
    before = replace(after)
    after.skills, after.targets, after.familiarity, after.help = {}, {}, {}, {}
    for place, skill in enumerate(skills):
        found = book.find(skill.name)
        if found is None:
            raise Invalid(_unknown_skill(skill.name, book), field=f"skills.{place}.name")
        name = found.key
        if name in after.named:
            raise Invalid("This skill stands twice in the list; keep one.", field=f"skills.{place}.name")
        parts = (
            (after.skills, skill.level, "level"),
            (after.targets, skill.target, "target"),
            (after.familiarity, _familiarity(skill, before.familiarity.get(name)), "familiarity"),
        )
        for kept, level, part in parts:
            if level is not None:
                kept[name] = _level(level, settings, f"skills.{place}.{part}")
        if skill.help or ("help" not in skill.model_fields_set and name in before.help):
            # It counts from the first tick; saving the profile again does not renew it.
            after.help[name] = before.help.get(name, now)


def _familiarity(skill: SkillOut, before: int | None) -> int | None:
    return skill.familiarity if "familiarity" in skill.model_fields_set else before


def _unknown_skill(name: str, book: SkillBook) -> str:
    if not book.skills:
        return Sentence("The programme has no skills yet. Please ask {t.a_coordinator} to add them.")
    return f"The programme has no skill of this name.{book.did_you_mean(name)}"


def _level(level: int, settings: ProgrammeSettings, where: str) -> int:
    if not 1 <= level <= settings.levels:
        raise Invalid(f"Levels run from 1 to {settings.levels}.", field=where)
    return level


def _options(ticked: Collection[str], settings: ProgrammeSettings) -> frozenset[str]:
    options = Named(settings.preferences)
    found: set[str] = set()
    for place, option in enumerate(ticked):
        meant = options.find(option)
        if meant is None:
            hint = did_you_mean(option, settings.preferences)
            raise Invalid(f"The programme has no such preference.{hint}", field=f"preferences.{place}")
        found.add(meant)
    return frozenset(found)


def line(text: str, field_name: str, limit: int = MAX_LINE) -> str:
    """One line of text, cleaned. Raises Invalid when it is longer than `limit`."""
    return texts.line(text, field_name, limit)


def zone(name: str) -> str:
    """A known IANA time zone, as it is written. Raises Invalid."""
    found = zones.find(name)
    if found is None:
        hint = zones.suggestion(name)
        raise Invalid(f"There is no such time zone; write it like Europe/Berlin.{hint}", field="time_zone")
    return found


def person_name(text: str) -> str:
    """A name, cleaned. Raises Invalid when nothing is left of it."""
    found = line(text, "name")
    if not found:
        raise Invalid("Please tell us your name.", field="name")
    return found


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    if len(given) > MAX_ENTRIES:
        raise Invalid(f"A profile has up to {MAX_ENTRIES} attributes.", field="attributes")
    cleaned = {line(key, "attributes"): line(value, "attributes") for key, value in given.items()}
    return {key: value for key, value in cleaned.items() if key and value}


_SIMPLE: dict[str, Callable[[Any], Any]] = {
    "name": person_name,
    "time_zone": zone,
    "headline": lambda text: line(text, "headline"),
    "about": lambda text: texts.clean(text, "about", MAX_ABOUT),
    "unit": lambda text: line(text, "unit"),
    "location": lambda text: line(text, "location"),
    "country": regions.country,
    "languages": regions.languages,
    "attributes": _attributes,
    "contact": lambda text: texts.clean(text, "contact"),
    "optional_mails": bool,
}


def profile_out(
    profile: MemberProfile, email: str, settings: ProgrammeSettings, book: SkillBook, now: datetime
) -> ProfileOut:
    lacking = missing(profile.facts(), settings.preferences, book.needed(settings.eligibility))
    hints = [*lacking, *advisable(profile.facts(), settings.preferences)]
    plain = {name: getattr(profile, name) for name in ProfileOut.model_fields if hasattr(profile, name)}
    words = settings.terms.words
    return ProfileOut.model_validate(
        plain
        | {
            "email": email,
            "roles": roles_of(profile.is_mentee, profile.is_mentor, profile.is_admin),
            "skills": skills_out(profile, book),
            "preferences": sorted(profile.preferences),
            "available": (back := profile.takes_requests(now)),
            "available_from": None if back else profile.available_from,
            "commitment": profile.commitment_at is not None,
            "complete": not lacking,
            "missing": list(dict.fromkeys(one.field for one in lacking)),
            "hints": [HintOut(field=one.field, message=in_terms(one.sentence, words)) for one in hints],
        }
    )


def skills_out(profile: MemberProfile, book: SkillBook) -> list[SkillOut]:
    """What a profile says of each skill, by name: for the person, those who mentor them, and admins."""
    return [
        SkillOut(
            name=book.name(key),
            level=profile.skills.get(key),
            target=profile.targets.get(key),
            familiarity=profile.familiarity.get(key),
            help=key in profile.help,
        )
        for key in sorted(profile.named, key=lambda key: order(book.name(key)))
    ]


def roles_of(is_mentee: bool, is_mentor: bool, is_admin: bool) -> list[str]:
    """The names of the roles, in a fixed order."""
    sides = (("mentee", is_mentee), ("mentor", is_mentor), ("admin", is_admin))
    return [name for name, is_so in sides if is_so]


_SHOWN_OF_A_MENTOR = tuple(name for name in MentorOut.model_fields if name not in {"id", "attributes"})


def mentor_out(row: MemberRow, settings: ProgrammeSettings | None = None) -> MentorOut:
    """What everybody in the programme may know of a member: of the attributes those that `settings` show."""
    shown = {
        name: value for name, value in row.attributes.items() if settings is not None and settings.shows(name)
    }
    return MentorOut(
        id=row.person_id, attributes=shown, **{name: getattr(row, name) for name in _SHOWN_OF_A_MENTOR}
    )
