"""The commands that work on programmes and people."""

# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from installation.import_report import print_import
from installation.terminal import DataDir, as_pairs, execute, print_sheet, progress, say

if TYPE_CHECKING:
    from models.importing.options import FileOptions
    from models.process.departures import Touched
    from settings import Settings

programme = typer.Typer(help="Programmes and their settings.", no_args_is_help=True)
admin = typer.Typer(help="Who runs a programme.", no_args_is_help=True)
member = typer.Typer(help="Who takes part in a programme.", no_args_is_help=True)
imports = typer.Typer(help="Import from files.", no_args_is_help=True)


class Roles(StrEnum):
    ADD = "add"
    REPLACE = "replace"


class Repeats(StrEnum):
    REFUSE = "refuse"
    FIRST = "first"
    LAST = "last"


InProgramme = Annotated[
    str, typer.Option("--programme", metavar="SLUG", help="The programme.", show_default=False)
]
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The programme.", show_default=False)]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person.", show_default=False)]


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
    data_dir: DataDir = None,
) -> None:
    """Change settings of a programme; all of them or none.

    Processes that are running keep the periods that they started with.

    \b
    Examples:
      steadfast programme set spring close_after=P10D open_requests=3
      steadfast programme set spring "preferences=Career|Technology" amendment_close_after=off
    """
    pairs = as_pairs(values, "KEY=VALUE")

    async def run(settings: Settings) -> list[str]:
        from installation import operations

        return await operations.change_programme(settings, slug, pairs)

    led_to = execute(run, data_dir)
    _say_all(f"The programme {slug} was changed.", led_to)


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


_Many = list[str] | None


@imports.command("people")
def import_people(  # noqa: PLR0913, PLR0917 - an option each
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The people: CSV or XLSX.", show_default=False)
    ],
    in_programme: InProgramme,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the file, say what would happen, and write nothing.")
    ] = False,
    map_: Annotated[
        _Many,
        typer.Option("--map", metavar="TITLE=FIELD", help="Which field a column is.", show_default=False),
    ] = None,
    default: Annotated[
        _Many,
        typer.Option("--default", metavar="FIELD=VALUE", help="For what is empty.", show_default=False),
    ] = None,
    level: Annotated[
        _Many,
        typer.Option("--level", metavar="WORD=N", help="The level of a word; 0: none.", show_default=False),
    ] = None,
    level_default: Annotated[
        int | None,
        typer.Option("--level-default", metavar="N", help="For skills without one.", show_default=False),
    ] = None,
    value: Annotated[
        _Many,
        typer.Option(
            "--value", metavar="FIELD:TEXT=VALUE", help="What a text of the file means.", show_default=False
        ),
    ] = None,
    ignore_rest: Annotated[
        bool, typer.Option("--ignore-rest", help="Leave out all columns that are not needed or named.")
    ] = False,
    roles: Annotated[
        Roles, typer.Option("--roles", help="Add to the roles that people have, or replace them.")
    ] = Roles.ADD,
    new_only: Annotated[bool, typer.Option("--new-only", help="Pass over those who are members.")] = False,
    one_row_per_skill: Annotated[
        bool, typer.Option("--one-row-per-skill", help="Put the lines of one person together.")
    ] = False,
    repeated: Annotated[
        Repeats, typer.Option("--repeated", help="Which line of a person counts.")
    ] = Repeats.REFUSE,
    encoding: Annotated[
        str, typer.Option("--encoding", metavar="E", help="Such as cp1252; guessed where it is safe.")
    ] = "",
    sheet: Annotated[
        str, typer.Option("--sheet", metavar="NAME", help="Of a workbook; the first with a header.")
    ] = "",
    data_dir: DataDir = None,
) -> None:
    """Import people from a CSV or XLSX file: all of them, or none if a line is bad.

    Each bad line is printed with its reason. Imported again, a file changes nothing; empty cells leave what
    is known. The fields: email, name (or first_name and last_name), roles (mentee|mentor|admin), time_zone,
    headline, about, country, languages, unit, location, manager_email, skills (name:level|...), targets,
    skill and level, preferences (a|b), capacity, available. Other columns are left out, unless they are
    mapped to attribute:NAME, which everybody can filter by. Options with = may be repeated; docs/importing.md
    has recipes for forms and exports.

    \b
    Examples:
      steadfast import people people.csv --programme spring --dry-run
      steadfast import people form.xlsx --programme spring --default roles=mentor --ignore-rest
      steadfast import people hr.csv --programme spring --map Mail=email --map Cohort=attribute:cohort
    """
    options = _import_options(
        map_ or [],
        default or [],
        level or [],
        value or [],
        level_default=level_default,
        ignore_rest=ignore_rest,
        one_row_per_skill=one_row_per_skill,
        repeated=repeated.value,
        encoding=encoding,
        sheet=sheet,
    )

    async def run(settings: Settings) -> bool:
        from installation import operations
        from models.store.importing import ImportOptions

        chosen = ImportOptions(
            file=options, roles=roles.value, new_only=new_only, allow_admin=True, dry_run=dry_run
        )
        with progress("people") as told:
            report = await operations.import_file(settings, file, in_programme, chosen, told)
        return print_import(report, dry_run=dry_run)

    if not execute(run, data_dir):
        raise typer.Exit(1)


def _import_options(
    maps: list[str],
    defaults: list[str],
    levels: list[str],
    values: list[str],
    *,
    encoding: str,
    **others: Any,
) -> FileOptions:
    from models.importing import options

    said: dict[str, Any] = {}
    for name, hint, read in (
        ("mapping", "--map", lambda: options.parse_mapping(maps)),
        ("defaults", "--default", lambda: options.parse_defaults(defaults)),
        ("levels", "--level", lambda: options.parse_levels(levels)),
        ("values", "--value", lambda: options.parse_values(values)),
        ("encoding", "--encoding", lambda: options.checked_encoding(encoding) if encoding else ""),
    ):
        try:
            said[name] = read()
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint=hint) from error
    return options.FileOptions(**said, **others)


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


def bounce(data_dir: DataDir = None) -> None:
    """Record a mail that came back: the message of the mail server, on standard input.

    It is found by the Message-ID of the mail, shown in the mail log, and noted by a worker on the timeline.
    What is no bounce, or of no mail of ours, changes nothing, and one line says so. It needs the database
    alone; the same message again changes nothing. 1 means that it has to be handed in again later.

    \b
    Examples:
      steadfast bounce < message.eml
      steadfast bounce --data-dir /var/lib/steadfast < message.eml
    """
    if sys.stdin.isatty():
        raise typer.BadParameter(
            "takes a message: steadfast bounce < message.eml", param_hint="standard input"
        )
    from models.bounces import LIMIT

    raw = sys.stdin.buffer.read(LIMIT)

    async def run(settings: Settings) -> str:
        from installation import bouncing

        return await bouncing.hand_in(settings, raw)

    say(execute(run, data_dir))
