"""A small HTTP client that costs the measured machine little: one connection, one call at a time, JSON."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit


class Refused(Exception):
    """An answer that the measurement does not expect."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class Caller:
    """Speaks to `base_url` over one connection that stays open."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, token: str) -> Any:
        return await self.call("GET", path, token)

    async def post(self, path: str, token: str, body: dict[str, Any], key: str = "") -> Any:
        return await self.call("POST", path, token, body, key)

    async def call(
        self, method: str, path: str, token: str, body: dict[str, Any] | None = None, key: str = ""
    ) -> Any:
        """The answer's JSON. Raises Refused for a status of 400 and more."""
        message = _request(method, path, self._host, token, body, key)
        try:
            status, content = await self._exchange(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The server ends a connection that was idle for some seconds.
            await self.close()
            status, content = await self._exchange(message)
        if status >= 400:
            raise Refused(status, f"{method} {path}: {status} {content[:500].decode(errors='replace')}")
        return json.loads(content)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._reader = self._writer = None

    async def _exchange(self, message: bytes) -> tuple[int, bytes]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(message)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        content = await self._reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            await self.close()
        return int(head[0].split()[1]), content


def _request(method: str, path: str, host: str, token: str, body: dict[str, Any] | None, key: str) -> bytes:
    content = json.dumps(body).encode() if body is not None else b""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {token}"]
    if key:
        lines.append(f"Idempotency-Key: {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content
