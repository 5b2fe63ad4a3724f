"""Invitations to a programme (P2): admins send and revoke them, the person invited accepts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from api.desk.schemas import InvitationOut
from api.profile.profiles import line, person_name, zone
from api.web.access import Member, Viewer, require_admin
from api.web.context import Context
from api.web.errors import KeyReused, NotFound
from api.web.keys import made_id
from api.web.paging import cursor_of, cut, parse_id, read_cursor
from api.web.schemas import Page
from models.agents import described
from models.canonical import clean_address
from models.links import BadLink, Purpose, read
from models.process import texts
from models.process.errors import Invalid, Superseded
from models.store import access as access_store
from models.store import invitations as store
from models.store import links
from models.store.people import person_by_email
from models.store.tables import InvitationRow, ProgrammeRow

ROLES = ("mentee", "mentor", "admin")
MAX_NAME = 200


async def invitations(ctx: Context, member: Member, limit: int, cursor: str | None) -> Page[InvitationOut]:
    """Newest first, for admins."""
    programme, after = require_admin(member).programme, read_cursor(cursor)
    rows, more = await ctx.database.read(
        lambda session: cut(store.page(session, programme.id, after, limit + 1), limit)
    )
    last = cursor_of(rows[-1].created_at, rows[-1].id) if more else None
    return Page[InvitationOut](items=[invitation_out(row, ctx.clock()) for row in rows], next=last)


async def invitation(ctx: Context, member: Member, invitation_id: str) -> InvitationOut:
    """One invitation, for admins. Raises NotFound."""
    programme = require_admin(member).programme
    row = await ctx.database.read(lambda session: store.find(session, programme.id, parse_id(invitation_id)))
    if row is None:
        raise NotFound
    return invitation_out(row, ctx.clock())


async def invite(
    ctx: Context, member: Member, email: str, name: str, roles: Sequence[str], note: str, key: str
) -> InvitationOut:
    """Invites a person by mail, or renews their open invitation, for admins. See `store.create`.

    Raises Invalid for a bad address, role or text.
    Raises KeyReused where the key has invited another person here, or to other roles; no mail is sent then.
    """
    programme, now = require_admin(member).programme, ctx.clock()
    row = InvitationRow(
        id=made_id(member.person_id, key, programme.id),
        programme_id=programme.id,
        email=address(email),
        name=line(name, "name", MAX_NAME),
        roles=",".join(_checked(roles)),
        invited_by=member.person_id,
        created_at=now,
        expires_at=store.expiry(programme.settings, now),
    )
    words = texts.clean(note, "note")

    def work(session: Session) -> InvitationOut:
        made = store.create(session, row, words)
        if any(getattr(made, name) != getattr(row, name) for name in ("email", "roles")) or (
            row.name and made.name != row.name
        ):
            raise KeyReused
        return invitation_out(made, now)

    given = await ctx.database.write(work)
    ctx.wake_mail()
    return given


async def revoke_invitation(ctx: Context, member: Member, invitation_id: str) -> InvitationOut:
    """Takes an invitation back, for admins. Raises Superseded when it was accepted already."""
    programme, now = require_admin(member).programme, ctx.clock()

    def work(session: Session) -> InvitationOut:
        row = store.locked(session, parse_id(invitation_id))
        if row is None or row.programme_id != programme.id:
            raise NotFound
        if row.accepted_at is not None:
            raise Superseded("This invitation was accepted already.")
        row.revoked_at = row.revoked_at or now
        return invitation_out(row, now)

    return await ctx.database.write(work)


class SignInFirst(Exception):
    """The invitation is to a known person, or to be an admin: a link that is good for weeks is not enough."""


async def accept_invitation(
    ctx: Context, token: str, name: str, time_zone: str, here: Viewer | None = None, agent: str = ""
) -> tuple[str | None, str]:
    """Makes the invited person a member: a session's token, or None, and the programme's slug.

    A new person is signed in, in place of `here`. Raises SignInFirst where `here` has to be the one invited
    and is not, NotFound for a token that is not ours, Superseded for an invitation that is not open any more.
    """
    called, lives, now = person_name(name), zone(time_zone), ctx.clock()
    try:
        purpose, link_id = read(token, ctx.keys)
    except BadLink:
        raise NotFound from None

    def work(session: Session) -> tuple[str | None, str]:
        found = links.find(session, link_id, purpose)
        if found is None or purpose is not Purpose.INVITATION:
            raise NotFound
        row = store.locked(session, found.subject_id)
        is_open = row is not None and store.state_of(row, now) == "open"
        if row is None or not is_open or found.revoked_at is not None or found.expires_at <= now:
            raise Superseded("This invitation is not open any more; please ask for a new one.")
        if needs_sign_in(session, row) and (here is None or here.email != row.email):
            raise SignInFirst
        programme = session.get_one(ProgrammeRow, row.programme_id)
        person, is_new = store.accept(session, row, called, lives, now)
        if not is_new:
            return None, programme.slug
        if here is not None and here.session is not None:
            access_store.end_session(session, here.session)
        return access_store.create_session(session, person, now, described(agent)), programme.slug

    return await ctx.database.write(work)


def needs_sign_in(session: Session, row: InvitationRow) -> bool:
    """Whether only the invited person, signed in, can accept it."""
    return "admin" in row.roles.split(",") or person_by_email(session, row.email) is not None


async def make_known(ctx: Context, email: str, name: str) -> None:
    """Lets a sign-in link reach a person who is invited to be an admin and not known yet.

    Raises Refused while an erasure has them hidden: no link would reach them.
    """

    def work(session: Session) -> None:
        person_id, _ = store.ensure_person(session, email, name, ctx.clock())
        store.check_staying(session, person_id)

    await ctx.database.write(work)


def invitation_out(row: InvitationRow, now: datetime) -> InvitationOut:
    return InvitationOut(
        id=row.id,
        email=row.email,
        name=row.name,
        roles=row.roles.split(","),
        state=store.state_of(row, now),
        created_at=row.created_at,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at,
        mailed_at=row.mailed_at,
    )


def address(email: str) -> str:
    """The stored form of the address. Raises Invalid."""
    try:
        return clean_address(email)
    except ValueError as error:
        sentence = "This e-mail address is not complete. It should look like name@example.org."
        raise Invalid(sentence, field="email") from error


def _checked(roles: Sequence[str]) -> list[str]:
    found = [role for role in ROLES if role in roles]
    if not found or set(roles) - set(ROLES):
        raise Invalid(f"Please choose at least one of: {', '.join(ROLES)}.", field="roles")
    return found
