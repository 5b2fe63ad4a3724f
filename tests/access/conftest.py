"""The world of the API's tests, for the table of access."""

from tests.api.conftest import empty, town

__all__ = ["empty", "town"]
