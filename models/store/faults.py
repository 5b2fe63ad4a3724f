"""Which errors mean that the database cannot be used at the moment, rather than that we used it wrongly."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

ANY = (SQLAlchemyError, OSError)
"""Everything that a database call may end with."""


def is_outage(error: BaseException) -> bool:
    """Whether trying again later may work."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, SQLAlchemyError):
        return isinstance(error, OperationalError | InterfaceError | PoolTimeout)
    return isinstance(error, OSError)
