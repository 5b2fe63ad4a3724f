"""The port, the web server on it, and the question whether it answers.

ServingError
├── PortTaken        another program listens there
├── CannotListen     the host or the port is not ours to use
└── NotReady         a part does not answer in time
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus

import uvicorn
from fastapi import FastAPI

from installation.heads import BoundedHeads
from installation.probes import http_status
from models.operator_error import OperatorError

GRACEFUL_SECONDS = 5
"""How long a request that is being answered may take after a stop was asked for."""
READY_SECONDS = 30.0
PAUSE = 0.05
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (what is listened on is the operator's choice)


class ServingError(OperatorError):
    """One sentence for the operator, with the remedy."""


class PortTaken(ServingError):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Port {port} on {host} is taken by another program: end that, or choose another with --port."
        )


class CannotListen(ServingError):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Nobody can listen on {host}, port {port} ({reason}): correct --host and --port, "
            "such as --host 127.0.0.1 --port 8000."
        )


class NotReady(ServingError):
    def __init__(self, part: str, reason: str) -> None:
        super().__init__(
            f"The {part} did not become ready in time ({reason}): "
            "see the log above, and `steadfast doctor` for what can be reached."
        )


def url_of(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_everywhere(host: str) -> bool:
    """Whether `host` stands for all addresses of this machine, and so for none that a link can name."""
    return host in _EVERYWHERE


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Listens at once, so that no other program can take the port; an early call waits for its answer.

    Port 0 takes a free one. Raises PortTaken, CannotListen.
    """
    with closing(_bound(host, port)) as found:
        yield found


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio sends what it is given at once only where the socket says that it is TCP. Otherwise an
        # answer of two parts waits 40 ms on an open connection, until the other side acknowledges the first.
        found = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(host, port, error.strerror or "unknown host") from error
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what only lingers after its end is free
        found.bind(address)
        found.listen(1024)
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from error
        raise CannotListen(host, port, error.strerror or type(error).__name__) from error
    return found


class _Server(uvicorn.Server):
    """Signals are handled by the launcher of all the parts, not by one of them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: FastAPI, listening: socket.socket, stop: asyncio.Event, http: type[asyncio.Protocol] = BoundedHeads
) -> None:
    """Answers until `stop` is set, then finishes what was begun. Raises RuntimeError if it cannot start."""
    config = uvicorn.Config(
        app,
        http=http,
        log_config=None,
        access_log=False,  # its lines contain the path, and so the token of a mail link
        server_header=False,
        proxy_headers=False,  # whom to believe is a setting of ours, and the app's to apply
        ws="none",
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    server = _Server(config)
    leaving = asyncio.create_task(_leave(server, stop))
    try:
        await server.serve(sockets=[listening])
    except SystemExit as error:  # uvicorn's word for an app that does not start; its reason is in the log
        raise RuntimeError("the web application does not start") from error
    finally:
        leaving.cancel()


async def _leave(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


async def until_ready(host: str, port: int, *, header: str, seconds: float = READY_SECONDS) -> None:
    """Returns once GET /readyz is answered with 200; `header` is the Host asked for. Raises NotReady."""
    until = time.monotonic() + seconds
    answer = "no answer"
    while time.monotonic() < until:
        try:
            status = await http_status(_EVERYWHERE.get(host, host), port, "/readyz", header)
        except (OSError, TimeoutError):
            status = 0
        if status == HTTPStatus.OK:
            return
        answer = str(status) if status else "no answer"
        await asyncio.sleep(PAUSE)
    raise NotReady("API", f"/readyz: {answer}")
