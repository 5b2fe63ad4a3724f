"""What a mail says besides its props: names and places, read when it is delivered and not before.

Contact details leave this module for mails that say `shows_contact`; no other can show them by mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, null, select, true
from sqlalchemy.orm import Session, aliased

from activities.wording import one_line
from models import addresses, naming
from models.mails.assignment import AboutAssignment
from models.mails.frame import Props
from models.mails.order import AnyMail
from models.mails.person import AboutPerson, ErasureConfirmed, Invitation
from models.mails.question import AboutQuestion
from models.mails.recommending import MentorsRecommended
from models.mails.registration import AboutRegistration, RegistrationNeedsAdmin
from models.mails.relationship import AboutRelationship, RelationshipStarted
from models.mails.request import AboutRequest
from models.mails.shortlist import ShortlistExhausted
from models.process.actors import Part, Role
from models.process.match import MatchReason
from models.process.programme import ProgrammeSettings
from models.process.relationship.base import IN_TOUCH
from models.process.request.kinds import RequestKind, part_of, role_of
from models.process.request.state import whose_turn
from models.process.terms import USUAL, Terms
from models.store import erasing, registrations
from models.store.assignment_tables import AssignmentRow
from models.store.delivery import MailRow
from models.store.drafts import DraftChoiceRow
from models.store.people import ACCENT, LEVELS, LOGO, REPLY_TO, TERMS
from models.store.processes import RelationshipRow, RequestRow
from models.store.programmes import terms_in
from models.store.question_tables import QuestionRow
from models.store.tables import InvitationRow, MemberRow, PersonRow, ProgrammeRow, RegistrationRow

DEFAULT_LEVELS: int = ProgrammeSettings.model_fields["levels"].default


class NobodyThere(Exception):
    """Nobody to send this mail to: an unknown address asked to sign in, an invitation was revoked, or the two
    are not in touch any more. Its text, if any, is for the log of mails and names nobody."""


class MissingFact(Exception):
    """What the mail is about is not in the database; the mail cannot be written (yet)."""


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two people a mail is about, with what the other side may see before anything is accepted."""

    id: str
    name: str
    headline: str = ""
    place: str = ""
    """Unit, location and country, as far as they are stated."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody; only between the two of a relationship."""

    email: str
    text: str


@dataclass(frozen=True, slots=True)
class Invited:
    by: str
    """Name of the inviting admin, or empty."""
    roles: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Recommended:
    """A mentor whom the coordinators recommend, with the reasons as the mentee reads them."""

    mentor: Party
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody who wants to join by themselves. `waiting`: how many an admin has to look at."""

    roles: tuple[str, ...]
    word: str = ""
    """What an admin wrote to somebody they refused."""
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """`person_id` and the programme are None where a mail has none; `role` is what the recipient is in it."""

    person_id: str | None
    address: str
    name: str
    zone: str
    programme_name: str | None = None
    programme_slug: str | None = None
    reply_to: Address | None = None
    """The programme's contact."""
    accent: str = ""
    """The programme's colour."""
    logo: str = ""
    """The name of its logo, where a mail can carry it."""
    terms: Terms = USUAL
    """What the programme calls its mentors, mentees and so on."""
    optional_mails: bool = True
    """Whether they want mails that are not essential."""
    role: Role | None = None
    mentee: Party | None = None
    mentor: Party | None = None
    kind: RequestKind = RequestKind.REQUEST
    """Of the request, or of that which the relationship began with."""
    state: str = ""
    """Of the request or the relationship; empty for other mails."""
    asked_at: datetime | None = None
    """Where the mail is about a request."""
    began_at: datetime | None = None
    """Where it is about a relationship."""
    match: tuple[MatchReason, ...] = ()
    """Why the two fit."""
    levels: int = DEFAULT_LEVELS
    """How many levels of a skill the programme has."""
    words: str = ""
    """What the mentor wrote to the mentee when they accepted."""
    contact: Contact | None = None
    invited: Invited | None = None
    recommended: tuple[Recommended, ...] = ()
    registered: Registered | None = None
    shortlist_id: str | None = None
    """Of the mentee's list that asked by this request; it goes on by itself."""
    named: tuple[str, ...] = ()
    """Other people whom the mail names."""

    @property
    def why(self) -> tuple[str, ...]:
        """Why the two fit, as the recipient reads it."""
        return tuple(one.told(self.role) for one in self.match if self.role)

    @property
    def part(self) -> Part | None:
        """What the reader is in the request."""
        return part_of(self.role, self.kind)

    def side(self, part: Part) -> Party | None:
        return self.mentee if role_of(part, self.kind) is Role.MENTEE else self.mentor

    @property
    def other(self) -> Party | None:
        return self.mentor if self.role is Role.MENTEE else self.mentee


