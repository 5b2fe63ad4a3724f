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
    before: MemberProfile | None, record: PersonRecord, person_id: str, zone: str, now: datetime
) -> MemberProfile:
    """The profile after the import: what the line says replaces what was there, empty cells leave it.

    Somebody new gets the programme's `zone` if the line names none. Being an admin is only ever added, and
    somebody who had left is back, with these roles alone. `complete` is left to the caller.
    """
    new = before or MemberProfile(person_id=person_id, name=record.name, time_zone=zone, joined_at=now)
    base = new.returned()
    changes: dict[str, Any] = {
        name: value for name in _AS_THEY_ARE if (value := getattr(record, name)) is not None
    }
    if record.languages is not None:
        changes["languages"] = list(record.languages)
    if record.preferences is not None:
        changes |= {"preferences": frozenset(record.preferences), "stepped_down": False}
    if record.available is not None and record.available != base.available:
        changes["available_from"] = None
    return replace(
        base,
        is_mentee="mentee" in record.roles,
        is_mentor="mentor" in record.roles,
        is_admin=base.is_admin or "admin" in record.roles,
        attributes=base.attributes | record.attributes,
        **changes,
    )
