"""`steadfast bounce < message`; that the timeline notes it is shown where there is an engine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from cli import app
from models.store.database import Database
from models.store.delivery import MailRow
from tests.bounces.notices import COMPLAINT, of
from tests.cli.conftest import Run, refused
from tests.mail import world

Environ = dict[str, str | None]


def hand_in(environ: Environ, raw: bytes, *words: str) -> Result:
    return CliRunner().invoke(app, ["bounce", *words], input=raw, env=environ)


def a_sent_mail(data_dir: Path) -> str:
    """Its id in the Message-ID."""

    async def make() -> str:
        database = Database(f"sqlite+aiosqlite:///{data_dir / 'steadfast.db'}")
        try:
            await world.people(database)
            await world.queue(database, world.received("asked"))
            await world.dispatcher(database, world.Clock()).deliver_due()
            (row,) = await world.rows(database)
            return row.message_id
        finally:
            await database.close()

    return asyncio.run(make())


def set_state(data_dir: Path, state: str) -> None:
    async def change() -> None:
        database = Database(f"sqlite+aiosqlite:///{data_dir / 'steadfast.db'}")
        try:
            (row,) = await world.rows(database)
            with database.writing() as session:
                session.get_one(MailRow, row.id).state = state
        finally:
            await database.close()

    asyncio.run(change())


def test_says_in_one_line_what_became_of_it(spring: Run, environ: Environ, data_dir: Path) -> None:
    message_id = a_sent_mail(data_dir)
    recorded = (
        "Recorded: the mail request-received came back with status 5.1.1. "
        "A worker notes it on the timeline.\n"
    )
    known = "It was known already that this mail did not arrive; nothing was changed.\n"
    for raw, told in (
        (of("e" * 40), "names no mail"),
        (of(message_id, COMPLAINT), "complaint"),
        (b"", "There was no message"),
        (b"\0\xff" * 1_000_000, "nothing was recorded"),
        (of(message_id), recorded),
        (of(message_id), known),
    ):
        done = hand_in(environ, raw)
        assert (done.exit_code, done.stderr) == (0, "")
        assert told in done.stdout
        assert len(done.stdout.splitlines()) == 1


def test_what_has_to_come_again_ends_with_1(spring: Run, environ: Environ, data_dir: Path) -> None:
    message_id = a_sent_mail(data_dir)
    set_state(data_dir, "queued")
    assert "hand its bounce in again" in refused(hand_in(environ, of(message_id)))
    assert "There is no database" in refused(hand_in(environ, b"", "--data-dir", str(data_dir / "other")))


def test_a_terminal_has_no_message(environ: Environ, data_dir: Path) -> None:
    """As somebody types it who expects to be asked for a file."""
    parent, child = os.openpty()
    clean = {name: value for name, value in (os.environ | environ).items() if value is not None}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "bounce"], stdin=child, capture_output=True, text=True, env=clean,
            check=False, timeout=60,
        )  # fmt: skip
    finally:
        os.close(parent)
        os.close(child)
    assert done.returncode == 2
    assert "steadfast bounce < message.eml" in done.stderr
