"""The commands that say who runs a programme and who takes part in it."""

# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from installation.arguments import Email, InProgramme
from installation.terminal import DataDir, execute, say

if TYPE_CHECKING:
    from models.process.departures import Touched
    from settings import Settings

admin = typer.Typer(help="Who runs a programme.", no_args_is_help=True)
member = typer.Typer(help="Who takes part in a programme.", no_args_is_help=True)


@admin.command("add")
def add_admin(
    email: Email,
    in_programme: InProgramme,
    name: Annotated[
        str, typer.Option("--name", metavar="N", help="The name of somebody new.", show_default=False)
    ] = "",
    data_dir: DataDir = None,
) -> None:
    """Make a person an admin of a programme, whether or not they are known yet.

    \b
    Example:
      steadfast admin add ada@example.org --programme spring --name "Ada Marlow"
    """

    async def run(settings: Settings) -> bool:
        from installation import operations

        return await operations.add_admin(settings, in_programme, email, name)

    added = execute(run, data_dir)
    say(f"{email} is an admin of {in_programme} {'now' if added else 'already'}.")


@admin.command("remove")
def remove_admin(email: Email, in_programme: InProgramme, data_dir: DataDir = None) -> None:
    """Take the right of an admin away, at once.

    They stay in the programme as what they are besides; who is nothing else is removed from it. The only
    admin stays: add another one first.

    \b
    Example:
      steadfast admin remove ada@example.org --programme spring
    """

    async def run(settings: Settings) -> bool:
        from installation import members

        return await members.remove_admin(settings, in_programme, email)

    if execute(run, data_dir):
        say(f"{email} is no admin of {in_programme} any more.")
    else:
        say(f"{email} was no admin of {in_programme}.")


@member.command("remove")
def remove_member(
    email: Email,
    in_programme: InProgramme,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it touches, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """End a person's membership in a programme, at once.

    Their open requests are released, or left to the admins (the setting when_mentor_leaves), their
    relationships end, and the other sides are told as soon as a worker runs. What it touches is said first;
    at a terminal you are asked then. All else stays: `steadfast erase` erases a person.

    \b
    Examples:
      steadfast member remove amara@example.org --programme spring --dry-run
      steadfast member remove amara@example.org --programme spring --yes
    """

    async def look(settings: Settings) -> Touched:
        from installation import members

        return await members.touched(settings, in_programme, email)

    async def run(settings: Settings) -> None:
        from installation import members

        await members.remove(settings, in_programme, email)

    for sentence in execute(look, data_dir).on_leaving() or ["Nothing of theirs is open."]:
        say(sentence)
    if dry_run:
        say("Nothing was changed (dry run).")
        return
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Remove {email} from {in_programme}?", abort=True)
    execute(run, data_dir)
    say(f"{email} is not in {in_programme} any more.")
