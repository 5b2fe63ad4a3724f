"""People and what they are in programmes, as the API looks them up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.folding import order
from models.process.programme import ProgrammeSettings
from models.store.processes import RelationshipRow, RequestRow
from models.store.question_tables import QuestionRow
from models.store.tables import MemberRow, PersonRow, ProgrammeRow

REPLY_TO = ProgrammeRow.settings["reply_to"].as_string().label("reply_to")
"""The programme's contact, read without all of its settings."""
TERMS = ProgrammeRow.settings["terms"].label("terms")
ACCENT = ProgrammeRow.settings["accent"].as_string().label("accent")
LOGO = ProgrammeRow.settings["logo"].as_string().label("logo")
LEVELS = ProgrammeRow.settings["levels"].as_integer().label("levels")


def names_of(session: Session, programme_id: str, person_ids: Collection[str]) -> dict[str, str]:
    """Names by person id, as people are called in the programme; unknown ids are left out."""
    if not person_ids:
        return {}
    asked = {"programme_id": programme_id, "ids": sorted(person_ids)}
    return {row[0]: row[1] for row in session.execute(_NAMES, asked)}


_NAMES = (
    select(PersonRow.id, func.coalesce(MemberRow.name, PersonRow.name))
    .outerjoin(
        MemberRow,
        (MemberRow.person_id == PersonRow.id) & (MemberRow.programme_id == bindparam("programme_id")),
    )
    .where(PersonRow.id.in_(bindparam("ids", expanding=True)))
)


def person_by_email(session: Session, email: str) -> PersonRow | None:
    """`email` is normalised (`models.canonical.clean_address`)."""
    return session.scalars(select(PersonRow).where(PersonRow.email == email)).one_or_none()


@dataclass(frozen=True, slots=True)
class Membership:
    """A programme, and what one person is in it."""

    programme: ProgrammeRow
    is_mentee: bool
    is_mentor: bool
    is_admin: bool
    complete: bool
    time_zone: str


def membership(session: Session, slug: str, person_id: str) -> Membership | None:
    """The programme `slug` and the person's roles in it; None where they are not, or not any more."""
    row = session.execute(_MEMBERSHIP, {"slug": slug, "person_id": person_id}).one_or_none()
    return Membership(*row) if row else None


_MEMBERSHIP = (
    select(
        ProgrammeRow,
        MemberRow.is_mentee,
        MemberRow.is_mentor,
        MemberRow.is_admin,
        MemberRow.complete,
        MemberRow.time_zone,
    )
    .join(MemberRow, MemberRow.programme_id == ProgrammeRow.id)
    .where(
        ProgrammeRow.slug == bindparam("slug"),
        MemberRow.person_id == bindparam("person_id"),
        MemberRow.left_at.is_(None),
    )
)


def settings_of(session: Session, programme_id: str) -> ProgrammeSettings:
    return ProgrammeSettings.kept(session.get_one(ProgrammeRow, programme_id).settings)


def member(session: Session, programme_id: str, person_id: str) -> MemberRow | None:
    return session.get(MemberRow, (programme_id, person_id))


def takes_optional_mails(session: Session, slug: str, person_id: str) -> bool:
    """Whether mails that are not essential are sent to a member."""
    query = (
        select(MemberRow.optional_mails)
        .join(ProgrammeRow, ProgrammeRow.id == MemberRow.programme_id)
        .where(ProgrammeRow.slug == slug, MemberRow.person_id == person_id)
    )
    return session.scalar(query) is not False


def programme_left(session: Session, process_id: str, person_id: str) -> ProgrammeRow | None:
    """The programme of a request, relationship or question, if the person has left it, or None."""
    for process in (RequestRow, RelationshipRow, QuestionRow):
        query = (
            select(ProgrammeRow)
            .join(process, process.programme_id == ProgrammeRow.id)
            .join(MemberRow, MemberRow.programme_id == ProgrammeRow.id)
            .where(
                process.id == process_id,
                MemberRow.person_id == person_id,
                MemberRow.left_at.is_not(None),
            )
        )
        found = session.scalars(query).one_or_none()
        if found is not None:
            return found
    return None


def programmes_of(session: Session, person_id: str) -> Sequence[Any]:
    """`slug, name, is_mentee, is_mentor, is_admin, reply_to` of each programme the person is in, by name."""
    query = (
        select(
            ProgrammeRow.slug,
            ProgrammeRow.name,
            MemberRow.is_mentee,
            MemberRow.is_mentor,
            MemberRow.is_admin,
            REPLY_TO,
        )
        .join(MemberRow, MemberRow.programme_id == ProgrammeRow.id)
        .where(MemberRow.person_id == person_id, MemberRow.left_at.is_(None))
    )
    found = session.execute(query).all()
    return sorted(found, key=lambda programme: (*order(programme.name), programme.slug))


def contacts_of(session: Session, programme_id: str, person_ids: Collection[str]) -> Sequence[Any]:
    """`id, name, email, contact, time_zone` of members."""
    asked = {"programme_id": programme_id, "ids": sorted(person_ids)}
    return session.execute(_CONTACTS, asked).all()


_CONTACTS = (
    select(PersonRow.id, MemberRow.name, PersonRow.email, MemberRow.contact, MemberRow.time_zone)
    .join(MemberRow, MemberRow.person_id == PersonRow.id)
    .where(
        MemberRow.programme_id == bindparam("programme_id"),
        PersonRow.id.in_(bindparam("ids", expanding=True)),
    )
)