Gathered = Facts | NobodyThere | MissingFact


def gather(
    session: Session, mails: Sequence[tuple[MailRow, AnyMail]]
) -> list[tuple[MailRow, AnyMail, Gathered]]:
    """The facts for each mail, or why there are none. One query for all that are about requests, one for all
    that are about relationships, one for all about questions."""
    found: dict[str, Row[Any]] = {}
    for about, statement in _ABOUT_TWO.items():
        ids = {props.link_subject for _row, props in mails if isinstance(props, about)}
        if ids:
            found |= {row.process_id: row for row in session.execute(statement, {"ids": sorted(ids)})}
    return [(row, props, _gathered(session, row, props, found)) for row, props in mails]


def _gathered(session: Session, row: MailRow, props: AnyMail, processes: dict[str, Row[Any]]) -> Gathered:
    try:
        if isinstance(props, tuple(_ABOUT_TWO)):
            found = processes.get(props.link_subject)
            return _for_admin(session, row, found) if props.for_admins else _for_process(row, props, found)
        return _outside(session, row, props)
    except (NobodyThere, MissingFact) as reason:
        return reason
    except Exception as error:  # noqa: BLE001
        # A programme whose settings cannot be read, say: that mail waits, the others leave. Should it be the
        # database that failed, the whole transaction fails with it, and nothing was taken up.
        return MissingFact(type(error).__name__)


def _outside(session: Session, row: MailRow, props: AnyMail) -> Facts:
    """For the mails that belong to no process of a pair."""
    for kind, gathered in _OUTSIDE:
        if isinstance(props, kind):
            return gathered(session, row, props)
    return _for_sign_in(session, row)


def _face(name: str, found: Row[Any] | ProgrammeSettings) -> dict[str, Any]:
    """What a mail shows of its programme, from its settings or from the columns of a query."""
    terms = found.terms
    return {
        "programme_name": one_line(name),
        "reply_to": addresses.contact(found.reply_to or ""),
        "accent": found.accent or "",
        # Mail programs show no SVG.
        "logo": found.logo if (found.logo or "").endswith(".png") else "",
        "terms": terms if isinstance(terms, Terms) else terms_in({"terms": terms}),
    }


def _for_admin(session: Session, row: MailRow, found: Row[Any] | None) -> Facts:
    """Somebody who looks on. Raises NobodyThere for whoever is no admin of the programme any more."""
    if found is None:
        raise MissingFact("request or relationship")
    admin = _admin(session, row)
    return Facts(
        person_id=row.to_person,
        address=admin.email,
        name=one_line(admin.name),
        zone=admin.time_zone,
        programme_slug=found.slug,
        **_face(found.programme_name, found),
        optional_mails=admin.optional_mails,
        role=Role.ADMIN,
        mentee=_party(found, "mentee"),
        mentor=_party(found, "mentor"),
        state=found.state,
    )


def _admin(session: Session, row: MailRow) -> Any:
    """Raises NobodyThere for whoever is no admin of the programme any more."""
    statement = (
        select(PersonRow.email, MemberRow.name, MemberRow.time_zone, MemberRow.optional_mails)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(
            MemberRow.programme_id == row.programme_id,
            MemberRow.person_id == row.to_person,
            MemberRow.is_admin == true(),
            MemberRow.left_at.is_(None),
        )
    )
    admin = session.execute(statement).one_or_none()
    if admin is None:
        raise NobodyThere
    return admin


def _for_registrar(session: Session, row: MailRow) -> Facts:
    """An admin whom people wait for who want to join; nobody, where another has looked at them meanwhile."""
    admin, programme = _admin(session, row), session.get_one(ProgrammeRow, row.programme_id)
    waiting = registrations.counts(session, programme.id).get("waiting", 0)
    if not waiting:
        raise NobodyThere("nobody waited any more when it was to leave")
    return Facts(
        person_id=row.to_person,
        address=admin.email,
        name=one_line(admin.name),
        zone=admin.time_zone,
        programme_slug=programme.slug,
        **_face(programme.name, ProgrammeSettings.kept(programme.settings)),
        optional_mails=admin.optional_mails,
        role=Role.ADMIN,
        registered=Registered((), waiting=waiting),
    )


