"""The command that takes a mail that came back."""

# ruff: noqa: PLC0415

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from installation.terminal import DataDir, execute, say

if TYPE_CHECKING:
    from settings import Settings


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
