"""Whether the mail server can be used as it is set, step by step, so that the mistake has a name."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

import aiosmtplib

from installation.findings import Finding, ok, wrong
from installation.operations import reason
from installation.probes import SECONDS
from models.smtp import SmtpSettings, Tls

SET = "in STEADFAST_SMTP_URL"


class _Mistake(Exception):
    """Its text is the sentence that follows the name of the server."""


async def mail_server(server: SmtpSettings, trust: ssl.SSLContext | None = None) -> Finding:
    """Connects, encrypts and signs in; sends nothing. `trust` replaces the system's certificates."""
    shown = f"{server.host}:{server.port}"
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls is Tls.IMPLICIT,
        start_tls=False,
        local_hostname="localhost",
        timeout=SECONDS,
        tls_context=trust,
    )
    try:
        async with asyncio.timeout(4 * SECONDS):
            await _connected(client, server)
            await _encrypted(client, server, trust)
            await _signed_in(client, server)
    except _Mistake as mistake:
        return wrong("mail", f"{shown} {mistake}")
    except (aiosmtplib.SMTPException, OSError) as error:
        why = reason(error.__cause__ or error)
        return wrong("mail", f"{shown} cannot be used ({why}): check it, and host and port {SET}.")
    finally:
        client.close()
    encrypted = ", encrypted" if server.tls is not Tls.NONE else ""
    return ok("mail", f"{shown} answers{encrypted}{', and lets us in' if server.username else ''}.")


async def _connected(client: aiosmtplib.SMTP, server: SmtpSettings) -> None:
    try:
        await client.connect()
        await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        chain = _chain(error)
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in chain):
            raise _Mistake(_UNTRUSTED) from error
        if any(isinstance(one, ssl.SSLError) for one in chain):
            raise _Mistake(
                f"is not encrypted from the first byte: write smtp:// and ?starttls=true {SET}."
            ) from error
        if server.tls is not Tls.IMPLICIT and await _speaks_tls(server):
            raise _Mistake(
                f"is encrypted from the first byte, as on port 465: write smtps:// {SET}."
            ) from error
        if any(isinstance(one, TimeoutError) for one in chain):
            raise _Mistake(
                f"does not answer in time: check host and port {SET}, and that no firewall is between."
            ) from error
        raise


async def _encrypted(client: aiosmtplib.SMTP, server: SmtpSettings, trust: ssl.SSLContext | None) -> None:
    if server.tls is not Tls.STARTTLS:
        return
    if not client.supports_extension("starttls"):
        raise _Mistake(
            f"offers no STARTTLS: ask for its encrypted port (mostly smtps:// on 465), or leave out "
            f"?starttls=true {SET} where the way to it is safe."
        )
    try:
        await client.starttls(tls_context=trust)
        await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in _chain(error)):
            raise _Mistake(_UNTRUSTED) from error
        raise


async def _signed_in(client: aiosmtplib.SMTP, server: SmtpSettings) -> None:
    if server.username is None or server.password is None:
        return
    if not client.supports_extension("auth"):
        hint = "" if server.tls is not Tls.NONE else ", perhaps since it is not encrypted (?starttls=true)"
        raise _Mistake(
            f"offers no sign-in{hint}: take user and password out, or use its port for senders, {SET}."
        )
    try:
        await client.login(server.username, server.password)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise _Mistake(
            f"refuses the user or the password ({error.code}): correct them {SET}; special characters are "
            "percent-encoded there."
        ) from error


_UNTRUSTED = (
    "shows a certificate that this machine does not trust for that name: use the name it is made for "
    "in STEADFAST_SMTP_URL, or have this machine trust its authority."
)


async def _speaks_tls(server: SmtpSettings) -> bool:
    """Whether a TLS handshake succeeds at once; nothing is sent, so the certificate does not matter."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(server.host, server.port, ssl=context)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
