"""A real mail server for tests (aiosmtpd, in the test's own loop) that answers as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from models.smtp import SmtpSettings, Tls
from tests.mail.world import parsed

DIE = "die"
"""As an answer: hang up instead."""
HANG = "hang"
"""As an answer: say nothing."""


class Sink:
    """`answers` gives the answer to a command (`MAIL`, `RCPT`, `DATA`) about an address; None: accept."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.recipients: Counter[str] = Counter()
        self.connections = 0
        self.answers: Callable[[str, str], str | None] = lambda command, address: None
        self.password: bytes | None = None
        self.certificate: ssl.SSLContext | None = None
        self.implicit_tls = False
        self.takes_utf8 = True
        self.offers_sign_in = True
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Transport] = set()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._protocol,
            "127.0.0.1",
            self.port,
            ssl=self.certificate if self.implicit_tls else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for transport in self._open:
                # Python 3.11.2, Debian's, has no more to abort in an encrypted connection that has ended.
                with suppress(AttributeError):
                    transport.abort()
            self._open.clear()
            await self._server.wait_closed()
            self._server = None

    def settings(self, **given: Any) -> SmtpSettings:
        return SmtpSettings(**{"host": "127.0.0.1", "port": self.port, "tls": Tls.NONE, **given})

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="sink.example.org",
            enable_SMTPUTF8=self.takes_utf8,
            tls_context=None if self.implicit_tls else self.certificate,
            authenticator=self._authenticate,
            auth_require_tls=not self.offers_sign_in,
            auth_required=self.password is not None,
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password == self.password, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._open.add(_transport_of(server))
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer("MAIL", address, server) or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = await self._answer("RCPT", address, server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        answer = await self._answer("DATA", address, server)
        if answer is None or answer == DIE:
            self.accepted.append(parsed(envelope.original_content or b""))
            self.recipients.update(envelope.rcpt_tos)
        return answer or "250 taken"

    async def _answer(self, command: str, address: str, server: SMTP) -> str | None:
        answer = self.answers(command, address)
        if answer == DIE:
            _transport_of(server).abort()
        elif answer == HANG:
            await asyncio.sleep(60)
        return answer


def _transport_of(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport
