"""Handing over to a real mail server: what is sent, what is refused for good, and what is tried again."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from activities.letters import Letter
from activities.transport import Outcome, SmtpTransport, Verdict
from models.smtp import SmtpSettings, Tls
from tests.mail.sink import DIE, HANG, Sink

FROM = "post@example.org"


def letter(to: str = "ann@example.org") -> Letter:
    raw = f"From: {FROM}\r\nTo: {to}\r\nMessage-ID: <{to}>\r\n\r\nHello\r\n".encode()
    return Letter(to, FROM, to, "Hello", raw)


async def send(settings: SmtpSettings, letters: Sequence[Letter], **given: Any) -> list[Outcome]:
    transport = SmtpTransport(settings, "mentoring.example.org", **given)
    outcomes = []
    async with asyncio.timeout(20), aclosing(transport.send(letters)) as groups:
        async for group in groups:
            outcomes += [outcome for _letter, outcome in group]
    return outcomes


def refuse(command: str, answer: str, only: str | None = None) -> Any:
    return lambda asked, about: answer if asked == command and only in {None, about} else None


async def test_a_batch_goes_over_one_connection(sink: Sink) -> None:
    outcomes = await send(sink.settings(), [letter("a@example.org"), letter("b@example.org")])
    assert [outcome.verdict for outcome in outcomes] == [Verdict.SENT, Verdict.SENT]
    assert sink.recipients == {"a@example.org": 1, "b@example.org": 1}
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("command", "answer", "verdict", "down"),
    [
        ("RCPT", "550 5.1.1 no such user here", Verdict.REFUSED, False),
        ("RCPT", "553 bad name", Verdict.REFUSED, False),
        ("DATA", "554 5.7.1 this looks like spam", Verdict.REFUSED, False),
        ("RCPT", "450 4.2.0 greylisted, come back", Verdict.LATER, False),
        ("RCPT", "451 4.3.0 try later", Verdict.LATER, False),
        ("DATA", "452 4.3.1 disk full", Verdict.LATER, False),
        ("RCPT", "530 5.7.0 sign in first", Verdict.LATER, True),
        ("MAIL", "550 5.7.1 not your sender", Verdict.LATER, True),
        ("MAIL", "451 4.3.0 try later", Verdict.LATER, True),
        ("MAIL", "421 4.3.2 closing", Verdict.LATER, True),
    ],
)
async def test_answers(sink: Sink, command: str, answer: str, verdict: Verdict, down: bool) -> None:
    sink.answers = refuse(command, answer)
    (outcome,) = await send(sink.settings(), [letter()])
    assert (outcome.verdict, outcome.down) == (verdict, down)
    assert outcome.error is not None
    assert outcome.error.startswith(answer[:3])
    assert sink.accepted == []


async def test_one_bad_letter_stops_no_other(sink: Sink) -> None:
    sink.answers = refuse("RCPT", "550 no", only="b@example.org")
    outcomes = await send(sink.settings(), [letter(f"{name}@example.org") for name in "abc"])
    assert [outcome.verdict for outcome in outcomes] == [Verdict.SENT, Verdict.REFUSED, Verdict.SENT]


async def test_what_everybody_would_meet_ends_the_batch(sink: Sink) -> None:
    sink.answers = refuse("MAIL", "550 not your sender")
    assert len(await send(sink.settings(), [letter("a@example.org"), letter("b@example.org")])) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_hangs_up_is_tried_again_and_the_next_letter_goes(
    sink: Sink, command: str
) -> None:
    sink.answers = refuse(command, DIE, only=FROM if command == "MAIL" else "a@example.org")
    first, *rest = await send(sink.settings(), [letter("a@example.org"), letter("b@example.org")])
    assert (first.verdict, first.down) == (Verdict.LATER, False)
    assert first.error is not None
    if command != "MAIL":
        assert [outcome.verdict for outcome in rest] == [Verdict.SENT]
        assert sink.connections == 2


async def test_a_silent_server_is_left(sink: Sink) -> None:
    sink.answers = refuse("RCPT", HANG)
    transport = SmtpTransport(sink.settings(), "mentoring.example.org", letter_seconds=0.3)
    async with asyncio.timeout(10), aclosing(transport.send([letter()])) as groups:
        outcomes = [outcome async for group in groups for _letter, outcome in group]
    assert outcomes == [Outcome(Verdict.LATER, "the mail server did not answer in time", down=True)]


async def test_nobody_listening(sink: Sink) -> None:
    settings = sink.settings()
    await sink.stop()
    (outcome,) = await send(settings, [letter("a@example.org"), letter("b@example.org")])
    assert (outcome.verdict, outcome.down) == (Verdict.LATER, True)
    assert outcome.error is not None
    assert outcome.error.startswith("no connection")


async def test_errors_keep_no_address(sink: Sink) -> None:
    sink.answers = refuse(
        "RCPT", "550 5.1.1 <ann.smith@example.org>: user ann.smith unknown to Bob@mx.example"
    )
    (outcome,) = await send(sink.settings(), [letter("Ann.Smith@example.org")])
    assert outcome.error == "550 5.1.1 <(address)>: user (address) unknown to (address)"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_signing_in(sink: Sink) -> None:
    sink.password = b"p:ss w\xc3\xb6rd"
    good, bad = ("user", "p:ss wörd"), ("user", "wrong")
    outcomes = await send(sink.settings(username=good[0], password=good[1]), [letter()])
    assert outcomes == [Outcome(Verdict.SENT)]
    (outcome,) = await send(sink.settings(username=bad[0], password=bad[1]), [letter()])
    assert (outcome.verdict, outcome.down) == (Verdict.LATER, True)
    assert outcome.error is not None
    assert outcome.error.startswith("sign-in refused: 535")


async def test_addresses_beyond_ascii(sink: Sink) -> None:
    outcomes = await send(sink.settings(), [letter("zoë@example.org"), letter("ann@example.org")])
    assert [outcome.verdict for outcome in outcomes] == [Verdict.SENT, Verdict.SENT]
    assert sink.recipients["zoë@example.org"] == 1


async def test_a_server_that_cannot_take_such_addresses_refuses_for_good(sink: Sink) -> None:
    sink.takes_utf8 = False
    outcomes = await send(sink.settings(), [letter("zoë@example.org"), letter("ann@example.org")])
    assert [outcome.verdict for outcome in outcomes] == [Verdict.REFUSED, Verdict.SENT]


class Authority:
    """A certificate for 127.0.0.1 that only those trust who are told to."""

    def __init__(self, directory: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            # OpenSSL goes by the machine's own clock, whatever day the tests are set to.
            .not_valid_before(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
            .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                critical=False,
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file = directory / "sink.pem"
        self.file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
async def test_encrypted_only_with_a_trusted_certificate(authority: Authority, tls: Tls) -> None:
    sink = Sink()
    sink.certificate, sink.implicit_tls = authority.server(), tls is Tls.IMPLICIT
    await sink.start()
    try:
        assert await send(sink.settings(tls=tls), [letter()], trust=authority.client()) == [
            Outcome(Verdict.SENT)
        ]
        (stranger,) = await send(sink.settings(tls=tls), [letter()])
        assert (stranger.verdict, stranger.down) == (Verdict.LATER, True)
        assert "CertificateVerificationError" in (stranger.error or "") or "SSL" in (stranger.error or "")
        assert sink.recipients.total() == 1
    finally:
        await sink.stop()


async def test_no_encryption_offered_is_no_mail(sink: Sink) -> None:
    (outcome,) = await send(sink.settings(tls=Tls.STARTTLS), [letter()])
    assert (outcome.verdict, outcome.down) == (Verdict.LATER, True)
    assert sink.accepted == []
