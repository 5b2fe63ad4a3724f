"""What an imported line makes of a profile; pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from models.importing.record import PersonRecord
from models.process.member import MemberProfile

_AS_THEY_ARE = (
    "name",
    "time_zone",
    "headline",
    "about",
    "unit",
    "location",
    "country",
    "manager_email",
    "skills",
    "targets",
    "capacity",
    "available",
)


def merged(
    before: MemberProfile | None,
    record: PersonRecord,
    person_id: str,
    zone: str,
    now: datetime,
    *,
    replace_roles: bool = False,
) -> MemberProfile:
    """The profile after the import: what the line says replaces what was there, empty cells leave it.

    A new person gets the programme's `zone` if the line names none. Roles are added, or replaced if wanted;
    being an admin is only ever added, and somebody who had left is back, with these roles alone.
    `complete` is left to the caller.
    """
    new = before or MemberProfile(person_id=person_id, name=record.name, time_zone=zone, joined_at=now)
    base = new.returned()
    keeps_roles = before is not None and before.left_at is None and not replace_roles
    changes: dict[str, Any] = {
        name: value
        for name in _AS_THEY_ARE
        if (value := getattr(record, name)) is not None and _may_change(name, base, before, record)
    }
    if record.languages is not None and _may_change("languages", base, before, record):
        changes["languages"] = list(record.languages)
    if record.preferences is not None and _may_change("preferences", base, before, record):
        changes |= {"preferences": frozenset(record.preferences), "stepped_down": False}
    if "available" in changes and (record.available or base.takes_requests(now)):
        changes["available_from"] = None
    return replace(
        base,
        is_mentee="mentee" in record.roles or (keeps_roles and base.is_mentee),
        is_mentor="mentor" in record.roles or (keeps_roles and base.is_mentor),
        is_admin=base.is_admin or "admin" in record.roles,
        attributes=base.attributes | _further(base, record),
        **changes,
    )


def _may_change(name: str, base: MemberProfile, before: MemberProfile | None, record: PersonRecord) -> bool:
    """A default fills only what is empty: what a known person has stays."""
    if before is None or name not in record.defaulted:
        return True
    return name != "available" and not getattr(base, name)


def _further(base: MemberProfile, record: PersonRecord) -> dict[str, str]:
    defaulted = {name.partition(":")[2] for name in record.defaulted}
    return {
        name: value
        for name, value in record.attributes.items()
        if name not in defaulted or name not in base.attributes
    }
