"""Joining a programme by oneself: an address is confirmed by a link before anything else is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from sqlalchemy.orm import Session

from api.desk.inviting import address
from api.doors import signing
from api.joining.schemas import AnswerOut, JoinOut, RegistrationIn, RegistrationOut, RegistrationState
from api.profile.profiles import person_name, zone
from api.web import limits
from api.web.access import SLUG, Member, Programme, Viewer, require_admin
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import cursor_of, cut, parse_id, read_cursor
from api.web.schemas import Page
from models.process import texts
from models.process.errors import Invalid
from models.process.programme import ProgrammeSettings
from models.store import programmes
from models.store import registrations as store
from models.store.invitations import ensure_person
from models.store.registrations import OPEN, Wish
from models.store.tables import PersonRow, RegistrationRow

Decide = Callable[[Session, RegistrationRow], None]


async def programme_at(ctx: Context, slug: str) -> Programme:
    """A programme, whether or not it lets people join. Raises NotFound."""

    def work(session: Session) -> Programme:
        row = programmes.by_slug(session, slug) if SLUG.fullmatch(slug) else None
        if row is None:
            raise NotFound
        return Programme(row.id, row.slug, row.name, ProgrammeSettings.kept(row.settings))

    return await ctx.database.read(work)


async def open_programme(ctx: Context, slug: str) -> Programme:
    """One that lets people join by themselves. Raises NotFound for others, as for none."""
    found = await programme_at(ctx, slug)
    if not store.roles_of(found.settings):
        raise NotFound
    return found


def join_out(programme: Programme) -> JoinOut:
    settings = programme.settings
    return JoinOut(
        slug=programme.slug,
        name=programme.name,
        roles=list(store.roles_of(settings)),
        domains=list(settings.registration_domains),
        questions=[one.model_dump(mode="json") for one in settings.registration_questions],
        approval=settings.self_registration == "approval",
    )


async def ask(ctx: Context, programme: Programme, email: str, client: str, key: str) -> None:
    """Mails a link to the address that signs in and leads to the form; the same for every address.

    Raises Invalid for what is no address or at another domain, TooMany beyond the client's limit.
    """
    to = address(email)
    store.check_address(programme.settings, to)
    await limits.sign_in(ctx, client)
    # Without a person no sign-in link leaves. There is nothing in the row but the address.
    await ctx.database.write(lambda session: ensure_person(session, to, "", ctx.clock()))
    await signing.mail_link(ctx, to, f"/p/{programme.slug}/join", f"{client}\n{key}")


async def mine(ctx: Context, programme: Programme, viewer: Viewer) -> RegistrationOut | None:
    """The viewer's registration, if there is one."""

    def work(session: Session) -> RegistrationOut | None:
        row = store.of_person(session, programme.id, viewer.person_id)
        return _out(row, viewer.email) if row else None

    return await ctx.database.read(work)


async def register(
    ctx: Context, programme: Programme, viewer: Viewer, wanted: RegistrationIn
) -> RegistrationOut:
    """Raises Invalid, Refused, and IllegalMove for somebody who takes part already."""
    wish = Wish(
        person_id=viewer.person_id,
        name=person_name(wanted.name),
        zone=zone(wanted.time_zone),
        roles=_roles(wanted.roles),
        answers={key: str(answer) for key, answer in wanted.answers.items()},
    )

    def work(session: Session) -> RegistrationOut:
        return _out(store.register(session, programme.id, wish, ctx.clock()), viewer.email)

    made = await ctx.database.write(work)
    ctx.wake_mail()
    return made


def _roles(given: Sequence[str]) -> tuple[str, ...]:
    known = tuple(role for role in ("mentee", "mentor") if role in given)
    if set(given) - set(known):
        raise Invalid("Please choose mentee, mentor, or both.", field="roles")
    return known


async def withdraw(ctx: Context, programme: Programme, viewer: Viewer) -> None:
    """Raises NotFound, IllegalMove."""

    def work(session: Session) -> None:
        row = store.of_person(session, programme.id, viewer.person_id)
        if row is None:
            raise NotFound
        store.withdraw(session, row, ctx.clock())

    await ctx.database.write(work)


async def registrations(
    ctx: Context, member: Member, state: str | None, limit: int, cursor: str | None
) -> Page[RegistrationOut]:
    """For admins: in the order in which they wait, without a state those that wait."""
    programme, after = require_admin(member).programme, read_cursor(cursor)
    states = (state,) if state else OPEN
    rows, more = await ctx.database.read(
        lambda session: cut(store.page(session, programme.id, states, after, limit + 1), limit)
    )
    last = cursor_of(rows[-1][0].created_at, rows[-1][0].id) if more else None
    return Page[RegistrationOut](items=[_out(*one) for one in rows], next=last)


async def registration(ctx: Context, member: Member, registration_id: str) -> RegistrationOut:
    """One, for admins. Raises NotFound."""
    programme = require_admin(member).programme
    return await ctx.database.read(lambda session: _one(session, programme.id, registration_id)[1])


async def approve(ctx: Context, member: Member, registration_id: str) -> RegistrationOut:
    """Raises NotFound, IllegalMove."""

    def decide(session: Session, row: RegistrationRow) -> None:
        store.approve(session, row, member.person_id, ctx.clock())

    return await _decided(ctx, member, registration_id, decide)


async def refuse(ctx: Context, member: Member, registration_id: str, comment: str) -> RegistrationOut:
    """Raises NotFound, IllegalMove, Invalid without a word."""
    word = texts.required(comment, "comment", "Please write a sentence or two: they will read it.")

    def decide(session: Session, row: RegistrationRow) -> None:
        store.refuse(session, row, member.person_id, word, ctx.clock())

    return await _decided(ctx, member, registration_id, decide)


async def _decided(ctx: Context, member: Member, registration_id: str, decide: Decide) -> RegistrationOut:
    programme = require_admin(member).programme

    def work(session: Session) -> RegistrationOut:
        row, _ = _one(session, programme.id, registration_id)
        decide(session, row)
        session.flush()
        return _one(session, programme.id, registration_id)[1]

    done = await ctx.database.write(work)
    ctx.wake_mail()
    return done


async def counts(ctx: Context, programme_id: str) -> Mapping[str, int]:
    """How many there are in each state."""
    return await ctx.database.read(lambda session: store.counts(session, programme_id))


def _one(
    session: Session, programme_id: str, registration_id: str
) -> tuple[RegistrationRow, RegistrationOut]:
    row = store.find(session, programme_id, parse_id(registration_id))
    if row is None:
        raise NotFound
    return row, _out(row, session.get_one(PersonRow, row.person_id).email)


def _out(row: RegistrationRow, email: str) -> RegistrationOut:
    return RegistrationOut(
        id=row.id,
        name=row.name,
        email=email,
        roles=row.roles.split(","),
        answers=[AnswerOut.model_validate(one) for one in row.answers],
        state=cast(RegistrationState, row.state),
        comment=row.word,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
