"""Programmes, people and their profiles. Tables have types and constraints and no behaviour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.folding import searchable
from models.process.erasure import FORMER
from models.process.match import spoken
from models.store.erasure_policy import TablePolicy, Unusable, decide, personal, plain
from models.store.types import Folded, Id, Json, Utc

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    __erasure__: ClassVar[TablePolicy]
    """What erasing a person does to the rows of the table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Utc,
        dict[str, Any]: Json,
        list[str]: Json,
        list[dict[str, Any]]: Json,
    }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        decide(cast("Table", cls.__table__), cls.__erasure__)


LONGEST_FOLDED = 600
"""Characters of a folded name: an index of PostgreSQL takes 2,700 bytes, and a sign can fold to several."""


def folded(written: str) -> str:
    """What a column for searching and sorting holds of a text on one line."""
    return searchable(written)[:LONGEST_FOLDED]


def _of(name: str, made: Callable[[str], str]) -> Callable[[Any], str]:
    """The default of a column that follows from another one."""
    return lambda context: made(context.get_current_parameters()[name])


class ProgrammeRow(Base):
    """`settings` is a `ProgrammeSettings`; `people_version` grows with every change of a profile.

    A cache from before `people_base` has to read all people again. `skills_version` grows with
    every change of the programme's skills, `settings_revision` with every change of its settings.
    """

    __tablename__ = "programmes"
    __erasure__ = TablePolicy("holds nothing about single people")

    id: Mapped[str] = plain(Id, primary_key=True)
    slug: Mapped[str] = plain(String(64), unique=True)
    name: Mapped[str] = plain(String(200))
    settings: Mapped[dict[str, Any]] = plain()
    people_version: Mapped[int] = plain(default=0)
    people_base: Mapped[int] = plain(default=0, server_default="0")
    skills_version: Mapped[int] = plain(default=0, server_default="0")
    settings_revision: Mapped[int] = plain(default=1, server_default="1")
    created_at: Mapped[datetime] = plain()


class LogoRow(Base):
    """What the setting `logo` of a programme names: checked by `models.logos`."""

    __tablename__ = "programme_logos"
    __erasure__ = TablePolicy("holds nothing about single people")

    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"), primary_key=True)
    name: Mapped[str] = plain(String(40), index=True)
    content: Mapped[bytes] = plain(LargeBinary)


class PolicyChangeRow(Base):
    """Settings that are to hold for open requests too: `policy` is a `ProgrammePolicy`.

    `state`: asked, running, done, or superseded by a newer one. `requests` were open when it was asked for;
    `told` have been told, and `left` could not be reached.
    """

    __tablename__ = "policy_changes"
    __erasure__ = TablePolicy("holds nothing about single people")

    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"), primary_key=True)
    revision: Mapped[int] = plain(primary_key=True)
    policy: Mapped[dict[str, Any]] = plain()
    state: Mapped[str] = plain(String(16), index=True)
    requests: Mapped[int] = plain()
    told: Mapped[int] = plain(default=0)
    left: Mapped[int] = plain(default=0)
    asked_at: Mapped[datetime] = plain()
    finished_at: Mapped[datetime | None] = plain()


class PersonRow(Base):
    """One person of the installation; `email` is normalised and lower case."""

    __tablename__ = "people"
    __erasure__ = TablePolicy(
        "stays as “A former member”, for what points to it; the address becomes one that nobody can have"
    )

    id: Mapped[str] = plain(Id, primary_key=True, exported=True)
    email: Mapped[str] = personal(String(320), unique=True, own=Unusable.ADDRESS)
    email_folded: Mapped[str] = personal(
        Folded,
        default=_of("email", folded),
        server_default=text("''"),
        own=Unusable.FOLDED_ADDRESS,
        exported=False,
    )
    name: Mapped[str] = personal(String(200), own=FORMER)
    created_at: Mapped[datetime] = plain(exported=True)


