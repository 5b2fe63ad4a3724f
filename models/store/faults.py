"""Which errors mean that the database cannot be used at the moment, rather than that we used it wrongly."""

from __future__ import annotations

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

ANY = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Everything that a database call may end with. A driver that cannot connect raises errors of its own."""


PASSING = ("08", "53", "57P")
"""Classes of SQLSTATE: the connection broke, something has run out, the server is going down or coming up.

While it does, it refuses each new connection with an error that SQLAlchemy calls a plain DBAPIError.
"""


def is_outage(error: BaseException) -> bool:
    """Whether trying again later may work."""
    if isinstance(error, DBAPIError) and (
        error.connection_invalidated or _passes(error.orig) or _lost_its_way(error.orig)
    ):
        return True
    if isinstance(error, SQLAlchemyError):
        return isinstance(error, OperationalError | InterfaceError | PoolTimeout)
    return isinstance(error, ANY)


def _passes(error: BaseException | None) -> bool:
    return str(getattr(error, "sqlstate", None) or "").startswith(PASSING)


def _lost_its_way(error: BaseException | None) -> bool:
    """asyncpg's own state machine may be surprised by a connection that breaks at the wrong moment."""
    return error is not None and isinstance(error.__cause__, asyncpg.InternalClientError)
