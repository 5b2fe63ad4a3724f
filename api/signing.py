"""Signing in by a link in a mail, and out again."""

from __future__ import annotations

import hashlib
import re

from api import limits
from api.access import Viewer
from api.context import Context
from api.errors import NotFound
from api.inviting import address
from models.mail import SignIn
from models.store import access as store
from models.store import mails

MAX_PATH = 500
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of ours: one slash at its start, no blank, no backslash, nothing outside of ASCII."""


async def admit(ctx: Context, email: str, client: str) -> str:
    """Counts a try to sign in as `email`, and gives the address as it is kept.

    `client` is whom to count it for (`api.security.client_of`). Raises Invalid for what is no address and
    TooMany beyond the limits: before anything is written for somebody whom nobody knows.
    """
    to = address(email)
    await limits.sign_in(ctx, to, client)
    return to


async def mail_link(ctx: Context, to: str, next_path: str, client: str, key: str) -> None:
    """Mails a sign-in link to whoever is known by `to`, and does the same work for everybody else.

    `to` and `client` are those that `admit` let in. The delivery drops the mail when nobody has the address.
    """
    # Hashed, since keys of mails are logged; with the address, since two people may send the same key.
    hashed = hashlib.sha256(f"{to}\n{client}\n{key}".encode()).hexdigest()
    async with ctx.database.write() as session:
        await mails.queue_to_address(
            session,
            key=f"sign-in/{hashed}",
            address=to,
            props=SignIn(next_path=own_path(next_path)),
            now=ctx.clock(),
        )
    ctx.wake_mail()


def own_path(path: str) -> str:
    """`path` when it leads to a page of ours, else the start page: a mail must not send people elsewhere."""
    return path if len(path) <= MAX_PATH and _OWN_PATH.fullmatch(path) else "/"


async def can_redeem(ctx: Context, token: str) -> bool:
    """Whether a sign-in link is still good. Changes nothing: mail scanners open links too."""
    async with ctx.database.read() as session:
        return await store.find_sign_in(session, token, ctx.clock())


async def redeem_sign_in(ctx: Context, token: str) -> tuple[str, str]:
    """Uses up a sign-in link: a new session's token and the path to go to. NotFound if it is no good."""
    now = ctx.clock()
    async with ctx.database.write() as session:
        used = await store.use_sign_in(session, token, now)
        if used is None:
            raise NotFound("This sign-in link was used already or has expired; please ask for a new one.")
        person_id, next_path = used
        return await store.create_session(session, person_id, now), own_path(next_path)


async def sign_out(ctx: Context, viewer: Viewer) -> None:
    """Ends the page session of the viewer."""
    if viewer.session is not None:
        async with ctx.database.write() as session:
            await store.end_session(session, viewer.session)
