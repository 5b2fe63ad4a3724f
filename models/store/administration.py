"""What the operator of an installation does to it: programmes and their admins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.process import texts
from models.process.errors import Invalid, Refused
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store import erasing, logos
from models.store.people import person_by_email
from models.store.profiles import is_complete, load_profiles, save_profiles, touch_people
from models.store.programmes import by_slug, with_changes
from models.store.tables import MemberRow, PersonRow, ProgrammeRow
from models.store.upsert import insert_new

MAX_NAME = 200
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Headcount:
    """The members of a programme who have not left; one person can count in several roles."""

    people: int
    mentees: int
    mentors: int
    admins: int


def create_programme(
    session: Session, slug: str, name: str, values: Mapping[str, str], now: datetime
) -> ProgrammeRow:
    """A new programme with some settings in text form. Raises Invalid, also for a slug that is taken."""
    programme_id = str(uuid4())
    texts_only, logo = logos.taken(values)
    settings = with_changes(ProgrammeSettings(), texts_only, now)
    row = {
        "id": programme_id,
        "slug": checked_slug(slug),
        "name": checked_name(name),
        "settings": settings.stored(),
        "people_version": 0,
        "created_at": now,
    }
    insert_new(session, ProgrammeRow, [row])
    created = session.get(ProgrammeRow, programme_id)
    if created is None:
        raise Invalid(
            f"There is a programme “{slug}” already: choose another slug, or change that one with "
            f"`steadfast programme set {slug}`.",
            field="slug",
        )
    logos.keep(session, programme_id, settings.logo, logo)
    return created


def checked_slug(slug: str) -> str:
    """Raises Invalid unless `slug` can stand in the address of a page as it is."""
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            "A slug has 1 to 64 lower-case letters a-z, digits and hyphens, with no hyphen at its ends: "
            "write it like spring-2027.",
            field="slug",
        )
    return slug


def checked_name(name: str) -> str:
    """The stored form of one line of text. Raises Invalid."""
    stripped = texts.one_line(name)
    if not stripped or len(stripped) > MAX_NAME or "\n" in name.strip():
        raise Invalid(f"A name is one line of 1 to {MAX_NAME} characters.", field="name")
    return stripped


def find_programme(session: Session, slug: str) -> ProgrammeRow:
    """Raises Invalid that names the programmes there are."""
    found = by_slug(session, slug)
    if found is None:
        slugs = list(session.scalars(select(ProgrammeRow.slug).order_by(ProgrammeRow.slug).limit(20)))
        there = f"There are: {', '.join(slugs)}." if slugs else "There is none yet."
        raise Invalid(
            f"There is no programme “{slug[:64]}”. {there} `steadfast programme create` makes one.",
            field="slug",
        )
    return found


def add_admin(session: Session, programme: ProgrammeRow, email: str, name: str, now: datetime) -> bool:
    """Makes a person an admin, whether or not they are known yet; false if they were one already.

    `email` is normalised. `name` is for a new person; empty, it is the part of the address before the @.
    Raises Refused while an erasure has the person hidden.
    """
    person = _person(session, email, name, now)
    if erasing.locked_among(session, [person.id], hold=True):
        raise Refused(_LEAVING)
    session.refresh(programme, with_for_update={"key_share": True})
    before = load_profiles(session, programme.id, [person.id], for_update=True)
    settings = ProgrammeSettings.kept(programme.settings)
    profile = before.get(person.id) or MemberProfile(
        person_id=person.id, name=person.name, time_zone=settings.time_zone, joined_at=now
    )
    after = replace(profile.returned(), is_admin=True)
    if after == before.get(person.id):
        return False
    after.complete = is_complete(after, settings)
    save_profiles(session, programme.id, before, [after])
    touch_people(session, programme.id, [person.id])
    return True


_LEAVING = (
    "Everything about this person is about to be erased, so they cannot be made an admin. They can stop that "
    "with the link in the mail that told them about it; then give the same command again."
)


def _person(session: Session, email: str, name: str, now: datetime) -> PersonRow:
    called = checked_name(name or email.partition("@")[0])
    row = {"id": str(uuid4()), "email": email, "name": called, "created_at": now}
    insert_new(session, PersonRow, [row])
    found = person_by_email(session, email)
    assert found is not None
    return found


def headcount(session: Session, programme_id: str) -> Headcount:
    counted = (
        func.count().filter(flag) for flag in (MemberRow.is_mentee, MemberRow.is_mentor, MemberRow.is_admin)
    )
    query = select(func.count(), *counted).where(
        MemberRow.programme_id == programme_id, MemberRow.left_at.is_(None)
    )
    row: Sequence[int] = session.execute(query).one()
    return Headcount(*row)
