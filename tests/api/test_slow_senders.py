"""Bodies that do not come whole, over real sockets."""

from __future__ import annotations

import asyncio
import json

import pytest
import structlog

from api.app import create_app
from installation.serving import listen, serve
from tests.api.conftest import SQLITE
from tests.api.world import World

pytestmark = SQLITE
HEAD = (
    b"POST /api/v1/sign-in HTTP/1.1\r\nHost: localhost\r\n"
    b"Accept: application/json\r\nContent-Type: application/json\r\n"
)


async def answer_to(town: World, sent: bytes, *, hangs_up: bool = False) -> bytes:
    """What a real server with little patience answers until it closes the connection."""
    stop = asyncio.Event()
    served = create_app(town.ctx, body_seconds=0.2)
    with listen("127.0.0.1", 0) as listening:
        task = asyncio.create_task(serve(served, listening, stop))
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.getsockname()[1])
        writer.write(sent)
        await writer.drain()
        if hangs_up:
            writer.close()
        async with asyncio.timeout(30):
            answer = await reader.read()
        writer.close()
        stop.set()
        await task
    return answer


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b'Content-Length: 40\r\n\r\n{"email": ',
        HEAD + b"Content-Length: 40\r\n\r\n",
        HEAD + b'Transfer-Encoding: chunked\r\n\r\na\r\n{"email": \r\n',
    ],
)
async def test_half_a_body_is_answered_and_no_failure_of_ours(town: World, sent: bytes) -> None:
    with structlog.testing.capture_logs() as lines:
        head, _, body = (await answer_to(town, sent)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"content-type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["type"], problem["status"]) == ("/docs#too-slow", 408)
    assert "send it again" in problem["detail"]
    assert [(line["log_level"], line["status"]) for line in lines if line["event"] == "request"] == [
        ("info", 408)
    ]
    assert not [line for line in lines if line["log_level"] in {"warning", "error"}]


async def test_who_hangs_up_amid_the_body_is_no_failure_of_ours(town: World) -> None:
    with structlog.testing.capture_logs() as lines:
        sent = HEAD + b'Content-Length: 40\r\n\r\n{"email": '
        await answer_to(town, sent, hangs_up=True)
    assert [line["event"] for line in lines] == ["request"]


async def test_a_whole_body_is_taken(town: World) -> None:
    body = b'{"email": "nobody@example.org"}'
    sent = HEAD + f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    assert (await answer_to(town, sent)).startswith(b"HTTP/1.1 202 ")
