"""Members of a programme as its admins see and change them, and the end of a membership (P12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from api.desk.schemas import PersonOut, RemovalOut
from api.profile.profiles import ProfileChange, changed, checked_roles, roles_of, skills_out
from api.web.access import Member, require_admin
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import parse_id
from models.process.departures import Touched
from models.process.errors import Invalid, Refused
from models.process.member import MemberProfile
from models.process.terms import Sentence, in_terms
from models.store import departures, membership
from models.store.profiles import is_complete, load_profiles, save_profiles, touch_people
from models.store.programmes import locked_settings
from models.store.skills import load_book
from models.store.tables import PersonRow


async def person(ctx: Context, member: Member, person_id: str) -> PersonOut:
    """A member of the programme, for admins. Raises NotFound, also for a person who has left."""
    programme_id = require_admin(member).programme.id
    return await ctx.database.read(
        lambda session: _shown(
            session, programme_id, _found(session, programme_id, parse_id(person_id)), ctx.clock()
        )
    )


async def touched(ctx: Context, member: Member, person_id: str) -> Touched:
    """What a person has open, for admins."""
    programme = require_admin(member).programme
    return await ctx.database.read(
        lambda session: departures.open_of(session, programme.id, parse_id(person_id), programme.settings)
    )


async def removal(ctx: Context, member: Member, person_id: str) -> RemovalOut:
    """What the end of a membership would touch, for admins. Raises NotFound."""
    programme = require_admin(member).programme
    words = programme.settings.terms.words

    def work(session: Session) -> RemovalOut:
        profile = _found(session, programme.id, parse_id(person_id))
        opened = departures.open_of(session, programme.id, profile.person_id, programme.settings)
        try:
            membership.check_not_last_admin(session, programme.id, profile)
            hindrance = None
        except Refused as error:
            hindrance = in_terms(error.sentence, words)
        return RemovalOut(
            person=_shown(session, programme.id, profile, ctx.clock()),
            yourself=profile.person_id == member.person_id,
            released=opened.released,
            left_to_admins=opened.left_to_admins,
            relationships=opened.relationships,
            consequences=[in_terms(sentence, words) for sentence in opened.on_leaving()],
            hindrance=hindrance,
        )

    return await ctx.database.read(work)


async def remove(ctx: Context, member: Member, person_id: str, *, myself: bool) -> None:
    """Ends a membership, for admins.

    Raises NotFound, Refused for the only admin and for oneself by mistake.
    """
    programme_id, person_id = require_admin(member).programme.id, parse_id(person_id)
    _check_meant(member, person_id, myself)

    def work(session: Session) -> None:
        try:
            membership.end(session, programme_id, person_id, ctx.clock())
        except membership.NoMember:
            raise NotFound from None

    await ctx.database.write(work)


async def change(
    ctx: Context, member: Member, person_id: str, wanted: ProfileChange, *, myself: bool = False
) -> PersonOut:
    """Changes roles, availability or capacity of a member, for admins.

    Raises NotFound, Invalid, Refused for the only admin and for oneself by mistake.
    """
    programme_id, person_id, now = require_admin(member).programme.id, parse_id(person_id), ctx.clock()

    def work(session: Session) -> PersonOut:
        settings = locked_settings(session, programme_id)
        try:
            found = membership.locked(session, programme_id, person_id)
        except membership.NoMember:
            raise NotFound from None
        before = found[person_id]
        book = load_book(session, programme_id)
        after = changed(before, replace(wanted, roles=None), settings, book, now)
        _set_roles(after, wanted)
        after.complete = is_complete(after, settings)
        if before.is_admin and not after.is_admin:
            _check_meant(member, person_id, myself)
            membership.check_not_last_admin(session, programme_id, before)
            membership.revoke_admin_invitations(session, programme_id, person_id, now)
        if after != before:
            save_profiles(session, programme_id, found, [after])
            touch_people(session, programme_id, [person_id])
        return _shown(session, programme_id, after, now)

    return await ctx.database.write(work)


def _set_roles(after: MemberProfile, wanted: ProfileChange) -> None:
    if wanted.roles is None:
        return
    roles = checked_roles(wanted.roles)
    if not roles:
        raise Invalid("Please leave at least one role, or end the membership instead.", field="roles")
    after.is_mentee, after.is_mentor, after.is_admin = (
        role in roles for role in ("mentee", "mentor", "admin")
    )


def _check_meant(member: Member, person_id: str, myself: bool) -> None:
    if person_id == member.person_id and not myself:
        raise Refused(
            Sentence(
                "This would take away your own access to the {t.coordinator}’s desk. If you mean it, say so "
                "(`myself`: true)."
            )
        )


def _found(session: Session, programme_id: str, person_id: str) -> MemberProfile:
    profile = load_profiles(session, programme_id, [person_id]).get(person_id)
    if profile is None or profile.left_at is not None:
        raise NotFound
    return profile


def _shown(session: Session, programme_id: str, profile: MemberProfile, now: datetime) -> PersonOut:
    row = session.get_one(PersonRow, profile.person_id)
    return PersonOut(
        id=profile.person_id,
        name=profile.name,
        email=row.email,
        roles=roles_of(profile.is_mentee, profile.is_mentor, profile.is_admin),
        complete=profile.complete,
        available=profile.takes_requests(now),
        capacity=profile.capacity,
        joined_at=profile.joined_at,
        skills=skills_out(profile, load_book(session, programme_id)),
    )
