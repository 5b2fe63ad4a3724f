"""A real mail server that keeps what it gets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from tests.mail.sink import Sink

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Mail:
    to: tuple[str, ...]
    message: EmailMessage

    @property
    def kind(self) -> str:
        return str(self.message["X-Steadfast-Mail"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def link(self) -> str:
        """The one link that stands on a line of its own and leads to a page of a mail link."""
        lines = [line.strip() for line in self.text.splitlines()]
        return next(line for line in lines if "/links/" in line or "/sign-in/" in line)


class Postbox:
    """Everything that arrived at the test's mail server, in the order of arrival."""

    def __init__(self) -> None:
        self.sink = Sink()

    async def start(self) -> str:
        """Its address as STEADFAST_SMTP_URL takes it."""
        await self.sink.start()
        return f"smtp://127.0.0.1:{self.sink.port}"

    async def stop(self) -> None:
        await self.sink.stop()

    @property
    def mails(self) -> list[Mail]:
        return [Mail((_address(message),), message) for message in self.sink.accepted]

    def to(self, address: str, kind: str | None = None) -> list[Mail]:
        return [mail for mail in self.mails if address in mail.to and kind in {None, mail.kind}]

    async def wait(self, address: str, kind: str, count: int = 1) -> Mail:
        """The `count`-th mail of this kind. Raises TimeoutError that says what came instead."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(found := self.to(address, kind)) < count:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            kinds = [mail.kind for mail in self.to(address)]
            raise TimeoutError(f"{count} x {kind} did not come to {address}; there are {kinds}") from None
        return found[count - 1]


def _address(message: EmailMessage) -> str:
    return parseaddr(str(message["To"]))[1]
