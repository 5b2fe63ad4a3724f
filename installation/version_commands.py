"""The commands that work on versions of the workers."""

# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from installation.terminal import DataDir, execute, progress, say

if TYPE_CHECKING:
    from installation.deployments import Version
    from settings import Settings

deployment = typer.Typer(help="Versions of the workers side by side.", no_args_is_help=True)


@deployment.command("show")
def show_deployment(data_dir: DataDir = None) -> None:
    """Print the versions of the workers, the current one first, and what becomes of them.

    draining: processes are still on it, so its workers have to stay; drained: they may go.

    \b
    Example:
      steadfast deployment show
    """

    async def run(settings: Settings) -> list[Version]:
        from installation import deployments

        async with deployments.deployment(settings) as found:
            return await found.versions()

    found = execute(run, data_dir)
    for version in found:
        say(f"{version.build_id:<20} {version.status}")
    if not found:
        say("No version has been promoted or has had a worker yet.")


@deployment.command("promote")
def promote(
    build_id: Annotated[
        str | None,
        typer.Option("--build-id", metavar="B", help="Another version than this one.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make this version the current one, and have every process move to it.

    Its workers must be running. New processes and requests go to it from then on; relationships are woken, so
    that they move. Leave the other workers until `steadfast deployment show` says drained.

    \b
    Examples:
      steadfast deployment promote
      steadfast deployment promote --build-id 0.1.0
    """

    async def run(settings: Settings) -> int:
        from installation import deployments

        with progress() as told:
            async with deployments.deployment(settings, build_id) as found:
                await found.promote()
                return await found.move_on(lambda done: told("relationships", done, None))

    moved = execute(run, data_dir)
    say(f"Promoted; {moved:,} {'relationship was' if moved == 1 else 'relationships were'} told to move.")