def _for_registration(session: Session, props: AboutRegistration) -> Facts:
    """Whoever wants to join, or has. Raises NobodyThere for somebody who is being erased."""
    found = session.get(RegistrationRow, props.registration_id)
    if found is None or erasing.is_locked(session, found.person_id):
        raise NobodyThere
    programme = session.get_one(ProgrammeRow, found.programme_id)
    person = session.get_one(PersonRow, found.person_id)
    return Facts(
        person_id=person.id,
        address=person.email,
        name=one_line(found.name),
        zone=found.time_zone,
        programme_slug=programme.slug,
        **_face(programme.name, ProgrammeSettings.kept(programme.settings)),
        registered=Registered(tuple(found.roles.split(",")), found.word),
    )


def _for_sign_in(session: Session, row: MailRow) -> Facts:
    person = session.scalar(select(PersonRow).where(PersonRow.email == row.to_address))
    if person is None or erasing.is_locked(session, person.id):
        raise NobodyThere
    return _known(session, person, MemberRow.left_at.is_(None))


def _for_person(session: Session, row: MailRow) -> Facts:
    person = session.get(PersonRow, row.to_person)
    if person is None:
        raise NobodyThere
    # Whoever is being erased has left everywhere.
    return _known(session, person, true())


def _for_member(session: Session, row: MailRow, others: Sequence[str]) -> Facts:
    """A member of the programme of the mail, with the names of `others` who are still in it."""
    member = session.get(MemberRow, (row.programme_id, row.to_person))
    if member is None or member.left_at is not None:
        raise NobodyThere
    person, programme = (
        session.get_one(PersonRow, member.person_id),
        session.get_one(ProgrammeRow, row.programme_id),
    )
    here = select(MemberRow.person_id, MemberRow.name).where(
        MemberRow.programme_id == row.programme_id,
        MemberRow.person_id.in_(others),
        MemberRow.left_at.is_(None),
    )
    called: dict[str, str] = dict(session.execute(here).all())
    return Facts(
        person_id=member.person_id,
        address=person.email,
        name=one_line(member.name),
        zone=member.time_zone,
        programme_slug=programme.slug,
        **_face(programme.name, ProgrammeSettings.kept(programme.settings)),
        optional_mails=member.optional_mails,
        role=Role.MENTEE,
        named=tuple(one_line(called[one]) for one in others if one in called),
    )


def _for_nobody(row: MailRow) -> Facts:
    """Somebody who was erased: there is an address for a moment, and no name any more."""
    if not row.to_address:
        raise NobodyThere
    return Facts(person_id=None, address=row.to_address, name="", zone="UTC")


def _known(session: Session, person: PersonRow, counts: ColumnElement[bool]) -> Facts:
    """A person outside of any process; the programme is named where there is only one."""
    statement = (
        select(ProgrammeRow.name, MemberRow.time_zone, REPLY_TO, TERMS, ACCENT, LOGO)
        .join(MemberRow, MemberRow.programme_id == ProgrammeRow.id)
        .where(MemberRow.person_id == person.id, counts)
        .limit(2)
    )
    memberships = session.execute(statement).all()
    zone = memberships[0].time_zone if memberships else "UTC"
    if len(memberships) != 1:
        return Facts(person.id, person.email, one_line(person.name), zone)
    return Facts(
        person.id,
        person.email,
        one_line(person.name),
        zone,
        **_face(memberships[0].name, memberships[0]),
    )


