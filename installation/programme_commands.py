"""The commands that make and change a programme."""

# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from installation.arguments import Slug
from installation.terminal import DataDir, as_pairs, execute, print_sheet, say

if TYPE_CHECKING:
    from models.store.policy_changes import Outlook
    from settings import Settings

programme = typer.Typer(help="Programmes and their settings.", no_args_is_help=True)


@programme.command("create")
def create_programme(
    slug: Slug,
    name: Annotated[
        str, typer.Option("--name", metavar="N", help="What people call it.", show_default=False)
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting; may be repeated.", show_default=False),
    ] = None,
    admins: Annotated[
        list[str] | None,
        typer.Option("--admin", metavar="EMAIL", help="An admin; may be repeated.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a programme.

    Its settings are those of `steadfast programme show`; what is not set has its default.

    \b
    Examples:
      steadfast programme create spring --name "Spring 2027" --admin ada@example.org
      steadfast programme create quick --name Quick --set close_after=P7D --set "remind_after=P3D|P5D"
    """
    values = as_pairs(set_ or [], "--set")

    async def run(settings: Settings) -> list[str]:
        from installation import operations

        return await operations.create_programme(settings, slug, name, values, admins or [])

    led_to = execute(run, data_dir)
    _say_all(f"The programme {slug} was made.", led_to)


@programme.command("set")
def change_programme(
    slug: Slug,
    values: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE...", help="The settings.", show_default=False)
    ],
    open_too: Annotated[
        bool, typer.Option("--open-requests", help="Let requests that are open follow as well.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; say what it would do to open requests.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Change settings of a programme; all of them or none.

    Requests that are open keep the periods they began with, unless they are to follow: then their dates count
    anew from the beginning of the present wait, and a worker tells them, some twenty a second.

    \b
    Examples:
      steadfast programme set spring close_after=P10D open_requests=3
      steadfast programme set spring close_after=P10D --open-requests --dry-run
      steadfast programme set spring "preferences=Career|Technology" amendment_close_after=off
      steadfast programme set spring logo=@logo.svg accent=#7a2048
    """
    pairs = as_pairs(values, "KEY=VALUE")

    async def preview(settings: Settings) -> tuple[list[str], list[str]]:
        from installation import operations

        notes, seen = await operations.preview_programme(settings, slug, pairs)
        return notes, outlook_of(seen)

    async def change(settings: Settings) -> tuple[list[str], int]:
        from installation import operations

        return await operations.change_programme(settings, slug, pairs, open_too=open_too)

    if dry_run:
        led_to, seen = execute(preview, data_dir)
        _say_all("Nothing was changed.", [*led_to, *seen])
        return
    led_to, followers = execute(change, data_dir)
    if open_too:
        are = "request is" if followers == 1 else "requests are"
        led_to.append(f"{followers:,} open {are} to follow; `steadfast programme show` says how far it is.")
    _say_all(f"The programme {slug} was changed.", led_to)


def outlook_of(seen: Outlook) -> list[str]:
    """What new settings would do to the open requests, in sentences."""
    moved = (
        f"Of {seen.requests:,} open requests, {seen.closing:,} would close on another day, {seen.sooner:,} "
        f"of them sooner, and {seen.reminders:,} would be reminded of on other days."
    )
    if not seen.at_once:
        return [moved, "None would be due at once."]
    return [moved, f"{seen.at_once:,} would be due at once, and would close after a last wait."]


def _say_all(first: str, others: list[str]) -> None:
    for sentence in (first, *others):
        say(sentence)


@programme.command("show")
def show_programme(slug: Slug, data_dir: DataDir = None) -> None:
    """Print a programme's settings, as `set` takes them.

    \b
    Example:
      steadfast programme show spring
    """

    async def run(settings: Settings) -> None:
        from installation import operations

        print_sheet(await operations.describe_programme(settings, slug))

    execute(run, data_dir)
