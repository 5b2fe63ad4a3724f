"""A mail server as a process of its own that writes down what it was handed, and answers as a file tells it.

`python -m tests.faults.mail_server PORT DIRECTORY`: `mode` in the directory is one of `MODES`, read anew for
every mail; `letters.jsonl` gets a line for every message, on disk before the message is answered.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import TextIO

from aiosmtpd.smtp import SMTP, Envelope, Session

READY = "mail server is ready"
LETTERS, MODE = "letters.jsonl", "mode"
TAKES, GREYLISTS, REFUSES, DIES = "takes", "greylists", "refuses", "dies"
MODES = (TAKES, GREYLISTS, REFUSES, DIES)
"""`dies`: hangs up after a message has gone over, before it says so; the first time it ends altogether."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One message that went over. `end`: takes, refuses or dies; `at` in seconds of the wall clock."""

    message_id: str
    kind: str
    recipient: str
    end: str
    at: float


def handovers(directory: Path) -> list[Handover]:
    """In their order; a line that was not finished by a kill is a message that was not answered either."""
    file = directory / LETTERS
    lines = file.read_text("utf-8").splitlines(keepends=True) if file.exists() else []
    return [Handover(**json.loads(line)) for line in lines if line.endswith("\n")]


def answer_as(directory: Path, mode: str) -> None:
    new = directory / f"{MODE}.new"
    new.write_text(mode, "utf-8")
    new.replace(directory / MODE)


class Handler:
    def __init__(self, directory: Path, letters: TextIO) -> None:
        self._directory = directory
        self._letters = letters

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._mode() == GREYLISTS:
            return "451 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mode = self._mode()
        end = TAKES if mode == GREYLISTS else mode
        self._note(message_from_bytes(envelope.original_content or b""), envelope.rcpt_tos[0], end)
        if end == DIES:
            self._die(server)
        return "550 No such person here" if end == REFUSES else "250 Taken"

    def _mode(self) -> str:
        return (self._directory / MODE).read_text("utf-8")

    def _note(self, message: Message, recipient: str, end: str) -> None:
        kind, message_id = str(message["X-Steadfast-Mail"]), str(message["Message-ID"])
        handover = Handover(message_id, kind, recipient, end, time.time())
        self._letters.write(json.dumps(asdict(handover)) + "\n")
        self._letters.flush()
        os.fsync(self._letters.fileno())

    def _die(self, server: SMTP) -> None:
        died = self._directory / "died"
        if not died.exists():
            died.touch()
            os._exit(1)
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()


async def main(port: int, directory: Path) -> None:
    with (directory / LETTERS).open("a", encoding="utf-8") as letters:
        handler = Handler(directory, letters)
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: SMTP(handler, hostname="sink.example.org"), "127.0.0.1", port)
        print(READY, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
