"""Invitations to join a programme (P2)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.mail import Invitation
from models.process.errors import Refused
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.store import erasing, mails
from models.store.people import person_by_email
from models.store.profiles import is_complete, load_profiles, save_profiles, touch_people
from models.store.programmes import locked_settings
from models.store.tables import InvitationRow, PersonRow
from models.store.upsert import insert_new


async def create(session: AsyncSession, invitation: InvitationRow, note: str) -> InvitationRow:
    """Records the invitation and queues its mail, once per id. `email` is normalised.

    Gives what is recorded under the id, which may be an earlier one: whoever calls compares.
    """
    values = {name: getattr(invitation, name) for name in InvitationRow.__table__.columns.keys()}  # noqa: SIM118
    await insert_new(session, InvitationRow, [values])
    await mails.queue_to_address(
        session,
        key=f"invitation/{invitation.id}",
        address=invitation.email,
        props=Invitation(invitation_id=invitation.id, note=note),
        now=invitation.created_at,
        programme_id=invitation.programme_id,
    )
    return await session.get_one(InvitationRow, invitation.id)


async def page(
    session: AsyncSession, programme_id: str, after: tuple[datetime, str] | None, limit: int
) -> list[InvitationRow]:
    """Newest first; `after` is the (created_at, id) of the last one seen."""
    query = select(InvitationRow).where(InvitationRow.programme_id == programme_id)
    if after is not None:
        at, last = after
        query = query.where(
            InvitationRow.created_at <= at, or_(InvitationRow.created_at < at, InvitationRow.id < last)
        )
    ordered = query.order_by(InvitationRow.created_at.desc(), InvitationRow.id.desc()).limit(limit)
    return list(await session.scalars(ordered))


async def find(session: AsyncSession, programme_id: str, invitation_id: str) -> InvitationRow | None:
    query = select(InvitationRow).where(
        InvitationRow.programme_id == programme_id, InvitationRow.id == invitation_id
    )
    return (await session.scalars(query)).one_or_none()


async def locked(session: AsyncSession, invitation_id: str) -> InvitationRow | None:
    """The row, nobody else's until the transaction ends."""
    return await session.get(InvitationRow, invitation_id, with_for_update=True)


def state_of(row: InvitationRow, now: datetime) -> str:
    """open, accepted, revoked or expired."""
    if row.accepted_at is not None:
        return "accepted"
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= now else "open"


def expiry(settings: ProgrammeSettings, now: datetime) -> datetime:
    return now + timedelta(days=settings.invitation_days)


async def accept(
    session: AsyncSession, row: InvitationRow, name: str, zone: str, now: datetime
) -> tuple[str, bool]:
    """Makes whoever is invited a member with the roles named. `row` is from `locked`.

    The person's id, and whether the address was new to the installation. Raises Refused while an erasure has
    them hidden.
    """
    programme_id = row.programme_id
    person_id, is_new = await ensure_person(session, row.email, name, now)
    await check_staying(session, person_id)
    settings = await locked_settings(session, programme_id)
    before = await load_profiles(session, programme_id, [person_id], for_update=True)
    profile = before.get(person_id) or MemberProfile(
        person_id=person_id, name=name, time_zone=zone, joined_at=now
    )
    joined = _with_roles(profile, row.roles.split(","))
    joined.complete = is_complete(joined, settings)
    await save_profiles(session, programme_id, before, [joined])
    await touch_people(session, programme_id, [person_id])
    row.accepted_at = now
    return person_id, is_new


async def check_staying(session: AsyncSession, person_id: str) -> None:
    """Raises Refused while an erasure has the person hidden; none begins before the transaction ends."""
    if await erasing.locked_among(session, [person_id], hold=True):
        raise Refused(_LEAVING)


_LEAVING = (
    "Everything about you here is about to be erased. To join, please stop that first: the link is in the "
    "mail that told you about it. Then open this invitation again."
)


async def ensure_person(session: AsyncSession, email: str, name: str, now: datetime) -> tuple[str, bool]:
    """The id of whoever has the address, and whether they are new. A name that was missing is filled in."""
    new = str(uuid.uuid4())
    row = {"id": new, "email": email, "name": name, "created_at": now}
    await insert_new(session, PersonRow, [row])
    found = await person_by_email(session, email)
    if found is None:
        return new, True
    found.name = found.name or name
    return found.id, found.id == new


def _with_roles(profile: MemberProfile, roles: list[str]) -> MemberProfile:
    kept = profile.returned()
    return replace(
        kept,
        is_mentee=kept.is_mentee or "mentee" in roles,
        is_mentor=kept.is_mentor or "mentor" in roles,
        is_admin=kept.is_admin or "admin" in roles,
    )