class MemberRow(Base):
    """A person in one programme: their roles there and their profile there."""

    __tablename__ = "members"
    __erasure__ = TablePolicy(
        "stays, so that a programme's numbers stay true: roles and the dates of joining and leaving"
    )
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        Index(None, "person_id"),
        Index(None, "programme_id", "changed_in"),
        Index(None, "programme_id", "name_folded", "person_id"),
    )

    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"), primary_key=True)
    person_id: Mapped[str] = plain(Id, ForeignKey("people.id"), primary_key=True)
    changed_in: Mapped[int] = plain(default=0, server_default="0")
    """The programme's `people_version` that the last change of this profile brought."""
    is_mentee: Mapped[bool] = plain(default=False, exported=True)
    is_mentor: Mapped[bool] = plain(default=False, exported=True)
    is_admin: Mapped[bool] = personal(default=False, own=False)

    name: Mapped[str] = personal(String(200), own=FORMER)
    name_folded: Mapped[str] = personal(
        Folded, default=_of("name", folded), server_default=text("''"), own=folded(FORMER), exported=False
    )
    time_zone: Mapped[str] = personal(String(64), own="UTC")
    headline: Mapped[str] = personal(String(300), default="", own="")
    about: Mapped[str] = personal(Text, default="", own="")
    unit: Mapped[str] = personal(String(200), default="", own="")
    location: Mapped[str] = personal(String(200), default="", own="")
    country: Mapped[str] = personal(String(2), default="", own="")
    """ISO 3166-1 alpha-2, upper case."""
    languages: Mapped[list[str]] = personal(default=list, own=[])
    """ISO 639-1, lower case."""
    attributes: Mapped[dict[str, Any]] = personal(default=dict, own={})
    """Further attributes: name -> text. Others see those that the programme shows (`filterable`)."""
    contact: Mapped[str] = personal(Text, default="", own="")
    """How the other side of a relationship reaches this person, besides e-mail; shown to no third person."""
    manager_email: Mapped[str] = personal(String(320), default="", own="", shared="")

    capacity: Mapped[int | None] = personal(own=None)
    """How many mentees at once; None: the programme's maximum."""
    available: Mapped[bool] = personal(default=True, own=False)
    available_from: Mapped[date | None] = personal(own=None)
    """Not available until the end of the day before; only read when `available` is false."""
    stepped_down: Mapped[bool] = personal(default=False, server_default=text("false"), own=False)
    """Unticked all preferences as a mentor, and has ticked none since."""
    commitment_at: Mapped[datetime | None] = personal(own=None)
    """When the minimum commitment was acknowledged."""
    optional_mails: Mapped[bool] = personal(default=True, server_default=text("true"), own=False)
    """Whether they want the mails that are not essential (`models.mails.frame.Props.essential`)."""
    complete: Mapped[bool] = personal(default=False, own=False)
    """Whether `models.process.profile.missing` finds nothing; stored so that lists can filter by it."""
    joined_at: Mapped[datetime] = plain(exported=True)
    left_at: Mapped[datetime | None] = plain(exported=True)
    seen_at: Mapped[datetime | None] = personal(own=None)
    """When they last looked at their home."""
    seen_before: Mapped[datetime | None] = personal(own=None)
    """When the visit before that one ended: what is new has happened since."""


