"""Access taken away: the right of an admin, or the whole membership (P12).

What becomes of open requests and relationships follows by itself, see `models.store.departures`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from models.process.errors import Refused
from models.process.member import MemberProfile
from models.process.terms import Sentence
from models.store.profiles import is_complete, load_profiles, save_profiles, touch_people
from models.store.programmes import locked_settings
from models.store.tables import InvitationRow, MemberRow, PersonRow


class NoMember(LookupError):
    """The person is not, or not any more, in the programme."""


def end(session: Session, programme_id: str, person_id: str, now: datetime) -> None:
    """Ends a membership at once. Raises NoMember, Refused for the only admin of others.

    Invitations that are still open would be a way back, so they end with it.
    """
    before = locked(session, programme_id, person_id)
    profile = before[person_id]
    check_not_last_admin(session, programme_id, profile)
    save_profiles(session, programme_id, before, [replace(profile, is_admin=False, left_at=now)])
    touch_people(session, programme_id, [person_id])
    _revoke(session, programme_id, person_id, now)


def remove_admin(session: Session, programme_id: str, person_id: str, now: datetime) -> bool:
    """Takes the right away; false if they had none. Raises NoMember, Refused for the only admin of others.

    A person who was an admin and nothing else leaves the programme.
    """
    before = locked(session, programme_id, person_id)
    profile = before[person_id]
    if not profile.is_admin:
        return False
    if not (profile.is_mentee or profile.is_mentor):
        end(session, programme_id, person_id, now)
        return True
    check_not_last_admin(session, programme_id, profile)
    settings = locked_settings(session, programme_id)
    after = replace(profile, is_admin=False)
    after.complete = is_complete(after, settings)
    save_profiles(session, programme_id, before, [after])
    touch_people(session, programme_id, [person_id])
    revoke_admin_invitations(session, programme_id, person_id, now)
    return True


def locked(session: Session, programme_id: str, person_id: str) -> dict[str, MemberProfile]:
    """The profile by person id, locked after its programme, as by everybody who writes profiles.

    Raises NoMember.
    """
    locked_settings(session, programme_id)
    found = load_profiles(session, programme_id, [person_id], for_update=True)
    if person_id not in found or found[person_id].left_at is not None:
        raise NoMember
    return found


def check_not_last_admin(session: Session, programme_id: str, profile: MemberProfile) -> None:
    """Raises Refused for the only admin of a programme with other people in it. It has to be locked."""
    if not profile.is_admin:
        return
    others = select(MemberRow.person_id).where(
        MemberRow.programme_id == programme_id,
        MemberRow.person_id != profile.person_id,
        MemberRow.left_at.is_(None),
    )
    if session.scalar(others.limit(1)) and not session.scalar(
        others.where(MemberRow.is_admin == true()).limit(1)
    ):
        raise Refused(_LAST)


_LAST = Sentence(
    "This is the only {t.coordinator} (admin) of the programme, and the people there count on one. Please "
    "make somebody else {t.a_coordinator} first."
)


def revoke_admin_invitations(session: Session, programme_id: str, person_id: str, now: datetime) -> None:
    """Revokes what would make the person an admin again."""
    _revoke(session, programme_id, person_id, now, role="admin")


def _revoke(session: Session, programme_id: str, person_id: str, now: datetime, role: str = "") -> None:
    address = select(PersonRow.email).where(PersonRow.id == person_id).scalar_subquery()
    statement = update(InvitationRow).where(
        InvitationRow.programme_id == programme_id,
        InvitationRow.email == address,
        InvitationRow.accepted_at.is_(None),
        InvitationRow.revoked_at.is_(None),
        InvitationRow.roles.contains(role),
    )
    session.execute(statement.values(revoked_at=now).execution_options(synchronize_session=False))
