"""Invitations to join a programme (P2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.mails.person import Invitation
from models.process.errors import Refused
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store import erasing, mails
from models.store.delivery import MailRow
from models.store.people import person_by_email
from models.store.profiles import is_complete, load_profiles, save_profiles, touch_people
from models.store.programmes import locked_settings
from models.store.tables import InvitationRow, PersonRow
from models.store.upsert import insert_new

BETWEEN_MAILS = timedelta(days=1)


def create(session: Session, invitation: InvitationRow, note: str) -> InvitationRow:
    """Invites an address, whose open invitation is renewed if there is one. `email` is normalised.

    A programme writes to one address at most once in `BETWEEN_MAILS`: `mailed_at` of what is given back says
    when it did. An invitation that was taken back since then is opened again, since its mail is out there.
    A row with the id of `invitation` is given back unchanged: the caller compares.
    """
    now = invitation.created_at
    # Two admins who invite one address at once would otherwise both find no open invitation.
    settings = locked_settings(session, invitation.programme_id)
    if recorded := session.get(InvitationRow, invitation.id):
        return recorded
    row = _one_of_the_address(session, invitation, now)
    if row is None:
        session.add(row := invitation)
    else:
        _renew(row, invitation)
    if settings.hold_invitations != "off" and row.roles == "mentee" and row.mailed_at is None:
        row.held_at, row.note, row.expires_at = row.held_at or now, note or row.note, invitation.expires_at
    elif not _was_written_to(session, row, now):
        row.held_at = None
        row.mailed_at, row.expires_at = now, invitation.expires_at
        session.flush()
        _mail(session, row, note)
    return row


def _one_of_the_address(session: Session, invitation: InvitationRow, now: datetime) -> InvitationRow | None:
    """The one to renew: an open one, or one taken back soon after its mail. Others are revoked."""
    written_at = func.coalesce(InvitationRow.mailed_at, InvitationRow.created_at)
    query = select(InvitationRow).where(
        InvitationRow.programme_id == invitation.programme_id,
        InvitationRow.email == invitation.email,
        InvitationRow.accepted_at.is_(None),
        or_(InvitationRow.expires_at > now, InvitationRow.held_at.is_not(None)),
        or_(InvitationRow.revoked_at.is_(None), written_at > now - BETWEEN_MAILS),
    )
    found = list(session.scalars(query.order_by(InvitationRow.created_at.desc(), InvitationRow.id)))
    found.sort(key=lambda row: row.revoked_at is not None)
    for other in found[1:]:
        other.revoked_at = other.revoked_at or now
    return found[0] if found else None


def _renew(row: InvitationRow, invitation: InvitationRow) -> None:
    row.roles, row.invited_by, row.revoked_at = invitation.roles, invitation.invited_by, None
    row.name = invitation.name or row.name


def _was_written_to(session: Session, row: InvitationRow, now: datetime) -> bool:
    """Whether a mail went to the address within `BETWEEN_MAILS`; one that was dropped did not."""
    since = now - BETWEEN_MAILS
    query = select(MailRow.id).where(
        MailRow.programme_id == row.programme_id,
        MailRow.queued_at > since,
        MailRow.kind == "invitation",
        MailRow.to_address == row.email,
        MailRow.state != mails.DROPPED,
    )
    return session.scalar(query.limit(1)) is not None


def release_held(session: Session, programme_id: str, settings: ProgrammeSettings, now: datetime) -> int:
    """Sends the invitations that wait for the opening; says how many. The programme has to be locked."""
    query = select(InvitationRow).where(
        InvitationRow.programme_id == programme_id, InvitationRow.held_at.is_not(None)
    )
    rows = session.scalars(query.order_by(InvitationRow.created_at)).all()
    sent = [row for row in rows if row.revoked_at is None and row.accepted_at is None]
    for row in rows:
        note, row.held_at, row.note = row.note, None, ""
        if row in sent:
            row.mailed_at, row.expires_at = now, expiry(settings, now)
            session.flush()
            _mail(session, row, note)
    return len(sent)


def release(session: Session, programme_id: str, now: datetime) -> int:
    """The same, as an admin wants it."""
    return release_held(session, programme_id, locked_settings(session, programme_id), now)


def _mail(session: Session, row: InvitationRow, note: str) -> None:
    now = row.mailed_at or row.created_at
    mails.queue_to_address(
        session,
        key=f"invitation/{row.id}/{now.isoformat()}",
        address=row.email,
        props=Invitation(invitation_id=row.id, note=note),
        now=now,
        programme_id=row.programme_id,
    )


def page(
    session: Session, programme_id: str, after: tuple[datetime, str] | None, limit: int
) -> list[InvitationRow]:
    """Newest first; `after` is the (created_at, id) of the last one seen."""
    query = select(InvitationRow).where(InvitationRow.programme_id == programme_id)
    if after is not None:
        at, last = after
        query = query.where(
            InvitationRow.created_at <= at, or_(InvitationRow.created_at < at, InvitationRow.id < last)
        )
    ordered = query.order_by(InvitationRow.created_at.desc(), InvitationRow.id.desc()).limit(limit)
    return list(session.scalars(ordered))


def find(session: Session, programme_id: str, invitation_id: str) -> InvitationRow | None:
    query = select(InvitationRow).where(
        InvitationRow.programme_id == programme_id, InvitationRow.id == invitation_id
    )
    return session.scalars(query).one_or_none()


def locked(session: Session, invitation_id: str) -> InvitationRow | None:
    """The row, locked until the transaction ends."""
    return session.get(InvitationRow, invitation_id, with_for_update=True)


def state_of(row: InvitationRow, now: datetime) -> str:
    """open, held, accepted, revoked or expired."""
    if row.accepted_at is not None:
        return "accepted"
    if row.revoked_at is not None:
        return "revoked"
    if row.held_at is not None:
        return "held"
    return "expired" if row.expires_at <= now else "open"


def expiry(settings: ProgrammeSettings, now: datetime) -> datetime:
    return now + timedelta(days=settings.invitation_days)


def accept(session: Session, row: InvitationRow, name: str, zone: str, now: datetime) -> tuple[str, bool]:
    """Makes the person invited a member with the roles named. `row` is from `locked`.

    The person's id, and whether the address was new to the installation. Raises Refused while an erasure has
    them hidden.
    """
    person_id, is_new = ensure_person(session, row.email, name, now)
    check_staying(session, person_id)
    make_member(session, row.programme_id, Joining(person_id, name, zone, tuple(row.roles.split(","))), now)
    row.accepted_at = now
    return person_id, is_new


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who joins, by an invitation or by themselves, and what they said of themselves."""

    person_id: str
    name: str
    zone: str
    roles: tuple[str, ...]