class SkillsetRow(Base):
    """A group of skills of a programme."""

    __tablename__ = "skillsets"
    __erasure__ = TablePolicy("the programme's list, about nobody")
    __table_args__ = (Index(None, "programme_id"),)

    id: Mapped[str] = plain(Id, primary_key=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    title: Mapped[str] = plain(String(120))


class SkillRow(Base):
    """A skill of a programme. A change of skills locks the row of the programme (`locked_settings`)."""

    __tablename__ = "skills"
    __erasure__ = TablePolicy("the programme's list, about nobody")
    __table_args__ = (UniqueConstraint("programme_id", "name"), Index(None, "skillset_id"))

    id: Mapped[str] = plain(Id, primary_key=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    name: Mapped[str] = plain(String(120))
    """The key, which never changes and is never shown; unique in the programme."""
    title: Mapped[str] = plain(String(120), default=_of("name", spoken), server_default=text("''"))
    """What people call it."""
    aliases: Mapped[list[str]] = plain(default=list)
    """Other names under which it is found."""
    skillset_id: Mapped[str | None] = plain(Id, ForeignKey("skillsets.id"))


class MemberSkillRow(Base):
    """`level` None: no experience stated; `target` None: nothing aimed at; `familiarity` None: not said."""

    __tablename__ = "member_skills"
    __erasure__ = TablePolicy("goes", goes=True)
    __table_args__ = (
        CheckConstraint(
            "level IS NOT NULL OR target IS NOT NULL OR familiarity IS NOT NULL OR help_since IS NOT NULL",
            name="something_said",
        ),
        Index(None, "programme_id", "person_id"),
        Index(None, "skill_id"),
    )

    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    skill_id: Mapped[str] = mapped_column(Id, ForeignKey("skills.id"), primary_key=True)
    level: Mapped[int | None]
    target: Mapped[int | None]
    familiarity: Mapped[int | None]
    """How well they know it, on the scale of the levels (P10)."""
    help_since: Mapped[datetime | None]
    """When they ticked that they need a mentor's help with it; None where it is not ticked."""


class MemberPreferenceRow(Base):
    """One ticked option; the options themselves are the programme's settings."""

    __tablename__ = "member_preferences"
    __erasure__ = TablePolicy("goes", goes=True)

    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    option: Mapped[str] = mapped_column(String(120), primary_key=True)


class RegistrationRow(Base):
    """Somebody who wants to join by themselves: they signed in by a link, so the address is theirs.

    `state`: waiting (for an admin), queued (for a place), joined, refused, withdrawn. One for each person;
    who comes back begins it anew. The roles are comma-separated; `answers`: the questions with what was said.
    """

    __tablename__ = "registrations"
    __erasure__ = TablePolicy(
        "goes with the person; what an admin wrote to somebody they refused goes with the admin", goes=True
    )
    __table_args__ = (
        UniqueConstraint("programme_id", "person_id"),
        Index(None, "programme_id", "state", "created_at"),
    )

    id: Mapped[str] = plain(Id, primary_key=True)
    programme_id: Mapped[str] = plain(Id, ForeignKey("programmes.id"))
    person_id: Mapped[str] = plain(Id, ForeignKey("people.id"))
    name: Mapped[str] = plain(String(200), exported=True)
    time_zone: Mapped[str] = plain(String(64), exported=True)
    roles: Mapped[str] = plain(String(64), exported=True)
    answers: Mapped[list[dict[str, Any]]] = plain(default=list, exported=True)
    state: Mapped[str] = plain(String(16), exported=True)
    word: Mapped[str] = personal(Text, default="", worded="")
    created_at: Mapped[datetime] = plain(exported=True)
    decided_at: Mapped[datetime | None] = plain(exported=True)
    decided_by: Mapped[str | None] = plain(Id)


class InvitationRow(Base):
    """An invitation to join a programme; the roles are comma-separated."""

    __tablename__ = "invitations"
    __erasure__ = TablePolicy(
        "those to the person's address go; those by the person stay, their word with it does not", goes=True
    )
    __table_args__ = (Index(None, "programme_id", "email"), Index(None, "programme_id", "created_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    programme_id: Mapped[str] = mapped_column(Id, ForeignKey("programmes.id"))
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = plain(String(200), default="", exported=True)
    roles: Mapped[str] = plain(String(64), exported=True)
    invited_by: Mapped[str | None] = mapped_column(Id, ForeignKey("people.id"))
    created_at: Mapped[datetime] = plain(exported=True)
    expires_at: Mapped[datetime] = plain(exported=True)
    accepted_at: Mapped[datetime | None] = plain(exported=True)
    revoked_at: Mapped[datetime | None] = plain(exported=True)
    mailed_at: Mapped[datetime | None]
    """When its last mail was queued; None for one that was made before this column existed."""
    held_at: Mapped[datetime | None] = plain(index=True)
    """Since when it waits for the programme to open; its mail has not gone."""
    note: Mapped[str] = personal(Text, default="", server_default=text("''"), worded="", exported=False)
    """The inviter's word, as long as it is held."""
