"""The commands that work on the skills of a programme."""

# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from installation.arguments import InProgramme
from installation.terminal import DataDir, execute, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.matching.skills import Skill
    from models.store.skill_import import SkillReport
    from settings import Settings

T = TypeVar("T")

skill = typer.Typer(help="The skills of a programme.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A name or an alias of the skill.", show_default=False)
]


def _run(act: Callable[[Session, str], T], slug: str, data_dir: Path | None) -> T:
    async def run(settings: Settings) -> T:
        from installation import operations

        return await operations.in_programme(settings, slug, act)

    return execute(run, data_dir)


def _id(session: Session, programme_id: str, name: str) -> str:
    from models.process.errors import Invalid
    from models.store.skills import load_book

    book = load_book(session, programme_id)
    found = book.find(name)
    if found is None:
        raise Invalid(f"The programme has no skill “{name[:120]}”.{book.did_you_mean(name)}", field="name")
    return found.id


@skill.command("list")
def list_skills(in_programme: InProgramme, data_dir: DataDir = None) -> None:
    """Print the skills by name: aliases, skillset, and how many people name each.

    \b
    Example:
      steadfast skill list --programme spring
    """

    def act(session: Session, programme_id: str) -> tuple[list[Skill], dict[str, int]]:
        from models.store.skill_changes import usage
        from models.store.skills import load_book

        book = load_book(session, programme_id)
        return list(book.skills.values()), usage(session, programme_id)

    skills, used = _run(act, in_programme, data_dir)
    for one in skills:
        also = f" (also: {', '.join(one.aliases)})" if one.aliases else ""
        group = f" [{one.skillset}]" if one.skillset else ""
        say(f"{one.name}{also}{group}: {used.get(one.id, 0)}")
    if not skills:
        say("The programme has no skills yet: `steadfast skill add` or `steadfast import skills` makes some.")


@skill.command("add")
def add_skill(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.", show_default=False)],
    in_programme: InProgramme,
    aliases: Annotated[
        list[str] | None,
        typer.Option("--alias", metavar="NAME", help="Another name; may be repeated.", show_default=False),
    ] = None,
    skillset: Annotated[
        str, typer.Option("--skillset", metavar="NAME", help="Its group.", show_default=False)
    ] = "",
    anyway: Annotated[bool, typer.Option("--anyway", help="Although another is much like it.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Add a skill.

    \b
    Example:
      steadfast skill add React --alias reactjs --skillset "Front end" --programme spring
    """

    def act(session: Session, programme_id: str) -> Skill:
        from models.store.skill_changes import SkillChange, create

        change = SkillChange(name, tuple(aliases or ()), skillset)
        return create(session, programme_id, change, anyway=anyway)

    say(f"The skill {_run(act, in_programme, data_dir).name} was added.")


@skill.command("rename")
def rename_skill(
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new name.", show_default=False)],
    in_programme: InProgramme,
    data_dir: DataDir = None,
) -> None:
    """Give a skill another name; the former one stays an alias, and every level stays.

    \b
    Example:
      steadfast skill rename reactjs React --programme spring
    """

    def act(session: Session, programme_id: str) -> Skill:
        from models.store.skill_changes import SkillChange, alter

        return alter(session, programme_id, _id(session, programme_id, name), SkillChange(new))

    say(f"The skill is called {_run(act, in_programme, data_dir).name} now.")


@skill.command("alias")
def alias_skill(
    name: Name,
    aliases: Annotated[
        list[str], typer.Argument(metavar="ALIAS...", help="Further names.", show_default=False)
    ],
    in_programme: InProgramme,
    data_dir: DataDir = None,
) -> None:
    """Add names under which a skill is found.

    \b
    Example:
      steadfast skill alias React react.js reactjs --programme spring
    """

    def act(session: Session, programme_id: str) -> Skill:
        from models.store.skill_changes import SkillChange, alter, skill_of
        from models.store.skills import load_book

        found = _id(session, programme_id, name)
        before = skill_of(load_book(session, programme_id), found)
        return alter(session, programme_id, found, SkillChange(aliases=(*before.aliases, *aliases)))

    one = _run(act, in_programme, data_dir)
    say(f"{one.name} is found as {', '.join(one.aliases) or 'nothing else'} too.")


@skill.command("group")
def group_skill(
    name: Name,
    skillset: Annotated[
        str, typer.Argument(metavar="SKILLSET", help="Its group; empty for none.", show_default=False)
    ],
    in_programme: InProgramme,
    data_dir: DataDir = None,
) -> None:
    """Put a skill into a skillset, which is made if there is none of this name.

    \b
    Examples:
      steadfast skill group React "Front end" --programme spring
      steadfast skill group React "" --programme spring
    """

    def act(session: Session, programme_id: str) -> Skill:
        from models.store.skill_changes import SkillChange, alter

        found = _id(session, programme_id, name)
        return alter(session, programme_id, found, SkillChange(skillset=skillset))

    one = _run(act, in_programme, data_dir)
    say(f"{one.name} is in {one.skillset or 'no skillset'} now.")


@skill.command("merge")
def merge_skill(
    name: Name,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The skill that stays.", show_default=False)],
    in_programme: InProgramme,
    data_dir: DataDir = None,
) -> None:
    """Merge a skill into another: everybody's levels and targets move, the higher one wins, its names stay.

    Merged already, it changes nothing.

    \b
    Example:
      steadfast skill merge reactjs React --programme spring
    """

    def act(session: Session, programme_id: str) -> Skill:
        from models.store.skill_changes import merge, skill_of
        from models.store.skills import load_book

        one, other = _id(session, programme_id, name), _id(session, programme_id, into)
        if one == other:
            return skill_of(load_book(session, programme_id), one)
        return merge(session, programme_id, one, other)

    one = _run(act, in_programme, data_dir)
    say(f"{name} is {one.name} now.")


@skill.command("delete")
def delete_skill(name: Name, in_programme: InProgramme, data_dir: DataDir = None) -> None:
    """Delete an unused skill; one that is used is merged instead.

    \b
    Example:
      steadfast skill delete Cooking --programme spring
    """

    def act(session: Session, programme_id: str) -> None:
        from models.store.skill_changes import remove

        remove(session, programme_id, _id(session, programme_id, name))

    _run(act, in_programme, data_dir)
    say(f"The skill {name} was deleted.")


def import_skills(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The skills.", show_default=False)],
    in_programme: InProgramme,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the file and write nothing.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Import skills from a CSV file: all of them, or none if a line is bad.

    The columns: name, aliases (a|b), skillset. A skill that the programme has by the name or one of the
    aliases is renamed and gets the further aliases; imported again, a file changes nothing.

    \b
    Example:
      steadfast import skills skills.csv --programme spring --dry-run
    """

    async def run(settings: Settings) -> bool:
        from installation import operations

        report = await operations.import_skills(settings, file, in_programme, dry_run=dry_run)
        return _print(report, dry_run=dry_run)

    if not execute(run, data_dir):
        raise typer.Exit(1)


def _print(report: SkillReport, *, dry_run: bool) -> bool:
    """Bad lines to stderr, what was done to stdout; says whether the import is good."""
    for problem in report.problems:
        say(str(problem), err=True)
    if report.problems:
        say("steadfast: nothing was imported: correct the file and import it again.", err=True)
        return False
    done = f"{report.created:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged"
    say(f"Skills: {done}{'; nothing was written (dry run)' if dry_run else ''}.")
    return True