def _for_invitation(session: Session, props: Invitation) -> Facts:
    statement = (
        select(InvitationRow, ProgrammeRow, PersonRow.name)
        .join(ProgrammeRow, ProgrammeRow.id == InvitationRow.programme_id)
        .outerjoin(PersonRow, PersonRow.id == InvitationRow.invited_by)
        .where(InvitationRow.id == props.invitation_id)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise MissingFact("invitation")
    invitation, programme, inviter = found
    if invitation.revoked_at is not None or invitation.accepted_at is not None:
        raise NobodyThere
    settings = ProgrammeSettings.kept(programme.settings)
    roles = tuple(role.strip() for role in invitation.roles.split(",") if role.strip())
    return Facts(
        person_id=None,
        address=invitation.email,
        name=one_line(invitation.name),
        zone=settings.time_zone,
        programme_slug=programme.slug,
        **_face(programme.name, settings),
        invited=Invited(one_line(inviter or ""), roles, invitation.expires_at),
    )


def _for_recommended(session: Session, row: MailRow, props: MentorsRecommended) -> Facts:
    """Without the mentors who have left or stopped since; with none at all there is nothing to tell."""
    mentee = session.get(MemberRow, (row.programme_id, row.to_person))
    if mentee is None or mentee.left_at is not None or not mentee.is_mentee:
        raise NobodyThere
    choices = session.execute(
        select(DraftChoiceRow, MemberRow)
        .join(
            MemberRow,
            (MemberRow.person_id == DraftChoiceRow.mentor_id) & (MemberRow.programme_id == row.programme_id),
        )
        .where(
            DraftChoiceRow.draft_id == props.draft_id,
            DraftChoiceRow.mentee_id == row.to_person,
            DraftChoiceRow.left_out == "",
            MemberRow.is_mentor == true(),
            MemberRow.left_at.is_(None),
        )
        .order_by(DraftChoiceRow.place)
    ).all()
    if not choices:
        raise NobodyThere("nobody who was recommended is there any more")
    programme = session.get_one(ProgrammeRow, row.programme_id)
    return Facts(
        person_id=mentee.person_id,
        address=session.get_one(PersonRow, mentee.person_id).email,
        name=one_line(mentee.name),
        zone=mentee.time_zone,
        programme_slug=programme.slug,
        **_face(programme.name, ProgrammeSettings.kept(programme.settings)),
        optional_mails=mentee.optional_mails,
        role=Role.MENTEE,
        recommended=tuple(_recommended(choice, mentor) for choice, mentor in choices),
    )


def _recommended(choice: DraftChoiceRow, mentor: MemberRow) -> Recommended:
    place = naming.place(mentor.unit, mentor.location, country_code=mentor.country)
    reasons = (MatchReason.model_validate(one) for one in choice.reasons)
    return Recommended(
        Party(mentor.person_id, one_line(mentor.name), one_line(mentor.headline, 300), one_line(place, 300)),
        choice.score,
        tuple(one.told(Role.MENTEE) for one in reasons),
    )


_OUTSIDE: tuple[tuple[type[Props], Callable[[Session, MailRow, Any], Facts]], ...] = (
    (Invitation, lambda session, _, props: _for_invitation(session, props)),
    (MentorsRecommended, _for_recommended),
    (RegistrationNeedsAdmin, lambda session, row, _: _for_registrar(session, row)),
    (AboutRegistration, lambda session, _, props: _for_registration(session, props)),
    (AboutPerson, lambda session, row, _: _for_person(session, row)),
    (ShortlistExhausted, lambda session, row, props: _for_member(session, row, props.others)),
    (ErasureConfirmed, lambda _, row, __: _for_nobody(row)),
)
"""The first that a mail is one of says where its facts are."""


def _for_process(row: MailRow, props: AnyMail, found: Row[Any] | None) -> Facts:
    if found is None:
        raise MissingFact("request or relationship")
    role = {found.mentee_id: Role.MENTEE, found.mentor_id: Role.MENTOR}.get(row.to_person)
    if role is None:
        raise MissingFact("recipient")
    own, other = ("mentee", "mentor") if role is Role.MENTEE else ("mentor", "mentee")
    parties = {side: _party(found, side) for side in ("mentee", "mentor")}
    address = getattr(found, f"{own}_email")
    if not address or getattr(found, f"{own}_left_at") is not None:
        # Whoever has left is not written to about it any more.
        raise NobodyThere
    if props.gathers and not _is_still_asked(found, props.link_round):
        raise NobodyThere("the request had moved on before it left")
    if props.shows_contact and not _are_in_touch(found):
        raise NobodyThere
    return Facts(
        person_id=row.to_person,
        address=address,
        name=parties[own].name,
        zone=getattr(found, f"{own}_time_zone"),
        programme_slug=found.slug,
        **_face(found.programme_name, found),
        optional_mails=getattr(found, f"{own}_optional_mails"),
        role=role,
        mentee=parties["mentee"],
        mentor=parties["mentor"],
        kind=_kind(found),
        state=found.state,
        asked_at=found.asked_at,
        began_at=found.began_at,
        match=tuple(MatchReason.model_validate(one) for one in found.reasons or ()),
        levels=int(found.levels or DEFAULT_LEVELS),
        words=_words_to(role, props, found),
        contact=_contact(found, other) if props.shows_contact else None,
        shortlist_id=found.shortlist_id if role is Role.MENTEE else None,
    )


def _words_to(role: Role, props: AnyMail, found: Row[Any]) -> str:
    """What was written with an acceptance, for whoever has not written it."""
    wrote = props.decided_by if isinstance(props, RelationshipStarted) else Role.MENTOR
    return (found.words or "") if role is not wrote else ""


def _is_still_asked(found: Row[Any], revision: int) -> bool:
    """Whether this very wording is still to be answered."""
    turn = whose_turn(found.state, found.left_to_admins, found.kind)
    return bool(turn is role_of(Part.DECIDER, found.kind) and found.revision == revision)


def _kind(found: Row[Any]) -> RequestKind:
    return RequestKind(found.kind or RequestKind.REQUEST)


def _party(found: Row[Any], side: str) -> Party:
    person, name, headline, unit, location, country = (
        getattr(found, f"{side}_{column}")
        for column in ("id", "name", "headline", "unit", "location", "country")
    )
    place = naming.place(unit, location, country_code=country)
    return Party(person, one_line(name), one_line(headline, 300), one_line(place, 300))


def _are_in_touch(found: Row[Any]) -> bool:
    """Whether each may still know how to reach the other; the mail may have waited for days to leave."""
    return found.state in IN_TOUCH and not found.is_one_leaving


def _contact(found: Row[Any], side: str) -> Contact:
    return Contact(getattr(found, f"{side}_email"), getattr(found, f"{side}_contact"))


_MEMBER = (
    "name",
    "headline",
    "unit",
    "location",
    "country",
    "time_zone",
    "contact",
    "left_at",
    "optional_mails",
)


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_OF_SOME = ("kind", "revision", "left_to_admins", "reasons", "shortlist_id", "asked_at", "began_at", "words")
"""What not every table of two people has; null where it has none, so that all rows read alike."""


def _with_people(
    process: type[RequestRow | RelationshipRow | QuestionRow | AssignmentRow], **own: Any
) -> Select[Any]:
    """A row for each process of `ids`, with the programme and both sides in it. `own` are columns of some."""
    columns: list[ColumnElement[Any]] = [
        *(column.label(name) for name, column in (dict.fromkeys(_OF_SOME, null()) | own).items()),
        process.id.label("process_id"),
        process.mentee_id.label("mentee_id"),
        process.mentor_id.label("mentor_id"),
        process.state.label("state"),
        ProgrammeRow.name.label("programme_name"),
        ProgrammeRow.slug.label("slug"),
        REPLY_TO,
        TERMS,
        ACCENT,
        LOGO,
        LEVELS,
    ]
    sides = []
    for side, person_id in (("mentee", process.mentee_id), ("mentor", process.mentor_id)):
        member, person = aliased(MemberRow, name=f"{side}_member"), aliased(PersonRow, name=f"{side}_person")
        columns += [getattr(member, name).label(f"{side}_{name}") for name in _MEMBER]
        columns.append(person.email.label(f"{side}_email"))
        sides.append((member, person, person_id))
    statement = (
        select(*columns).select_from(process).join(ProgrammeRow, ProgrammeRow.id == process.programme_id)
    )
    for member, person, person_id in sides:
        statement = statement.join(
            member, (member.programme_id == process.programme_id) & (member.person_id == person_id)
        ).join(person, person.id == person_id)
    return statement.where(process.id.in_(_IDS))


_REQUESTS = _with_people(
    RequestRow,
    kind=RequestRow.kind,
    revision=RequestRow.revision,
    left_to_admins=RequestRow.left_to_admins,
    reasons=RequestRow.reasons,
    shortlist_id=RequestRow.shortlist_id,
    asked_at=RequestRow.created_at,
)
_RELATIONSHIPS = _with_people(
    RelationshipRow,
    kind=RequestRow.kind,
    reasons=RequestRow.reasons,
    asked_at=RequestRow.created_at,
    words=RequestRow.comment,
    began_at=RelationshipRow.started_at,
    is_one_leaving=erasing.any_locked(RelationshipRow.mentee_id, RelationshipRow.mentor_id),
).outerjoin(RequestRow, RequestRow.id == RelationshipRow.request_id)
_QUESTIONS = _with_people(QuestionRow, asked_at=QuestionRow.asked_at)
_ASSIGNMENTS = _with_people(
    AssignmentRow,
    began_at=AssignmentRow.assigned_at,
    is_one_leaving=erasing.any_locked(AssignmentRow.mentee_id, AssignmentRow.mentor_id),
)
_ABOUT_TWO: dict[type[AnyMail], Select[Any]] = {
    AboutRequest: _REQUESTS,
    AboutRelationship: _RELATIONSHIPS,
    AboutQuestion: _QUESTIONS,
    AboutAssignment: _ASSIGNMENTS,
}
"""What is read for the mails about a mentee and a mentor, by what they are about."""
