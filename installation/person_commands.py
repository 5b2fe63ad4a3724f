"""The commands about one person: how they sign in, and their erasure."""

# ruff: noqa: PLC0415

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from installation.arguments import Email
from installation.terminal import DataDir, execute, say

if TYPE_CHECKING:
    from settings import Settings


def token(
    email: Email,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=3650, help="How long it works, in days.")
    ] = 90,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Make all tokens of this person worthless instead.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Print a new API token of a person, and nothing else.

    With it, anyone can do what the person may. It is shown this once; lost or seen by others, revoke it.

    \b
    Examples:
      steadfast token ada@example.org --days 30
      steadfast token ada@example.org --revoke
    """

    async def run(settings: Settings) -> str:
        from installation import operations

        if not revoke:
            return await operations.create_token(settings, email, days)
        return f"API tokens made worthless: {await operations.revoke_tokens(settings, email)}"

    say(execute(run, data_dir))


def sign_out(email: Email, data_dir: DataDir = None) -> None:
    """Sign a person out in every browser, at once, and make their unused sign-in links worthless.

    They can sign in again by a new mail. API tokens go on working; `steadfast token EMAIL --revoke` ends
    those. Run again, it finds nothing to end.

    \b
    Example:
      steadfast sign-out ada@example.org
    """

    async def run(settings: Settings) -> str:
        from installation import members

        ended = await members.sign_out(settings, email)
        return f"Sessions ended: {ended.sessions}; sign-in links made worthless: {ended.links}"

    say(execute(run, data_dir))


def erase(
    email: Email,
    at_once: Annotated[
        bool, typer.Option("--now", help="Begin now, without the day in which it can be stopped.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Erase a person: from the database, and from the engine's histories.

    They are signed out at once. A day later their requests and relationships end, the other sides get a mail,
    and everything about them goes; until then the link in the mail that they get stops it. What goes and what
    stays is written in docs/privacy.md. The installation has to be running. In place of the address the id is
    taken that `steadfast doctor` names; the same command takes up again what stands still half way.

    \b
    Examples:
      steadfast erase amara@example.org
      steadfast erase amara@example.org --now --yes
    """

    async def look(settings: Settings) -> list[str]:
        from installation import erasing

        return await erasing.alone_in(settings, email)

    async def run(settings: Settings) -> datetime:
        from installation import erasing

        return await erasing.erase(settings, email, at_once=at_once)

    alone = execute(look, data_dir)
    if alone:
        say(f"This leaves without an admin: {', '.join(alone)}. `steadfast admin add` makes another one.")
    if not yes:
        typer.confirm(f"Erase everything about {email}? It cannot be undone once it has begun", abort=True)
    begins_at = execute(run, data_dir)
    say(f"{email} is signed out everywhere. The erasing begins at {begins_at:%Y-%m-%d %H:%M} UTC.")
