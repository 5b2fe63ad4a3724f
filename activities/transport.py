"""How letters leave: over SMTP, or into the mailbox of an installation without a mail server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import aiosmtplib
from sqlalchemy.orm import Session

from activities.letters import Letter
from models.addresses import without_addresses
from models.smtp import SmtpSettings, Tls
from models.store.delivery import MailboxRow
from models.store.upsert import insert_new

COMMAND_SECONDS = 30
LETTER_SECONDS = 60
"""Connecting, greeting and one whole message together; a server that takes longer is tried again."""
GOODBYE_SECONDS = 3


class Verdict(StrEnum):
    SENT = "sent"
    REFUSED = "refused"
    """For good: the server will never take this message for this address."""
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter. `error` names no address; `down`: the fault is the server's or ours, and the
    next letter would meet it too."""

    verdict: Verdict
    error: str | None = None
    down: bool = False


SENT = Outcome(Verdict.SENT)
Answers = list[tuple[Letter, Outcome]]


class Transport(Protocol):
    lanes: int
    """How many batches it takes at the same time."""

    def send(self, letters: Iterable[Letter]) -> AsyncGenerator[Answers, None]:
        """Yields the outcomes as soon as they are certain; letters without one were not attempted."""
        ...

    def record(self, session: Session, sent: Sequence[Letter]) -> None:
        """Takes part in the transaction that settles what was sent."""
        ...


class MailboxTransport:
    """Stores each message in the table `mailbox`, where a page shows it: stored and settled at once."""

    lanes = 4

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    async def send(self, letters: Iterable[Letter]) -> AsyncGenerator[Answers, None]:
        yield [(letter, SENT) for letter in letters]

    def record(self, session: Session, sent: Sequence[Letter]) -> None:
        now = self._clock()
        rows = [
            {"mail_id": x.mail_id, "to_address": x.recipient, "subject": x.subject, "raw": x.raw, "at": now}
            for x in sent
        ]
        insert_new(session, MailboxRow, rows)


class SmtpTransport:
    """One connection for each batch; opened anew when the server hangs up in between.

    `host_name` is how this installation greets; `trust` replaces the system's certificates (for tests and for
    installations with their own authority).
    """

    lanes = 4

    def __init__(
        self,
        settings: SmtpSettings,
        host_name: str,
        trust: ssl.SSLContext | None = None,
        letter_seconds: float = LETTER_SECONDS,
    ) -> None:
        self._settings = settings
        self._host_name = host_name
        self._trust = trust
        self._seconds = letter_seconds

    async def send(self, letters: Iterable[Letter]) -> AsyncGenerator[Answers, None]:
        client = self._client()
        try:
            for letter in letters:
                outcome = await self._one(client, letter)
                yield [(letter, outcome)]
                if outcome.down:
                    return
        finally:
            await _hang_up(client)

    def record(self, session: Session, sent: Sequence[Letter]) -> None:
        """Nothing: the mail server has them."""

    async def _one(self, client: aiosmtplib.SMTP, letter: Letter) -> Outcome:
        try:
            async with asyncio.timeout(self._seconds):
                failed = await self._connected(client)
                return failed or await _hand_over(client, letter)
        except TimeoutError:
            client.close()
            return Outcome(Verdict.LATER, "the mail server did not answer in time", down=True)

    async def _connected(self, client: aiosmtplib.SMTP) -> Outcome | None:
        if client.is_connected:
            return None
        try:
            await client.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            return Outcome(Verdict.LATER, f"sign-in refused: {_words(error.code, error.message)}", down=True)
        except aiosmtplib.SMTPResponseException as error:
            return Outcome(Verdict.LATER, f"not served: {_words(error.code, error.message)}", down=True)
        except (OSError, aiosmtplib.SMTPException) as error:
            return Outcome(Verdict.LATER, f"no connection: {_cause(error)}", down=True)
        return None

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            use_tls=settings.tls is Tls.IMPLICIT,
            start_tls=settings.tls is Tls.STARTTLS,
            tls_context=self._trust,
            # Named, or the library asks the resolver for the machine's own name, which can take seconds.
            local_hostname=self._host_name,
            timeout=COMMAND_SECONDS,
        )


async def _hand_over(client: aiosmtplib.SMTP, letter: Letter) -> Outcome:
    options = ["SMTPUTF8"] if letter.needs_utf8 else []
    try:
        await client.sendmail(letter.sender, [letter.recipient], letter.raw, mail_options=options)
    except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
        return _answered(error, letter)
    except (aiosmtplib.SMTPNotSupported, ValueError):
        return Outcome(Verdict.REFUSED, "the mail server takes no such address")
    except (OSError, aiosmtplib.SMTPException) as error:
        # Perhaps after the message had gone over, and the server has taken it: SMTP cannot tell. The next
        # attempt carries the same Message-ID, by which mail programs and servers recognise a second copy.
        client.close()
        return Outcome(Verdict.LATER, f"the connection broke: {_cause(error)}")
    return SENT


def _answered(
    error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPResponseException, letter: Letter
) -> Outcome:
    """What a 4xx or 5xx means, which depends on the command that it answers."""
    said = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
    words = _words(said.code, said.message, letter.recipient)
    about_the_mail = isinstance(said, (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError))
    if not about_the_mail or said.code in OURS:
        # The sender or the greeting was refused: our configuration, not the recipient's address.
        return Outcome(Verdict.LATER, words, down=True)
    return Outcome(Verdict.REFUSED if 500 <= said.code <= 599 else Verdict.LATER, words)


OURS = frozenset({530, 534, 535, 538})
"""Answers that ask for a sign-in or for encryption, whichever command they come to."""


def _words(code: int, message: str, recipient: str = "") -> str:
    """The answer of the server without the addresses it may repeat."""
    return f"{code} {without_addresses(' '.join(message.split()), recipient)}"


def _cause(error: BaseException) -> str:
    """The kinds of the error and of the one behind it: their texts may hold addresses."""
    inner = error.__cause__ or error.__context__
    names: Sequence[str] = [type(error).__name__, *([type(inner).__name__] if inner else [])]
    return ", ".join(dict.fromkeys(names))


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    if client.is_connected:
        with suppress(OSError, TimeoutError, aiosmtplib.SMTPException):
            await client.quit(timeout=GOODBYE_SECONDS)
    client.close()