def make_member(session: Session, programme_id: str, who: Joining, now: datetime) -> None:
    """Makes the person a member with these roles, besides those that they have."""
    settings = locked_settings(session, programme_id)
    before = load_profiles(session, programme_id, [who.person_id], for_update=True)
    profile = before.get(who.person_id) or MemberProfile(
        person_id=who.person_id, name=who.name, time_zone=who.zone, joined_at=now
    )
    joined = _with_roles(profile, who.roles)
    if "mentor" in who.roles:
        # The page on which they joined says what a mentor gives.
        joined.commitment_at = joined.commitment_at or now
    joined.complete = is_complete(joined, settings)
    save_profiles(session, programme_id, before, [joined])
    touch_people(session, programme_id, [who.person_id])


def check_staying(session: Session, person_id: str) -> None:
    """Raises Refused while an erasure has the person hidden; none begins before the transaction ends."""
    if erasing.locked_among(session, [person_id], hold=True):
        raise Refused(_LEAVING)


_LEAVING = (
    "Everything about you here is about to be erased. To join, please stop that first: the link is in the "
    "mail that told you about it. Then open this invitation again."
)


def ensure_person(session: Session, email: str, name: str, now: datetime) -> tuple[str, bool]:
    """The id of the person with the address, and whether they are new. A missing name is filled in."""
    new = str(uuid.uuid4())
    row = {"id": new, "email": email, "name": name, "created_at": now}
    insert_new(session, PersonRow, [row])
    found = person_by_email(session, email)
    if found is None:
        return new, True
    found.name = found.name or name
    return found.id, found.id == new


def _with_roles(profile: MemberProfile, roles: Sequence[str]) -> MemberProfile:
    kept = profile.returned()
    return replace(
        kept,
        is_mentee=kept.is_mentee or "mentee" in roles,
        is_mentor=kept.is_mentor or "mentor" in roles,
        is_admin=kept.is_admin or "admin" in roles,
    )
