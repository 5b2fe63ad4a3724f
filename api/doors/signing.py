"""Signing in by a link in a mail, and out again: here, or everywhere."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from sqlalchemy.orm import Session

from api.desk.inviting import address
from api.doors.schemas import SessionOut, SignedOutOut
from api.web import limits
from api.web.access import Viewer
from api.web.context import Context
from api.web.errors import NotFound
from models.agents import described
from models.mails.person import SignIn
from models.store import access as store
from models.store import mails, people
from models.store.access import Identity

MAX_PATH = 500
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of ours: one slash at its start, no blank, no backslash, nothing outside of ASCII."""
ONE_MAIL = timedelta(minutes=10)
"""As long as its link is good, a key sends one mail."""


async def ask(ctx: Context, email: str, next_path: str, client: str, key: str) -> None:
    """Mails a sign-in link to the person with `email`, and does the same work for an unknown address.

    `client` is whom to count the try for (`api.security.client_of`). Raises Invalid for what is no address,
    TooMany beyond the client's limit: before anything is written for an unknown address.
    """
    to = address(email)
    await limits.sign_in(ctx, client)
    await mail_link(ctx, to, next_path, f"{client}\n{key}")


async def mail_link(ctx: Context, to: str, next_path: str, key: str) -> None:
    """Mails a sign-in link to the address, which is normalised. The delivery drops it for an unknown one.

    Beyond the address's limit there is no further mail while one is still good, and at most one every few
    minutes: somebody else's tries neither lock the person out nor fill their mailbox.
    """
    path, now = own_path(next_path), ctx.clock()
    slot = int(now.timestamp() // ONE_MAIL.total_seconds())
    # Hashed, since keys of mails are logged; with all that was asked for, since two people may send one key.
    hashed = hashlib.sha256(f"{to}\n{path}\n{slot}\n{key}".encode()).hexdigest()

    def work(session: Session) -> None:
        often = limits.is_over_for_address(ctx, session, to)
        if not (often and mails.has_sign_in(session, to, now)):
            mails.queue_to_address(
                session, key=f"sign-in/{hashed}", address=to, props=SignIn(next_path=path), now=now
            )

    await ctx.database.write(work)
    ctx.wake_mail()


def own_path(path: str) -> str:
    """`path` when it leads to a page of ours, else the start page: a mail must not send people elsewhere."""
    return path if len(path) <= MAX_PATH and _OWN_PATH.fullmatch(path) else "/"


async def redeemable(ctx: Context, token: str) -> Identity | None:
    """Whom a sign-in link would sign in, None if it is no good. Changes nothing: mail scanners open links."""
    return await ctx.database.read(lambda session: store.find_sign_in(session, token, ctx.clock()))


async def redeem_sign_in(
    ctx: Context, token: str, replaced: Viewer | None = None, agent: str = ""
) -> tuple[str, str]:
    """Uses up a sign-in link: a new session's token and the path to go to. NotFound if it is no good.

    It ends the session that it replaces in the browser. `agent` is the browser as it calls itself.
    """
    now = ctx.clock()

    def work(session: Session) -> tuple[str, str]:
        used = store.use_sign_in(session, token, now)
        if used is None:
            raise NotFound("This sign-in link was used already or has expired; please ask for a new one.")
        person_id, next_path = used
        if replaced is not None and replaced.session is not None:
            store.end_session(session, replaced.session)
        made, path = store.create_session(session, person_id, now, described(agent)), own_path(next_path)
        return made, path if path != "/" else _first_page(session, person_id)

    return await ctx.database.write(work)


def _first_page(session: Session, person_id: str) -> str:
    """The home, or the desk of somebody who coordinates one programme and takes part in none."""
    programmes = people.programmes_of(session, person_id)
    if len(programmes) == 1 and not (programmes[0].is_mentee or programmes[0].is_mentor):
        return f"/p/{programmes[0].slug}/admin"
    return "/"


async def sign_out(ctx: Context, viewer: Viewer) -> None:
    """Ends the page session of the viewer."""
    used = viewer.session
    if used is not None:
        await ctx.database.write(lambda session: store.end_session(session, used))


async def sessions(ctx: Context, viewer: Viewer) -> list[SessionOut]:
    """Where the viewer is signed in, the one used last first."""
    now = ctx.clock()
    rows = await ctx.database.read(
        lambda session: store.sessions_of(session, viewer.person_id, now, now - ctx.session_idle)
    )
    return [
        SessionOut(
            id=store.session_id(row.token_hash),
            agent=row.agent,
            created_at=row.created_at,
            used_at=row.used_at or row.created_at,
            ends_at=min(row.expires_at, (row.used_at or row.created_at) + ctx.session_idle),
            current=row.token_hash == viewer.session,
        )
        for row in rows
    ]


async def end_session(ctx: Context, viewer: Viewer, session_id: str) -> bool:
    """Ends one of the viewer's sessions; whether it was the one that asks. Raises NotFound."""
    ended = await ctx.database.write(lambda session: store.end_one(session, viewer.person_id, session_id))
    if ended is None:
        raise NotFound
    return ended == viewer.session


async def sign_out_everywhere(ctx: Context, viewer: Viewer, tokens: bool) -> SignedOutOut:
    """Ends all page sessions of the viewer and makes their sign-in links worthless; API tokens if wanted."""
    ended = await ctx.database.write(
        lambda session: store.sign_out(session, viewer.person_id, ctx.clock(), tokens=tokens)
    )
    return SignedOutOut(sessions=ended.sessions, sign_in_links=ended.links, api_tokens=ended.tokens)
