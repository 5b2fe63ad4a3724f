"""The port and the web server on it, over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from fastapi import FastAPI, Request, Response

from installation.heads import BoundedHeads
from installation.probes import http_status
from installation.serving import CannotListen, NotReady, PortTaken, listen, serve, until_ready, url_of


def app(answers: list[int]) -> FastAPI:
    """Answers /readyz with one status after the other, the last one for ever."""
    made = FastAPI()

    @made.get("/readyz")
    def ready(request: Request) -> Response:
        assert request.headers["host"] == "mentoring.example.org"
        return Response(status_code=answers.pop(0) if len(answers) > 1 else answers[0])

    @made.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(0.3)
        return "done"

    return made


@asynccontextmanager
async def served(answers: list[int]) -> AsyncIterator[int]:
    stop = asyncio.Event()
    with listen("127.0.0.1", 0) as listening:
        task = asyncio.create_task(serve(app(answers), listening, stop))
        yield listening.getsockname()[1]
        stop.set()
        await task


async def test_is_ready_once_it_says_so() -> None:
    answers = [503, 503, 200]
    async with served(answers) as port:
        await until_ready("127.0.0.1", port, header="mentoring.example.org")
    assert answers == [200]


async def test_every_address_is_asked_at_the_nearest() -> None:
    async with served([200]) as port:
        await until_ready("0.0.0.0", port, header="mentoring.example.org")  # noqa: S104


async def test_what_never_gets_ready_is_given_up() -> None:
    async with served([503]) as port:
        with pytest.raises(NotReady, match="/readyz: 503"):
            await until_ready("127.0.0.1", port, header="mentoring.example.org", seconds=0.2)


async def test_a_request_that_has_begun_is_finished() -> None:
    async with served([200]) as port:
        begun = asyncio.create_task(http_status("127.0.0.1", port, "/slow", "mentoring.example.org"))
        await asyncio.sleep(0.1)
    assert await begun == 200


async def test_does_not_say_what_serves() -> None:
    async with served([200]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: mentoring.example.org\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
    assert b"\r\ndate: " in answer
    assert b"\r\nserver:" not in answer


async def test_an_app_that_does_not_start_is_an_error_and_not_the_end_of_the_program() -> None:
    @asynccontextmanager
    async def broken(_app: FastAPI) -> AsyncIterator[None]:
        raise ConnectionRefusedError
        yield

    with listen("127.0.0.1", 0) as listening, pytest.raises(RuntimeError, match="does not start"):
        await serve(FastAPI(lifespan=broken), listening, asyncio.Event())


def test_a_port_is_taken_from_the_moment_it_was_found_free() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken"), listen("127.0.0.1", port):
            pass
    with listen("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


@pytest.mark.parametrize("host", ["nobody.invalid", "203.0.113.7", "not an address"])
def test_an_address_of_somebody_else_is_refused(host: str) -> None:
    with pytest.raises(CannotListen, match="correct --host and --port"), listen(host, 0):
        pass


async def test_the_status_of_what_is_no_http_is_0() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            connection.sendall(b"220 mail.example.org ESMTP\r\n")
            connection.close()

        answering = asyncio.create_task(asyncio.to_thread(answer))
        assert await http_status("127.0.0.1", listening.getsockname()[1], "/", "x") == 0
        await answering


def test_addresses_with_colons_get_brackets() -> None:
    assert (url_of("::1", 80), url_of("127.0.0.1", 80)) == ("http://[::1]:80", "http://127.0.0.1:80")


async def test_an_answer_of_two_parts_leaves_at_once() -> None:
    """Otherwise whoever keeps a connection waits 40 ms more for every answer but the first."""
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        option = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        found.set_result(option)
        writer.close()

    with listen("127.0.0.1", 0) as listening:
        async with await asyncio.start_server(answer, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname()[:2])
            assert await asyncio.wait_for(found, 10)
            writer.close()
            await writer.wait_closed()


class Impatient(BoundedHeads):
    seconds = 0.2


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /readyz HT",
        b"GET /readyz HTTP/1.1\r\nHost: mentoring.example.org\r\nX-Half: ",
        b"GET /readyz HTTP/1.1\r\nHost: mentoring.example.org\r\n\r\nGET /slow HTTP/1.1\r\nHo",
    ],
)
async def test_a_head_that_does_not_come_whole_ends_the_connection(sent: bytes) -> None:
    stop = asyncio.Event()
    with listen("127.0.0.1", 0) as listening:
        task = asyncio.create_task(serve(app([200]), listening, stop, Impatient))
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.getsockname()[1])
        dripping = asyncio.create_task(drip(writer, sent))
        async with asyncio.timeout(30):
            await read_to_end(reader)
        dripping.cancel()
        writer.close()
        stop.set()
        await task


async def drip(writer: asyncio.StreamWriter, sent: bytes) -> None:
    """Sends it, and then a byte now and then: what keeps coming must not put the end off."""
    writer.write(sent)
    while sent:
        await asyncio.sleep(0.05)
        writer.write(b"x")


async def read_to_end(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        await reader.read()


async def test_a_whole_head_may_wait_for_its_answer() -> None:
    stop = asyncio.Event()
    with listen("127.0.0.1", 0) as listening:
        task = asyncio.create_task(serve(app([200]), listening, stop, Impatient))
        assert await http_status("127.0.0.1", listening.getsockname()[1], "/slow", "x") == 200
        stop.set()
        await task
