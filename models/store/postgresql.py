"""PostgreSQL through psycopg: addresses, and bounds for a server or a network that stops answering."""

from __future__ import annotations

import select
from typing import Any, ClassVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, make_url

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30

_UNPREPARED = ("prepared_statement_cache_size", "statement_cache_size")
"""With 0 in the address statements are not prepared, as some poolers in front of a server want it."""


def psycopg_url(url: str) -> URL:
    """As psycopg takes it: settings name asyncio's driver, as they always have, and its words."""
    found = make_url(url)
    query = {name: value for name, value in found.query.items() if name not in _UNPREPARED}
    if "ssl" in query:
        mode = query.pop("ssl")
        query["sslmode"] = "require" if mode in {"true", "True", "1"} else mode
    return found.set(drivername="postgresql+psycopg", query=query)


def connect_args(url: str) -> dict[str, Any]:
    query = make_url(url).query
    unprepared = any(query.get(name) == "0" for name in _UNPREPARED)
    return {"connect_timeout": CONNECT_SECONDS} | ({"prepare_threshold": None} if unprepared else {})


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that does not wait for ever for a server that was stopped or a network that is silent."""

    silence_seconds: ClassVar[float] = STATEMENT_SECONDS + 5
    """A server that still answers says itself, and sooner, that a statement took too long."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, timeout or self.silence_seconds)
        except psycopg.Error:
            if self.info.transaction_status is TransactionStatus.ACTIVE:
                self.close()  # the answer may still come, and would be taken for that of another statement
            raise


def settle(connection: psycopg.Connection[Any]) -> None:
    """For a new connection."""
    connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def is_gone(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has ended it: a connection of a pool waits for nothing, so what comes is its end."""
    if connection.closed:
        return True
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    return bool(watch.poll(0))
