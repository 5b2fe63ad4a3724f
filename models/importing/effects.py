"""What an import leads to for people: roles, rights, and who is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

from models.importing.record import PersonRecord
from models.importing.report import Effects
from models.process.member import MemberProfile
from models.process.profile import Requirement, missing, requirements
from models.process.programme import ProgrammeSettings

_FLAGS = {"is_mentee": "mentee", "is_mentor": "mentor"}
_COMPARED = tuple(
    one.name for one in fields(MemberProfile) if one.name not in {"person_id", "joined_at", "complete"}
)


def weigh(
    effects: Effects,
    before: Mapping[str, MemberProfile],
    after: Sequence[MemberProfile],
    records: Sequence[PersonRecord],
    settings: ProgrammeSettings,
) -> None:
    """Adds what one chunk of an import leads to; `records` are the lines of `after`, in the same order."""
    needed = requirements(settings.eligibility)
    for profile, record in zip(after, records, strict=True):
        old = before.get(profile.person_id)
        if old is not None and old != profile:
            _compare(effects, old, profile, record.email)
        if profile.is_admin and not (old and old.is_admin):
            effects.admins.append(record.email)
        elif profile.is_admin and "admin" not in record.roles:
            effects.stay_admins.append(record.email)
        if profile.is_mentor:
            _show(effects, profile, settings.preferences, needed)


def _compare(effects: Effects, old: MemberProfile, new: MemberProfile, email: str) -> None:
    effects.fields.update(name for name in _COMPARED if getattr(old, name) != getattr(new, name))
    for flag, role in _FLAGS.items():
        if getattr(old, flag) and not getattr(new, flag):
            effects.lost.setdefault(role, []).append(email)


def _show(
    effects: Effects, profile: MemberProfile, options: Collection[str], needed: Collection[Requirement]
) -> None:
    effects.mentors += 1
    if profile.complete:
        effects.shown += 1
    else:
        effects.hidden.update(one.sentence for one in missing(profile.facts(), options, needed))
