"""Switching off the mails of a programme that are not essential, by the link in each of them (RFC 8058)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.web.context import Context
from api.web.errors import NotFound
from models.links import BadLink, Purpose, read
from models.process.programme import ProgrammeSettings
from models.store import links
from models.store.tables import MemberRow, ProgrammeRow


@dataclass(frozen=True)
class Subscription:
    """Whose mails of which programme the link of a mail is about."""

    programme: str
    settings: ProgrammeSettings
    name: str
    optional_mails: bool


async def subscription(ctx: Context, token: str) -> Subscription:
    """How it stands; changes nothing. Raises NotFound for a token that is not ours."""
    return await ctx.database.read(lambda session: _switched(session, ctx.keys, token))


async def switch(ctx: Context, token: str, wanted: bool) -> Subscription:
    """Switches them off, or on again, for whoever has the link. Raises NotFound."""
    return await ctx.database.write(lambda session: _switched(session, ctx.keys, token, wanted))


def _switched(
    session: Session, keys: Sequence[str | bytes], token: str, wanted: bool | None = None
) -> Subscription:
    try:
        purpose, link_id = read(token, keys)
    except BadLink:
        raise NotFound from None
    link = links.find(session, link_id, Purpose.UNSUBSCRIBE)
    if link is None or purpose is not Purpose.UNSUBSCRIBE:
        raise NotFound
    query = (
        select(MemberRow, ProgrammeRow)
        .join(ProgrammeRow, ProgrammeRow.id == MemberRow.programme_id)
        .where(MemberRow.programme_id == link.subject_id, MemberRow.person_id == link.person_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    member, programme = found
    if wanted is not None:
        member.optional_mails = wanted
    settings = ProgrammeSettings.kept(programme.settings)
    return Subscription(programme.name, settings, member.name, member.optional_mails)
