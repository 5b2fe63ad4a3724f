"""The `steadfast` command. What works on programmes and people is in installation/*_commands.py.

Everything heavy is imported inside the commands, so that `--help` and a mistyped option answer at once.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from installation import (
    bounce_command,
    import_commands,
    member_commands,
    person_commands,
    programme_commands,
    skill_commands,
    version_commands,
)
from installation.terminal import DataDir, execute, print_cases, print_findings, progress, say, serve

if TYPE_CHECKING:
    from settings import Settings

app = typer.Typer(
    name="steadfast",
    help="Runs mentoring programmes in which no request and no relationship dies in silence.",
    epilog="To try it: steadfast up --sample",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(programme_commands.programme, name="programme")
app.add_typer(member_commands.admin, name="admin")
app.add_typer(member_commands.member, name="member")
app.add_typer(import_commands.imports, name="import")
app.add_typer(skill_commands.skill, name="skill")
import_commands.imports.command("skills")(skill_commands.import_skills)
app.add_typer(version_commands.deployment, name="deployment")

Host = Annotated[str, typer.Option("--host", metavar="H", help="The address to listen on.")]
Port = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help="The port; 0 takes a free one.")
]


def main() -> None:
    app()


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"steadfast {version('steadfast')}")
        raise typer.Exit


@app.callback()
def steadfast(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


@app.command()
def up(
    data_dir: DataDir = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    sample: Annotated[bool, typer.Option("--sample", help="Load the sample programme, once.")] = False,
) -> None:
    """Start everything in one go.

    That is database, engine, worker, API, pages and mail. All is stored in the data directory; started again
    on the same one, it goes on where it was. With STEADFAST_DATABASE_URL, STEADFAST_SMTP_URL or
    TEMPORAL_ADDRESS those are used instead of the embedded parts. Ctrl-C ends it.

    \b
    Examples:
      steadfast up --sample
      steadfast up --data-dir /var/lib/steadfast --port 8080
    """

    async def run(settings: Settings) -> None:
        from installation import configured, launch

        await launch.up(settings, configured.Address(host, port), say, sample=sample)

    serve(run, data_dir)


@app.command()
def api(data_dir: DataDir = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the API and the pages alone; as many as wanted.

    It needs STEADFAST_BASE_URL, STEADFAST_SECRET_KEYS, a database (STEADFAST_DATABASE_URL) and an engine
    (TEMPORAL_ADDRESS), the same for all parts.

    \b
    Example:
      steadfast api --host 0.0.0.0 --port 8000
    """

    async def run(settings: Settings) -> None:
        from installation import configured, launch

        await launch.api(settings, configured.Address(host, port), say)

    serve(run, data_dir)


@app.command()
def worker(data_dir: DataDir = None) -> None:
    """Run a worker alone; as many as wanted.

    It moves the processes on and delivers the mails. It needs what `steadfast api` needs.

    \b
    Example:
      steadfast worker
    """

    async def run(settings: Settings) -> None:
        from installation import launch

        await launch.work(settings, say)

    serve(run, data_dir)


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the current schema.

    `steadfast up` does this by itself. Any number may run at once; a migration that fails changes nothing.

    \b
    Examples:
      steadfast migrate
      STEADFAST_DATABASE_URL=postgresql+asyncpg://user:password@host/name steadfast migrate
    """

    async def run(settings: Settings) -> bool:
        from installation import operations

        return await operations.migrate(settings)

    changed = execute(run, data_dir)
    say(
        "The database has the current schema now."
        if changed
        else "The database has the current schema already."
    )


app.command()(person_commands.token)
app.command()(person_commands.sign_out)
app.command()(person_commands.erase)
app.command()(bounce_command.bounce)


@app.command()
def doctor(
    data_dir: DataDir = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what the engine and the database disagree on.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --repair: say what is to be mended, and change nothing.")
    ] = False,
) -> None:
    """Say what is reachable and what is misconfigured, with the remedy.

    Ends with 1 if anything is wrong. What is not running yet is noted and is not wrong.

    With --repair: compare every process with the database, after a backup was restored for example, and mend
    what differs. It needs the engine and a worker, may run while people work, and ends with 1 if anything is
    left. A second run finds nothing.

    \b
    Examples:
      steadfast doctor --data-dir /var/lib/steadfast
      steadfast doctor --repair
    """
    if dry_run and not repair:
        raise typer.BadParameter("It goes with --repair.", param_hint="--dry-run")

    async def run(settings: Settings) -> bool:
        from installation import doctor
        from installation import repair as repairing

        if not repair:
            return await print_findings(doctor.examine(settings))
        care = repairing.REHEARSE if dry_run else repairing.REPAIR
        with progress() as told:
            async with repairing.reconciler(settings, care, told) as reconciler:
                return await print_cases(reconciler)

    if not execute(run, data_dir):
        say("steadfast: not everything is in order; the lines above say what to do.", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
