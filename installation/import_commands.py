"""The command that imports people."""

# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from installation.arguments import InProgramme
from installation.import_report import print_import
from installation.terminal import DataDir, execute, progress

if TYPE_CHECKING:
    from models.importing.options import FileOptions
    from models.store.importing import ImportOptions
    from settings import Settings

imports = typer.Typer(help="Import from files.", no_args_is_help=True)


class Roles(StrEnum):
    ADD = "add"
    REPLACE = "replace"


class Repeats(StrEnum):
    REFUSE = "refuse"
    FIRST = "first"
    LAST = "last"


_Many = list[str] | None
_File = Annotated[Path, typer.Argument(metavar="FILE", help="The people: CSV or XLSX.", show_default=False)]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check the file, say what would happen, and write nothing.")
]
_Map = Annotated[
    _Many, typer.Option("--map", metavar="TITLE=FIELD", help="Which field a column is.", show_default=False)
]
_Default = Annotated[
    _Many, typer.Option("--default", metavar="FIELD=VALUE", help="For what is empty.", show_default=False)
]
_Level = Annotated[
    _Many,
    typer.Option("--level", metavar="WORD=N", help="The level of a word; 0: none.", show_default=False),
]
_LevelDefault = Annotated[
    int | None,
    typer.Option("--level-default", metavar="N", help="For skills without one.", show_default=False),
]
_Value = Annotated[
    _Many,
    typer.Option(
        "--value", metavar="FIELD:TEXT=VALUE", help="What a text of the file means.", show_default=False
    ),
]
_IgnoreRest = Annotated[
    bool, typer.Option("--ignore-rest", help="Leave out all columns that are not needed or named.")
]
_Roles = Annotated[Roles, typer.Option("--roles", help="Add to the roles that people have, or replace them.")]
_NewOnly = Annotated[bool, typer.Option("--new-only", help="Pass over those who are members.")]
_OneRowPerSkill = Annotated[
    bool, typer.Option("--one-row-per-skill", help="Put the lines of one person together.")
]
_Repeated = Annotated[Repeats, typer.Option("--repeated", help="Which line of a person counts.")]
_Encoding = Annotated[
    str, typer.Option("--encoding", metavar="E", help="Such as cp1252; guessed where it is safe.")
]
_Sheet = Annotated[
    str, typer.Option("--sheet", metavar="NAME", help="Of a workbook; the first with a header.")
]


@imports.command("people")
def import_people(  # noqa: PLR0913, PLR0917 - an option each
    file: _File,
    in_programme: InProgramme,
    dry_run: _DryRun = False,
    map_: _Map = None,
    default: _Default = None,
    level: _Level = None,
    level_default: _LevelDefault = None,
    value: _Value = None,
    ignore_rest: _IgnoreRest = False,
    roles: _Roles = Roles.ADD,
    new_only: _NewOnly = False,
    one_row_per_skill: _OneRowPerSkill = False,
    repeated: _Repeated = Repeats.REFUSE,
    encoding: _Encoding = "",
    sheet: _Sheet = "",
    data_dir: DataDir = None,
) -> None:
    """Import people from a CSV or XLSX file: all of them, or none if a line is bad.

    Each bad line is printed with its reason. Imported again, a file changes nothing; empty cells leave what
    is known. The fields: email, name (or first_name and last_name), roles (mentee|mentor|admin), time_zone,
    headline, about, country, languages, unit, location, manager_email, skills (name:level|...), targets,
    skill and level, preferences (a|b), capacity, available. Other columns are left out, unless they are
    mapped to attribute:NAME, which is private until the programme's setting filterable names it. Options
    with = may be repeated; docs/importing.md has recipes for forms and exports.

    \b
    Examples:
      steadfast import people people.csv --programme spring --dry-run
      steadfast import people form.xlsx --programme spring --default roles=mentor --ignore-rest
      steadfast import people hr.csv --programme spring --map Mail=email --map Cohort=attribute:cohort
    """
    from models.store.importing import ImportOptions

    read = {"mapping": map_, "defaults": default, "levels": level, "values": value}
    options = _file_options(
        {name: given or [] for name, given in read.items()},
        encoding,
        level_default=level_default,
        ignore_rest=ignore_rest,
        one_row_per_skill=one_row_per_skill,
        repeated=repeated.value,
        sheet=sheet,
    )
    chosen = ImportOptions(
        file=options, roles=roles.value, new_only=new_only, allow_admin=True, dry_run=dry_run
    )
    if not _import(file, in_programme, chosen, data_dir):
        raise typer.Exit(1)


def _import(file: Path, slug: str, chosen: ImportOptions, data_dir: Path | None) -> bool:
    """Whether every line was good."""

    async def run(settings: Settings) -> bool:
        from installation import operations

        with progress("people") as told:
            report = await operations.import_file(settings, file, slug, chosen, told)
        return print_import(report, dry_run=chosen.dry_run)

    return execute(run, data_dir)


def _file_options(given: dict[str, list[str]], encoding: str, **others: Any) -> FileOptions:
    from models.importing import options

    read: dict[str, Any] = {}
    for name, hint, parse in (
        ("mapping", "--map", options.parse_mapping),
        ("defaults", "--default", options.parse_defaults),
        ("levels", "--level", options.parse_levels),
        ("values", "--value", options.parse_values),
    ):
        with _named(hint):
            read[name] = parse(given[name])
    with _named("--encoding"):
        read["encoding"] = options.checked_encoding(encoding) if encoding else ""
    return options.FileOptions(**read, **others)


@contextmanager
def _named(option: str) -> Iterator[None]:
    """Has a value that cannot be read be a usage error that names the option."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
